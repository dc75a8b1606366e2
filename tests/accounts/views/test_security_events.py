"""The event log: filtered by staff, exported as a file, never changed."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from accounts import operations
from accounts.models import SecurityEvent
from accounts.rules import SecurityEventKind
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
URL = reverse("accounts:security_events")
EXPORT = reverse("accounts:security_events_export")


@pytest.fixture(autouse=True)
def events(cast, time_machine):
    """A sign-in of the primary two days ago, and yesterday a failure and a change of role."""
    time_machine.move_to(NOW)
    for days, kind, person, detail in (
        (2, SecurityEventKind.SIGNED_IN, cast.primary, ""),
        (1, SecurityEventKind.SIGN_IN_FAILED, cast.seated, "=1+1"),
        (1, SecurityEventKind.ROLE_CHANGED, cast.staff, "None to Workgroup staff"),
    ):
        operations.record_security_event(
            actor=cast.administrator if kind == SecurityEventKind.ROLE_CHANGED else None,
            kind=kind,
            now=NOW - dt.timedelta(days=days),
            person=person,
            address="192.0.2.7" if person == cast.seated else None,
            detail=detail,
        )


def shown(cast, **query: str) -> list[str]:
    page = cast.client("staff").get(URL, query).context["page"]
    return [event.kind for event in page if event.kind != SecurityEventKind.SIGNED_IN or event.person == cast.primary]


def exported(cast, **posted: str) -> list[dict[str, str]]:
    content = cast.client("staff").post(EXPORT, {"format": "csv", **posted}).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def test_events_are_filtered_by_kind_person_address_and_days(cast):
    assert shown(cast, kind="role_changed") == ["role_changed"]
    assert shown(cast, person="seated") == ["sign_in_failed"]
    assert shown(cast, person="192.0.2.7") == ["sign_in_failed"]
    assert shown(cast, person="primary", until_on="2026-11-20") == ["signed_in"]
    assert shown(cast, person="primary", since_on="2026-11-21") == []


def test_invalid_date_shows_an_error_and_all_events(cast):
    page = cast.client("staff").get(URL, {"since_on": "soon"}).content.decode()
    assert "Enter a valid date." in page and "Portal role changed" in page


def test_export_matches_the_filter_and_escapes_formulas(cast):
    rows = exported(cast, person="seated")
    assert [(row["When"], row["Event"], row["Person"], row["IP address"], row["Detail"]) for row in rows] == [
        ("2026-11-21T18:00:00+00:00", "Sign-in failed", "The seated", "192.0.2.7", "'=1+1")
    ]


def test_export_is_available_as_xlsx(cast):
    answer = cast.client("staff").post(EXPORT, {"format": "xlsx", "kind": "role_changed"})
    assert answer["Content-Disposition"] == 'attachment; filename="security-events-2026-11-22.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[2]][1:4] == ["Portal role changed", "The administrator", "The staff"]
    assert sheet.max_row == 2


def test_export_is_recorded_as_an_event(cast):
    exported(cast, kind="role_changed")
    event = SecurityEvent.objects.get(kind=SecurityEventKind.EXPORTED)
    assert (event.actor, event.detail) == (cast.staff, "Security events as of 2026-11-22, 1 row, csv")


def test_invalid_filter_exports_nothing(cast):
    answer = cast.client("staff").post(EXPORT, {"since_on": "soon"}, follow=True)
    assert "There is a problem with the filter." in answer.content.decode()
    assert not SecurityEvent.objects.filter(kind=SecurityEventKind.EXPORTED).exists()


@pytest.mark.parametrize("many", [1, 3])
def test_query_count_does_not_grow_with_events(cast, many, django_assert_num_queries):
    for _ in range(many):
        operations.record_security_event(
            actor=cast.staff, kind=SecurityEventKind.ROLE_CHANGED, now=NOW, person=cast.seated, detail="x"
        )
    client = cast.client("staff")
    client.get(URL)
    with django_assert_num_queries(5):
        client.get(URL, {"kind": "role_changed"})
