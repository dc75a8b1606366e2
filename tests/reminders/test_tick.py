"""From plan to mail: who is told what, once, and what the last check holds back."""

import datetime as dt
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
from django.conf import settings
from icalendar import Calendar

from mail.models import CircuitBreaker, Delivery
from mail.sending import claim
from mail.transport import Answer, Outcome, Transport
from meetings import operations as meetings
from meetings.rules import MeetingStatus
from members.rules import OrganizationStatus
from reminders.composing import compose
from reminders.digest import make_deliveries
from reminders.models import Heartbeat, Preference, Reminder
from reminders.operations import confirm_clock, resend, tick
from reminders.storing import store_plan
from taskforces.models import Term
from tests import factories
from tests.conftest import NOW
from tests.reminders.conftest import DAY_AHEAD, SEATED, WEEK_AHEAD, forget, ledger, run, sent, told

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def subjects() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mail in sent():
        found.setdefault(mail.to, []).append(mail.subject)
    return found


def entry(mail) -> tuple[str, dict]:
    """The method and the event of a mail's calendar part."""
    calendar = Calendar.from_ical(mail.calendar)
    (event,) = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


def move(meeting, actor, by=DAY):
    day = meeting.starts_on + by
    meeting.refresh_from_db()
    meetings.edit(actor=actor, meeting=meeting, version=None, now=NOW, starts_on=day)
    meeting.refresh_from_db()


# The main path ------------------------------------------------------------------------------------


def test_each_of_the_body_gets_a_calendar_entry_with_the_join_link_once(meeting):
    done = run()
    assert (done.planned, done.queued, done.outcomes["sent"]) == (3, 3, 3)
    assert subjects() == {email: ["Data task force meets Thu, Dec 3, 10:00 a.m. PT"] for email in SEATED}
    for mail in sent():
        method, event = entry(mail)
        assert method == mail.calendar_method == "REQUEST"
        assert str(event["UID"]) == str(meeting.uid) and event["SEQUENCE"] == 0
        assert meeting.join_link in str(event["DESCRIPTION"])
        assert mail.to in str(event["ATTENDEE"])
        assert event["DTSTART"].dt == meeting.local_start
        assert mail.files and mail.files[0][0] == "meeting.ics"
    again = run(NOW + MINUTE)
    assert (again.planned, again.queued, again.outcomes.total()) == (0, 0, 0)
    assert ledger() == {("meeting_scheduled", email, "sent") for email in SEATED}


def test_seven_days_ahead_the_right_persons_get_one_mail_and_then_none(cast, meeting):
    told(meeting)
    noon = WEEK_AHEAD + 4 * HOUR
    assert run(noon).outcomes["sent"] == 3
    assert subjects() == {email: ["Data task force meets in 7 days: Thu, Dec 3, 10:00 a.m. PT"] for email in SEATED}
    assert run(noon).outcomes.total() == 0
    assert run(noon + MINUTE).outcomes.total() == 0
    forget()
    run(DAY_AHEAD)
    assert subjects() == {email: ["Data task force meets tomorrow: Thu, Dec 3, 10:00 a.m. PT"] for email in SEATED}


def test_items_and_progress_go_to_who_owes_them(cast):
    item = factories.ActionItemFactory(
        body=cast.body, owner_organization=cast.organization, owner_person=cast.alternate
    )
    strategy = factories.StrategyFactory(
        body=cast.body,
        lead_organization=cast.organization,
        responsible_person=cast.representative,
        starts_on=item.due_on - 91 * DAY,
    )
    for row in (item, strategy):
        type(row).objects.filter(pk=row.pk).update(created_at=NOW - 100 * DAY)
    run(dt.datetime(2026, 12, 3, 16, 30, tzinfo=dt.UTC))
    assert subjects() == {
        "alternate@example.org": [f"Due Thu, Dec 10: {item.text}"],
        "representative@example.org": [f"Progress update due Thu, Dec 10: {strategy.title}"],
    }


# Moved and cancelled, in each phase ---------------------------------------------------------------


def test_moved_before_planning_only_the_new_time_is_said(cast, meeting):
    move(meeting, cast.staff)
    run()
    assert subjects() == {email: ["Data task force meets Fri, Dec 4, 10:00 a.m. PT"] for email in SEATED}
    assert run(NOW + MINUTE).outcomes.total() == 0


def test_moved_while_pending_only_the_new_time_is_said(cast, meeting):
    store_plan(NOW)
    make_deliveries(NOW)
    move(meeting, cast.staff)
    run()
    assert subjects() == {email: ["Data task force meets Fri, Dec 4, 10:00 a.m. PT"] for email in SEATED}
    assert entry(sent()[0])[1]["SEQUENCE"] == 1
    assert run(NOW + MINUTE).outcomes.total() == 0


def test_moved_while_claimed_only_the_new_time_is_said(cast, meeting):
    store_plan(NOW)
    make_deliveries(NOW)
    claim(NOW, 50)
    move(meeting, cast.staff)
    run(NOW + 6 * MINUTE)
    assert subjects() == {email: ["Data task force meets Fri, Dec 4, 10:00 a.m. PT"] for email in SEATED}


def test_moved_past_the_fence_the_news_follows_once(cast, meeting, monkeypatch):
    """At most the mail that was past the fence says the old time; its reader gets the change, the others do not."""
    real = Transport.send
    moved = []

    def send(self, envelope):
        if not moved:
            moved.append(True)
            move(meeting, cast.staff)
        return real(self, envelope)

    monkeypatch.setattr(Transport, "send", send)
    run()
    run(NOW + MINUTE)
    run(NOW + 2 * MINUTE)
    new = "Data task force meets Fri, Dec 4, 10:00 a.m. PT"
    said = subjects()
    assert sorted(said.values()) == [
        [new],
        [new],
        ["Data task force meets Thu, Dec 3, 10:00 a.m. PT", f"Changed: {new}"],
    ]


def test_moved_after_sending_each_who_was_told_is_told_once(cast, meeting):
    told(meeting)
    move(meeting, cast.staff)
    move(meeting, cast.staff)
    run()
    assert subjects() == {email: ["Changed: Data task force meets Sat, Dec 5, 10:00 a.m. PT"] for email in SEATED}
    method, event = entry(sent()[0])
    assert (method, event["SEQUENCE"]) == ("REQUEST", 2)
    assert run(NOW + MINUTE).outcomes.total() == 0


def test_moved_again_while_the_change_waits_is_one_notice(cast, meeting):
    told(meeting)
    move(meeting, cast.staff)
    store_plan(NOW)
    move(meeting, cast.staff)
    run()
    run(NOW + MINUTE)
    assert subjects() == {email: ["Changed: Data task force meets Sat, Dec 5, 10:00 a.m. PT"] for email in SEATED}
    assert {state for _, _, state in ledger("meeting_changed")} == {"sent", "skipped"}


def test_a_reminder_that_was_planned_for_the_old_time_is_closed_with_its_reason(cast, meeting):
    told(meeting)
    run(WEEK_AHEAD - DAY)
    assert ledger("meeting_ahead") == {("meeting_ahead", email, "planned") for email in SEATED}
    move(meeting, cast.staff, 20 * DAY)
    run(WEEK_AHEAD - DAY + MINUTE)
    run(WEEK_AHEAD)
    assert set(Reminder.objects.filter(kind="meeting_ahead").values_list("state", "reason")) == {
        ("skipped", "The meeting was moved.")
    }
    assert all(subject.startswith("Changed") for said in subjects().values() for subject in said)


def cancel(meeting, actor):
    meeting.refresh_from_db()
    meetings.cancel(actor=actor, meeting=meeting, version=None, reason="No quorum", now=NOW)


def test_cancelled_before_anybody_was_told_nobody_is_told(cast, meeting):
    store_plan(NOW)
    make_deliveries(NOW)
    cancel(meeting, cast.staff)
    run()
    run(NOW + MINUTE)
    assert sent() == []
    assert set(Reminder.objects.values_list("state", "reason")) == {("skipped", "The meeting was cancelled.")}


def test_cancelled_after_sending_each_who_was_told_is_told_once(cast, meeting):
    told(meeting)
    cancel(meeting, cast.staff)
    run()
    assert subjects() == {email: ["Cancelled: Data task force on Thu, Dec 3, 10:00 a.m. PT"] for email in SEATED}
    method, event = entry(sent()[0])
    assert (method, str(event["STATUS"]), event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert "No quorum" in sent()[0].text
    run(NOW + MINUTE)
    run(WEEK_AHEAD)
    run(DAY_AHEAD)
    assert len(sent()) == 3


def test_who_was_not_told_is_not_told_of_the_end(cast, meeting, monkeypatch):
    real = Transport.send

    def send(self, envelope):
        if envelope.recipient == "chair@example.org":
            return Answer(Outcome.REFUSED, "550 no")
        return real(self, envelope)

    monkeypatch.setattr(Transport, "send", send)
    run()
    monkeypatch.setattr(Transport, "send", real)
    forget()
    cancel(meeting, cast.staff)
    run(NOW + MINUTE)
    assert set(subjects()) == SEATED - {"chair@example.org"}


def test_who_may_have_been_told_is_told_of_the_change(cast, meeting, monkeypatch):
    monkeypatch.setattr(Transport, "send", lambda self, envelope: Answer(Outcome.INDETERMINATE, "timeout"))
    run()
    monkeypatch.undo()
    settings.EMAIL_BACKEND = "mail.backends.OutboxBackend"
    cancel(meeting, cast.staff)
    run(NOW + MINUTE)
    run(NOW + HOUR)
    assert set(subjects()) == SEATED
    assert all("Cancelled" in said[0] and len(said) == 1 for said in subjects().values())


# The last check -----------------------------------------------------------------------------------


def ahead(meeting) -> None:
    """The reminders of the week ahead wait in the mail ledger."""
    told(meeting)
    store_plan(WEEK_AHEAD)
    make_deliveries(WEEK_AHEAD)


def reasons(email: str) -> str:
    reminder = Reminder.objects.get(kind="meeting_ahead", recipient__email=email)
    assert reminder.state == "skipped"
    assert reminder.delivery.state == "skipped"
    return reminder.reason


def deactivate(cast, meeting):
    cast.chair.is_active = False
    cast.chair.save(update_fields=["is_active"])


def end_term(cast, meeting):
    Term.objects.filter(person=cast.chair).update(ended_on=NOW.date())


def go_on_leave(cast, meeting):
    cast.organization.status = OrganizationStatus.ON_LEAVE
    cast.organization.save(update_fields=["status"])


def switch_off(cast, meeting):
    Preference.objects.create(person=cast.chair, kind="meeting_ahead", chosen_at=NOW)


def say_no(cast, meeting):
    meeting.rsvps.create(person=cast.chair, answer="no", responded_at=NOW)


def close_it(cast, meeting):
    meeting.status = MeetingStatus.CLOSED
    meeting.save(update_fields=["status"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (deactivate, "no longer active"),
        (end_term, "No longer belongs"),
        (go_on_leave, "on leave"),
        (switch_off, "Switched off"),
        (say_no, "said not to come"),
        (close_it, "no longer ahead"),
        (lambda cast, meeting: cancel(meeting, cast.staff), "cancelled"),
        (lambda cast, meeting: move(meeting, cast.staff, 20 * DAY), "moved"),
    ],
)
def test_what_changed_since_holds_the_mail_back_with_a_reason(cast, meeting, change, reason):
    ahead(meeting)
    change(cast, meeting)
    run(WEEK_AHEAD)
    assert reason in reasons("chair@example.org")
    assert not any("in 7 days" in subject for subject in subjects().get("chair@example.org", []))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"status": "done", "done_on": dt.date(2026, 12, 1)}, "done"),
        ({"due_on": dt.date(2026, 12, 20)}, "another due date"),
        ({"owner_person": None}, "another owner"),
    ],
)
def test_an_item_that_changed_holds_its_reminder_back(cast, values, reason):
    item = factories.ActionItemFactory(
        body=cast.body, owner_organization=cast.organization, owner_person=cast.representative
    )
    type(item).objects.filter(pk=item.pk).update(created_at=NOW - 10 * DAY)
    morning = dt.datetime(2026, 12, 3, 16, 0, tzinfo=dt.UTC)
    store_plan(morning)
    make_deliveries(morning)
    type(item).objects.filter(pk=item.pk).update(**values)
    run(morning)
    reminder = Reminder.objects.get(recipient=cast.representative)
    assert reminder.state == "skipped" and reason in reminder.reason
    assert "representative@example.org" not in subjects()


def test_progress_that_was_said_holds_its_reminder_back(cast):
    strategy = factories.StrategyFactory(
        body=cast.body, responsible_person=cast.seated, starts_on=dt.date(2026, 9, 10), reporting_frequency="quarterly"
    )
    type(strategy).objects.filter(pk=strategy.pk).update(created_at=NOW - 100 * DAY)
    morning = dt.datetime(2026, 12, 3, 16, 0, tzinfo=dt.UTC)
    assert store_plan(morning) == 1
    make_deliveries(morning)
    factories.ProgressUpdateFactory(
        strategy=strategy, author=cast.seated, state="submitted", reported_on=dt.date(2026, 12, 2)
    )
    run(morning)
    assert Reminder.objects.get().reason == "Progress was reported since."
    assert sent() == []


# Outcomes -----------------------------------------------------------------------------------------


def test_a_reminder_ends_as_its_mail_does_and_can_be_sent_again(cast, meeting, monkeypatch):
    real = Transport.send
    monkeypatch.setattr(Transport, "send", lambda self, envelope: Answer(Outcome.REFUSED, "550 no"))
    run()
    assert ledger() == {("meeting_scheduled", email, "failed") for email in SEATED}
    monkeypatch.setattr(Transport, "send", real)
    assert run(NOW + MINUTE).outcomes.total() == 0
    row = Delivery.objects.get(address="chair@example.org")
    resend(actor=cast.staff, delivery=row, now=NOW + HOUR)
    run(NOW + HOUR)
    assert set(subjects()) == {"chair@example.org"}
    assert ("meeting_scheduled", "chair@example.org", "sent") in ledger()


def test_a_kind_that_nobody_composes_fails_alone(cast, meeting):
    Delivery.objects.create(
        key="odd",
        kind="odd",
        address="a@example.org",
        created_at=NOW,
        deliver_after=NOW,
        expires_at=NOW + DAY,
        next_attempt_at=NOW,
        message_id="<odd@x>",
    )
    assert run().outcomes["sent"] == 3
    assert Delivery.objects.get(key="odd").state == "failed"


def test_a_reminder_of_something_that_is_gone_is_skipped_and_holds_up_nothing(cast, meeting):
    soon = {"due_at": NOW + DAY, "send_at": NOW + DAY, "created_at": NOW, "subject_version": "0"}
    soon |= dict.fromkeys(("expires_at", "obsolete_at"), NOW + 2 * DAY)
    for kind in ("meeting_ahead", "item_due", "progress_due"):
        Reminder.objects.create(key=kind, kind=kind, recipient=cast.chair, subject_id=10**6, **soon)
    assert run().outcomes["sent"] == 3
    assert set(Reminder.objects.filter(subject_id=10**6).values_list("state", "reason")) == {
        ("skipped", "What this speaks of is not there any more.")
    }


def test_a_reminder_whose_time_passed_expires_with_a_reason(cast, meeting):
    told(meeting)
    store_plan(WEEK_AHEAD)
    run(WEEK_AHEAD + 25 * HOUR)
    assert set(Reminder.objects.filter(kind="meeting_ahead").values_list("state", flat=True)) == {"expired"}
    assert sent() == []


def test_a_mail_server_that_is_away_for_hours_loses_nothing(cast, meeting, monkeypatch):
    real = Transport.send
    monkeypatch.setattr(Transport, "send", lambda self, envelope: Answer(Outcome.DOWN, "refused"))
    for minute in range(0, 180, 20):
        run(NOW + minute * MINUTE)
    monkeypatch.setattr(Transport, "send", real)
    for minute in range(180, 300, 20):
        run(NOW + minute * MINUTE)
    assert {email: len(said) for email, said in subjects().items()} == dict.fromkeys(SEATED, 1)
    assert not CircuitBreaker.objects.filter(open_until__isnull=False).exists()


# The clock ----------------------------------------------------------------------------------------


def test_a_tick_writes_the_heartbeat_and_the_operator_s_word_does_not(meeting):
    run()
    assert not Heartbeat.objects.exists()
    tick(NOW)
    tick(NOW + MINUTE)
    assert Heartbeat.objects.get().beat_at == NOW + MINUTE


@pytest.mark.parametrize("jump", [365 * DAY, -DAY])
def test_a_clock_that_jumps_is_held_until_it_is_confirmed(meeting, jump):
    tick(NOW - MINUTE)
    forget()
    before = set(Delivery.objects.values_list("pk", "state")) | set(Reminder.objects.values_list("pk", "state"))
    assert tick(NOW + jump).held
    assert tick(NOW + jump + MINUTE).held
    assert sent() == []
    assert before == set(Delivery.objects.values_list("pk", "state")) | set(Reminder.objects.values_list("pk", "state"))
    assert tick(NOW).held
    confirm_clock(actor=None, now=NOW)
    assert not tick(NOW + MINUTE).held


def test_plain_downtime_is_no_reason_to_hold(meeting):
    tick(NOW)
    assert not tick(NOW + 35 * HOUR).held


def test_after_a_gap_nothing_is_written_off_for_a_day(cast, meeting):
    told(meeting)
    store_plan(WEEK_AHEAD)
    Heartbeat.objects.create(pk=1, beat_at=WEEK_AHEAD)
    assert not tick(WEEK_AHEAD + 25 * HOUR).held
    assert set(Reminder.objects.filter(kind="meeting_ahead").values_list("state", flat=True)) == {"planned"}
    Heartbeat.objects.update(beat_at=WEEK_AHEAD + 50 * HOUR)
    tick(WEEK_AHEAD + 50 * HOUR)
    assert set(Reminder.objects.filter(kind="meeting_ahead").values_list("state", flat=True)) == {"expired"}
    assert sent() == []


# What a mail is made of ---------------------------------------------------------------------------


def raw() -> list:
    folder = Path(settings.MAIL_DIR)
    return [BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]


def test_a_notice_is_mandatory_and_a_reminder_can_be_stopped(meeting):
    run()
    (notice, *_) = raw()
    assert notice["List-Unsubscribe"] is None
    forget()
    run(WEEK_AHEAD)
    (reminder, *_) = raw()
    assert reminder["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = reminder["List-Unsubscribe"].strip(" <>")
    assert link.startswith("http://portal.test/reminders/")
    assert link in reminder.get_body(("plain",)).get_content()


def test_the_text_is_narrow_and_says_all_that_the_html_does(cast, meeting):
    meeting.agenda_items.create(
        position=1, title="Review the measures & <targets> " + "word " * 20, duration_minutes=10
    )
    run()
    for mail in sent():
        lines = mail.text.splitlines()
        assert all(len(line) <= 72 for line in lines if "http" not in line)
        assert lines[0].strip() == "You are invited. Say whether you come."
        for words in (
            "Thu, Dec 3, 10:00–11:30 a.m. PT",
            meeting.join_link,
            "You get this because you belong",
            "<targets>",
        ):
            assert words in mail.text
        assert mail.text.count("http://portal.test/meetings/") == 1
        assert "&lt;targets&gt;" in mail.html and "<targets>" not in mail.html
        assert "<img" not in mail.html and "<script" not in mail.html and "None" not in mail.html + mail.text


def test_names_and_titles_cannot_begin_a_header_or_a_tag(cast, meeting):
    type(meeting).objects.filter(pk=meeting.pk).update(title="Hi\r\nBcc: evil@example.org <script>x</script>")
    type(cast.body).objects.filter(pk=cast.body.pk).update(name="Data\r\nBcc: evil@example.org")
    type(cast.chair).objects.filter(pk=cast.chair.pk).update(name="The\r\nBcc: evil@example.org")
    run()
    assert len(raw()) == 3
    for mail in raw():
        assert mail["Bcc"] is None and "\n" not in mail["Subject"]
        assert "<script" not in mail.get_body(("html",)).get_content()


def test_a_mail_that_is_made_again_is_the_same_mail(meeting):
    told(meeting)
    store_plan(WEEK_AHEAD)
    make_deliveries(WEEK_AHEAD)
    row = Delivery.objects.get(kind="meeting_ahead", address="chair@example.org")
    first, second = (compose(row, WEEK_AHEAD + minute * MINUTE) for minute in (0, 31))
    assert first == second
