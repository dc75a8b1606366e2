import datetime as dt

import pytest

from core.operations import OperationNotAllowedError
from mail.models import Delivery, Pause
from mail.operations import enqueue, lift_pause, pause
from mail.sending import claim
from reminders import operations
from reminders.models import Reminder
from tests.conftest import NOW
from tests.reminders.conftest import WEEK_AHEAD, reminder_states, run, send_notices, sent

pytestmark = pytest.mark.django_db
AHEAD = "meeting_ahead"


def to() -> set[str]:
    return {mail.to for mail in sent()}


@pytest.mark.parametrize("scope", ["all", "kind", "person", "kind and person"])
def test_what_is_paused_waits_and_goes_once_it_is_lifted(cast, meeting, scope):
    send_notices(meeting)
    values = {"kind": AHEAD if "kind" in scope else "", "person": cast.seated if "person" in scope else None}
    held = pause(actor=cast.staff, reason="Wrong room.", now=NOW, **values)
    run(WEEK_AHEAD)
    others = {"secretary@example.org", "chair@example.org"} if "person" in scope else set()
    assert to() == others
    assert (AHEAD, "seated@example.org", "planned") in reminder_states(AHEAD)
    assert not Delivery.objects.filter(kind=AHEAD, person=cast.seated).exists()
    lift_pause(actor=cast.staff, pause=held, now=WEEK_AHEAD)
    run(WEEK_AHEAD + dt.timedelta(hours=1))
    assert to() == {"seated@example.org", "secretary@example.org", "chair@example.org"}
    assert len(sent()) == 3


def test_a_pause_of_another_kind_or_person_holds_up_nothing(cast, meeting):
    send_notices(meeting)
    pause(actor=cast.staff, reason="Elsewhere.", now=NOW, kind="item_due")
    pause(actor=cast.staff, reason="Elsewhere.", now=NOW, person=cast.primary)
    run(WEEK_AHEAD)
    assert len(sent()) == 3


def test_what_stands_in_the_ledger_already_waits_too(cast):
    enqueue(key="k", kind="invitation", address="new@example.org", person=None, subject_ref="1", now=NOW)
    held = pause(actor=cast.staff, reason="Not yet.", now=NOW)
    assert claim(NOW, 10) == []
    lift_pause(actor=cast.staff, pause=held, now=NOW)
    assert [row.key for row in claim(NOW, 10)] == ["k"]


def test_a_pause_between_claim_and_sending_stops_the_mail(cast, meeting, monkeypatch):
    send_notices(meeting)
    compose = operations.compose

    def pausing_compose(delivery, now):
        if not Pause.objects.exists():
            pause(actor=cast.staff, reason="Stop.", now=NOW)
        return compose(delivery, now)

    monkeypatch.setattr(operations, "compose", pausing_compose)
    run(WEEK_AHEAD)
    assert sent() == []
    lift_pause(actor=cast.staff, pause=Pause.objects.get(), now=WEEK_AHEAD)
    run(WEEK_AHEAD + dt.timedelta(minutes=6))  # the leases of those that were claimed have run out
    assert len(sent()) == 3


def test_what_grows_too_late_while_paused_says_so(cast, meeting):
    send_notices(meeting)
    enqueue(
        key="k",
        kind="invitation",
        address="new@example.org",
        person=None,
        subject_ref="1",
        now=NOW,
        expires_at=NOW + dt.timedelta(days=1),
    )
    pause(actor=cast.staff, reason="Wrong room.", now=NOW)
    run(WEEK_AHEAD)
    run(WEEK_AHEAD + dt.timedelta(days=2))
    reason = "It expired while staff had paused email: Wrong room."
    assert set(Reminder.objects.filter(kind=AHEAD).values_list("state", "reason")) == {("expired", reason)}
    assert (Delivery.objects.get(key="k").state, Delivery.objects.get(key="k").reason) == ("expired", reason)
    assert sent() == []


def test_the_same_pause_twice_and_a_pause_without_a_reason_are_refused(cast):
    pause(actor=cast.staff, reason="Wrong room.", now=NOW, kind=AHEAD)
    with pytest.raises(OperationNotAllowedError, match="already paused"):
        pause(actor=cast.staff, reason="Again.", now=NOW, kind=AHEAD)
    with pytest.raises(OperationNotAllowedError, match="Enter a reason"):
        pause(actor=cast.staff, reason=" ", now=NOW)
    held = Pause.objects.get()
    lift_pause(actor=cast.administrator, pause=held, now=NOW)
    with pytest.raises(OperationNotAllowedError, match="already been resumed"):
        lift_pause(actor=cast.staff, pause=held, now=NOW)
    held.refresh_from_db()
    assert (held.paused_by, held.lifted_by, held.lifted_at) == (cast.staff, cast.administrator, NOW)
