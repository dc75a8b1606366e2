"""Action items: before and on their due date, then week by week, then once to the chair."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from actionitems import operations
from actionitems.models import ActionItem
from actionitems.permissions import can_change_status, items_visible_to
from actionitems.queries import alternate_for, owner_label
from actionitems.rules import MAX_DELAY_DAYS, ActionItemStatus
from core.dates import format_date, format_relative_date, local_today
from core.operations import BY_LINK
from core.validators import validate_single_line
from reminders import rules
from reminders.audience import Audience
from reminders.emails import EmailSection, format_day_and_distance, page_url
from reminders.link_actions import ActionButton, AnswerForm, LinkAction, StrOrPromise, SubjectState
from reminders.links import Link, answer_url
from reminders.models import Reminder
from reminders.plan import ReminderPlan
from reminders.rules import LinkPurpose, ReminderKind, key_digest, morning_of
from reminders.subjects.base import Step, SteppedSubject

_CHUNK = 1000
# The steps end five weeks after the due date; the links of the last one work a week longer.
_LINK_LIFETIME = dt.timedelta(weeks=6)


class DateForm(AnswerForm):
    """The new due date, and the reason."""

    due_on = forms.DateField(label=_("New due date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        validators=[validate_single_line],
        help_text=_("Optional. Other members can see it."),
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
                gettext("Enter a date from tomorrow to %(day)s. For a later date, ask the chair.")
                % {"day": format_date(self.latest, self.today)}
            )
        return day


class BlockedForm(AnswerForm):
    """What is blocking the item."""

    note = forms.CharField(
        label=_("What is blocking it?"),
        max_length=300,
        validators=[validate_single_line],
        help_text=_("Other members can see it."),
    )


# Links --------------------------------------------------------------------------------------------


def link_cycle(item: ActionItem, email: str) -> str:
    """Return the cycle of a link: the due date of the item and which email about the item contains the link."""
    return f"{item.due_on.isoformat()} {email}"


def action_buttons(item: ActionItem, person: Person, email: str) -> list[ActionButton]:
    """Return the buttons of an email about an item, the most used first.

    `email` identifies one email about the item.
    """
    purposes = [LinkPurpose.ITEM_DONE, LinkPurpose.ITEM_LATER]
    if item.status != ActionItemStatus.BLOCKED:
        purposes.append(LinkPurpose.ITEM_BLOCKED)
    if alternate_for(item, person):
        purposes.append(LinkPurpose.ITEM_TO_ALTERNATE)
    expires_at = dt.datetime.combine(item.due_on + _LINK_LIFETIME, dt.time(), tzinfo=dt.UTC)
    cycle = link_cycle(item, email)
    return [
        ActionButton(str(purpose.label), answer_url(purpose, person, item.pk, cycle, expires_at))
        for purpose in purposes
    ]


def load_state(link: Link, now: dt.datetime) -> SubjectState:
    """Return the state of the item for the person of the link."""
    items = ActionItem.objects.select_related("body", "owner_person", "owner_organization")
    item = items.filter(pk=link.subject_id).first()
    if item is None or not items_visible_to(link.person).filter(pk=item.pk).exists():
        return SubjectState(
            gettext("Action item"), closed_reason=gettext("You no longer have access to this action item.")
        )
    today = local_today(now, link.person.zone)
    facts = [
        (gettext("Due"), format_day_and_distance(item.due_on, today)),
        (gettext("Owner"), owner_label(item)),
        (gettext("For"), item.body.title),
        (gettext("Status"), item.get_status_display()),
    ]
    if item.status_note:
        facts.append((gettext("Latest note"), item.status_note))
    url = page_url("actionitems:detail", item.pk)
    return SubjectState(item.text, facts, url, _closed_reason(link, item, today), item)


def _closed_reason(link: Link, item: ActionItem, today: dt.date) -> str:
    if not item.is_open:
        text = gettext("The status of this action item is already “%(status)s”. You don't need to do anything.")
        return text % {"status": item.get_status_display()}
    if not can_change_status(link.person, item):
        text = gettext("This action item now belongs to %(owner)s, so you can't change it.")
        return text % {"owner": owner_label(item)}
    if item.due_on.isoformat() != link.cycle.split(" ")[0]:
        text = gettext("The due date of this action item is now %(day)s. Use the link in the latest email.")
        return text % {"day": format_date(item.due_on, today)}
    if link.purpose == LinkPurpose.ITEM_BLOCKED and item.status == ActionItemStatus.BLOCKED:
        return gettext("This action item is already marked as blocked.")
    if link.purpose == LinkPurpose.ITEM_TO_ALTERNATE and alternate_for(item, link.person) is None:
        return gettext("Your organization has no alternate. Its primary representative can name one.")
    return ""


def _complete(link: Link, state: SubjectState, values: Mapping[str, Any], now: dt.datetime) -> str:
    item: ActionItem = state.subject
    today = local_today(now, link.person.zone)
    operations.complete(actor=link.person, item=item, today=today, version=item.version, how=BY_LINK)
    return gettext("You marked it done. Thank you.")


def _postpone(link: Link, state: SubjectState, values: Mapping[str, Any], now: dt.datetime) -> str:
    item: ActionItem = state.subject
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
    return gettext("It is in progress and now due %(day)s.") % {"day": format_date(values["due_on"], today)}


def _block(link: Link, state: SubjectState, values: Mapping[str, Any], now: dt.datetime) -> str:
    item: ActionItem = state.subject
    operations.change_status(
        actor=link.person,
        item=item,
        status=ActionItemStatus.BLOCKED,
        note=values["note"],
        today=local_today(now, link.person.zone),
        version=item.version,
        how=BY_LINK,
    )
    return gettext("You marked it as blocked. The chair of the %(body)s can see your reason.") % {
        "body": item.body.title
    }


def _reassign(link: Link, state: SubjectState, values: Mapping[str, Any], now: dt.datetime) -> str:
    item: ActionItem = state.subject
    row = operations.reassign_to_alternate(actor=link.person, item=item, version=item.version, how=BY_LINK)
    return gettext("It now belongs to %(person)s, who gets its reminders.") % {"person": row.owner_person}


def _action(
    question: StrOrPromise, button: StrOrPromise, perform: Callable[..., str], form: type[AnswerForm] = AnswerForm
) -> LinkAction:
    return LinkAction(question, button, load_state, perform, form)


# Reminders ----------------------------------------------------------------------------------------


class ActionItems(SteppedSubject):
    """Reminders of open action items to their owners; five weeks after the due date to the chair."""

    kinds = (ReminderKind.ITEM_DUE, ReminderKind.ITEM_OVERDUE, ReminderKind.ITEM_ESCALATED)
    link_actions: ClassVar[Mapping[str, LinkAction]] = {
        LinkPurpose.ITEM_DONE: _action(_("Is it done?"), _("Yes, mark it done"), _complete),
        LinkPurpose.ITEM_LATER: _action(_("What is the new due date?"), _("Set the new due date"), _postpone, DateForm),
        LinkPurpose.ITEM_BLOCKED: _action(_("What is blocking it?"), _("Mark it as blocked"), _block, BlockedForm),
        LinkPurpose.ITEM_TO_ALTERNATE: _action(_("Reassign it to your alternate?"), _("Reassign it"), _reassign),
    }
    steps = (
        *(Step(ReminderKind.ITEM_DUE, f"{days}d", -days) for days in rules.ITEM_DAYS),
        *(Step(ReminderKind.ITEM_OVERDUE, f"{week}w", 7 * week) for week in rules.OVERDUE_REMINDER_WEEKS),
        Step(ReminderKind.ITEM_ESCALATED, "chair", 7 * rules.ESCALATION_WEEKS),
    )

    def subjects(self, plan: ReminderPlan) -> Iterator[ActionItem]:
        """Yield the open items with a step in the window; read each chunk completely before the next.

        If a query stayed open while the plan is stored, SQLite would keep reading an older state and refuse to write
        ("database is locked", immediately).
        """
        first, last = plan.days
        window = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
        due_dates = {day - dt.timedelta(days=step.days) for day in window for step in self.steps}
        open_items = ActionItem.objects.open()
        pks = list(open_items.filter(due_on__in=due_dates).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(pks), _CHUNK):
            chunk = open_items.filter(pk__in=pks[start : start + _CHUNK]).order_by("pk")
            yield from chunk.select_related("owner_person", "owner_organization")

    def anchor(self, item: ActionItem) -> dt.date:
        return item.due_on

    def people(self, kind: str, item: ActionItem, audience: Audience) -> list[Person]:
        return audience.escalated_to(item) if kind == ReminderKind.ITEM_ESCALATED else audience.owners_of(item)

    def audience_scope(self, item: ActionItem) -> dict[str, Any]:
        return {
            "owner_id": item.owner_person_id,
            "body_id": item.body_id,
            "organization_ids": [item.owner_organization_id],
        }

    def obsolete_at(self, step: Step, item: ActionItem, person: Person, due_at: dt.datetime) -> dt.datetime:
        """Return the morning after the due date for an item that is due; a week later for one that is overdue."""
        if step.kind == ReminderKind.ITEM_DUE:
            return morning_of(item.due_on, person.zone) + rules.ONE_DAY
        return due_at + rules.ONE_WEEK

    def find(self, pk: int) -> ActionItem:
        items = ActionItem.objects.select_related("body", "owner_person", "owner_organization", "origin_meeting")
        return items.get(pk=pk)

    def closed_reason(self, item: ActionItem) -> str:
        is_open = ActionItem.objects.open().filter(pk=item.pk).exists()
        return (
            ""
            if is_open
            else gettext("The item is no longer open: %(status)s.") % {"status": item.get_status_display()}
        )

    def rescheduled_reason(self, item: ActionItem) -> str:
        return gettext("The due date of the item has changed.")

    def reassigned_reason(self, reminder: Reminder, item: ActionItem) -> str:
        is_escalated = reminder.kind == ReminderKind.ITEM_ESCALATED
        if is_escalated:
            return gettext("No longer the chair.")
        return gettext("The owner of the item has changed.")

    def section(self, reminder: Reminder, item: ActionItem, now: dt.datetime) -> EmailSection:
        person = reminder.recipient
        today = now.astimezone(person.zone).date()
        opening = ActionButton(gettext("Open the action item"), page_url("actionitems:detail", item.pk))
        buttons = action_buttons(item, person, key_digest(reminder.key))
        is_escalated = reminder.kind == ReminderKind.ITEM_ESCALATED
        # A chair who is reminded of someone else's item opens it first; its owner most often says that it is done.
        first, *others = [opening, *buttons] if is_escalated else [*buttons, opening]
        subject, call_to_action = _opening(reminder.kind, item, today)
        return EmailSection(
            subject=subject,
            title=item.text,
            call_to_action=call_to_action,
            facts=_facts(item, today),
            why=_why(reminder, item),
            button=first,
            action_buttons=others,
            summary=_summary(item, today),
        )


def _opening(kind: str, item: ActionItem, today: dt.date) -> tuple[str, str]:
    """Return the subject and the call to action of an email."""
    weeks = (today - item.due_on).days // 7
    values = {"day": format_date(item.due_on, today), "item": item.text, "count": weeks}
    if kind == ReminderKind.ITEM_ESCALATED:
        subject = ngettext("%(count)d week overdue: %(item)s", "%(count)d weeks overdue: %(item)s", weeks)
        text = ngettext(
            "This item is %(count)d week overdue. Contact its owner, change the due date, or cancel it.",
            "This item is %(count)d weeks overdue. Contact its owner, change the due date, or cancel it.",
            weeks,
        )
    elif kind == ReminderKind.ITEM_OVERDUE:
        subject = gettext("Overdue since %(day)s: %(item)s")
        text = gettext("This was due %(day)s. Mark it done or tell us what's blocking it.")
    elif item.due_on == today:
        subject = gettext("Due today: %(item)s")
        text = gettext("Due today (%(day)s). Mark it done or tell us what's blocking it.")
    else:
        subject = gettext("Due %(day)s: %(item)s")
        text = gettext("Due %(day)s. Mark it done or tell us what's blocking it.")
    return subject % values, text % values


def _summary(item: ActionItem, today: dt.date) -> str:
    if item.due_on < today:
        return gettext("an overdue action item")
    return gettext("an action item due %(distance)s") % {"distance": format_relative_date(item.due_on, today)}


def _facts(item: ActionItem, today: dt.date) -> list[tuple[str, str]]:
    owners = [str(owner) for owner in (item.owner_person, item.owner_organization) if owner]
    facts = [
        (gettext("Action item"), item.text),
        (gettext("Due"), format_day_and_distance(item.due_on, today)),
        (gettext("Owner"), get_text_list(owners, gettext("and"))),
        (gettext("For"), item.body.title),
        (gettext("Status"), item.get_status_display()),
    ]
    if item.status_note:
        facts.append((gettext("Latest note"), item.status_note))
    if item.origin_meeting:
        meeting = item.origin_meeting
        values = {"meeting": meeting.title, "day": format_date(meeting.local_start.date(), today)}
        facts.append((gettext("Assigned at"), gettext("%(meeting)s, %(day)s") % values))
    return facts


def _why(reminder: Reminder, item: ActionItem) -> str:
    if reminder.kind == ReminderKind.ITEM_ESCALATED:
        return gettext("You're receiving this because you chair the %(body)s.") % {"body": item.body.title}
    if item.owner_person_id == reminder.recipient_id:
        return gettext("You're receiving this because you own this action item.")
    if item.owner_organization and not item.owner_person_id:
        text = gettext("You're receiving this because you represent %(organization)s, which owns this action item.")
        return text % {"organization": item.owner_organization}
    return gettext("You're receiving this because we can't reach anyone else about this action item.")
