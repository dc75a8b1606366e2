"""Which roles may call each operation of meetings. The same roles may open its page."""

import datetime as dt
import inspect

from meetings import operations
from meetings.rules import AgendaEdit, CellEdit
from tests import factories
from tests.conftest import NOW, TODAY, Cast
from tests.operation_cases import OperationCase, each_role
from tests.test_permission_table import TABLE

STAFF = frozenset({"staff", "administrator"})
MANAGERS = STAFF | {"chair"}
MINUTE_TAKERS = MANAGERS | {"secretary"}
INVITED = frozenset({"seated", "secretary", "chair"})
AFTER = NOW + dt.timedelta(days=30)


def meeting_of(cast: Cast, **values):
    return factories.MeetingFactory(body=cast.body, **values)


def draft_values(cast: Cast) -> dict:
    return {
        "body": cast.body,
        "title": "Data task force meeting",
        "starts_on": dt.date(2026, 12, 3),
        "starts_time": dt.time(10),
        "duration_minutes": 90,
        "time_zone": "America/Los_Angeles",
    }


def change(cast: Cast) -> dict:
    return {"meeting": meeting_of(cast), "version": None, "now": NOW, "title": "Data"}


def agenda(cast: Cast) -> dict:
    return {"meeting": meeting_of(cast), "items": [AgendaEdit("Welcome")], "now": NOW}


def notice(cast: Cast) -> dict:
    return {"meeting": meeting_of(cast, status="draft", scheduled_at=None), "version": None, "now": NOW}


def cancellation(cast: Cast) -> dict:
    return {"meeting": meeting_of(cast), "version": None, "reason": "No quorum", "now": NOW}


def beginning(cast: Cast) -> dict:
    meeting = meeting_of(cast)
    return {"meeting": meeting, "now": meeting.starts_at}


def ending(cast: Cast) -> dict:
    meeting = meeting_of(cast, status="in_session")
    return {"meeting": meeting, "now": meeting.ends_at}


def rsvp(cast: Cast) -> dict:
    return {"meeting": meeting_of(cast), "answer": "yes", "now": NOW}


def attendance(cast: Cast) -> dict:
    entries = {cast.seated: CellEdit("", "remote")}
    return {"meeting": meeting_of(cast, status="closed"), "entries": entries, "organizations": {}, "now": AFTER}


def minutes(cast: Cast) -> dict:
    meeting = meeting_of(cast, status="closed")
    return {"meeting": meeting, "notes": {}, "minutes": CellEdit("", "We met."), "now": AFTER}


def publication(cast: Cast) -> dict:
    return {"meeting": meeting_of(cast, status="closed", minutes_status="draft", minutes="We met."), "now": AFTER}


def merge(cast: Cast) -> dict:
    return {"source": cast.other_organization, "target": cast.organization, "today": TODAY}


def departure(cast: Cast) -> dict:
    return {"person": cast.seated, "now": NOW}


CASES: list[OperationCase] = [
    OperationCase(operations.create_draft, MANAGERS, draft_values),
    OperationCase(operations.edit, MANAGERS, change),
    OperationCase(operations.set_agenda, MANAGERS, agenda),
    OperationCase(operations.schedule, MANAGERS, notice),
    OperationCase(operations.cancel, MANAGERS, cancellation),
    OperationCase(operations.start, MANAGERS, beginning),
    OperationCase(operations.close, MANAGERS, ending),
    OperationCase(operations.record_rsvp, INVITED, rsvp),
    OperationCase(operations.record_attendance, MINUTE_TAKERS, attendance),
    OperationCase(operations.write_minutes, MINUTE_TAKERS, minutes),
    OperationCase(operations.publish_minutes, MANAGERS, publication),
    OperationCase(operations.reassign_organization, STAFF, merge),
    OperationCase(operations.cancel_rsvps, STAFF, departure),
]
# Operations that no person has a right to, with the reason.
EXEMPT: dict[str, str] = {}
# The page that leads to each operation.
PAGES = {
    "create_draft": "meetings:add",
    "edit": "meetings:edit",
    "set_agenda": "meetings:agenda",
    "schedule": "meetings:schedule",
    "cancel": "meetings:cancel",
    "start": "meetings:start",
    "close": "meetings:close",
    "record_rsvp": "meetings:answer",
    "record_attendance": "meetings:attendance",
    "write_minutes": "meetings:minutes",
    "publish_minutes": "meetings:publish_minutes",
    "reassign_organization": "overview:merge",
    "cancel_rsvps": "overview:end_representation",
}


@each_role(CASES)
def test_operation_allows_the_roles_that_have_the_right(cast, case, role):
    case.check(cast, role)


def test_operations_allow_the_roles_that_may_post_their_page():
    assert {str(case): set(case.allowed) for case in CASES} == {name: TABLE[page].post for name, page in PAGES.items()}


def test_every_operation_with_an_actor_has_a_case():
    public = {
        name
        for name, function in inspect.getmembers(operations, inspect.isfunction)
        if not name.startswith("_")
        and function.__module__ == operations.__name__
        and "actor" in inspect.signature(function).parameters
    }
    assert public == {str(case) for case in CASES} | set(EXEMPT)
