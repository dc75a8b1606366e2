"""The files of an export in one zip: pages to read, tables to reckon with, originals, a manifest and checksums."""

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

# A zip keeps the time of each file; one that is always the same lets two exports of the same records be compared.
_TIME = (2020, 1, 1, 0, 0, 0)


def bundle(scope: Scope, *, by: Person | None, now: dt.datetime, today: dt.date) -> bytes:
    """The export as a zip; `by` is the member of staff who takes it (None: at the console of the server)."""
    files = dict(_files(scope, by, now, today))
    manifest = {
        "scope": scope.say(today),
        "site": settings.SITE_URL,
        "taken_at": now.isoformat(timespec="seconds"),
        "taken_by": str(by or "the server's console"),
        "contact_data": "included" if scope.with_contact else "left out",
        "drafts": "left out",
        "legal_holds": [hold.matter for record in scope.records for hold in holds_on(record)],
        "files": [
            {"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for path, content in sorted(files.items())
        ],
    }
    files["manifest.json"] = json.dumps(manifest, indent=2, ensure_ascii=False).encode()
    # The last file, in the form that `sha256sum --check` reads.
    sums = [f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in sorted(files.items())]
    files["SHA256SUMS"] = "".join(sums).encode()
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, content in files.items():
            packed.writestr(zipfile.ZipInfo(path, _TIME), content, zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def _files(scope: Scope, by: Person | None, now: dt.datetime, today: dt.date) -> Iterator[tuple[str, bytes]]:
    found = tables(scope, today)
    about = {"scope": scope.say(today), "with_contact": scope.with_contact, "by": by, "now": now}
    originals = list(_originals(scope))
    yield "index.html", _page("index", {**about, "tables": found, "originals": [path for path, _ in originals]})
    yield "pages/style.css", render_to_string("exchange/bundle/style.css").encode()
    for table in found:
        yield f"pages/{table.name}.html", _page("table", {**about, "table": table})
        yield f"tables/{table.name}.csv", _csv(table)
    yield from originals


def _originals(scope: Scope) -> Iterator[tuple[str, bytes]]:
    """What is a file of its own: each meeting's calendar entry, and its published minutes as they were written."""
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
