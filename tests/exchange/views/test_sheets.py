"""Downloads of lists: the filter applies, the export is logged, and rows cost no further queries."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import SecurityEvent
from tests.factories import OrganizationFactory, PersonFactory, RepresentationFactory

pytestmark = pytest.mark.django_db


def rows(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_organizations_are_exported_with_the_filter(cast):
    OrganizationFactory(key="former", name="Former one", status="former")
    client = cast.client("staff")
    address = reverse("exchange:organizations_export")
    assert [row[0] for row in rows(client.post(address))] == ["Key", "dx", "former", "other"]
    assert [row[0] for row in rows(client.post(address, {"status": "former"}))] == ["Key", "former"]
    page = client.get(reverse("members:staff_organizations"), {"status": "former"}).content.decode()
    form = page.split(f'action="{address}"')[1].split("</form>")[0]
    assert '<input type="hidden" name="status" value="former">' in form


def test_people_have_a_row_for_each_organization(cast):
    RepresentationFactory(organization=cast.other_organization, person=cast.primary, kind="alternate")
    found = rows(cast.client("staff").post(reverse("exchange:people_export"), {"q": "The primary"}))
    assert [(row[0], row[7], row[8], row[-1]) for row in found[1:]] == [
        ("primary@example.org", "Department of Examples", "Primary representative", "Can sign in"),
        ("primary@example.org", "Other Department", "Alternate", "Can sign in"),
    ]


def test_rosters_include_vacant_seats(cast):
    term = cast.body.seats.get(role="member").terms.get()
    term.ended_on = term.starts_on
    term.save(update_fields=["ended_on"])
    found = rows(cast.client("staff").post(reverse("exchange:rosters_export")))
    assert [row[:4] for row in found[1:]] == [
        ["Data task force", "Chair", "Department of Examples", "chair@example.org"],
        ["Data task force", "Secretary", "Department of Examples", "secretary@example.org"],
        ["Data task force", "Member", "Department of Examples", ""],
    ]


@pytest.mark.parametrize("name", ["exchange:organizations_export", "exchange:people_export", "exchange:rosters_export"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_a_download_and_a_security_event(cast, name, kind):
    response = cast.client("staff").post(reverse(name), {"format": kind})
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert response["Cache-Control"] == "no-store, private"
    event = SecurityEvent.objects.filter(kind="exported").get()
    assert (event.actor, event.detail.split(", ")[-1], event.address) == (cast.staff, kind, "127.0.0.1")
    if kind == "xlsx":
        assert load_workbook(io.BytesIO(response.content)).active.max_row > 1


def test_an_export_makes_as_many_queries_for_1_as_for_3_rows(cast):
    client = cast.client("staff")

    def count(name: str, q: str) -> int:
        address = reverse(name)
        with CaptureQueriesContext(connection) as queries:
            assert len(rows(client.post(address, {"q": q}))) > 1
        return len(queries)

    for name in ("Many 1", "Many 2", "Many 3", "One"):
        RepresentationFactory(person=PersonFactory(name=name), organization=OrganizationFactory(name=name))
    for name in ("exchange:people_export", "exchange:organizations_export"):
        count(name, "Many")
        assert count(name, "Many") == count(name, "One")
