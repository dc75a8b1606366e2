"""Progress updates: due by the reporting frequency of a strategy, then late."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from core.dates import format_date, local_today
from core.operations import BY_LINK
from objectives.models import ProgressUpdate, Strategy
from objectives.operations import updates as operations
from objectives.permissions import can_write_update
from objectives.queries.updates import with_latest_update
from objectives.rules import CHAIR_ESCALATION_DAYS, ProgressStatus, progress_due_on
from reminders import rules
from reminders.audience import Audience
from reminders.emails import EmailSection, format_day_and_distance, page_url
from reminders.link_actions import ActionButton, LinkAction, SubjectState
from reminders.links import Link, answer_url
from reminders.models import Reminder
from reminders.plan import ReminderPlan
from reminders.rules import LinkPurpose, ReminderKind, key_digest, morning_of
from reminders.subjects.base import Step, SteppedSubject

_LINK_LIFETIME = dt.timedelta(weeks=4)


def update_due_on(strategy: Strategy) -> dt.date | None:
    """Return the due date of the next progress update of a strategy from `with_latest_update`, or None."""
    if strategy.last_status == ProgressStatus.DONE:
        return None
    return progress_due_on(strategy.reporting_frequency, strategy.last_reported_on, strategy.starts_on)


# Links --------------------------------------------------------------------------------------------


def action_buttons(strategy: Strategy, person: Person, due_on: dt.date, email: str) -> list[ActionButton]:
    """One button where an update is published and no newer one is submitted; else there is nothing to confirm."""
    update = _published(strategy)
    if update is None or _has_submitted(strategy):
        return []
    expires_at = dt.datetime.combine(due_on + _LINK_LIFETIME, dt.time(), tzinfo=dt.UTC)
    purpose = LinkPurpose.PROGRESS_SAME
    url = answer_url(purpose, person, strategy.pk, f"{_update_version(update)} {email}", expires_at)
    return [ActionButton(str(purpose.label), url)]


def load_state(link: Link, now: dt.datetime) -> SubjectState:
    """Return the published state of the strategy, which the person confirms with one click."""
    strategy = Strategy.objects.select_related("body", "objective").filter(pk=link.subject_id).first()
    if strategy is None or not can_write_update(link.person, strategy):
        return SubjectState(
            gettext("Strategy"),
            closed_reason=gettext("You're no longer responsible for this strategy, or it is closed."),
        )
    today = local_today(now, link.person.zone)
    update = _published(strategy)
    facts = [_objective_fact(strategy)]
    if update:
        facts += [
            (gettext("Status"), update.get_status_display()),
            (gettext("Published update"), update.narrative),
            (gettext("Last confirmed"), format_date(update.last_reported_on, today)),
        ]
    url = page_url("objectives:write_update", strategy.pk)
    return SubjectState(strategy.title, facts, url, _closed_reason(link, strategy, update, today), update)


def _closed_reason(link: Link, strategy: Strategy, update: ProgressUpdate | None, today: dt.date) -> str:
    if update is None:
        return gettext("No update has been published for this strategy yet. Write an update.")
    if _has_submitted(strategy):
        return gettext("A newer update is waiting to be published, so no update is due.")
    if _update_version(update) != link.cycle.split(" ")[0]:
        text = gettext("Progress was already reported on %(day)s.")
        return text % {"day": format_date(update.last_reported_on, today)}
    return ""


def _confirm(link: Link, state: SubjectState, values: Mapping[str, Any], now: dt.datetime) -> str:
    update: ProgressUpdate = state.subject
    today = local_today(now, link.person.zone)
    operations.confirm_status(
        actor=link.person, strategy=update.strategy, today=today, update=update, version=update.version, how=BY_LINK
    )
    return gettext("You confirmed the status. It is published with today's date.")


def _update_version(update: ProgressUpdate) -> str:
    """Return the version of the update: its id and the day on which it was last reported or confirmed."""
    return f"{update.pk}@{update.last_reported_on.isoformat()}"


def _published(strategy: Strategy) -> ProgressUpdate | None:
    return ProgressUpdate.objects.published().filter(strategy=strategy).first()


def _has_submitted(strategy: Strategy) -> bool:
    return ProgressUpdate.objects.submitted().filter(strategy=strategy).exists()


# Reminders ----------------------------------------------------------------------------------------


class ProgressUpdates(SteppedSubject):
    """Reminders of due updates to who reports on a strategy; of late ones to the chair."""

    kinds = (ReminderKind.PROGRESS_DUE, ReminderKind.PROGRESS_LATE)
    link_actions: ClassVar[Mapping[str, LinkAction]] = {
        LinkPurpose.PROGRESS_SAME: LinkAction(
            _("Is this status still correct?"), _("Yes, no change"), load_state, _confirm
        )
    }
    steps = (
        *(Step(ReminderKind.PROGRESS_DUE, f"{days}d", -days) for days in rules.PROGRESS_DAYS),
        Step(ReminderKind.PROGRESS_LATE, "late", CHAIR_ESCALATION_DAYS),
    )

    def subjects(self, plan: ReminderPlan) -> Iterable[Strategy]:
        strategies = with_latest_update(Strategy.objects.open())
        return strategies.select_related("responsible_person", "lead_organization").order_by("pk")

    def anchor(self, strategy: Strategy) -> dt.date | None:
        return update_due_on(strategy)

    def people(self, kind: str, strategy: Strategy, audience: Audience) -> list[Person]:
        is_late = kind == ReminderKind.PROGRESS_LATE
        return audience.chairs_of(strategy.body_id) if is_late else audience.reporters_of(strategy)

    def audience_scope(self, strategy: Strategy) -> dict[str, Any]:
        return {
            "owner_id": strategy.responsible_person_id,
            "body_id": strategy.body_id,
            "organization_ids": [strategy.lead_organization_id],
        }

    def obsolete_at(self, step: Step, strategy: Strategy, person: Person, due_at: dt.datetime) -> dt.datetime:
        """Return the morning after the due date, or after the day of the reminder if that is later."""
        due_on = update_due_on(strategy)
        morning = morning_of(due_on, person.zone) if due_on else due_at
        return max(due_at, morning) + rules.ONE_DAY

    def find(self, pk: int) -> Strategy:
        strategies = Strategy.objects.select_related(
            "body", "objective__plan", "responsible_person", "lead_organization"
        )
        return with_latest_update(strategies).get(pk=pk)

    def closed_reason(self, strategy: Strategy) -> str:
        is_open = Strategy.objects.open().filter(pk=strategy.pk).exists()
        return "" if is_open else gettext("The strategy is closed.")

    def rescheduled_reason(self, strategy: Strategy) -> str:
        return gettext("Progress was already reported.")

    def reassigned_reason(self, reminder: Reminder, strategy: Strategy) -> str:
        return gettext("Someone else is responsible for this now.")

    def section(self, reminder: Reminder, strategy: Strategy, now: dt.datetime) -> EmailSection:
        person = reminder.recipient
        today = now.astimezone(person.zone).date()
        due_on = update_due_on(strategy) or today
        day = format_date(due_on, today)
        is_late = reminder.kind == ReminderKind.PROGRESS_LATE
        buttons = action_buttons(strategy, person, due_on, key_digest(reminder.key))
        is_responsible = strategy.responsible_person_id == person.pk
        values = {"day": day, "strategy": strategy.title, "body": strategy.body.title}
        subject = gettext("Progress update due %(day)s: %(strategy)s")
        why = gettext("You're receiving this because you chair the %(body)s.")
        if is_late:
            subject = gettext("Progress update overdue since %(day)s: %(strategy)s")
        elif is_responsible:
            why = gettext("You're receiving this because you're responsible for this strategy.")
        return EmailSection(
            subject=subject % values,
            title=strategy.title,
            call_to_action=_call_to_action(is_late, day, may_confirm=bool(buttons)),
            facts=_facts(strategy, due_on, today, is_late),
            why=why % values,
            button=ActionButton(gettext("Write an update"), page_url("objectives:write_update", strategy.pk)),
            action_buttons=buttons,
            summary=gettext("an overdue progress update")
            if is_late
            else gettext("a progress update due %(day)s") % values,
        )


def _call_to_action(is_late: bool, day: str, *, may_confirm: bool) -> str:
    if is_late:
        text = gettext("This progress update was due %(day)s. Contact the person responsible, or write it yourself.")
    elif may_confirm:
        text = gettext("Please submit a progress update by %(day)s. If nothing has changed, confirm with one click.")
    else:
        text = gettext("Please submit a progress update by %(day)s.")
    return text % {"day": day}


def _summary(is_late: bool) -> str:
    return gettext("an overdue progress update") if is_late else gettext("a progress update due %(day)s")


def _objective_fact(strategy: Strategy) -> tuple[str, str]:
    return gettext("Objective"), f"{strategy.objective.number}. {strategy.objective.title}"


def _facts(strategy: Strategy, due_on: dt.date, today: dt.date, is_late: bool) -> list[tuple[str, str]]:
    last_reported_on = strategy.last_reported_on
    facts = [
        (gettext("Strategy"), strategy.title),
        _objective_fact(strategy),
        (gettext("Due"), format_day_and_distance(due_on, today)),
        (gettext("Last report"), format_date(last_reported_on, today) if last_reported_on else gettext("None yet")),
    ]
    if is_late:
        facts.append((gettext("Responsible person"), str(strategy.responsible_person or gettext("Not assigned"))))
    return facts
