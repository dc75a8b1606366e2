"""The one way in which a list leaves the portal as a file: staff can read later who took it, and when.

And security events as the rows of one.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.decorators import get_person
from accounts.models import SecurityEvent
from accounts.operations import record_export
from core.dates import local_today
from core.sheets import Format, download

SECURITY_EVENT_HEADER = ["When", "Event", "Who", "Whom", "Address", "Detail"]


def send_sheet(
    request: HttpRequest,
    title: str,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    on: dt.date | None = None,
) -> HttpResponse:
    """The rows as the spreadsheet that the posted `format` asks for, else as CSV; leaves a security event.

    `on` is the day of which they tell, today unless it is given.
    """
    format: Format = "xlsx" if request.POST.get("format") == "xlsx" else "csv"
    now, kept = timezone.now(), list(rows)
    day = (on or local_today(now)).isoformat()
    record_export(
        actor=get_person(request),
        what=f"{title} as of {day}, {len(kept)} row{'' if len(kept) == 1 else 's'}, {format}",
        now=now,
        address=get_adapter(request).get_client_ip(request),
    )
    return download(format, f"{title} {day}", header, kept)


def security_event_rows_of(events: Iterable[SecurityEvent]) -> Iterator[list[str]]:
    """The cells under SECURITY_EVENT_HEADER; times are ISO 8601 in UTC, to stand beside those of other systems."""
    for event in events:
        yield [
            event.at.astimezone(dt.UTC).isoformat(timespec="seconds"),
            event.get_kind_display(),
            event.actor.name if event.actor else "",
            event.person.name if event.person else "",
            event.address or "",
            event.detail,
        ]
