"""Template tags that pages of lower apps use to show data of several apps at once."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone

from accounts.models import Person
from core.dates import local_today
from meetings.permissions import allowed_answers
from members.models import Organization
from members.permissions import can_act_for, with_account_rights
from members.queries import on_behalf_entries
from members.rules import ContactChannel
from overview.forms.staff import PeriodForm
from overview.queries.engagement import engagement
from overview.queries.home import todo_for
from overview.queries.on_behalf_log import on_behalf_rows

register = template.Library()
MAX_ENTRIES = 5


@register.inclusion_tag("overview/tags/outstanding_work.html", takes_context=True)
def outstanding_work(context: Context, person: Person) -> dict[str, Any]:
    """Return a person's to-do list, with or without an account; staff can enter what the person tells them."""
    request, now = context["request"], timezone.now()
    # A listed person without an account has the same to-do list as one who can sign in.
    member = with_account_rights(person)
    return {
        "person": person,
        "request": request,
        "can_enter": can_act_for(request.user, person),
        "todo": todo_for(member, now, local_today(now)) if person.is_active else [],
        "answers": allowed_answers(member),
        "channels": ContactChannel.choices,
        "entries": on_behalf_rows(list(on_behalf_entries().filter(person=person)[:MAX_ENTRIES])),
    }


@register.inclusion_tag("overview/tags/engagement_of.html")
def engagement_of(organization: Organization) -> dict[str, Any]:
    """Return the participation of an organization in the last 12 months."""
    today = local_today()
    first, last = PeriodForm.default_period(today)
    (row,) = engagement(first, last, today, organization)
    return {"row": row, "first": first, "last": last}
