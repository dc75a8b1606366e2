"""Read-only admin page of action items."""

from django.contrib import admin

from actionitems.models import ActionItem
from core.admin import ReadOnlyAdmin


@admin.register(ActionItem)
class ActionItemAdmin(ReadOnlyAdmin):
    list_display = ("text", "body", "owner_person", "owner_organization", "due_on", "status")
    list_filter = ("body", "status")
    list_select_related = ("body", "owner_person", "owner_organization")
    search_fields = ("text",)
