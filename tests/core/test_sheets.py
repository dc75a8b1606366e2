"""Writing and reading spreadsheets: round trips, formula injection, and harmful files."""

import csv
import datetime as dt
import io
import re
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from core import sheets
from core.sheets import InvalidSpreadsheetError, Sheet, as_csv, as_xlsx, download, download_workbook, read
from tests.core.test_cells import CONTROLS, SIGNS, TEXTS

PAYLOADS = [f"{start}1+1" for start in (*SIGNS, *CONTROLS, " =")] + ["#N/A", "_x000D_", "=HYPERLINK(1)"]
WRITERS = {"csv": as_csv, "xlsx": lambda header, rows: as_xlsx([Sheet("Sheet", header, rows)])}


def back(content: bytes) -> list[list[str]]:
    [table] = read(io.BytesIO(content))
    return [list(line.cells.values()) for line in table.lines]


def stored(kind: str, content: bytes) -> list[str]:
    """Return the texts of all cells as another program reads them."""
    if kind == "csv":
        return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in row]
    cells = [cell for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    return [str(cell.value or "") for cell in cells]


@pytest.mark.parametrize("kind", WRITERS)
def test_no_cell_is_a_formula_and_values_round_trip(kind):
    content = WRITERS[kind](["Name", "=2+3"], [["row", payload] for payload in PAYLOADS])
    for cell in stored(kind, content):
        assert not cell.startswith(CONTROLS) and not cell.lstrip().startswith(SIGNS)
    assert back(content) == [["row", payload] for payload in PAYLOADS]
    assert read(io.BytesIO(content))[0].header == ["Name", "=2+3"]


@pytest.mark.parametrize("kind", WRITERS)
def test_any_text_round_trips(kind):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(TEXTS.filter(lambda text: "\x00" not in text), TEXTS.filter(lambda t: "\x00" not in t))))
    def holds(rows):
        content = WRITERS[kind](["Key", "One", "Two"], [("key", *row) for row in rows])
        if rows:
            assert back(content) == [["key", *row] for row in rows]

    holds()


def test_download_is_an_attachment_and_not_cached():
    response = download("csv", "People, staff's / list", ["Name"], [["Ñandú"]])
    assert response["Content-Disposition"] == 'attachment; filename="people-staffs-list.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Cache-Control"] == "no-store, private"
    assert response.content == '\ufeff"Name"\r\n"Ñandú"\r\n'.encode()
    book = download_workbook("../x\r\ny", [Sheet("A/B", ["One"], [[1]]), Sheet("C", ["Two"], [[None]])])
    assert book["Content-Disposition"] == 'attachment; filename="x-y.xlsx"'
    assert load_workbook(io.BytesIO(book.content)).sheetnames == ["A B", "C"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_is_read_as_excel_and_others_write_it(encoding, mark):
    text = f'Name{mark}"Say; it, all"\r\n\r\nÉcole{mark}"two\r\nlines"\r\n'
    [table] = read(io.BytesIO(text.encode(encoding)))
    assert table.header == ["Name", "Say; it, all"]
    assert [(line.number, line.cells) for line in table.lines] == [
        (3, {"Name": "École", "Say; it, all": "two\r\nlines"})
    ]


def test_workbook_is_read_as_a_person_sees_it():
    book = Workbook()
    page = book.active
    page.title = "People"
    page.append([])
    page.append([" Full \n name", "Since", "Count", "Share", "Here"])
    page.append(["A", dt.datetime.fromisoformat("2026-12-03"), 7.0, 0.5, True])
    page.append([])
    page.append(["B", dt.date(2026, 1, 2)])
    book.create_sheet("Empty")
    hidden = book.create_sheet("Hidden")
    hidden.append(["x"])
    hidden.append(["y"])
    hidden.sheet_state = "hidden"
    content = io.BytesIO()
    book.save(content)
    content.seek(0)
    [table] = read(content)
    assert (table.name, table.header) == ("People", ["Full name", "Since", "Count", "Share", "Here"])
    assert [(line.number, *line.cells.values()) for line in table.lines] == [
        (3, "A", "2026-12-03", "7", "0.5", "yes"),
        (5, "B", "2026-01-02", "", "", ""),
    ]


def rejection(content: bytes) -> InvalidSpreadsheetError:
    """Return the error that reading the file raises."""
    with pytest.raises(InvalidSpreadsheetError) as caught:
        read(io.BytesIO(content))
    return caught.value


@pytest.mark.parametrize(
    ("content", "code", "shown"),
    [
        (b"", "no_rows", ""),
        (b"Name,E-mail\r\n", "no_rows", ""),
        (b"Name,Name\r\na,b\r\n", "repeated_heading", "Name"),
        (b"Name,,E-mail\r\na,b,c\r\n", "empty_heading", " B "),
        (b"Name\r\na\r\nb,c\r\n", "value_without_heading", r" 3 .* B\b"),
        (b'Name\r\n"a\r\n', "bad_csv", " 2 "),
        (b"Name\r\n\x00\r\n", "wrong_type", ""),
        (b"\x81\x8d\x8f", "wrong_type", ""),
        (b"\xd0\xcf\x11\xe0", "old_or_encrypted", ""),
        (b"PK\x03\x04 and nothing", "damaged", ""),
        (b"%PDF-1.7\n\xff\x81", "wrong_type", ""),
    ],
)
def test_unreadable_file_is_rejected_with_its_place(content, code, shown):
    error = rejection(content)
    assert error.code == code
    assert re.search(shown, str(error))


def test_file_over_the_limits_is_rejected(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_BYTES", 50)
    assert rejection(b"Name\r\n" * 20).code == "too_large"
    monkeypatch.undo()
    monkeypatch.setattr(sheets, "MAX_ROWS", 2)
    error = rejection(b"Name\r\na\r\nb\r\nc\r\n")
    assert error.code == "too_many_rows" and " 2 " in str(error)
    monkeypatch.setattr(sheets, "MAX_COLUMNS", 2)
    for content in (b"a,b,c\r\n1,2,3\r\n", as_xlsx([Sheet("S", ["a", "b", "c"], [[1, 2, 3]])])):
        error = rejection(content)
        assert error.code == "too_many_columns" and " 2 " in str(error)


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """Return the workbook with one of its parts replaced."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, part if info.filename == name else old.read(info))
    return packed.getvalue()


def test_zip_bomb_is_rejected_before_unpacking():
    small = as_xlsx([Sheet("S", ["a"], [[1]])])
    bomb = with_part(small, "xl/worksheets/sheet1.xml", b" " * (sheets.MAX_UNPACKED + 1))
    assert len(bomb) < 100_000
    assert rejection(bomb).code == "too_large_unpacked"


def test_entity_expansion_is_rejected():
    small = as_xlsx([Sheet("S", ["a"], [[1]])])
    part = (
        b'<!DOCTYPE x [<!ENTITY a "ha">]>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row>'
        b'<row r="2"><c r="A2" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>'
    )
    assert rejection(with_part(small, "xl/worksheets/sheet1.xml", part)).code == "damaged"
