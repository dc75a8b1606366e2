"""Who asks, and decorators that close a view to all but staff, as if it were not there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import Person
from accounts.permissions import is_staff


def get_person(request: HttpRequest) -> Person:
    """The account behind a request to a page that visitors cannot open. Raises PermissionDenied for a visitor."""
    if isinstance(request.user, Person):
        return request.user
    raise PermissionDenied("Sign in first.")


def impersonating_staff(request: HttpRequest) -> Person:
    """The member of staff who asks, also while looking at the portal as somebody else. Raises Http404 for others."""
    person = getattr(request, "viewer", None) or request.user
    if not (isinstance(person, Person) and is_staff(person)):
        raise Http404
    return person


def staff_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answers 404 to anybody who is not Workgroup staff."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_staff(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
