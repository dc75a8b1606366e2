"""What account pages say of the devices that somebody is signed in on."""

from django import template

from accounts import sessions

register = template.Library()
register.filter("device", sessions.device)
