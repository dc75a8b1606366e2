"""One mail of every kind that the portal writes, each about a thing for which it may go at NOW."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from accounts.models import Person
from accounts.operations import record_security_event
from accounts.rules import NOTIFIED_EVENTS
from mail.messages import Message
from mail.models import CircuitBreaker, Delivery, Suppression
from mail.operations import enqueue
from meetings.models import AgendaItem
from members import operations as members
from members.models import JoinRequest
from members.rules import ConfirmationStage, OrganizationStatus, RepresentationKind
from reminders import operations
from reminders.composing import check_parts, compose
from reminders.models import NotificationSettings, Reminder
from reminders.rules import ReminderKind, policy_of
from reminders.subjects import SUBJECTS
from reminders.subjects.follow_ups.base import FollowUp
from reminders.subjects.follow_ups.registry import FOLLOW_UP_TYPES, find_follow_ups
from reminders.subjects.follow_ups.sending import send_follow_up
from reminders.subjects.progress import ProgressUpdates, update_due_on
from taskforces.models import Term
from tests import factories
from tests.conftest import NOW, TODAY

# The stages at which the yearly question goes by mail.
STAGES = (ConfirmationStage.ASKED, ConfirmationStage.AGAIN, ConfirmationStage.EXECUTIVE)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@dataclass(frozen=True)
class Mail:
    """An email by a name of its own, its kind in the delivery log, and how to build it at a moment."""

    name: str
    kind: str
    build: Callable[[dt.datetime], Message]
    can_be_stopped: bool

    @property
    def message(self) -> Message:
        return self.build(NOW)


class Mails:
    """The world of the mails, and all of them."""

    def __init__(self, cast) -> None:
        self.cast = cast
        factories.WorkgroupFactory()
        self.meeting = factories.MeetingFactory(body=cast.body, location="Room 74.463 & the hall")
        for position, title in enumerate(("Welcome", "Naloxone <supply> by county", "Next steps"), start=1):
            AgendaItem.objects.create(meeting=self.meeting, position=position, title=title, duration_minutes=10)
        self.held = factories.MeetingFactory(
            body=cast.body, starts_at=NOW - 3 * DAY, status="closed", minutes_status="draft", title="Minutes & <more>"
        )
        self.canceled = factories.MeetingFactory(
            body=cast.body, starts_at=NOW + 5 * DAY, status="canceled", cancel_reason="No quorum & <no> room"
        )
        self.items = {
            kind: factories.ActionItemFactory(
                body=cast.body,
                owner_organization=cast.organization,
                owner_person=cast.seated,
                text="Send the county list & its <sources> to the Data task force before the next meeting",
                due_on=TODAY + days * DAY,
            )
            for kind, days in (
                (ReminderKind.ITEM_DUE, 18),
                (ReminderKind.ITEM_OVERDUE, -7),
                (ReminderKind.ITEM_ESCALATED, -35),
            )
        }
        self.strategy = factories.StrategyFactory(
            body=cast.body, lead_organization=cast.organization, responsible_person=cast.seated
        )
        factories.ProgressUpdateFactory(strategy=self.strategy, state="published", published_at=NOW)
        self.term = Term.objects.get(person=cast.seated)
        self.past = Term.objects.get(person=cast.secretary)
        self._end(self.term, TODAY + 14 * DAY)
        self._end(self.past, TODAY - DAY)
        self.question = members.request_confirmation(
            actor=cast.staff, organization=cast.organization, now=NOW, today=TODAY
        )
        self._delivery_problems()
        self._follow_up()

    @staticmethod
    def _end(term, day: dt.date) -> None:
        term.planned_end_on = day
        term.save(update_fields=["planned_end_on"])

    def _delivery_problems(self) -> None:
        times = dict.fromkeys(("created_at", "deliver_after", "expires_at", "next_attempt_at", "ended_at"), NOW - HOUR)
        for number in range(14):
            address, subject = f"person{number}@a-long-name-of-a-county.example.org", "Represent <D> & E: accept"
            key = f"failed-{number}"
            Delivery.objects.create(
                key=key, kind="invitation", state="failed", address=address, subject=subject, message_id=key, **times
            )
        CircuitBreaker.objects.create(pk=1, opened_at=NOW - HOUR, open_until=NOW + HOUR)

    def _follow_up(self) -> None:
        cast = self.cast
        without = factories.OrganizationFactory(name="Coalition <without> & a primary")
        factories.RepresentationFactory(organization=without)
        members.invite(
            actor=cast.staff,
            organization=cast.other_organization,
            kind=RepresentationKind.ALTERNATE,
            email="invited@example.org",
            name="Epidemiologist <of> the county",
            now=NOW - 5 * DAY,
        )
        self.late = factories.StrategyFactory(
            body=cast.body, lead_organization=cast.organization, responsible_person=cast.seated, title="Share <D> & E"
        )
        factories.SeatFactory(body=cast.body, organization=cast.organization)
        Suppression.objects.create(
            address=cast.representative.email, bounces=2, first_at=NOW - DAY, suppressed_at=NOW - HOUR
        )

    # Reminders ------------------------------------------------------------------------------------

    def subject(self, kind: str) -> Any:
        """What a reminder of a kind speaks of; a day for what staff are told."""
        subjects = {
            **dict.fromkeys((ReminderKind.DELIVERY_PROBLEMS, ReminderKind.FOLLOW_UP_LIST), TODAY),
            ReminderKind.MINUTES_WAITING: self.held,
            ReminderKind.MEETING_CANCELED: self.canceled,
            ReminderKind.TERM_ENDING: self.term,
            ReminderKind.TERM_PAST: self.past,
            ReminderKind.PROGRESS_DUE: self.strategy,
            ReminderKind.PROGRESS_LATE: self.late,
            ReminderKind.ORGANIZATION_CONFIRM: self.question,
            **self.items,
        }
        return subjects.get(ReminderKind(kind), self.meeting)

    def _version(self, subject: Any) -> str:
        if subject in self.items.values():
            return subject.due_on.isoformat()
        if subject in (self.strategy, self.late):
            return str(update_due_on(ProgressUpdates().find(subject.pk)))
        if subject in (self.term, self.past):
            return subject.planned_end_on.isoformat()
        return "draft" if subject == self.held else "0"

    def reminder(self, kind: str, person: Person | None = None, subject_version: str = "") -> Reminder:
        cast = self.cast
        others = {
            ReminderKind.ITEM_ESCALATED: cast.chair,
            ReminderKind.PROGRESS_LATE: cast.chair,
            ReminderKind.MINUTES_WAITING: cast.chair,
            ReminderKind.TERM_PAST: cast.chair,
            ReminderKind.DELIVERY_PROBLEMS: cast.staff,
            ReminderKind.FOLLOW_UP_LIST: cast.staff,
        }
        person, subject = person or others.get(ReminderKind(kind), cast.seated), self.subject(kind)
        subject_id = subject.toordinal() if isinstance(subject, dt.date) else subject.pk
        return Reminder(
            key=f"{kind}:{subject_id}:2026-12-10:7d:p{person.pk}:mail",
            kind=kind,
            recipient=person,
            subject_id=subject_id,
            subject_version=subject_version or self._version(subject),
            due_at=NOW,
            expires_at=NOW + 7 * DAY,
            created_at=NOW,
        )

    def message(self, kind: str, now: dt.datetime = NOW) -> Message:
        return self.of_reminder(self.reminder(kind), now)

    @staticmethod
    def of_reminder(reminder: Reminder, now: dt.datetime) -> Message:
        composition = check_parts([reminder], now)
        assert not composition.skipped and not composition.failed, (reminder.kind, composition)
        message = composition.message()
        assert message is not None
        return message

    def merged(self, now: dt.datetime = NOW, *, is_copy: bool = False) -> Message:
        kinds = (ReminderKind.MEETING_AHEAD, ReminderKind.ITEM_DUE, ReminderKind.PROGRESS_DUE)
        return self.parts(kinds, now, is_copy=is_copy)

    def parts(self, kinds, now: dt.datetime, *, is_copy: bool) -> Message:
        rows = [self.reminder(kind) for kind in kinds]
        message = check_parts(rows, now).message(is_copy=is_copy)
        assert message is not None
        return message

    def _delegated(self, kind: str) -> Callable[[dt.datetime], Message]:
        def build(now: dt.datetime) -> Message:
            away = {"away_until": TODAY + 5 * DAY, "chosen_at": NOW}
            NotificationSettings.objects.get_or_create(person=self.cast.seated, defaults=away)
            row = self.reminder(kind, self.cast.alternate)
            row.delegated_from = self.cast.seated
            message = self.of_reminder(row, now)
            NotificationSettings.objects.all().delete()
            return message

        return build

    def reminders(self) -> Iterator[Mail]:
        cast = self.cast
        rows = {
            kind: self.reminder(kind)
            for subject in SUBJECTS
            for kind in subject.kinds
            if kind != ReminderKind.ORGANIZATION_CONFIRM
        }
        named = {str(kind): row for kind, row in rows.items()}
        named["term_ending of another"] = self.reminder(ReminderKind.TERM_ENDING, cast.chair)
        named["term_ending for staff"] = self.reminder(ReminderKind.TERM_ENDING, cast.staff)
        asked = ReminderKind.ORGANIZATION_CONFIRM
        for stage, person in zip(STAGES, (cast.primary, cast.alternate, cast.executive), strict=True):
            named[f"{asked} {stage}"] = self.reminder(asked, person, stage)
        for name, row in named.items():
            yield Mail(
                name, row.kind, lambda now, row=row: self.of_reminder(row, now), not policy_of(row.kind).is_mandatory
            )
        for kind in (ReminderKind.MEETING_AHEAD, ReminderKind.ITEM_DUE):
            yield Mail(f"{kind} for a delegate", kind, self._delegated(kind), True)
        for kind in (ReminderKind.ITEM_DUE, ReminderKind.MEETING_SCHEDULED):
            build = lambda now, kind=kind: self.parts([kind], now, is_copy=True)  # noqa: E731
            yield Mail(f"{kind} copied", kind, build, False)
        yield Mail("digest", "digest", self.merged, True)
        yield Mail("digest copied", "digest", lambda now: self.merged(now, is_copy=True), False)

    # Mails of one occasion ------------------------------------------------------------------------

    def _logged(self, name: str, row: Delivery, *, can_be_stopped: bool = False) -> Mail:
        def build(now: dt.datetime) -> Message:
            message = compose(row, now)
            assert isinstance(message, Message), (name, message)
            return message

        return Mail(name, row.kind, build, can_be_stopped)

    def announcements(self) -> Iterator[Mail]:
        text = "Write to the **new address**:\n\n- Room 74 & the hall\n- <b>not</b> Room 73\n\nThank you."
        for name, values in (
            ("announcement", {}),
            (
                "mandatory announcement",
                {"is_mandatory": True, "mandatory_reason": "The law asks each member to know it."},
            ),
        ):
            row = operations.create_announcement(
                actor=self.cast.staff,
                subject="We move to the annex on Dec 1",
                text=text,
                audience={"bodies": ["data"], "roles": ["chair"]},
                **values,
            )
            for title, context in ((name, {}), (f"{name}, as a test", {"test": True})):
                mail = enqueue(
                    key=title,
                    kind=ReminderKind.ANNOUNCEMENT,
                    address=self.cast.chair.email,
                    person=self.cast.chair,
                    subject_ref=str(row.pk),
                    context=context,
                    now=NOW,
                )
                yield self._logged(title, mail, can_be_stopped=not values)

    def follow_ups(self) -> Iterator[Mail]:
        first: dict[str, FollowUp] = {}
        for follow_up in find_follow_ups(NOW):
            first.setdefault(follow_up.type.slug, follow_up)
        for type_ in FOLLOW_UP_TYPES:
            send_follow_up(actor=self.cast.staff, follow_up=first[type_.slug], now=NOW)
            row = Delivery.objects.filter(kind="follow_up", subject_ref=first[type_.slug].ref).order_by("pk")[0]
            yield self._logged(f"follow-up {type_.slug}", row)

    def notices(self) -> Iterator[Mail]:
        for kind in NOTIFIED_EVENTS:
            for actor in (self.cast.seated, self.cast.staff):
                event = record_security_event(
                    actor=actor, person=self.cast.seated, kind=kind, now=NOW, detail="security key"
                )
                row = Delivery.objects.get(kind="account_notice", subject_ref=str(event.pk))
                yield self._logged(f"account_notice {kind} by {actor}", row)

    def invitations(self) -> Iterator[Mail]:
        for email in ("new@example.org", self.cast.seated.email):
            invitation = members.invite(
                actor=self.cast.staff,
                organization=self.cast.other_organization,
                kind=RepresentationKind.REPRESENTATIVE,
                email=email,
                name="Epidemiologist <of> the county",
                now=NOW,
            )
            yield self._logged(f"invitation to {email}", Delivery.objects.get(key=invitation.delivery_key))

    def join_answers(self) -> Iterator[Mail]:
        invited = factories.OrganizationFactory(status=OrganizationStatus.INVITED, name="Coalition & <friends>")
        for name, values in (
            ("accepted", {"state": "accepted", "organization": invited}),
            ("accepted and invited", {"state": "accepted", "organization": invited}),
            ("declined", {"state": "declined", "answer": "We take <statewide> groups & state agencies.\nWrite to us."}),
        ):
            request: JoinRequest = factories.JoinRequestFactory(answered_by=self.cast.staff, answered_at=NOW, **values)
            if "invited" in name:
                members.invite(
                    actor=self.cast.staff,
                    organization=invited,
                    kind=RepresentationKind.PRIMARY,
                    email=request.email,
                    name=request.name,
                    now=NOW,
                )
            row = enqueue(
                key=name, kind="join_answer", address=request.email, person=None, subject_ref=str(request.pk), now=NOW
            )
            yield self._logged(f"join_answer {name}", row)

    def all(self) -> Iterator[Mail]:
        for family in (self.reminders, self.announcements, self.follow_ups, self.notices, self.invitations):
            yield from family()
        yield from self.join_answers()
