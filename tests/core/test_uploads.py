"""Checking uploaded files, and serving them as attachments."""

import io
import re
import shutil
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from core import uploads
from core.operations import OperationNotAllowedError

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
# The EICAR test file, assembled here so that no virus scanner reports this source file.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + b"$H+H*"


def file(content: bytes, name: str = "minutes.bin") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def workbook() -> bytes:
    kept = io.BytesIO()
    openpyxl.Workbook().save(kept)
    return kept.getvalue()


def repacked(original: bytes, **added: bytes) -> bytes:
    """Return the office file with more parts added."""
    kept = io.BytesIO(original)
    with zipfile.ZipFile(kept, "a", zipfile.ZIP_DEFLATED) as packed:
        for name, content in added.items():
            packed.writestr(name, content)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type", "ending"),
    [
        (PNG, "image/png", "png"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 32, "image/jpeg", "jpg"),
        (PDF, "application/pdf", "pdf"),
        (workbook(), uploads.XLSX, "xlsx"),
        (b"Minutes of the meeting\n", "text/plain", "txt"),
    ],
)
def test_file_type_is_detected_from_content(content, media_type, ending):
    checked = uploads.check_upload(file(content, "budget.exe"))
    assert checked.media_type == media_type
    assert checked.name == f"budget.{ending}"
    assert re.fullmatch(rf"[0-9a-f]{{32}}\.{ending}", checked.stored_name)
    assert checked.size == len(content)


def test_same_file_twice_gets_two_names_and_one_hash():
    first, second = uploads.check_upload(file(PNG)), uploads.check_upload(file(PNG))
    assert first.stored_name != second.stored_name
    assert first.sha256 == second.sha256


def test_text_file_keeps_a_text_extension():
    assert uploads.check_upload(file(b"a,b\n1,2\n", "people.CSV")).name == "people.csv"
    assert uploads.check_upload(file(b"# Minutes\n", "notes.md")).name == "notes.md"
    assert uploads.check_upload(file(b"a;b\xfc\n", "old excel.csv")).name == "old excel.csv"


def rejection(upload: ContentFile, **options: object) -> OperationNotAllowedError:
    """Return the error that checking the upload raises."""
    with pytest.raises(OperationNotAllowedError) as caught:
        uploads.check_upload(upload, **options)
    return caught.value


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"\xef\xbb\xbf  \n<html>",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'<svg onload="alert(1)">',
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"\x7fELF\x02\x01\x01\x00" + b"\x00" * 64,
        b"PK\x03\x04" + b"\x00" * 60,
        b"text with \x00 in it",
        b"GIF89a" + b"\x00" * 32,
    ],
    ids=["html", "html after blanks", "xml svg", "svg", "windows program", "linux program", "bare zip", "nul", "gif"],
)
def test_executable_content_is_rejected_with_allowed_types(content):
    error = rejection(file(content, "harmless.txt"))
    assert error.code == "type_not_supported"
    assert " csv, docx, jpg, md, odp, ods, odt, pdf, png, pptx, txt, xlsx." in str(error)


def test_page_may_allow_fewer_types():
    assert uploads.check_upload(file(workbook()), only=[uploads.XLSX]).media_type == uploads.XLSX
    error = rejection(file(PDF), only=[uploads.XLSX])
    assert error.code == "type_not_supported" and str(error).endswith(" xlsx.")


def test_empty_and_too_large_files_are_rejected():
    assert rejection(file(b"")).code == "empty"
    assert rejection(file(b"a" * (uploads.MAX_SIZE + 1))).code == "too_large"


def test_unknown_size_is_measured():
    class UnknownSize(ContentFile):
        size = None

    assert rejection(UnknownSize(b"\x00" * 64, name="x.txt")).code == "type_not_supported"


def test_zip_bomb_is_rejected_without_opening_it():
    bomb = repacked(workbook(), **{"xl/bomb.xml": b"\x00" * 80 * 1024 * 1024})
    assert len(bomb) < 200_000
    assert rejection(file(bomb)).code == "too_large_unpacked"


def test_macros_and_path_traversal_are_rejected():
    assert rejection(file(repacked(workbook(), **{"xl/vbaProject.bin": b"x"}))).code == "macros"
    assert rejection(file(repacked(workbook(), **{"../../etc/passwd": b"x"}))).code == "unsafe_path"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\report.final.docx", "report.final.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie x=1.pdf"),
        ("invoice\u202efdp.exe", "invoice fdp.pdf"),
        ('"; filename="x.html', "filename= x.pdf"),
        ("...", "file.pdf"),
        ("", "file.pdf"),
        ("é" * 300 + ".pdf", "é" * 116 + ".pdf"),
    ],
)
def test_file_name_is_safe_for_path_header_and_direction(given, kept):
    assert uploads.clean_name(given, "pdf") == kept


def test_file_is_served_as_an_attachment_that_runs_nothing():
    polyglot = PDF + b"<script>alert(document.domain)</script>"
    checked = uploads.check_upload(file(polyglot, "plan.html"))
    response = uploads.attachment(polyglot, name=checked.name, media_type=checked.media_type)
    assert response["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "no-store, private"
    assert response.content == polyglot


@pytest.fixture(scope="module")
def scanner(tmp_path_factory) -> Iterator[str]:
    """A real clamd that knows one signature."""
    folder = tmp_path_factory.mktemp("clamav")
    (folder / "signatures").mkdir()
    (folder / "signatures" / "test.ndb").write_text(f"Test.File:0:*:{EICAR.hex()}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "clamd.conf").write_text(
        f"Foreground yes\nTCPSocket {port}\nTCPAddr 127.0.0.1\nDatabaseDirectory {folder}/signatures\n"
        f"LogFile {folder}/log\nTemporaryDirectory {folder}\n"
    )
    program = shutil.which("clamd") or "clamd"
    process = subprocess.Popen([program, "--config-file", f"{folder}/clamd.conf"], stdout=subprocess.DEVNULL)
    try:
        _wait_until_listening(port, process, folder / "log")
        yield f"tcp://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_listening(port: int, process: subprocess.Popen, log: Path) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"clamd does not answer: {log.read_text() if log.exists() else process.returncode}")


@pytest.mark.clamav
def test_virus_scanner_accepts_clean_and_rejects_infected(scanner, settings):
    settings.CLAMAV_ADDRESS = scanner
    assert uploads.check_upload(file(b"plain words", "a.txt")).name == "a.txt"
    assert rejection(file(b"words " + EICAR, "a.txt")).code == "infected"


def test_files_are_rejected_while_the_scanner_is_down(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nothing listens there
        settings.CLAMAV_ADDRESS = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        assert rejection(file(b"plain words", "a.txt")).code == "scanner_unavailable"
    settings.CLAMAV_ADDRESS = "unix:/nowhere/clamd.sock"
    assert rejection(file(b"plain words", "a.txt")).code == "scanner_unavailable"
