"""What pages of the floors below show of several apps at once."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone

from core.dates import local_today
from meetings.permissions import answers_of
from members.models import Organization, Person
from members.permissions import may_act_for, voice_of
from members.queries import acts_on_behalf
from members.rules import HowTold
from overview.forms.staff import PeriodForm
from overview.queries.acts import act_rows
from overview.queries.engagement import engagement
from overview.queries.home import owed_by

register = template.Library()
ACTS_SHOWN = 5


@register.inclusion_tag("overview/tags/person_owes.html", takes_context=True)
def person_owes(context: Context, person: Person) -> dict[str, Any]:
    """What somebody owes, account or not, each with the press by which staff enter what they said of it."""
    request, now = context["request"], timezone.now()
    voice = voice_of(person)
    return {
        "person": person,
        "request": request,
        "may_enter": may_act_for(request.user, person),
        "owed": owed_by(voice, now, local_today(now)) if person.is_active else [],
        "answers": answers_of(voice),
        "ways": HowTold.choices,
        "acts": act_rows(list(acts_on_behalf().filter(person=person)[:ACTS_SHOWN])),
    }


@register.inclusion_tag("overview/tags/engagement_of.html")
def engagement_of(organization: Organization) -> dict[str, Any]:
    """How far an organization took part in the last twelve months."""
    today = local_today()
    first, last = PeriodForm.usual(today)
    (row,) = engagement(first, last, today, organization)
    return {"row": row, "first": first, "last": last}
