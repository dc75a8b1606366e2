"""Read-only table of legal holds for staff in the admin site."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from records.models import LegalHold


@admin.register(LegalHold)
class LegalHoldAdmin(ReadOnlyAdmin):
    list_display = ("matter", "organization", "body", "person", "placed_at", "lifted_at")
    list_select_related = ("organization", "body", "person")
