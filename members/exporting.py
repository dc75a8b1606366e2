"""The one way in which a list leaves the portal as a file: staff can read later who took it, and when."""

import datetime as dt
from collections.abc import Iterable, Sequence

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.dates import local_today
from core.sheets import Format, download
from members.guards import get_person
from members.operations import record_export


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
