"""The pages of an import: upload, preview, apply, and what may go wrong on the way."""

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


def shown(page) -> str:
    return re.search(r'name="shown" value="(\w+)"', page.content.decode())[1]


PEOPLE = b"E-mail,Name,Organization,Shoe size\r\nn@example.org,New person,dx,9\r\nbad,Bad one,dx,8\r\n"


def test_an_upload_shows_what_would_change_and_writes_nothing(staff):
    page = upload(staff, PEOPLE)
    text = page.content.decode()
    assert "2 rows: 1 new, 0 changed, 0 unchanged, 1 rejected. Nothing is written yet." in text
    assert "“bad” is no address. Write it as name@example.org." in text
    assert "Row 3" in text
    assert "no heading of ours means the same: Shoe size" in text
    assert "Leave the 1 refused row out" in text
    new = staff.get(page.redirect_chain[-1][0] + "?show=new").content.decode()
    assert "New person" in new and "Organization: Department of Examples" in new
    assert not Person.objects.filter(email="n@example.org").exists()


def test_the_good_rows_are_applied_by_a_choice_in_words(staff, cast):
    page = upload(staff, PEOPLE)
    job = ImportJob.objects.get()
    apply = reverse("exchange:import_apply", args=[job.pk])
    refused = staff.post(apply, {"shown": shown(page)}, follow=True)
    assert b"1 row is refused. Mend them, or leave them out." in refused.content
    done = staff.post(apply, {"shown": shown(page), "leave_out": "on"}, follow=True)
    assert b"1 new, 0 changed, 0 unchanged, 1 left out" in done.content
    assert Person.objects.get(email="n@example.org").history.get().history_user == cast.staff
    again = staff.post(apply, {"shown": shown(page), "leave_out": "on"}, follow=True)
    assert again.status_code == 200
    assert Person.objects.filter(email="n@example.org").count() == 1


def test_what_was_not_shown_is_not_applied(staff):
    page = upload(staff, b"E-mail,Name\r\nn@example.org,New person\r\n")
    job = ImportJob.objects.get()
    Person.objects.create_user("n@example.org", name="Came meanwhile")
    answer = staff.post(reverse("exchange:import_apply", args=[job.pk]), {"shown": shown(page)}, follow=True)
    assert b"The records changed since you looked" in answer.content
    assert Person.objects.get(email="n@example.org").name == "Came meanwhile"


def test_the_refused_rows_come_as_a_sheet_that_imports_once_mended(staff):
    upload(staff, PEOPLE)
    job = ImportJob.objects.get()
    sheet = staff.get(reverse("exchange:refused_download", args=[job.pk]))
    page = load_workbook(io.BytesIO(sheet.content)).active
    assert [cell.value for cell in page[1]] == ["E-mail", "Person", "Organization", "What to mend"]
    page["A2"] = "mended@example.org"
    mended = io.BytesIO()
    page.parent.save(mended)
    answer = upload(staff, mended.getvalue(), "mended.xlsx")
    assert "1 row: 1 new, 0 changed, 0 unchanged, 0 rejected" in answer.content.decode()


def test_a_forgotten_file_leaves_nothing(staff):
    upload(staff, PEOPLE)
    job = ImportJob.objects.get()
    answer = staff.post(reverse("exchange:import_cancel", args=[job.pk]), follow=True)
    assert b"is forgotten" in answer.content
    job.refresh_from_db()
    assert (job.state, job.tables) == ("cancelled", [])
    assert staff.get(reverse("exchange:refused_download", args=[job.pk])).status_code == 404
    staff.post(reverse("exchange:import_apply", args=[job.pk]), {"shown": "", "leave_out": "on"})
    assert not Person.objects.filter(email="n@example.org").exists()


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.csv", "empty"),
        (b"<html>", "a.csv", "supported. Use one of these"),
        (b"\x7fELF\x02\x01\x01" + b"\x00" * 60, "a.xlsx", "supported. Use one of these"),
        (b"Fruit,Weight\r\napple,3\r\n", "a.csv", "headings of organizations"),
        (b"E-mail,Email\r\na@example.org,a@example.org\r\n", "a.csv", "mean “E-mail”"),
        (b"E-mail,Name\r\n", "a.csv", "no rows below its headings"),
    ],
)
def test_a_file_that_cannot_be_read_says_how_to_mend_it(staff, content, name, says):
    answer = upload(staff, content, name)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert not ImportJob.objects.exists()


def many(count: int) -> bytes:
    rows = [[f"p{n}@example.org", f"Person {n}", "dx", "Representative"] for n in range(count)]
    return as_xlsx([Sheet("People", ["E-mail", "Name", "Organization", "Represents as"], rows)])


def test_from_200_rows_on_a_bar_shows_how_far_it_is(staff, monkeypatch):
    page = upload(staff, many(200), "people.xlsx")
    job = ImportJob.objects.get()
    waiting = staff.post(reverse("exchange:import_apply", args=[job.pk]), {"shown": shown(page)}, follow=True)
    text = waiting.content.decode()
    assert '<progress id="bar" class="w-100" max="200" value="0">' in text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in text
    assert 'hx-trigger="every 2s"' in text
    assert not Person.objects.filter(email="p0@example.org").exists()
    seen = []
    note = operations.note_progress
    monkeypatch.setattr(
        operations,
        "note_progress",
        lambda *, job, done: (
            note(job=job, done=done),
            seen.append(staff.get(reverse("exchange:import_detail", args=[job.pk])).content.decode()),
        ),
    )
    call_command("process_imports")
    assert ["Checking: 100 of 200 rows" in seen[0], "are being written in one go" in seen[1]] == [True, True]
    done = staff.get(reverse("exchange:import_detail", args=[job.pk])).content.decode()
    assert "200 new" in done and "<progress" not in done and "http-equiv" not in done
    assert Person.objects.filter(email__startswith="p", name__startswith="Person ").count() == 200


def test_199_rows_are_applied_at_once(staff):
    page = upload(staff, many(199), "people.xlsx")
    job = ImportJob.objects.get()
    done = staff.post(reverse("exchange:import_apply", args=[job.pk]), {"shown": shown(page)}, follow=True)
    assert b"199 new" in done.content


def test_names_are_shown_as_text(staff):
    page = upload(staff, b"E-mail,Name\r\nn@example.org,<script>alert(1)</script>\r\n")
    assert b"<script>alert" not in page.content
    assert b"&lt;script&gt;alert(1)" in page.content


def test_the_sheets_to_fill_in_are_three(staff):
    tables = read(io.BytesIO(staff.get(reverse("exchange:example_download")).content))
    assert [(table.name, len(table.lines)) for table in tables] == [("Organizations", 1), ("People", 1), ("Rosters", 1)]


def test_a_long_preview_comes_in_pages(staff, django_assert_num_queries):
    page = upload(staff, many(120), "people.xlsx")
    assert b"Page 1 of 3" in page.content
    assert page.content.count(b"row-item") == 50
    assert Organization.objects.count() == 2
