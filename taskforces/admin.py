"""Read-only tables for staff in the admin site."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from taskforces.models import Body, HistoryEvent, Requirement, Seat, Term, Workgroup

admin.site.register([Workgroup, HistoryEvent, Requirement], ReadOnlyAdmin)


@admin.register(Body)
class BodyAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "charter_review_on", "chair_may_publish", "dissolved_on")
    list_filter = ("kind",)


@admin.register(Seat)
class SeatAdmin(ReadOnlyAdmin):
    list_display = ("body", "role", "organization", "closed_on")
    list_filter = ("body", "role")
    list_select_related = ("body", "organization")


@admin.register(Term)
class TermAdmin(ReadOnlyAdmin):
    list_display = ("person", "seat", "starts_on", "planned_end_on", "ended_on")
    list_select_related = ("person", "seat__body")
    search_fields = ("person__name",)
