"""Template tags of action items. Visitors see none."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from actionitems.models import ActionItem
from actionitems.permissions import can_add, items_with_status_editable_by
from actionitems.queries import counts_for_body, items_from_meeting, open_items_of
from actionitems.rules import ActionItemStatus
from core.dates import local_today
from core.templatetags.ui import badge
from meetings.models import Meeting
from taskforces.models import Body
from taskforces.permissions import is_member

register = template.Library()
# How many items the page of a body shows before it links to the list.
MAX_ITEMS = 10


@register.simple_tag
def item_badge(item: ActionItem) -> SafeString:
    """Render the item's status as a badge; an open item whose due date has passed is "Overdue" unless blocked."""
    status = ActionItemStatus(item.status)
    if status.is_open and not status.outranks_overdue and item.due_on < local_today():
        return badge(_("Overdue"), "warn")
    return badge(item.get_status_display(), status.tone)


@register.inclusion_tag("actionitems/tags/items_for.html", takes_context=True)
def action_items_for(context: Context, meeting: Meeting) -> dict[str, Any]:
    """Show the items that were assigned at a meeting, with a link to add one."""
    person = context["request"].user
    if not is_member(person):
        return {"shows": False}
    is_addable = can_add(person, meeting.body)
    return {
        "shows": True,
        "meeting": meeting,
        "items": items_from_meeting(meeting, person),
        "changeable": set(
            items_with_status_editable_by(person).filter(origin_meeting=meeting).values_list("pk", flat=True)
        ),
        "add_url": f"{reverse('actionitems:add')}?meeting={meeting.pk}" if is_addable else "",
        "request": context["request"],
    }


@register.inclusion_tag("actionitems/tags/items_of.html", takes_context=True)
def action_items_of(context: Context, body: Body) -> dict[str, Any]:
    """Show the open items of a body by due date, with a link to add one."""
    person = context["request"].user
    if not is_member(person):
        return {"shows": False}
    is_addable = can_add(person, body)
    return {
        "shows": True,
        "body": body,
        "items": open_items_of(body, person)[:MAX_ITEMS],
        "counts": counts_for_body(body, local_today()),
        "changeable": set(items_with_status_editable_by(person).filter(body=body).values_list("pk", flat=True)),
        "add_url": f"{reverse('actionitems:add')}?body={body.slug}" if is_addable else "",
        "request": context["request"],
    }


@register.inclusion_tag("actionitems/tags/attention.html", takes_context=True)
def item_attention(context: Context, body: Body) -> dict[str, Any]:
    """Show what needs the chair's attention: overdue and blocked items, as rows of a list."""
    if not is_member(context["request"].user):
        return {"shows": False}
    return {"shows": True, "body": body, "counts": counts_for_body(body, local_today())}
