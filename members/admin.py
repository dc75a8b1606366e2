"""Admin site of members, read-only: changes are made on the portal's own pages."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from members.models import (
    Confirmation,
    FormerName,
    Invitation,
    JoinRequest,
    Organization,
    Proposal,
    Representation,
    Sector,
)
from members.models.organizations import OrganizationStatusPeriod


@admin.register(Organization)
class OrganizationAdmin(ReadOnlyAdmin):
    list_display = ("name", "acronym", "sector", "status", "participation", "is_public")
    list_filter = ("status", "participation", "sector")
    list_select_related = ("sector",)
    search_fields = ("name", "acronym", "key")


@admin.register(OrganizationStatusPeriod)
class OrganizationStatusPeriodAdmin(ReadOnlyAdmin):
    list_display = ("organization", "status", "starts_on", "ended_on")
    list_filter = ("status",)
    list_select_related = ("organization",)


@admin.register(Representation)
class RepresentationAdmin(ReadOnlyAdmin):
    list_display = ("organization", "person", "kind", "starts_on", "ended_on")
    list_filter = ("kind",)
    list_select_related = ("organization", "person")
    search_fields = ("organization__name", "person__name")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "organization", "kind", "sent_at", "expires_at", "accepted_at", "revoked_at")
    list_select_related = ("organization",)
    search_fields = ("email", "organization__name")


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin):
    list_display = ("organization", "proposed_by", "proposed_at", "state", "reviewed_by")
    list_filter = ("state",)
    list_select_related = ("organization", "proposed_by", "reviewed_by")


@admin.register(JoinRequest)
class JoinRequestAdmin(ReadOnlyAdmin):
    list_display = ("organization_name", "name", "asked_at", "state", "answered_by")
    list_filter = ("state",)
    list_select_related = ("answered_by",)


@admin.register(Confirmation)
class ConfirmationAdmin(ReadOnlyAdmin):
    list_display = ("organization", "period", "asked_at", "confirmed_at", "confirmed_by", "via")
    list_filter = ("period", "via")
    list_select_related = ("organization", "confirmed_by")


admin.site.register([Sector, FormerName], ReadOnlyAdmin)
