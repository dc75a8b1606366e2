"""Helpers for views: pagination, the validated redirect target, operation errors as messages."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from core.forms import conflict_message
from core.operations import EditConflictError, OperationNotAllowedError


def paginate(request: HttpRequest, rows: "QuerySet[Any] | Sequence[Any]", size: int = 25) -> "Page[Any]":
    """Return the page of `rows` that `?page=` asks for, or the nearest page if the number is not valid."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def get_next_url(request: HttpRequest, default: str) -> str:
    """Return the posted `next` address if it is on this site, else `default`."""
    back = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return back if here else default


@dataclass
class Report:
    """The result of an operation that a button started; `http_status` is 409 after an edit conflict."""

    ok: bool = True
    http_status: int = 200


@contextmanager
def report_errors(request: HttpRequest) -> Iterator[Report]:
    """Show errors raised by the operation inside as a message, for a button that has no form to show them in."""
    report = Report()
    try:
        yield report
    except OperationNotAllowedError as error:
        report.ok = False
        messages.error(request, str(error))
    except EditConflictError as error:
        report.ok, report.http_status = False, 409
        messages.error(request, conflict_message(error.current))
