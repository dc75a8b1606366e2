"""Decorators that close a view to all but staff, as if it were not there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from members.permissions import is_administrator, is_staff


def staff_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answers 404 to anybody who is not CDPH staff."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_staff(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def administrator_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answers 404 to anybody who is not an administrator."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_administrator(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
