"""The one place that writes and reads spreadsheets, as CSV and as XLSX. Cells are text on both ways."""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Literal

from django.http import HttpResponse
from django.utils.text import slugify
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from core.cells import plain_cell, safe_cell
from core.uploads import attachment

Format = Literal["csv", "xlsx"]
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What is taken in: beyond these a file is refused before it is read whole.
MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 60
# The longest text that a cell of XLSX holds, and its last row.
MAX_CELL = 32_767
_LAST_ROW = 1_048_576


@dataclass(frozen=True)
class Sheet:
    """A sheet to write: its name, its headings, its rows."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[object]]


@dataclass(frozen=True)
class Line:
    """A row as it was read: its number as a spreadsheet shows it, and its cells by heading."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A sheet as it was read; lines without any content are left out."""

    name: str
    header: list[str]
    lines: list[Line]


class InvalidSpreadsheetError(Exception):
    """A file that cannot be read as a spreadsheet; its text is shown to the person and says how to mend it.

    `line` is the line of the file at which reading ended, where that is known.
    """

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


# Writing ------------------------------------------------------------------------------------------


def download(format: Format, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The rows as a file to save; no cell of it is a formula, and `read` gives back what was written."""
    content = as_csv(header, rows) if format == "csv" else as_xlsx([Sheet(name, header, rows)])
    return _attachment(content, name, format)


def download_workbook(name: str, sheets: Iterable[Sheet]) -> HttpResponse:
    """Several sheets as one XLSX file to save."""
    return _attachment(as_xlsx(sheets), name, "xlsx")


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV in UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    for row in (header, *rows):
        writer.writerow([safe_cell(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(sheets: Iterable[Sheet]) -> bytes:
    """XLSX with every cell a text, written row by row."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        # Excel knows no sheet name over 31 characters, nor one with these.
        page = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", sheet.name)[:31] or "Sheet")
        page.freeze_panes = "A2"
        for number in range(1, len(sheet.header) + 1):
            page.column_dimensions[get_column_letter(number)].width = 24
        for row in (sheet.header, *sheet.rows):
            page.append([_text_cell(page, value) for value in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _text_cell(page: Any, value: object) -> WriteOnlyCell:
    cell = WriteOnlyCell(page)
    # Set past the library's guessing, which makes formulas and errors of some texts.
    cell._value, cell.data_type = _escaped(safe_cell(value))[:MAX_CELL], "s"
    return cell


# What XML cannot carry is written as Excel writes it (ECMA-376, ST_Xstring): _x000D_, and _x005F_ for an underscore
# that would be read as the start of such a word.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_WRITTEN_OUT = re.compile(r"_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")


def _escaped(text: str) -> str:
    return _NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _unescaped(text: str) -> str:
    return _WRITTEN_OUT.sub(lambda found: chr(int(found[1], 16)), text)


def _attachment(content: bytes, name: str, format: Format) -> HttpResponse:
    return attachment(content, name=f"{slugify(name) or 'export'}.{format}", media_type=_TYPES[format])


# Reading ------------------------------------------------------------------------------------------


def read(file: IO[bytes]) -> list[Table]:
    """The sheets of an uploaded file: of a workbook each that has content, of CSV one.

    Raises InvalidSpreadsheetError.
    """
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise InvalidSpreadsheetError(f"The file is over {MAX_BYTES // 1024**2} MB. Split it into several.")
    if content.startswith(b"PK"):
        tables = _read_xlsx(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidSpreadsheetError("This is an old Excel file or one with a password. Save it as .xlsx without one.")
    else:
        tables = [_table("", enumerate((cells for _, cells in read_csv(_decode(content))), 1))]
    found = [table for table in tables if table.lines]
    if not found:
        raise InvalidSpreadsheetError("The file has no rows under its headings. Fill in at least one.")
    return found


def read_csv(text: str) -> Iterator[tuple[int, list[str]]]:
    """The records of a text in CSV, each with the line on which it begins. Raises InvalidSpreadsheetError.

    The delimiter is the comma, the semicolon or the tab, whichever the first line has most of.
    """
    first = re.sub(r'"[^"]*"', "", text.split("\n", 1)[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        message = f"Line {reader.line_num} cannot be read: {error}. Save the sheet anew as CSV."
        raise InvalidSpreadsheetError(message, begins) from error


def _decode(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            # What Excel writes as plain "CSV" on Windows.
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise InvalidSpreadsheetError(
                "This is neither CSV nor XLSX. Save the sheet as .xlsx or as CSV in UTF-8."
            ) from None
    if "\x00" in text:
        raise InvalidSpreadsheetError("This is neither CSV nor XLSX. Save the sheet as .xlsx or as CSV in UTF-8.")
    return text


def _read_xlsx(content: bytes) -> list[Table]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise InvalidSpreadsheetError(
                    f"Unpacked, the file is over {MAX_UNPACKED // 1024**2} MB. Split it into several."
                )
        # With defusedxml installed the library refuses entities that grow.
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            return [_table(page.title, _xlsx_rows(page)) for page in book.worksheets if page.sheet_state == "visible"]
        finally:
            book.close()
    except InvalidSpreadsheetError:
        raise
    except Exception as error:
        # The library raises whatever its parts do: a bad zip, a missing part, broken XML.
        raise InvalidSpreadsheetError(
            "This workbook is damaged or none. Open it in Excel and save it anew as .xlsx."
        ) from error


def _xlsx_rows(page: Any) -> Iterator[tuple[int, list[str]]]:
    # A file may claim any size; one column beyond the bound shows that it is over it.
    page.reset_dimensions()
    rows = page.iter_rows(max_row=_LAST_ROW, max_col=MAX_COLUMNS + 1, values_only=True)
    for number, row in enumerate(rows, 1):
        if any(value is not None for value in row):
            yield number, [_said(value) for value in row]


def _said(value: object) -> str:
    """A cell's value as a person reads it: dates as 2026-12-03, whole numbers without a point."""
    match value:
        case None:
            return ""
        case str():
            return _unescaped(value)
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.datetime() | dt.date():
            return value.isoformat()
    return str(value)


def _table(name: str, rows: Iterable[tuple[int, list[str]]]) -> Table:
    """The first row with content is the headings. Raises InvalidSpreadsheetError where rows do not fit under them."""
    header: list[str] = []
    lines: list[Line] = []
    where = f" of the sheet “{name}”" if name else ""
    for number, row in rows:
        cells = [plain_cell(cell) for cell in row]
        width = max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)
        if not width:
            continue
        if width > MAX_COLUMNS:
            raise InvalidSpreadsheetError(
                f"Row {number}{where} has over {MAX_COLUMNS} columns. Take away those not needed."
            )
        if not header:
            header = [" ".join(cell.split()) for cell in cells[:width]]
            _check_header(header, where)
            continue
        if width > len(header):
            letter = get_column_letter(width)
            raise InvalidSpreadsheetError(
                f"Row {number}{where} has something in column {letter}, which has no heading. "
                "Give the column a heading, or clear the cell."
            )
        if len(lines) == MAX_ROWS:
            raise InvalidSpreadsheetError(f"There are over {MAX_ROWS:,} rows{where}. Split the file into several.")
        cells += [""] * (len(header) - len(cells))
        lines.append(Line(number, dict(zip(header, cells, strict=False))))
    return Table(name, header, lines)


def _check_header(header: list[str], where: str) -> None:
    for number, heading in enumerate(header, 1):
        if not heading:
            letter = get_column_letter(number)
            raise InvalidSpreadsheetError(
                f"Column {letter}{where} has no heading. Give it one, or take the column away."
            )
        if header.index(heading) != number - 1:
            raise InvalidSpreadsheetError(f"Two columns{where} are headed “{heading}”. Rename one.")
