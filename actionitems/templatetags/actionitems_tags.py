"""What pages show of action items: nothing to visitors."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString

from actionitems.models import ActionItem
from actionitems.permissions import bodies_allowing_items_from, items_with_status_editable_by
from actionitems.queries import counts_for_body, items_from_meeting, open_items_of
from actionitems.rules import OPEN_STATUSES, ActionItemStatus
from core.dates import local_today
from core.templatetags.ui import badge
from meetings.models import Meeting
from taskforces.models import Body
from taskforces.permissions import is_member

register = template.Library()
_TONES = {
    ActionItemStatus.OPEN: "neutral",
    ActionItemStatus.IN_PROGRESS: "info",
    ActionItemStatus.BLOCKED: "bad",
    ActionItemStatus.DONE: "done",
    ActionItemStatus.CANCELED: "neutral",
}
# How many items a body's page shows before it links to the list.
SHOWN = 10


@register.simple_tag
def item_badge(item: ActionItem) -> SafeString:
    """The item's status as a badge; an unfinished one past its date says so."""
    if item.status in OPEN_STATUSES and item.status != ActionItemStatus.BLOCKED and item.due_on < local_today():
        return badge("Overdue", "warn")
    return badge(item.get_status_display(), _TONES[ActionItemStatus(item.status)])


@register.inclusion_tag("actionitems/tags/items_for.html", takes_context=True)
def action_items_for(context: Context, meeting: Meeting) -> dict[str, Any]:
    """The items that a meeting gave rise to, with the way to add one."""
    person = context["request"].user
    if not is_member(person):
        return {"shows": False}
    may_add = bodies_allowing_items_from(person).filter(pk=meeting.body_id).exists()
    return {
        "shows": True,
        "meeting": meeting,
        "items": items_from_meeting(meeting, person),
        "movable": set(
            items_with_status_editable_by(person).filter(origin_meeting=meeting).values_list("pk", flat=True)
        ),
        "add_url": f"{reverse('actionitems:add')}?meeting={meeting.pk}" if may_add else "",
        "request": context["request"],
    }


@register.inclusion_tag("actionitems/tags/items_of.html", takes_context=True)
def action_items_of(context: Context, body: Body) -> dict[str, Any]:
    """The unfinished items of a body, the first due first, with the way to add one."""
    person = context["request"].user
    if not is_member(person):
        return {"shows": False}
    may_add = bodies_allowing_items_from(person).filter(pk=body.pk).exists()
    return {
        "shows": True,
        "body": body,
        "items": open_items_of(body, person)[:SHOWN],
        "counts": counts_for_body(body, local_today()),
        "movable": set(items_with_status_editable_by(person).filter(body=body).values_list("pk", flat=True)),
        "add_url": f"{reverse('actionitems:add')}?body={body.slug}" if may_add else "",
        "request": context["request"],
    }


@register.inclusion_tag("actionitems/tags/attention.html", takes_context=True)
def item_attention(context: Context, body: Body) -> dict[str, Any]:
    """What a chair should look at: overdue and blocked items, as rows of a list."""
    shows = is_member(context["request"].user)
    return {"body": body, "shows": shows, "counts": counts_for_body(body, local_today()) if shows else None}
