"""What pages of the floors below show of several apps at once."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone

from accounts.models import Person
from core.dates import local_today
from meetings.permissions import allowed_responses
from members.models import Organization
from members.permissions import can_act_for, with_account_rights
from members.queries import on_behalf_entries
from members.rules import ContactChannel
from overview.forms.staff import PeriodForm
from overview.queries.acts import act_rows
from overview.queries.engagement import engagement
from overview.queries.home import todo_for

register = template.Library()
ACTS_SHOWN = 5


@register.inclusion_tag("overview/tags/outstanding_work.html", takes_context=True)
def outstanding_work(context: Context, person: Person) -> dict[str, Any]:
    """What somebody owes, account or not, each with the press by which staff enter what they said of it."""
    request, now = context["request"], timezone.now()
    voice = with_account_rights(person)
    return {
        "person": person,
        "request": request,
        "may_enter": can_act_for(request.user, person),
        "owed": todo_for(voice, now, local_today(now)) if person.is_active else [],
        "answers": allowed_responses(voice),
        "ways": ContactChannel.choices,
        "acts": act_rows(list(on_behalf_entries().filter(person=person)[:ACTS_SHOWN])),
    }


@register.inclusion_tag("overview/tags/engagement_of.html")
def engagement_of(organization: Organization) -> dict[str, Any]:
    """How far an organization took part in the last twelve months."""
    today = local_today()
    first, last = PeriodForm.usual(today)
    (row,) = engagement(first, last, today, organization)
    return {"row": row, "first": first, "last": last}
