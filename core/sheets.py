"""Write and read spreadsheets, as CSV and as XLSX. All cells are text."""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Literal

from django.http import HttpResponse
from django.utils.formats import number_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
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
# Limits of uploaded files. A larger file is rejected before it is read completely.
MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 60
# The maximum length of a cell of XLSX, and its last row.
MAX_CELL = 32_767
_LAST_ROW = 1_048_576


@dataclass(frozen=True)
class Sheet:
    """A sheet to write: name, headings and rows."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[object]]


@dataclass(frozen=True)
class Line:
    """A row that was read: its number as a spreadsheet shows it, and its cells by heading."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A sheet that was read, without empty rows."""

    name: str
    header: list[str]
    lines: list[Line]


class InvalidSpreadsheetError(Exception):
    """A file cannot be read as a spreadsheet. The message is shown to the user and says how to fix it.

    `line` is the line of the file at which reading ended, where it is known. `code` names the problem.
    """

    def __init__(self, message: str, line: int = 1, code: str = "") -> None:
        super().__init__(message)
        self.line, self.code = line, code


# Writing


def download(format: Format, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Return a response that downloads the rows. Formulas are escaped, and `read` returns what was written."""
    content = as_csv(header, rows) if format == "csv" else as_xlsx([Sheet(name, header, rows)])
    return _attachment(content, name, format)


def download_workbook(name: str, sheets: Iterable[Sheet]) -> HttpResponse:
    """Return a response that downloads several sheets as one XLSX file."""
    return _attachment(as_xlsx(sheets), name, "xlsx")


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return the rows as CSV in UTF-8 with the byte order mark that Excel needs."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    for row in (header, *rows):
        writer.writerow([safe_cell(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(sheets: Iterable[Sheet]) -> bytes:
    """Return the sheets as XLSX. Every cell is text, written row by row."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        # Excel allows neither sheet names over 31 characters nor these characters in them.
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
    # Bypass the type detection of the library, which turns some texts into formulas and errors.
    cell._value, cell.data_type = _escaped(safe_cell(value))[:MAX_CELL], "s"
    return cell


# Characters that XML does not allow are written as Excel does (ECMA-376, ST_Xstring): _x000D_, and _x005F_ for an
# underscore that would be read as the start of such a sequence.
_NOT_ALLOWED_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_XML_ESCAPE = re.compile(r"_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")


def _escaped(text: str) -> str:
    return _NOT_ALLOWED_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _unescaped(text: str) -> str:
    return _XML_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def _attachment(content: bytes, name: str, format: Format) -> HttpResponse:
    return attachment(content, name=f"{slugify(name) or 'export'}.{format}", media_type=_TYPES[format])


# Reading


def read(file: IO[bytes]) -> list[Table]:
    """Return the sheets of an uploaded workbook that have content, or the one of a CSV file.

    Raises InvalidSpreadsheetError.
    """
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        message = _("The file is larger than %(size)d MB. Split it into several files.")
        raise InvalidSpreadsheetError(message % {"size": MAX_BYTES // 1024**2}, code="too_large")
    if content.startswith(b"PK"):
        tables = _read_xlsx(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidSpreadsheetError(
            _("This is an old Excel file or has a password. Save it as .xlsx without a password."),
            code="old_or_encrypted",
        )
    else:
        tables = [_table("", enumerate((cells for _, cells in read_csv(_decode(content))), 1))]
    found = [table for table in tables if table.lines]
    if not found:
        raise InvalidSpreadsheetError(
            _("The file has no rows below its headings. Enter at least one row."), code="no_rows"
        )
    return found


def read_csv(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the records of a CSV text, each with the line on which it begins. Raises InvalidSpreadsheetError.

    The delimiter is the comma, the semicolon, or the tab, whichever is most frequent in the first line.
    """
    first = re.sub(r'"[^"]*"', "", text.split("\n", 1)[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        message = _("Line %(line)d cannot be read: %(error)s. Save the file again as CSV.")
        raise InvalidSpreadsheetError(message % {"line": reader.line_num, "error": error}, line, "bad_csv") from error


def _wrong_type() -> InvalidSpreadsheetError:
    return InvalidSpreadsheetError(
        _("This file is not CSV or XLSX. Save the sheet as .xlsx or as CSV in UTF-8."), code="wrong_type"
    )


def _decode(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            # The encoding of Excel's plain "CSV" on Windows.
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise _wrong_type() from None
    if "\x00" in text:
        raise _wrong_type()
    return text


def _read_xlsx(content: bytes) -> list[Table]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                message = _("Uncompressed, the file is larger than %(size)d MB. Split it into several files.")
                raise InvalidSpreadsheetError(message % {"size": MAX_UNPACKED // 1024**2}, code="too_large_unpacked")
        # With defusedxml installed, the library rejects entity expansion attacks.
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            return [_table(page.title, _xlsx_rows(page)) for page in book.worksheets if page.sheet_state == "visible"]
        finally:
            book.close()
    except InvalidSpreadsheetError:
        raise
    except Exception as error:
        # The library raises many errors: a bad zip, a missing part, broken XML.
        message = _("This file is damaged or is not an Excel workbook. Open it in Excel and save it again as .xlsx.")
        raise InvalidSpreadsheetError(message, code="damaged") from error


def _xlsx_rows(page: Any) -> Iterator[tuple[int, list[str]]]:
    # A file may claim any size. Read one column more than allowed, to detect a file that is too wide.
    page.reset_dimensions()
    rows = page.iter_rows(max_row=_LAST_ROW, max_col=MAX_COLUMNS + 1, values_only=True)
    for number, row in enumerate(rows, 1):
        if any(value is not None for value in row):
            yield number, [_cell_text(value) for value in row]


def _cell_text(value: object) -> str:
    """Return the value of a cell as text: dates as 2026-12-03, whole numbers without a decimal point."""
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
    """Build a table whose headings are the first row with content.

    Raises InvalidSpreadsheetError if rows do not match them.
    """
    header: list[str] = []
    lines: list[Line] = []
    for number, row in rows:
        cells = [plain_cell(cell) for cell in row]
        width = max((position for position, cell in enumerate(cells, 1) if cell.strip()), default=0)
        if not width:
            continue
        if width > MAX_COLUMNS:
            message = _("Row %(row)d has more than %(limit)d columns. Remove the columns that you don't need.")
            raise _table_error("too_many_columns", name, message % {"row": number, "limit": MAX_COLUMNS})
        if not header:
            header = [" ".join(cell.split()) for cell in cells[:width]]
            _check_header(name, header)
            continue
        if width > len(header):
            message = _(
                "Row %(row)d has a value in column %(column)s, which has no heading. "
                "Enter a heading for the column, or clear the cell."
            )
            raise _table_error(
                "value_without_heading", name, message % {"row": number, "column": get_column_letter(width)}
            )
        if len(lines) == MAX_ROWS:
            message = _("There are more than %(limit)s rows. Split the file into several files.")
            raise _table_error("too_many_rows", name, message % {"limit": number_format(MAX_ROWS, force_grouping=True)})
        cells += [""] * (len(header) - len(cells))
        lines.append(Line(number, dict(zip(header, cells, strict=False))))
    return Table(name, header, lines)


def _check_header(name: str, header: list[str]) -> None:
    for number, heading in enumerate(header, 1):
        if not heading:
            message = _("Column %(column)s has no heading. Enter a heading, or remove the column.")
            raise _table_error("empty_heading", name, message % {"column": get_column_letter(number)})
        if header.index(heading) != number - 1:
            message = _("Two columns have the heading “%(heading)s”. Rename one of them.")
            raise _table_error("repeated_heading", name, message % {"heading": heading})


def _table_error(code: str, name: str, problem: str) -> InvalidSpreadsheetError:
    """Return the error for a problem of one sheet. A CSV file has no sheet name."""
    message = _("Sheet “%(sheet)s”: %(problem)s") % {"sheet": name, "problem": problem} if name else problem
    return InvalidSpreadsheetError(message, code=code)
