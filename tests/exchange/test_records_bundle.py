"""Records exports: what is included, what is not, and the manifest."""

import csv
import datetime as dt
import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path

import html5lib
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import SecurityEvent
from accounts.rules import SecurityEventKind
from exchange import operations
from exchange.bundle.scope import Scope
from exchange.bundle.sources import SOURCES
from exchange.organizations import ORGANIZATIONS
from meetings.models import Attendance
from members import operations as members_operations
from members.forms import OrganizationForm
from records.models import LegalHold
from tests import factories
from tests.conftest import NOW, TODAY
from tests.world import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast, time_machine):
    time_machine.move_to(NOW)
    made = build(cast)
    made.item.text = '=HYPERLINK("http://example.org")'
    made.item.save(update_fields=["text"])
    held = factories.MeetingFactory(
        body=cast.body,
        title="Held meeting",
        starts_on=dt.date(2026, 10, 1),
        status="closed",
        minutes_status="published",
    )
    held.minutes = "We agreed on **one** thing."
    held.save(update_fields=["minutes"])
    Attendance.objects.create(meeting=held, person=cast.seated, organization=cast.organization, presence="remote")
    return made


def exported(cast, **scope) -> dict[str, bytes]:
    content = operations.export_records(actor=cast.staff, scope=Scope(**scope), now=NOW, today=TODAY)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[f"tables/{name}.csv"].decode("utf-8-sig"))))


def test_an_organizations_records_hold_only_its_own(cast, world):
    other = factories.ActionItemFactory(body=cast.body, owner_organization=cast.other_organization, text="Of another")
    files = exported(cast, organization=cast.organization)
    assert [row["Key"] for row in table(files, "organizations")] == ["dx"]
    assert {row["Organization"] for row in table(files, "representations")} == {"Department of Examples"}
    assert [row["Strategy"] for row in table(files, "strategies")] == [world.strategy.title]
    assert [row["Person"] for row in table(files, "attendance")] == ["The seated"]
    assert len(table(files, "terms")) == 3
    assert other.text not in b"".join(files.values()).decode("utf-8", "ignore")


def test_an_organizations_record_has_every_field_of_its_form(cast, world):
    cast.organization.region = "northern"
    cast.organization.save(update_fields=["region"])
    [row] = table(exported(cast, organization=cast.organization), "organizations")
    assert set(ORGANIZATIONS.header) <= set(row)
    assert {column.name for column in ORGANIZATIONS.columns} >= set(OrganizationForm.Meta.fields)
    assert row["Region"] == cast.organization.get_region_display()


def test_a_bodys_records_include_meetings_and_minutes(cast, world):
    files = exported(cast, body=cast.body)
    titles = {row["Title"] for row in table(files, "meetings")}
    assert titles == {"Held meeting", world.meeting.title}, "drafts are excluded"
    minutes = next(content for path, content in files.items() if path.endswith("-minutes.md"))
    assert minutes.decode() == "# Held meeting\n\nWe agreed on **one** thing.\n"
    entry = next(content for path, content in files.items() if path.endswith("2026-10-01.ics"))
    assert b"BEGIN:VCALENDAR" in entry


def test_records_outside_the_period_are_excluded(cast, world):
    files = exported(cast, body=cast.body, starts_on=dt.date(2026, 9, 1), ends_on=dt.date(2026, 10, 31))
    assert [row["Title"] for row in table(files, "meetings")] == ["Held meeting"]
    later = exported(cast, body=cast.body, starts_on=dt.date(2026, 11, 1))
    assert [row["Title"] for row in table(later, "meetings")] == [world.meeting.title]


def test_drafts_of_updates_are_excluded(cast, world):
    files = exported(cast, body=cast.body)
    assert [row["Narrative"] for row in table(files, "progress-updates")] == ["A submitted sentence."]
    assert b"A draft sentence." not in b"".join(files.values())


def test_contact_data_is_included_only_on_request(cast, world):
    cast.seated.phone = "555 0100"
    cast.seated.save(update_fields=["phone"])
    without = b"".join(exported(cast, organization=cast.organization).values())
    addresses = [person.email for person in cast.people.values()] + [world.invitation.email, "555 0100"]
    assert [address for address in addresses if address.encode() in without] == []
    files = exported(cast, organization=cast.organization, with_contact=True)
    people = {row["Person"]: row for row in table(files, "representations")}
    assert (people["The seated"]["Email"], people["The seated"]["Phone"]) == ("seated@example.org", "555 0100")
    assert json.loads(files["manifest.json"])["contact_data"] == "included"


def test_the_manifest_and_checksums_match_every_file(cast, world, tmp_path):
    LegalHold.objects.create(matter="Case 9", body=cast.body, placed_by=cast.staff, placed_at=NOW)
    files = exported(cast, body=cast.body)
    manifest = json.loads(files["manifest.json"])
    assert manifest["scope"] == cast.body.title
    assert manifest["exported_by"] == "The staff"
    assert manifest["legal_holds"] == ["Case 9"]
    listed = {entry["path"]: entry for entry in manifest["files"]}
    assert set(listed) == set(files) - {"manifest.json", "SHA256SUMS"}
    for path, entry in listed.items():
        assert entry["bytes"] == len(files[path])
        assert entry["sha256"] == hashlib.sha256(files[path]).hexdigest()
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    check = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stdout
    assert check.stdout.count(": OK") == len(files) - 1


def test_every_table_is_also_a_valid_html_page(cast, world):
    files = exported(cast, body=cast.body)
    pages = {path for path in files if path.endswith(".html")}
    assert pages == {"index.html", "pages/history.html", *(f"pages/{source.name}.html" for source in SOURCES)}
    for path in pages:
        html5lib.HTMLParser(strict=True).parse(files[path].decode())
    index = files["index.html"].decode()
    assert "Governance" in index and "pages/meetings.html" in index and "tables/meetings.csv" in index


def test_formulas_and_markup_are_escaped(cast, world):
    world.meeting.title = "<script>alert(1)</script>"
    world.meeting.save(update_fields=["title"])
    files = exported(cast, body=cast.body)
    texts = [row["Action item"] for row in table(files, "action-items")]
    assert texts == ['\'=HYPERLINK("http://example.org")']
    assert b"<script>" not in files["pages/meetings.html"]


def test_the_history_includes_who_changed_what(cast):
    members_operations.edit_organization(
        actor=cast.staff, organization=cast.organization, version=None, today=TODAY, jurisdiction="Alpine County"
    )
    lines = table(exported(cast, organization=cast.organization), "history")
    change = next(row for row in lines if row["To"] == "Alpine County")
    assert (change["Changed by"], change["Field"], change["From"]) == ("The staff", "Jurisdiction", "California")


def test_an_export_is_a_security_event(cast, world):
    exported(cast, organization=cast.organization, with_contact=True)
    event = SecurityEvent.objects.get(kind=SecurityEventKind.EXPORTED)
    assert (event.actor, event.detail) == (cast.staff, "Records: Department of Examples, with contact information")


def test_an_export_from_the_page_records_the_ip_address(cast):
    answer = cast.client("staff").post("/staff/records/export/", {"organization": cast.organization.pk})
    assert answer["Content-Type"] == "application/zip"
    event = SecurityEvent.objects.get(kind=SecurityEventKind.EXPORTED)
    assert (event.actor, event.address) == (cast.staff, "127.0.0.1")


def test_an_export_needs_a_scope():
    with pytest.raises(ValueError, match="Choose an organization"):
        Scope()


def test_the_page_downloads_the_zip_and_shows_errors(cast, world):
    client, url = cast.client("staff"), reverse("exchange:records_export")
    assert "Choose an organization, a body, or a period." in client.post(url, {"organization": ""}).content.decode()
    wrong = client.post(url, {"starts_on": "2026-02-01", "ends_on": "2026-01-01"}).content.decode()
    assert "The last day is before the first day. Enter a later date." in wrong
    answer = client.post(url, {"body": cast.body.pk, "starts_on": "2026-01-01"})
    assert answer["Content-Disposition"] == f'attachment; filename="records-{cast.body.slug}-2026-01-01.zip"'
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert zipfile.is_zipfile(io.BytesIO(answer.content))


def test_the_command_writes_the_file_once_and_reports_errors(cast, world, tmp_path, capsys):
    target: Path = tmp_path / "records.zip"
    call_command("export_records", str(target), organization="dx")
    assert zipfile.is_zipfile(target)
    assert "Department of Examples" in capsys.readouterr().out
    with pytest.raises(CommandError, match="already exists"):
        call_command("export_records", str(target), organization="dx")
    other = str(tmp_path / "other.zip")
    with pytest.raises(CommandError, match="no organization with the key 'nowhere'"):
        call_command("export_records", other, organization="nowhere")
    with pytest.raises(CommandError, match="is not a valid date"):
        call_command("export_records", other, starts_on="May")
    with pytest.raises(CommandError, match="Choose an organization"):
        call_command("export_records", other)


@pytest.mark.parametrize("many", [1, 3])
def test_an_export_has_a_fixed_number_of_queries(cast, many, django_assert_max_num_queries):
    for _ in range(many):
        factories.ActionItemFactory(body=cast.body, owner_organization=cast.organization, owner_person=cast.seated)
        factories.StrategyFactory(body=cast.body, lead_organization=cast.organization)
        factories.MeetingFactory(body=cast.body)
    with django_assert_max_num_queries(75):
        exported(cast, body=cast.body)
