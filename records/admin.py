"""The back office shows holds and changes none."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from records.models import LegalHold


@admin.register(LegalHold)
class LegalHoldAdmin(ReadOnlyAdmin):
    list_display = ("matter", "organization", "body", "person", "placed_at", "lifted_at")
    list_select_related = ("organization", "body", "person")
