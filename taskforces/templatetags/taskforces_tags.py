"""What other apps' pages show of seats and bodies."""

from typing import Any

from django import template
from django.template.context import Context

from accounts.models import Person
from accounts.permissions import is_staff
from core.dates import local_today
from members.models import Organization
from taskforces.models import Body
from taskforces.permissions import is_member, leads
from taskforces.queries import composition, roster_for, seats_of_organization
from taskforces.rules import mail_link

register = template.Library()


@register.inclusion_tag("taskforces/tags/seats_of.html", takes_context=True)
def seats_of(context: Context, organization: Organization, reader: Person | None = None) -> dict[str, Any]:
    """The seats of an organization; who sits in them is for members. `reader`: who holds the link of a mail."""
    reader = reader or context["request"].user
    rows = seats_of_organization(organization, local_today())
    return {
        "rows": rows,
        "organization": organization,
        "shows_people": is_member(reader),
        "is_staff": is_staff(reader),
    }


@register.inclusion_tag("taskforces/tags/roster_of.html", takes_context=True)
def roster_of(context: Context, body: Body) -> dict[str, Any]:
    """Who sits on a body: organizations for visitors, people for members, contacts of one's own bodies."""
    return {"body": body, "roster": roster_for(body, context["request"].user, local_today())}


@register.simple_tag
def mail_links(addresses: list[str]) -> dict[str, str]:
    """Links that open a mail to these addresses, by the separator that the mail program knows; empty if too long."""
    return {"comma": mail_link(addresses), "semicolon": mail_link(addresses, ";")}


@register.inclusion_tag("taskforces/tags/composition_of.html", takes_context=True)
def composition_of(context: Context, body: Body) -> dict[str, Any]:
    """Which sectors and regions a body needs and which are missing, for those who lead it; nothing for others."""
    reader = context["request"].user
    may_read = leads(reader, body)
    needs = composition([body]).get(body.pk, []) if may_read else []
    return {"body": body, "needs": needs, "may_read": may_read, "may_edit": is_staff(reader)}
