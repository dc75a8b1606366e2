"""Check every uploaded file, and serve files only as attachments.

The type of a file is detected from its content, never from its name or from what the browser sends (OWASP File Upload).
"""

import hashlib
import io
import re
import secrets
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import filetype
from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings
from django.core.files.base import File
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from core.operations import OperationNotAllowedError

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
XLSX = f"{_OFFICE}spreadsheetml.sheet"
TEXT = "text/plain"
# The media types that may be uploaded, with the file extension that they are stored with.
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
_TEXT_EXTENSIONS = ("txt", "csv", "md")
MAX_SIZE = 25 * 1024 * 1024
# An office file is a zip archive. These are the limits of its uncompressed size.
MAX_UNPACKED_SIZE, MAX_PARTS, MAX_RATIO = 250 * 1024 * 1024, 5_000, 200
MAX_NAME_LENGTH = 120
_SCAN_SECONDS = 30
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class UploadCheck:
    """An accepted file: the name to show, the random name to store it under, media type, size in bytes and SHA-256."""

    name: str
    stored_name: str
    media_type: str
    size: int
    sha256: str


def check_upload(file: "File[Any]", *, only: Iterable[str] = ALLOWED) -> UploadCheck:
    """Check the content of the file and return what it is. The file position is at the start again afterwards.

    Raise OperationNotAllowedError, with a message for the user, if the file is too large, empty, of a type that is
    not in `only`, a zip
    bomb, or locked, contains macros, or is rejected by the virus scanner, and also if the scanner cannot be reached.
    """
    if (file.size or 0) > MAX_SIZE:
        message = _("This file is larger than %(size)d MB. Make it smaller, or share a link to it.")
        raise OperationNotAllowedError(message % {"size": MAX_SIZE // 1024**2}, code="too_large")
    file.seek(0)
    content = file.read(MAX_SIZE + 1)
    file.seek(0)
    if not content:
        raise OperationNotAllowedError(_("This file is empty. Choose another file."), code="empty")
    media_type = _media_type_of(content)
    if media_type not in set(only):
        extensions = sorted({extension for kind in only for extension in _extensions(kind)})
        message = _("This file type isn't supported. Use one of these: %(types)s.")
        raise OperationNotAllowedError(message % {"types": ", ".join(extensions)}, code="type_not_supported")
    if ALLOWED[media_type] not in {"pdf", "png", "jpg", "txt"}:
        _check_office_file(content)
    _scan(content)
    extension = _extension(media_type, file.name or "")
    return UploadCheck(
        name=clean_name(file.name or "", extension),
        stored_name=f"{secrets.token_hex(16)}.{extension}",
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def clean_name(name: str, extension: str) -> str:
    """Return the base name of a file without characters that could affect a path, a header or the text direction."""
    last = re.split(r"[/\\]", name)[-1]
    last = "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in last)
    stem = " ".join(re.sub(r'[<>:"|?*%;]', " ", last).split()).rpartition(".")
    base = (stem[0] if stem[1] else stem[2]).strip(". ")
    return f"{base[: MAX_NAME_LENGTH - len(extension) - 1] or 'file'}.{extension}"


def attachment(content: bytes, *, name: str, media_type: str) -> HttpResponse:
    """Return a response that downloads the file: never shown inline, sniffed, run as a script or cached."""
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store, private"
    return response


def _media_type_of(content: bytes) -> str:
    """Return the media type by content, or "" if it is neither known nor plain text."""
    found = filetype.guess(content)
    if found is not None:
        return str(found.mime)
    return TEXT if _is_plain_text(content) else ""


def _is_plain_text(content: bytes) -> bool:
    """Return whether this is text that no browser treats as markup (WHATWG MIME Sniffing, 7.1)."""
    head = content.lstrip(b"\xef\xbb\xbf \t\r\n\x0c")[:1]
    return head != b"<" and not _CONTROL.search(content)


def _extensions(media_type: str) -> tuple[str, ...]:
    return _TEXT_EXTENSIONS if media_type == TEXT else (ALLOWED[media_type],)


def _extension(media_type: str, name: str) -> str:
    """Return the file extension for the content. A text file keeps its own if that is a text extension."""
    given = name.rpartition(".")[2].lower()
    return given if given in _extensions(media_type) else _extensions(media_type)[0]


def _check_office_file(content: bytes) -> None:
    """Reject an office file that is a zip bomb, has paths outside of its folder, is locked or contains macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        message = _("This file is damaged. Save it again in the program that created it, then upload it.")
        raise OperationNotAllowedError(message, code="damaged") from error
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_SIZE or unpacked > MAX_RATIO * len(content):
        raise OperationNotAllowedError(
            _("This file is too large when it is opened. Remove what you don't need, then save it again."),
            code="too_large_unpacked",
        )
    for part in parts:
        if part.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", part.filename):
            raise OperationNotAllowedError(
                _("This file was not saved by an office program. Open it in one and save it again."),
                code="unsafe_path",
            )
        if part.flag_bits & 0x1:
            raise OperationNotAllowedError(
                _("This file is locked with a password. Save it without a password."), code="encrypted"
            )
        if part.filename.lower().endswith("vbaproject.bin"):
            raise OperationNotAllowedError(
                _("This file contains macros. Save it without macros, as .docx, .xlsx, or .pptx."),
                code="macros",
            )


def _scan(content: bytes) -> None:
    """Scan the content for viruses, if a scanner is set up."""
    if not settings.CLAMAV_ADDRESS:
        return
    try:
        results = _scanner(settings.CLAMAV_ADDRESS).instream(io.BytesIO(content))
    except (ClamdError, OSError) as error:
        raise OperationNotAllowedError(
            _("We can't scan files for viruses right now. Try again in a few minutes."),
            code="scanner_unavailable",
        ) from error
    if [status for status, _detail in results.values()] != ["OK"]:
        raise OperationNotAllowedError(
            _("The virus scanner found a problem in this file, so it was not uploaded. Contact your IT support."),
            code="infected",
        )


def _scanner(address: str) -> ClamdNetworkSocket | ClamdUnixSocket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        return ClamdUnixSocket(parts.path, timeout=_SCAN_SECONDS)
    return ClamdNetworkSocket(parts.hostname or "", parts.port or 3310, timeout=_SCAN_SECONDS)
