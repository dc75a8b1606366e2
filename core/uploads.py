"""The gate for every file that somebody uploads, and the one way in which a file goes out again.

What a file is follows from its content, never from its name or from what the browser says (OWASP File Upload).
"""

import hashlib
import io
import re
import secrets
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import filetype
from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings
from django.core.files.base import File
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from core.operations import OperationNotAllowedError

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
XLSX = f"{_OFFICE}spreadsheetml.sheet"
TEXT = "text/plain"
# Each kind of file that may come in, with the ending that it is given.
ALLOWED = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    f"{_OFFICE}wordprocessingml.document": "docx",
    XLSX: "xlsx",
    f"{_OFFICE}presentationml.presentation": "pptx",
    f"{_OPEN}text": "odt",
    f"{_OPEN}spreadsheet": "ods",
    f"{_OPEN}presentation": "odp",
    TEXT: "txt",
}
_TEXT_ENDINGS = ("txt", "csv", "md")
MAX_SIZE = 25 * 1024 * 1024
# An office file is a zip: bounds on what it becomes when it is opened.
MAX_UNPACKED_SIZE, MAX_PARTS, MAX_RATIO = 250 * 1024 * 1024, 5_000, 200
MAX_NAME_LENGTH = 120
_SCAN_SECONDS = 30
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Checked:
    """A file that passed: the name to show, the random name to keep it under, its kind, size in bytes and SHA-256."""

    name: str
    stored_name: str
    media_type: str
    size: int
    sha256: str


def check(file: File, *, only: Iterable[str] = ALLOWED) -> Checked:
    """What the file is, read from its content; its position is at the start again afterwards.

    Raises OperationNotAllowedError, with a sentence for whoever uploads it, for a file that is too large, empty, of a
    kind that is not
    in `only`, packed to burst, holding macros, or found by the virus scanner, and while a scanner that is set cannot
    be asked.
    """
    if (file.size or 0) > MAX_SIZE:
        raise OperationNotAllowedError(
            f"This file is larger than {MAX_SIZE // 1024**2} MB. Make it smaller, or share a link to it."
        )
    file.seek(0)
    content = file.read(MAX_SIZE + 1)
    file.seek(0)
    if not content:
        raise OperationNotAllowedError("This file is empty. Choose another one.")
    media_type = _kind_of(content)
    if media_type not in set(only):
        endings = sorted({ending for kind in only for ending in _endings(kind)})
        raise OperationNotAllowedError(f"A file of this kind is not taken. Choose one of these: {', '.join(endings)}.")
    if ALLOWED[media_type] not in {"pdf", "png", "jpg", "txt"}:
        _look_into(content)
    _scan(content)
    ending = _ending(media_type, file.name or "")
    return Checked(
        name=clean_name(file.name or "", ending),
        stored_name=f"{secrets.token_hex(16)}.{ending}",
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def clean_name(name: str, ending: str) -> str:
    """The last part of a file's name without anything that steers a path, a header or the direction of writing."""
    last = re.split(r"[/\\]", name)[-1]
    last = "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in last)
    stem = " ".join(re.sub(r'[<>:"|?*%;]', " ", last).split()).rpartition(".")
    words = (stem[0] if stem[1] else stem[2]).strip(". ")
    return f"{words[: MAX_NAME_LENGTH - len(ending) - 1] or 'file'}.{ending}"


def attachment(content: bytes, *, name: str, media_type: str) -> HttpResponse:
    """A file to keep, never shown in the browser: no sniffing, no script even where it is opened, in no cache."""
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store, private"
    return response


def _kind_of(content: bytes) -> str:
    """The media type by content; empty for what is neither known nor plain text."""
    found = filetype.guess(content)
    if found is not None:
        return str(found.mime)
    return TEXT if _is_plain_text(content) else ""


def _is_plain_text(content: bytes) -> bool:
    """Whether this is text that no browser takes for markup (WHATWG MIME Sniffing, 7.1)."""
    head = content.lstrip(b"\xef\xbb\xbf \t\r\n\x0c")[:1]
    return head != b"<" and not _CONTROL.search(content)


def _endings(media_type: str) -> tuple[str, ...]:
    return _TEXT_ENDINGS if media_type == TEXT else (ALLOWED[media_type],)


def _ending(media_type: str, name: str) -> str:
    """The ending that the content deserves; text keeps the one of the three it came with."""
    given = name.rpartition(".")[2].lower()
    return given if given in _endings(media_type) else _endings(media_type)[0]


def _look_into(content: bytes) -> None:
    """Refuse an office file that would burst, that leads out of its folder, that is locked or that holds macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise OperationNotAllowedError(
            "This file is damaged. Save it again in the program that made it, then upload it."
        ) from error
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_SIZE or unpacked > MAX_RATIO * len(content):
        raise OperationNotAllowedError(
            "This file becomes far too large when it is opened. Save it anew without what is not needed."
        )
    for part in parts:
        if part.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", part.filename):
            raise OperationNotAllowedError(
                "This file is put together in a way that no office program does. Save it anew."
            )
        if part.flag_bits & 0x1:
            raise OperationNotAllowedError("This file is locked with a password. Save it without one.")
        if part.filename.lower().endswith("vbaproject.bin"):
            raise OperationNotAllowedError("This file holds macros. Save it without them, as .docx, .xlsx or .pptx.")


def _scan(content: bytes) -> None:
    """Ask the virus scanner where one is set."""
    if not settings.CLAMAV_ADDRESS:
        return
    try:
        results = _scanner(settings.CLAMAV_ADDRESS).instream(io.BytesIO(content))
    except (ClamdError, OSError) as error:
        raise OperationNotAllowedError(
            "Files cannot be checked for viruses right now. Try again in a few minutes."
        ) from error
    if [status for status, _ in results.values()] != ["OK"]:
        raise OperationNotAllowedError(
            "The virus scanner found something in this file, so it was not taken. Tell your own IT support."
        )


def _scanner(address: str) -> ClamdNetworkSocket | ClamdUnixSocket:
    place = urlsplit(address)
    if place.scheme == "unix":
        return ClamdUnixSocket(place.path, timeout=_SCAN_SECONDS)
    return ClamdNetworkSocket(place.hostname or "", place.port or 3310, timeout=_SCAN_SECONDS)
