"""Lists as downloadable files. Every list leaves the portal through `send_sheet`, which records who took it."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.decorators import get_person
from accounts.models import SecurityEvent
from accounts.operations import record_export
from core.dates import local_today
from core.sheets import Format, download

SECURITY_EVENT_HEADER = [_("When"), _("Event"), _("By"), _("Person"), _("IP address"), _("Detail")]


def send_sheet(
    request: HttpRequest,
    title: str,
    header: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    on: dt.date | None = None,
) -> HttpResponse:
    """Return the rows as a spreadsheet, and record a security event.

    The posted `format` chooses between XLSX and CSV, the default. `on` is the date that the rows describe (default:
    today).
    """
    format: Format = "xlsx" if request.POST.get("format") == "xlsx" else "csv"
    now, stored_rows = timezone.now(), list(rows)
    day = (on or local_today(now)).isoformat()
    what = ngettext(
        "%(title)s as of %(date)s, %(count)d row, %(format)s",
        "%(title)s as of %(date)s, %(count)d rows, %(format)s",
        len(stored_rows),
    )
    record_export(
        actor=get_person(request),
        what=what % {"title": title, "date": day, "count": len(stored_rows), "format": format},
        now=now,
        address=get_adapter(request).get_client_ip(request),
    )
    return download(format, f"{title} {day}", [str(cell) for cell in header], stored_rows)


def security_event_rows_of(events: Iterable[SecurityEvent]) -> Iterator[list[str]]:
    """Yield the cells of each event under SECURITY_EVENT_HEADER.

    Times are ISO 8601 in UTC, so that they can be compared with the logs of other systems.
    """
    for event in events:
        yield [
            event.at.astimezone(dt.UTC).isoformat(timespec="seconds"),
            event.get_kind_display(),
            event.actor.name if event.actor else "",
            event.person.name if event.person else "",
            event.address or "",
            event.detail,
        ]
