"""What staff did for others: entered what was told, wrote to many, held mail up; and mail that was held back."""

import datetime as dt
from typing import Any

import actionitems.operations as items_operations
import meetings.operations as meetings_operations
from accounts.models import Person
from actionitems.models import ActionItem
from actionitems.permissions import status_editors_of
from actionitems.rules import ActionItemStatus
from core.operations import create
from demo.people import Cast
from mail.bounces import Bounce, record_bounce
from mail.models import Delivery
from mail.operations import lift_pause, new_delivery, pause
from mail.rules import DeliveryState
from meetings.models import RSVP, Meeting
from meetings.permissions import invited_to
from meetings.rules import RSVPAnswer
from members.models import Representation
from members.operations import OnBehalf
from members.rules import ContactChannel, RepresentationKind
from reminders.models import Announcement
from reminders.operations import PreferenceChoice, save_preferences
from reminders.rules import ReminderKind
from reminders.subjects.announcements import find_recipients


def make_staffwork(cast: Cast, words: dict[str, Any], now: dt.datetime) -> None:
    """A promise and answers as told, an announcement sent and one that waits, a pause, mail that came back or waits."""
    _enter_an_item(cast, now)
    _enter_answers(cast, now)
    for row in words["announcements"]:
        _announce(cast, row)
    _pause_and_go_on(cast)
    _come_back(now)
    _hold_back(cast, now)


def _enter_an_item(cast: Cast, now: dt.datetime) -> None:
    for item in ActionItem.objects.open().exclude(status=ActionItemStatus.BLOCKED).order_by("due_on", "pk"):
        person = status_editors_of(item).exclude(pk=cast.staff.pk).order_by("pk").first()
        if person is not None:
            items_operations.change_status(
                actor=cast.staff,
                item=item,
                status=ActionItemStatus.BLOCKED,
                note="Waits for an answer of the data office",
                today=cast.days.today,
                on_behalf=OnBehalf(person, ContactChannel.PHONE, now),
            )
            return


def _enter_answers(cast: Cast, now: dt.datetime) -> None:
    meeting = Meeting.objects.upcoming(now).first()
    if meeting is None:
        return
    answered = RSVP.objects.filter(meeting=meeting).values("person")
    silent = invited_to(meeting).exclude(pk__in=answered).exclude(pk=cast.staff.pk).order_by("pk").distinct()
    for person, answer, how in zip(
        silent[:2], (RSVPAnswer.YES, RSVPAnswer.NO), (ContactChannel.PHONE, ContactChannel.MAIL), strict=False
    ):
        meetings_operations.record_rsvp(
            actor=cast.staff, meeting=meeting, answer=answer, now=now, on_behalf=OnBehalf(person, how, now)
        )


def _announce(cast: Cast, row: dict[str, Any]) -> None:
    """An announcement; with `sent` it went so many days ago, and its mails stand in the ledger as sent."""
    sent_at = cast.days.ago(-row["sent"]) if "sent" in row else None
    values = {"subject": row["subject"], "text": row["text"], "audience": row["audience"]}
    announcement = create(
        Announcement,
        actor=cast.staff,
        recorded_at=sent_at,
        created_by=cast.staff,
        sent_at=sent_at,
        sent_by=cast.staff if sent_at else None,
        **values,
    )
    if sent_at:
        Delivery.objects.bulk_create(
            _went(announcement, person.person, sent_at) for person in find_recipients(announcement).included
        )


def _went(announcement: Announcement, person: Person, at: dt.datetime) -> Delivery:
    row = new_delivery(
        key=f"announcement:{announcement.pk}:{person.pk}",
        kind=ReminderKind.ANNOUNCEMENT,
        address=person.email,
        person=person,
        subject_ref=str(announcement.pk),
        now=at,
    )
    row.state, row.sent_at, row.subject, row.attempts = DeliveryState.SENT, at, announcement.subject, 1
    return row


def _pause_and_go_on(cast: Cast) -> None:
    """A pause that staff lifted the day after."""
    held = pause(
        actor=cast.staff,
        kind=ReminderKind.PROGRESS_DUE,
        reason="The objectives were being reworded",
        now=cast.days.ago(20),
    )
    lift_pause(actor=cast.staff, pause=held, now=cast.days.ago(19))


def _come_back(now: dt.datetime) -> None:
    """Two mails to a representative whose organization has an alternate came back, so that nothing more goes there."""
    alternates = Representation.objects.current().filter(kind=RepresentationKind.ALTERNATE).values("organization")
    rights = Representation.objects.current().filter(
        kind=RepresentationKind.REPRESENTATIVE, organization__in=alternates, person__is_active=True
    )
    right = rights.select_related("person").order_by("pk").first()
    if right is None:
        return
    for days in (6, 2):
        at = now - dt.timedelta(days=days)
        row = new_delivery(
            key=f"demonstration:came-back:{days}",
            kind=ReminderKind.MEETING_AHEAD,
            address=right.person.email,
            person=right.person,
            subject_ref="",
            now=at,
        )
        row.state, row.sent_at, row.subject, row.attempts = DeliveryState.SENT, at, "A meeting ahead", 1
        row.save()
        record_bounce(Bounce(row.address, "5.1.1 No such user", True, row.message_id), at + dt.timedelta(minutes=3))


def _hold_back(cast: Cast, now: dt.datetime) -> None:
    """A primary who is away while their alternate stands in, and one who wants a mail a week and has had it."""
    both = [key for key in cast.primaries if key in cast.alternates]
    for key in both[-1:]:
        away = PreferenceChoice({}, away_until=cast.days.day(20), delegate=cast.alternates[key])
        save_preferences(actor=cast.primaries[key], choice=away, now=now)
    for key in both[-2:-1]:
        person = cast.primaries[key]
        save_preferences(actor=person, choice=PreferenceChoice({}, weekly_cap=1), now=now)
        row = new_delivery(
            key="demonstration:the-week-s-mail",
            kind=ReminderKind.TERM_ENDING,
            address=person.email,
            person=person,
            subject_ref="",
            now=now,
        )
        row.state, row.sent_at, row.subject, row.attempts = DeliveryState.SENT, now, "A term ends soon", 1
        row.ended_at = now
        row.save()
