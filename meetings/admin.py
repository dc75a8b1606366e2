"""Read-only admin pages of meetings."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from meetings.models import RSVP, AgendaItem, Attendance, Meeting


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin):
    list_display = ("title", "body", "starts_at", "status", "visibility", "minutes_status", "sequence")
    list_filter = ("body", "status", "visibility")
    list_select_related = ("body",)
    search_fields = ("title",)


@admin.register(AgendaItem)
class AgendaItemAdmin(ReadOnlyAdmin):
    list_display = ("title", "meeting", "position", "removed_at")
    list_select_related = ("meeting",)
    search_fields = ("title", "meeting__title")


@admin.register(RSVP)
class RSVPAdmin(ReadOnlyAdmin):
    list_display = ("person", "meeting", "answer", "responded_at")
    list_select_related = ("person", "meeting")


@admin.register(Attendance)
class AttendanceAdmin(ReadOnlyAdmin):
    list_display = ("person", "organization", "meeting", "presence")
    list_select_related = ("person", "organization", "meeting")
