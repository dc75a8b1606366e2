"""The person of a request, and decorators for pages that only staff may open."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import is_staff


def get_person(request: HttpRequest) -> Person:
    """Return the account of a request to a page for signed-in people. Raises PermissionDenied for a visitor."""
    if isinstance(request.user, Person):
        return request.user
    raise PermissionDenied(_("Sign in to continue."))


def impersonating_staff(request: HttpRequest) -> Person:
    """Return the staff member of a request, also while they view the portal as someone else. Raises Http404."""
    person = getattr(request, "viewer", None) or request.user
    if not (isinstance(person, Person) and is_staff(person)):
        raise Http404
    return person


def staff_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer 404 unless the person is Workgroup staff."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_staff(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped
