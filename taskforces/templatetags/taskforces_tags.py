"""Seats, rosters and membership requirements on the pages of other apps."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from accounts.models import Person
from accounts.permissions import is_staff
from core.dates import site_today
from core.templatetags.ui import badge
from members.models import Organization
from taskforces.models import Body
from taskforces.permissions import is_member, leads
from taskforces.queries.requirements import requirements_of as read_requirements
from taskforces.queries.roster_views import roster_for
from taskforces.queries.rosters import SeatRow, seats_of_organization
from taskforces.rules import mailto_url

register = template.Library()


@register.simple_tag
def seat_badge(row: SeatRow) -> SafeString | str:
    """Return a badge that says why a seat needs attention; nothing for a filled one."""
    return badge(str(row.status.label), row.status.tone) if row.needs_attention else ""


@register.inclusion_tag("taskforces/tags/seats_of.html", takes_context=True)
def seats_of(context: Context, organization: Organization, reader: Person | None = None) -> dict[str, Any]:
    """List the seats of an organization; only members see who holds them.

    `reader` is the person who opened an email link, where that is not the signed-in user.
    """
    reader = reader or context["request"].user
    return {
        "rows": seats_of_organization(organization, site_today()),
        "organization": organization,
        "shows_people": is_member(reader),
        "is_staff": is_staff(reader),
    }


@register.inclusion_tag("taskforces/tags/roster_of.html", takes_context=True)
def roster_of(context: Context, body: Body) -> dict[str, Any]:
    """List the members of a body: people for members, organizations for visitors."""
    return {"body": body, "roster": roster_for(body, context["request"].user, site_today())}


@register.simple_tag
def mail_links(addresses: list[str]) -> dict[str, str]:
    """Return links that open an email to these addresses, by the separator; empty if the link would be too long."""
    return {"comma": mailto_url(addresses), "semicolon": mailto_url(addresses, ";")}


@register.inclusion_tag("taskforces/tags/requirements_of.html", takes_context=True)
def requirements_of(context: Context, body: Body) -> dict[str, Any]:
    """List the membership requirements of a body for those who manage it; nothing for others."""
    reader = context["request"].user
    may_read = leads(reader, body)
    needs = read_requirements([body]).get(body.pk, []) if may_read else []
    return {"body": body, "needs": needs, "may_read": may_read, "may_edit": is_staff(reader)}
