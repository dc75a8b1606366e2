"""Helpers that views of several apps call: one page of a list, and the way back."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def page_of(request: HttpRequest, rows: QuerySet | Sequence[Any], size: int = 25) -> Page:
    """The page of `rows` that `?page=` asks for; a wrong number gives the nearest page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def way_back(request: HttpRequest, default: str) -> str:
    """Where a button that stands on several pages leads back to: the posted `next` if it is of this site."""
    back = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return back if here else default
