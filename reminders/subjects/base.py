"""What each subject of reminders provides, and the base of those whose reminders follow dated steps."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Person
from mail.messages import Message, Skip, Wait
from mail.models import Delivery
from reminders import rules
from reminders.audience import Audience, load_audience
from reminders.emails import EmailSection
from reminders.link_actions import LinkAction
from reminders.models import Reminder
from reminders.plan import ReminderPlan
from reminders.rules import ReminderKind, morning_of, policy_of


class Subject(ABC):
    """One subject of reminders, such as meetings: when, to whom, whether still, and what the email says.

    The engine plans, batches, checks and sends through these methods alone; `reminders.subjects` lists the subjects.
    """

    kinds: ClassVar[tuple[ReminderKind, ...]]
    # What links in the subject's emails do, by purpose.
    link_actions: ClassVar[Mapping[str, LinkAction]] = {}

    def prepare(self, now: dt.datetime) -> int:
        """Write the rows that have to exist before planning, once a tick; how many."""
        return 0

    @abstractmethod
    def plan(self, plan: ReminderPlan) -> None:
        """Add the reminders that are due in the plan's window, in a fixed number of queries."""

    @abstractmethod
    def find(self, pk: int) -> Any:
        """Read the subject of a reminder as it is now. Raises DoesNotExist."""

    @abstractmethod
    def skip_reason(self, reminder: Reminder, subject: Any, now: dt.datetime) -> str:
        """Return why the reminder should no longer be sent; empty where it should."""

    @abstractmethod
    def section(self, reminder: Reminder, subject: Any, now: dt.datetime) -> EmailSection:
        """Return what an email says about the subject as it is now."""

    def delegation_moment(self, reminder: Reminder, subject: Any, now: dt.datetime) -> dt.datetime | None:
        """Return for which moment an absence decides who gets the reminder; None where no absence matters."""
        return now if policy_of(reminder.kind).is_delegated else None

    def sends_alternate(self, reminder: Reminder) -> bool:
        """Whether the person sends an alternate, who is reminded in their place."""
        return False


@dataclass(frozen=True)
class DeliveryKind:
    """A kind of email that is put into the delivery log directly, without a reminder, and how to compose it."""

    value: str
    label: str | Promise
    compose: Callable[[Delivery, dt.datetime], Message | Skip | Wait]


@dataclass(frozen=True)
class Step:
    """A reminder some days after (negative: before) a subject's date; `code` names the step in the reminder's key."""

    kind: ReminderKind
    code: str
    days: int


class SteppedSubject(Subject):
    """A subject with one date and fixed steps before and after it, each in the morning of its recipient's zone.

    Planning and the check before sending call the same `anchor` and `people`.
    """

    steps: ClassVar[tuple[Step, ...]]

    @abstractmethod
    def subjects(self, plan: ReminderPlan) -> Iterable[Any]:
        """Return the subjects that may have a step in the plan's window."""

    @abstractmethod
    def anchor(self, subject: Any) -> dt.date | None:
        """Return the date from which the steps are counted; None if nothing is due."""

    @abstractmethod
    def people(self, kind: str, subject: Any, audience: Audience) -> list[Person]:
        """Who is reminded."""

    @abstractmethod
    def audience_scope(self, subject: Any) -> dict[str, Any]:
        """Return the arguments that `load_audience` needs so that `people` can be determined for one subject."""

    @abstractmethod
    def closed_reason(self, subject: Any) -> str:
        """Return why the subject needs no reminder any more; empty where it does."""

    def rescheduled_reason(self, subject: Any) -> str:
        """Return the skip reason if the date has changed since the reminder was planned."""
        return _("The date has changed.")

    @abstractmethod
    def reassigned_reason(self, reminder: Reminder, subject: Any) -> str:
        """Return the skip reason if the reminder is for someone else now."""

    def known_since(self, subject: Any) -> dt.datetime | None:
        """When the subject was created: a step that had passed by then is left out."""
        return subject.created_at  # type: ignore[no-any-return]

    def occasion(self, subject: Any) -> str:
        """Return the part of the reminder's key that identifies the occasion; by default, the version."""
        return self.version(subject)

    def version(self, subject: Any) -> str:
        """Return the state of the subject that a reminder is planned for; by default, the date."""
        anchor = self.anchor(subject)
        return anchor.isoformat() if anchor else ""

    def obsolete_at(self, step: Step, subject: Any, person: Person, due_at: dt.datetime) -> dt.datetime:
        """How long a step's reminder may wait for a weekly email."""
        return due_at + rules.ONE_WEEK

    def plan(self, plan: ReminderPlan) -> None:
        first, last = plan.days
        for subject in self.subjects(plan):
            anchor = self.anchor(subject)
            if anchor is None:
                continue
            for step in self.steps:
                day = anchor + dt.timedelta(days=step.days)
                if first <= day <= last:
                    self._plan_step(plan, step, subject, day)

    def _plan_step(self, plan: ReminderPlan, step: Step, subject: Any, day: dt.date) -> None:
        known_since = self.known_since(subject)
        for person in self.people(step.kind, subject, plan.audience):
            due_at = morning_of(day, person.zone)
            if plan.in_window(due_at) and (known_since is None or due_at > known_since):
                plan.add_reminder(
                    step.kind,
                    person,
                    subject=subject.pk,
                    occasion=self.occasion(subject),
                    offset=step.code,
                    subject_version=self.version(subject),
                    due_at=due_at,
                    expires_at=due_at + rules.ONE_DAY,
                    obsolete_at=self.obsolete_at(step, subject, person, due_at),
                )

    def skip_reason(self, reminder: Reminder, subject: Any, now: dt.datetime) -> str:
        if reason := self.closed_reason(subject):
            return reason
        if self.anchor(subject) is None or reminder.subject_version != self.version(subject):
            return self.rescheduled_reason(subject)
        audience = load_audience(person_id=reminder.principal_id, **self.audience_scope(subject))
        people = {person.pk for person in self.people(reminder.kind, subject, audience)}
        return "" if reminder.principal_id in people else self.reassigned_reason(reminder, subject)
