"""What an email contains when it is composed, and that it can be composed again."""

from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
from django.conf import settings

from actionitems.models import ActionItem
from mail.models import Delivery
from reminders.composing import compose
from reminders.digest import make_deliveries
from reminders.models import Reminder
from reminders.storing import store_plan
from reminders.subjects.action_items import ActionItems
from tests.conftest import NOW
from tests.reminders.conftest import MINUTE, WEEK_AHEAD, clear_outbox, run, send_notices, sent, subjects_to

pytestmark = pytest.mark.django_db


def raw() -> list:
    folder = Path(settings.MAIL_DIR)
    return [BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]


def test_a_notice_is_mandatory_and_a_reminder_can_be_stopped(meeting):
    run()
    (notice, *_) = raw()
    assert notice["List-Unsubscribe"] is None
    clear_outbox()
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
        assert lines[0].strip() == "You're invited. Please RSVP."
        for words in (
            "Thu, Dec 3, 10:00–11:30 a.m. PT",
            meeting.join_link,
            "receiving this because",
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
    send_notices(meeting)
    store_plan(WEEK_AHEAD)
    make_deliveries(WEEK_AHEAD)
    row = Delivery.objects.get(kind="meeting_ahead", address="chair@example.org")
    first, second = (compose(row, WEEK_AHEAD + minute * MINUTE) for minute in (0, 31))
    assert first == second


def test_a_part_that_is_no_longer_so_is_left_out_with_its_reason_and_the_others_go(cast, three):
    store_plan(WEEK_AHEAD)
    make_deliveries(WEEK_AHEAD)
    ActionItem.objects.filter(text="Send the list").update(status="done", done_on=NOW.date())
    run(WEEK_AHEAD)
    (mail,) = [mail for mail in sent() if mail.to == "chair@example.org"]
    assert "Call the counties" in mail.text and "Send the list" not in mail.text and "You have 2 items" in mail.text
    gone = Reminder.objects.get(kind="item_due", subject_id=ActionItem.objects.get(text="Send the list").pk)
    assert (gone.state, gone.reason) == ("skipped", "The item is no longer open: Done.")


def test_a_mail_of_which_nothing_is_left_does_not_go(cast, three):
    store_plan(WEEK_AHEAD)
    make_deliveries(WEEK_AHEAD)
    three.rsvps.create(person=cast.chair, answer="no", responded_at=NOW)
    ActionItem.objects.update(status="done", done_on=NOW.date())
    run(WEEK_AHEAD)
    assert subjects_to("chair@example.org") == []
    assert Delivery.objects.get(key=f"digest:{cast.chair.pk}:2026-11-26").state == "skipped"
    assert set(Reminder.objects.filter(recipient=cast.chair, due_at=WEEK_AHEAD).values_list("state")) == {("skipped",)}


def test_a_part_that_cannot_be_built_fails_alone(cast, three, monkeypatch):
    broken = ActionItem.objects.get(text="Send the list")
    real = ActionItems.section

    def section(self, reminder, item, now):
        if item.pk == broken.pk:
            raise ValueError("no such word")
        return real(self, reminder, item, now)

    monkeypatch.setattr(ActionItems, "section", section)
    run(WEEK_AHEAD)
    (mail,) = [mail for mail in sent() if mail.to == "chair@example.org"]
    assert "Call the counties" in mail.text and "Send the list" not in mail.text
    failed = Reminder.objects.get(kind="item_due", subject_id=broken.pk)
    assert failed.state == "failed" and "no such word" in failed.reason
    assert run(WEEK_AHEAD + MINUTE).outcomes.total() == 0


def test_a_merged_mail_that_is_made_again_is_the_same_mail(cast, three):
    store_plan(WEEK_AHEAD)
    make_deliveries(WEEK_AHEAD)
    row = Delivery.objects.get(kind="digest")
    first, second = (compose(row, WEEK_AHEAD + minute * MINUTE) for minute in (0, 31))
    assert first == second
