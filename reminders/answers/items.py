"""Answers about action items: done, still on it with a new date, blocked, to the alternate."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse

from accounts.models import Person
from actionitems import operations
from actionitems.models import ActionItem
from actionitems.permissions import can_change_status, items_visible_to
from actionitems.queries import alternate_for, owner_label
from actionitems.rules import MAX_DELAY_DAYS, ActionItemStatus
from core.dates import format_date, format_relative_date, local_today
from core.operations import BY_LINK
from core.validators import validate_single_line
from reminders.answers.parts import AnswerForm, LinkAction, Offer, Standing
from reminders.links import Link, answer_url
from reminders.rules import LinkPurpose

# The ladder of reminders ends five weeks after the due date; the last one's links live a week longer.
_LIFE = dt.timedelta(weeks=6)


class DateForm(AnswerForm):
    """The new date, and a word on why."""

    due_on = forms.DateField(label="Done by", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(
        label="A word on why",
        max_length=300,
        required=False,
        validators=[validate_single_line],
        help_text="If you like. Others read it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.latest = self.today + dt.timedelta(days=MAX_DELAY_DAYS)
        self.fields["due_on"].widget.attrs |= {
            "min": (self.today + dt.timedelta(days=1)).isoformat(),
            "max": self.latest.isoformat(),
        }

    def clean_due_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_on"]
        if not self.today < day <= self.latest:
            raise forms.ValidationError(
                f"Choose a day from tomorrow to {format_date(self.latest, self.today)}. For a later one, ask the chair."
            )
        return day


class BlockedForm(AnswerForm):
    """What is in the way."""

    note = forms.CharField(
        label="What is in the way?", max_length=300, validators=[validate_single_line], help_text="Others read it."
    )


def cycle_of(item: ActionItem, mail: str) -> str:
    """The due date of the item, and which of its mails this is."""
    return f"{item.due_on.isoformat()} {mail}"


def offers(item: ActionItem, person: Person, mail: str) -> list[Offer]:
    """What a mail about an item offers, the commonest first. `mail` tells one mail of the item from another."""
    purposes = [LinkPurpose.ITEM_DONE, LinkPurpose.ITEM_LATER]
    if item.status != ActionItemStatus.BLOCKED:
        purposes.append(LinkPurpose.ITEM_BLOCKED)
    if alternate_for(item, person):
        purposes.append(LinkPurpose.ITEM_TO_ALTERNATE)
    expires_at = dt.datetime.combine(item.due_on + _LIFE, dt.time(), tzinfo=dt.UTC)
    cycle = cycle_of(item, mail)
    return [Offer(purpose.label, answer_url(purpose, person, item.pk, cycle, expires_at)) for purpose in purposes]


def look(link: Link, now: dt.datetime) -> Standing:
    """How the item stands for the person of the link."""
    items = ActionItem.objects.select_related("body", "owner_person", "owner_organization")
    item = items.filter(pk=link.subject_id).first()
    if item is None or not items_visible_to(link.person).filter(pk=item.pk).exists():
        return Standing("An action item", closed="You no longer see this action item.")
    today = local_today(now, link.person.zone)
    facts = [
        ("Due", f"{format_date(item.due_on, today)} ({format_relative_date(item.due_on, today)})"),
        ("Owner", owner_label(item)),
        ("For", item.body.title),
        ("Status", item.get_status_display()),
    ]
    if item.status_note:
        facts.append(("Last note", item.status_note))
    url = settings.SITE_URL + reverse("actionitems:detail", args=[item.pk])
    return Standing(item.text, facts, url, _why_closed(link, item, today), item)


def _why_closed(link: Link, item: ActionItem, today: dt.date) -> str:
    if not item.is_open:
        return f"This item is {item.get_status_display().lower()} already. There is nothing left to answer."
    if not can_change_status(link.person, item):
        return f"This item belongs to {owner_label(item)} now, so it is not yours to answer."
    if item.due_on.isoformat() != link.cycle.split(" ")[0]:
        return f"This item has another due date now: {format_date(item.due_on, today)}. Answer from the newer mail."
    if link.purpose == LinkPurpose.ITEM_BLOCKED and item.status == ActionItemStatus.BLOCKED:
        return "This item is marked blocked already."
    if link.purpose == LinkPurpose.ITEM_TO_ALTERNATE and alternate_for(item, link.person) is None:
        return "Your organization has no alternate to take this. Its primary representative can name one."
    return ""


def _done(link: Link, standing: Standing, values: Mapping[str, Any], now: dt.datetime) -> str:
    item: ActionItem = standing.subject
    today = local_today(now, link.person.zone)
    operations.complete(actor=link.person, item=item, today=today, version=item.version, how=BY_LINK)
    return "You marked it done. Thank you."


def _later(link: Link, standing: Standing, values: Mapping[str, Any], now: dt.datetime) -> str:
    item: ActionItem = standing.subject
    today = local_today(now, link.person.zone)
    operations.postpone(
        actor=link.person,
        item=item,
        due_on=values["due_on"],
        note=values["note"],
        today=today,
        version=item.version,
        how=BY_LINK,
    )
    return f"It is in progress and now due {format_date(values['due_on'], today)}."


def _blocked(link: Link, standing: Standing, values: Mapping[str, Any], now: dt.datetime) -> str:
    item: ActionItem = standing.subject
    operations.change_status(
        actor=link.person,
        item=item,
        status=ActionItemStatus.BLOCKED,
        note=values["note"],
        today=local_today(now, link.person.zone),
        version=item.version,
        how=BY_LINK,
    )
    return f"It is marked blocked, and the chair of the {item.body.title} sees why."


def _to_alternate(link: Link, standing: Standing, values: Mapping[str, Any], now: dt.datetime) -> str:
    item: ActionItem = standing.subject
    row = operations.reassign_to_alternate(actor=link.person, item=item, version=item.version, how=BY_LINK)
    return f"{row.owner_person} has it now, and gets its reminders."


def _press(question: str, button: str, act: Callable[..., str], form: type[AnswerForm] = AnswerForm) -> LinkAction:
    return LinkAction(question, button, look, act, form)


LINK_ACTIONS: dict[str, LinkAction] = {
    LinkPurpose.ITEM_DONE: _press("Is it done?", "Yes, mark it done", _done),
    LinkPurpose.ITEM_LATER: _press("Until when do you need?", "Set the new date", _later, DateForm),
    LinkPurpose.ITEM_BLOCKED: _press("What is in the way?", "Mark it blocked", _blocked, BlockedForm),
    LinkPurpose.ITEM_TO_ALTERNATE: _press("Hand it to your alternate?", "Hand it over", _to_alternate),
}
