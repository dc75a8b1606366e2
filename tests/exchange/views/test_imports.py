"""The pages of an import: upload, preview, apply, and their errors."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Person
from core.sheets import Sheet, as_xlsx, read
from exchange import operations
from exchange.models import ImportJob
from members.models import Organization
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
START = reverse("exchange:import_start")


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def staff(cast):
    return cast.client("staff")


def upload(client, content: bytes, name: str = "people.csv"):
    return client.post(START, {"file": SimpleUploadedFile(name, content)}, follow=True)


def fingerprint(page) -> str:
    return re.search(r'name="fingerprint" value="(\w+)"', page.content.decode())[1]


PEOPLE = b"Email,Name,Organization,Shoe size\r\nn@example.org,New person,dx,9\r\nbad,Bad one,dx,8\r\n"


def test_an_upload_shows_the_changes_and_saves_nothing(staff):
    page = upload(staff, PEOPLE)
    text = page.content.decode()
    assert "2 rows: 1 new, 0 changed, 0 unchanged, 1 rejected." in text
    assert "Email: Enter an email address, such as name@example.org." in text
    assert "Row 3" in text
    assert "(heading not recognized): Shoe size" in text
    assert "Leave out the 1 rejected row" in text
    new = staff.get(page.redirect_chain[-1][0] + "?status=new").content.decode()
    assert "New person" in new and "Organization: Department of Examples" in new
    assert not Person.objects.filter(email="n@example.org").exists()


def test_valid_rows_are_applied_when_the_others_are_left_out(staff, cast):
    page = upload(staff, PEOPLE)
    job = ImportJob.objects.get()
    apply = reverse("exchange:import_apply", args=[job.pk])
    rejected = staff.post(apply, {"fingerprint": fingerprint(page)}, follow=True)
    assert b"1 row is rejected. Correct it, or leave it out." in rejected.content
    done = staff.post(apply, {"fingerprint": fingerprint(page), "leave_out": "on"}, follow=True)
    assert b"1 new, 0 changed, 0 unchanged, 1 left out" in done.content
    assert Person.objects.get(email="n@example.org").history.get().history_user == cast.staff
    again = staff.post(apply, {"fingerprint": fingerprint(page), "leave_out": "on"}, follow=True)
    assert again.status_code == 200
    assert Person.objects.filter(email="n@example.org").count() == 1


def test_changes_not_shown_are_not_applied(staff):
    page = upload(staff, b"Email,Name\r\nn@example.org,New person\r\n")
    job = ImportJob.objects.get()
    Person.objects.create_user("n@example.org", name="Added later")
    answer = staff.post(
        reverse("exchange:import_apply", args=[job.pk]), {"fingerprint": fingerprint(page)}, follow=True
    )
    assert b"The records changed after you opened the preview" in answer.content
    assert Person.objects.get(email="n@example.org").name == "Added later"


def test_the_rejected_rows_can_be_corrected_and_imported(staff):
    upload(staff, PEOPLE)
    job = ImportJob.objects.get()
    sheet = staff.get(reverse("exchange:rejected_download", args=[job.pk]))
    page = load_workbook(io.BytesIO(sheet.content)).active
    assert [cell.value for cell in page[1]] == ["Email", "Person", "Organization", "Errors to fix"]
    page["A2"] = "corrected@example.org"
    corrected = io.BytesIO()
    page.parent.save(corrected)
    answer = upload(staff, corrected.getvalue(), "corrected.xlsx")
    assert "1 row: 1 new, 0 changed, 0 unchanged, 0 rejected" in answer.content.decode()


def test_a_canceled_import_keeps_no_rows(staff):
    upload(staff, PEOPLE)
    job = ImportJob.objects.get()
    answer = staff.post(reverse("exchange:import_cancel", args=[job.pk]), follow=True)
    assert b"Import canceled" in answer.content
    job.refresh_from_db()
    assert (job.state, job.tables) == ("canceled", [])
    assert staff.get(reverse("exchange:rejected_download", args=[job.pk])).status_code == 404
    staff.post(reverse("exchange:import_apply", args=[job.pk]), {"fingerprint": "", "leave_out": "on"})
    assert not Person.objects.filter(email="n@example.org").exists()


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.csv", "empty"),
        (b"<html>", "a.csv", "supported. Use one of these"),
        (b"\x7fELF\x02\x01\x01" + b"\x00" * 60, "a.xlsx", "supported. Use one of these"),
        (b"Fruit,Weight\r\napple,3\r\n", "a.csv", "headings of organizations"),
        (b"Email,E-mail\r\na@example.org,a@example.org\r\n", "a.csv", "hold “Email”"),
        (b"Email,Name\r\n", "a.csv", "no rows below its headings"),
    ],
)
def test_an_unreadable_file_shows_how_to_fix_it(staff, content, name, says):
    answer = upload(staff, content, name)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert not ImportJob.objects.exists()


def many(count: int) -> bytes:
    rows = [[f"p{n}@example.org", f"Person {n}", "dx", "Representative"] for n in range(count)]
    return as_xlsx([Sheet("People", ["Email", "Name", "Organization", "Represents as"], rows)])


def test_from_200_rows_on_a_progress_bar_is_shown(staff, monkeypatch):
    page = upload(staff, many(200), "people.xlsx")
    job = ImportJob.objects.get()
    waiting = staff.post(
        reverse("exchange:import_apply", args=[job.pk]), {"fingerprint": fingerprint(page)}, follow=True
    )
    text = waiting.content.decode()
    assert '<progress id="bar" class="w-100" max="200" value="0">' in text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in text
    assert 'hx-trigger="every 2s"' in text
    assert not Person.objects.filter(email="p0@example.org").exists()
    seen = []
    note = operations.record_progress
    monkeypatch.setattr(
        operations,
        "record_progress",
        lambda *, job, done: (
            note(job=job, done=done),
            seen.append(staff.get(reverse("exchange:import_detail", args=[job.pk])).content.decode()),
        ),
    )
    call_command("process_imports")
    assert ["Checking: 100 of 200 rows" in seen[0], "are being saved" in seen[1]] == [True, True]
    done = staff.get(reverse("exchange:import_detail", args=[job.pk])).content.decode()
    assert "200 new" in done and "<progress" not in done and "http-equiv" not in done
    assert Person.objects.filter(email__startswith="p", name__startswith="Person ").count() == 200


def test_199_rows_are_applied_at_once(staff):
    page = upload(staff, many(199), "people.xlsx")
    job = ImportJob.objects.get()
    done = staff.post(reverse("exchange:import_apply", args=[job.pk]), {"fingerprint": fingerprint(page)}, follow=True)
    assert b"199 new" in done.content


def test_names_are_escaped(staff):
    page = upload(staff, b"Email,Name\r\nn@example.org,<script>alert(1)</script>\r\n")
    assert b"<script>alert" not in page.content
    assert b"&lt;script&gt;alert(1)" in page.content


def test_the_example_spreadsheet_has_three_sheets(staff):
    tables = read(io.BytesIO(staff.get(reverse("exchange:example_download")).content))
    assert [(table.name, len(table.lines)) for table in tables] == [("Organizations", 1), ("People", 1), ("Rosters", 1)]


def test_a_long_preview_is_paginated(staff, django_assert_num_queries):
    page = upload(staff, many(120), "people.xlsx")
    assert b"Page 1 of 3" in page.content
    assert page.content.count(b"row-item") == 50
    assert Organization.objects.count() == 2
