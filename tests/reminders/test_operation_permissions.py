"""Which roles may call each operation of reminders. The same roles may open its page."""

import inspect
from types import ModuleType

from mail.models import Delivery, Pause, Suppression
from mail.operations import enqueue, pause
from reminders import operations, pausing
from reminders.models import Announcement
from reminders.operations import PreferenceChoice
from reminders.rules import ReminderKind
from reminders.subjects import announcements
from reminders.subjects.follow_ups import sending
from reminders.subjects.follow_ups.registry import find_follow_ups
from tests import factories
from tests.conftest import NOW, ROLES, Cast
from tests.operation_cases import OperationCase, each_role
from tests.test_permission_table import TABLE

STAFF = frozenset({"staff", "administrator"})
ACTIVE = frozenset(ROLES) - {"visitor", "deactivated"}


def announcement_of(cast: Cast, **values) -> Announcement:
    return Announcement.objects.create(
        subject="News", text="We move.", audience={"bodies": ["data"]}, created_by=cast.staff, **values
    )


def failed_delivery(cast: Cast) -> Delivery:
    row = enqueue(key="failed", kind="invitation", address="new@example.org", person=None, subject_ref="1", now=NOW)
    Delivery.objects.filter(pk=row.pk).update(state="failed", ended_at=NOW)
    return row


def clock(cast: Cast) -> dict:
    return {"now": NOW}


def choice(cast: Cast) -> dict:
    return {"choice": PreferenceChoice({ReminderKind.ITEM_DUE: "weekly"}), "now": NOW}


def unsubscription(cast: Cast) -> dict:
    return {"kinds": [ReminderKind.ITEM_DUE], "now": NOW}


def resending(cast: Cast) -> dict:
    return {"delivery": failed_delivery(cast), "now": NOW}


def resending_all(cast: Cast) -> dict:
    return {"deliveries": [failed_delivery(cast)], "now": NOW}


def new_announcement(cast: Cast) -> dict:
    return {"subject": "News", "text": "We move.", "audience": {"bodies": ["data"]}}


def changed_announcement(cast: Cast) -> dict:
    return {"announcement": announcement_of(cast), "version": None, "text": "We do not move."}


def announcement_test(cast: Cast) -> dict:
    return {"announcement": announcement_of(cast), "now": NOW}


def sending_of_announcement(cast: Cast) -> dict:
    row = announcement_of(cast)
    checksum = announcements.find_recipients(row).checksum
    return {"announcement": row, "version": None, "checksum": checksum, "now": NOW}


def sent_announcement(cast: Cast) -> dict:
    return {"announcement": announcement_of(cast, sent_at=NOW, sent_by=cast.staff), "now": NOW}


def follow_up(cast: Cast) -> dict:
    factories.SeatFactory(body=cast.body, organization=cast.organization)
    found = next(row for row in find_follow_ups(NOW) if row.type.slug == "vacant-seat")
    return {"follow_up": found, "now": NOW}


def new_pause(cast: Cast) -> dict:
    return {"reason": "We move.", "now": NOW}


def pause_in_force(cast: Cast) -> dict:
    row: Pause = pause(actor=cast.staff, reason="We move.", now=NOW)
    return {"pause": row, "now": NOW}


def blocked_address(cast: Cast) -> dict:
    row = Suppression.objects.create(address="gone@example.org", bounces=2, first_at=NOW, suppressed_at=NOW)
    return {"suppression": row}


CASES: list[OperationCase] = [
    OperationCase(operations.confirm_clock, STAFF, clock),
    OperationCase(operations.save_preferences, ACTIVE, choice),
    OperationCase(operations.unsubscribe, ACTIVE, unsubscription),
    OperationCase(operations.resend, STAFF, resending),
    OperationCase(operations.resend_all, STAFF, resending_all),
    OperationCase(operations.create_announcement, STAFF, new_announcement),
    OperationCase(operations.edit_announcement, STAFF, changed_announcement),
    OperationCase(operations.send_test_announcement, STAFF, announcement_test),
    OperationCase(operations.send_announcement, STAFF, sending_of_announcement),
    OperationCase(operations.stop_announcement, STAFF, sent_announcement),
    OperationCase(sending.send_follow_up, STAFF, follow_up),
    OperationCase(pausing.pause_email, STAFF, new_pause),
    OperationCase(pausing.resume_email, STAFF, pause_in_force),
    OperationCase(pausing.unblock_address, STAFF, blocked_address),
]
# Operations that no person has a right to, with the reason.
EXEMPT: dict[str, str] = {}
# The page that leads to each operation. An email link leads to `save_preferences` and `unsubscribe` too.
PAGES = {
    "confirm_clock": "reminders:clock_confirm",
    "save_preferences": "reminders:preferences",
    "unsubscribe": "reminders:preferences",
    "resend": "reminders:delivery_resend",
    "resend_all": "reminders:deliveries_resend",
    "create_announcement": "reminders:announcement_add",
    "edit_announcement": "reminders:announcement_edit",
    "send_test_announcement": "reminders:announcement_test",
    "send_announcement": "reminders:announcement_send",
    "stop_announcement": "reminders:announcement_stop",
    "send_follow_up": "reminders:follow_up_send",
    "pause_email": "reminders:pauses",
    "resume_email": "reminders:pause_resume",
    "unblock_address": "reminders:address_unblock",
}


@each_role(CASES)
def test_operation_allows_the_roles_that_have_the_right(cast, case, role):
    case.check(cast, role)


def test_operations_allow_the_roles_that_may_post_their_page():
    assert {str(case): set(case.allowed) for case in CASES} == {
        name: set(TABLE[page].post) for name, page in PAGES.items()
    }


def test_every_operation_with_an_actor_has_a_case():
    public = {name for module in (operations, pausing, sending) for name in operations_with_actor(module)}
    assert public == {str(case) for case in CASES} | set(EXEMPT)


def operations_with_actor(module: ModuleType) -> set[str]:
    return {
        name
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_")
        and function.__module__ == module.__name__
        and "actor" in inspect.signature(function).parameters
    }
