"""Who gets the reminders of a person who is away or sends an alternate."""

import datetime as dt

import pytest

from reminders.digest import make_deliveries
from reminders.models import Reminder
from reminders.storing import store_plan
from tests.conftest import NOW
from tests.reminders.conftest import (
    MINUTE,
    WEEK_AHEAD,
    choose_preferences,
    clear_outbox,
    run,
    send_notices,
    sent,
    subjects_to,
)

pytestmark = pytest.mark.django_db


def test_while_a_person_is_away_the_stand_in_gets_their_reminders_and_learns_why(cast, three):
    choose_preferences(cast.chair, away_until=dt.date(2026, 11, 27), delegate=cast.primary)
    run(WEEK_AHEAD)
    assert subjects_to("chair@example.org") == []
    (mail,) = [mail for mail in sent() if mail.to == "primary@example.org"]
    assert "You're covering for The chair." in mail.text
    assert "because The chair is away until Fri, Nov 27 and you're their delegate." in " ".join(mail.text.split())
    assert "/answer/" not in mail.text and "/answer/" not in mail.html
    rows = Reminder.objects.filter(recipient=cast.primary, due_at=WEEK_AHEAD)
    assert set(rows.values_list("state", "delegated_from")) == {("merged", cast.chair.pk)}
    clear_outbox()
    run(dt.datetime(2026, 12, 2, 16, 0, tzinfo=dt.UTC))
    assert subjects_to("chair@example.org") and subjects_to("primary@example.org") == []


def test_without_a_stand_in_an_alternate_of_the_organization_gets_them(cast, three):
    choose_preferences(cast.chair, away_until=dt.date(2026, 11, 27))
    run(WEEK_AHEAD)
    assert subjects_to("chair@example.org") == [] and len(subjects_to("alternate@example.org")) == 1


def test_with_nobody_to_stand_in_the_person_gets_them(cast, three):
    choose_preferences(cast.chair, away_until=dt.date(2026, 11, 27))
    cast.organization.representations.filter(kind="alternate").update(ended_on=NOW.date())
    run(WEEK_AHEAD)
    assert len(subjects_to("chair@example.org")) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda cast: choose_preferences(cast.chair), "The chair is back."),
        (
            lambda cast: choose_preferences(cast.chair, away_until=dt.date(2026, 11, 27), delegate=cast.alternate),
            "The chair has another delegate now.",
        ),
        (
            lambda cast: cast.organization.representations.filter(person=cast.primary).update(ended_on=NOW.date()),
            "The chair has another delegate now.",
        ),
    ],
)
def test_what_waits_for_a_stand_in_who_is_one_no_longer_does_not_go(cast, three, change, reason):
    choose_preferences(cast.chair, away_until=dt.date(2026, 11, 27), delegate=cast.primary)
    store_plan(WEEK_AHEAD)
    make_deliveries(WEEK_AHEAD)
    change(cast)
    run(WEEK_AHEAD)
    assert subjects_to("primary@example.org") == []
    rows = Reminder.objects.filter(recipient=cast.primary)
    assert set(rows.values_list("state", "reason")) == {("skipped", reason)}


def test_what_waits_for_a_person_who_goes_away_goes_to_the_stand_in(cast, three):
    store_plan(WEEK_AHEAD)
    make_deliveries(WEEK_AHEAD)
    choose_preferences(cast.chair, away_until=dt.date(2026, 11, 27), delegate=cast.primary)
    run(WEEK_AHEAD)
    run(WEEK_AHEAD + MINUTE)
    assert subjects_to("chair@example.org") == [] and len(subjects_to("primary@example.org")) == 1
    reasons = set(Reminder.objects.filter(recipient=cast.chair, due_at=WEEK_AHEAD).values_list("reason", flat=True))
    assert reasons == {"Away until Fri, Nov 27. Sent to The primary instead."}


def test_who_sends_an_alternate_lets_the_alternate_be_reminded(cast, meeting):
    send_notices(meeting)
    meeting.rsvps.create(person=cast.chair, answer="alternate", responded_at=NOW)
    run(WEEK_AHEAD)
    (mail,) = [mail for mail in sent() if mail.to == "alternate@example.org"]
    assert "The chair asked you to attend in their place." in " ".join(mail.text.split())
