"""Activity of staff: statuses and RSVPs on behalf of others, announcements, a pause, bounces, and preferences."""

import datetime as dt
from typing import Any

import actionitems.operations as items_operations
import meetings.operations as meetings_operations
from accounts.models import Person
from actionitems.models import ActionItem
from actionitems.permissions import status_editors_of
from actionitems.rules import ActionItemStatus
from core.operations import create
from demo.people import DemoData
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


def make_staff_activity(demo: DemoData, texts: dict[str, Any], now: dt.datetime) -> None:
    """Make a reported item, reported RSVPs, a sent and an unsent announcement, a lifted pause, bounces, and limits."""
    _report_item_status(demo, now)
    _report_rsvps(demo, now)
    for row in texts["announcements"]:
        _make_announcement(demo, row)
    _make_lifted_pause(demo)
    _make_bounces(now)
    _make_limited_recipients(demo, now)


def _report_item_status(demo: DemoData, now: dt.datetime) -> None:
    for item in ActionItem.objects.open().exclude(status=ActionItemStatus.BLOCKED).order_by("due_on", "pk"):
        person = status_editors_of(item).exclude(pk=demo.staff.pk).order_by("pk").first()
        if person is not None:
            items_operations.change_status(
                actor=demo.staff,
                item=item,
                status=ActionItemStatus.BLOCKED,
                note="Waiting for an answer from the data office",
                today=demo.calendar.today,
                on_behalf=OnBehalf(person, ContactChannel.PHONE, now),
            )
            return


def _report_rsvps(demo: DemoData, now: dt.datetime) -> None:
    meeting = Meeting.objects.upcoming(now).first()
    if meeting is None:
        return
    answered = RSVP.objects.filter(meeting=meeting).values("person")
    unanswered = invited_to(meeting).exclude(pk__in=answered).exclude(pk=demo.staff.pk).order_by("pk").distinct()
    for person, answer, how in zip(
        unanswered[:2], (RSVPAnswer.YES, RSVPAnswer.NO), (ContactChannel.PHONE, ContactChannel.MAIL), strict=False
    ):
        meetings_operations.record_rsvp(
            actor=demo.staff, meeting=meeting, answer=answer, now=now, on_behalf=OnBehalf(person, how, now)
        )


def _make_announcement(demo: DemoData, row: dict[str, Any]) -> None:
    """Make an announcement; with `sent` it was sent that many days ago, with its emails in the log."""
    sent_at = demo.calendar.ago(-row["sent"]) if "sent" in row else None
    values = {"subject": row["subject"], "text": row["text"], "audience": row["audience"]}
    announcement = create(
        Announcement,
        actor=demo.staff,
        recorded_at=sent_at,
        created_by=demo.staff,
        sent_at=sent_at,
        sent_by=demo.staff if sent_at else None,
        **values,
    )
    if sent_at:
        Delivery.objects.bulk_create(
            _sent_delivery(announcement, person.person, sent_at) for person in find_recipients(announcement).included
        )


def _sent_delivery(announcement: Announcement, person: Person, at: dt.datetime) -> Delivery:
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


def _make_lifted_pause(demo: DemoData) -> None:
    """Make a pause that staff lifted the next day."""
    lifted = pause(
        actor=demo.staff,
        kind=ReminderKind.PROGRESS_DUE,
        reason="The wording of the objectives was being revised",
        now=demo.calendar.ago(20),
    )
    lift_pause(actor=demo.staff, pause=lifted, now=demo.calendar.ago(19))


def _make_bounces(now: dt.datetime) -> None:
    """Make two bounced emails to a representative, whose address is suppressed. The organization has an alternate."""
    alternates = Representation.objects.current().filter(kind=RepresentationKind.ALTERNATE).values("organization")
    representatives = Representation.objects.current().filter(
        kind=RepresentationKind.REPRESENTATIVE, organization__in=alternates, person__is_active=True
    )
    representative = representatives.select_related("person").order_by("pk").first()
    if representative is None:
        return
    for days in (6, 2):
        at = now - dt.timedelta(days=days)
        row = new_delivery(
            key=f"demonstration:bounced:{days}",
            kind=ReminderKind.MEETING_AHEAD,
            address=representative.person.email,
            person=representative.person,
            subject_ref="",
            now=at,
        )
        row.state, row.sent_at, row.subject, row.attempts = DeliveryState.SENT, at, "Upcoming meeting", 1
        row.save()
        record_bounce(Bounce(row.address, "5.1.1 No such user", True, row.message_id), at + dt.timedelta(minutes=3))


def _make_limited_recipients(demo: DemoData, now: dt.datetime) -> None:
    """Make a primary who is away with a delegate, and one who has reached a limit of one email a week."""
    keys = [key for key in demo.primaries if key in demo.alternates]
    for key in keys[-1:]:
        away = PreferenceChoice({}, away_until=demo.calendar.day(20), delegate=demo.alternates[key])
        save_preferences(actor=demo.primaries[key], choice=away, now=now)
    for key in keys[-2:-1]:
        person = demo.primaries[key]
        save_preferences(actor=person, choice=PreferenceChoice({}, weekly_cap=1), now=now)
        row = new_delivery(
            key="demonstration:weekly-limit",
            kind=ReminderKind.TERM_ENDING,
            address=person.email,
            person=person,
            subject_ref="",
            now=now,
        )
        row.state, row.sent_at, row.subject, row.attempts = DeliveryState.SENT, now, "A term ends soon", 1
        row.ended_at = now
        row.save()
