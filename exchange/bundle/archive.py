"""The zip file of a records export: pages to read, tables as CSV, original files, a manifest, and checksums."""

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Person
from core.sheets import as_csv
from exchange.bundle.rows import meetings_of
from exchange.bundle.scope import Scope
from exchange.bundle.tables import Table, tables
from meetings.calendars import calendar_file
from meetings.models import Meeting
from meetings.rules import MinutesStatus
from records.queries import holds_on

# The modification time of every file in the zip, always the same, so that two exports can be compared.
_FILE_TIME = (2020, 1, 1, 0, 0, 0)


def build_archive(scope: Scope, *, by: Person | None, now: dt.datetime, today: dt.date) -> bytes:
    """Return the export as a zip file. `by` is the person who exports it, or None for the management command."""
    files = dict(_files(scope, by, now, today))
    manifest = {
        "scope": scope.describe(),
        "site": settings.SITE_URL,
        "exported_at": now.isoformat(timespec="seconds"),
        "exported_by": str(by or "command line"),
        "contact_data": "included" if scope.with_contact else "excluded",
        "drafts": "excluded",
        "legal_holds": [hold.matter for record in scope.records for hold in holds_on(record)],
        "files": [
            {"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for path, content in sorted(files.items())
        ],
    }
    files["manifest.json"] = json.dumps(manifest, indent=2, ensure_ascii=False).encode()
    # In the format of `sha256sum --check`. It covers all other files, so it is the last one.
    sums = [f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in sorted(files.items())]
    files["SHA256SUMS"] = "".join(sums).encode()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, part in files.items():
            packed.writestr(zipfile.ZipInfo(path, _FILE_TIME), part, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _files(scope: Scope, by: Person | None, now: dt.datetime, today: dt.date) -> Iterator[tuple[str, bytes]]:
    found = tables(scope, today)
    context = {"scope": scope.describe(), "with_contact": scope.with_contact, "by": by, "now": now}
    originals = list(_originals(scope))
    yield "index.html", _page("index", {**context, "tables": found, "originals": [path for path, _ in originals]})
    yield "pages/style.css", render_to_string("exchange/bundle/style.css").encode()
    for table in found:
        yield f"pages/{table.name}.html", _page("table", {**context, "table": table})
        yield f"tables/{table.name}.csv", _csv(table)
    yield from originals


def _originals(scope: Scope) -> Iterator[tuple[str, bytes]]:
    """Yield the calendar file of each meeting, and its published minutes as Markdown."""
    for meeting in meetings_of(scope).prefetch_related("agenda_items"):
        url = settings.SITE_URL + reverse("meetings:detail", args=[meeting.pk])
        stem = f"originals/meeting-{meeting.pk}-{meeting.starts_on.isoformat()}"
        yield (
            f"{stem}.ics",
            calendar_file(
                meeting, method="PUBLISH", with_join_link=False, url=url, organizer=settings.DEFAULT_FROM_EMAIL
            ),
        )
        if meeting.minutes_status == MinutesStatus.PUBLISHED:
            yield f"{stem}-minutes.md", _minutes(meeting).encode()


def _minutes(meeting: Meeting) -> str:
    parts = [f"# {meeting.title}", meeting.minutes]
    for item in meeting.agenda_items.all():
        if item.removed_at is None:
            parts += [f"## {item.title}", item.notes]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _page(name: str, context: dict[str, object]) -> bytes:
    return render_to_string(f"exchange/bundle/{name}.html", context).encode()


def _csv(table: Table) -> bytes:
    return as_csv(table.header, table.rows)
