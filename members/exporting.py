"""The one way in which a list leaves the portal as a file: staff can read later who took it, and when."""

from collections.abc import Iterator, Sequence

from allauth.account.adapter import get_adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from core.sheets import download
from members.guards import person_of
from members.operations import record_security_event
from members.rules import SecurityEventKind


def export(
    request: HttpRequest, format: str, name: str, header: Sequence[str], rows: Iterator[list[str]]
) -> HttpResponse:
    """The rows as CSV or XLSX; that they were taken is a security event. Raises Http404 for another format."""
    if format not in ("csv", "xlsx"):
        raise Http404
    cells = list(rows)
    now = timezone.now()
    record_security_event(
        actor=person_of(request),
        kind=SecurityEventKind.EXPORTED,
        now=now,
        address=get_adapter(request).get_client_ip(request),
        detail=f"{name} as {format.upper()}, {len(cells)} row{'' if len(cells) == 1 else 's'}",
    )
    day = timezone.localdate(now).isoformat()
    return download("csv" if format == "csv" else "xlsx", f"{name} {day}", header, cells)
