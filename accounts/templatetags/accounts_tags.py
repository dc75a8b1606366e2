"""Template filters of account pages."""

from django import template

from accounts import sessions

register = template.Library()
register.filter("device", sessions.device_name)
