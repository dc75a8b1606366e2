"""Carries what somebody had typed over the end of their session to the page that shows it again.

Kept in the anonymous session, for half an hour, for one page, for the same person where that is known. Never carried:
passwords, codes, tokens, files, anything long, anything typed on an account's or the admin site's pages.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import Person
from core.forms import restored_data

MAX_LENGTH = 64_000
KEPT_FOR = dt.timedelta(minutes=30)
_KEY = "restore_form_after_login"
_SECRET = ("password", "code", "token", "secret")
_CLOSED_PATHS = ("/accounts/", "/admin/", "/invitations/")


def keep(request: HttpRequest, now: dt.datetime) -> str | None:
    """Keep the posted form and return the page that held it; None for a page whose forms are not carried."""
    if request.path.startswith(_CLOSED_PATHS) or settings.CSRF_COOKIE_NAME not in request.COOKIES:
        return None
    page = _page_of(request)
    typed = without_secrets(request.POST)
    text = typed.urlencode()
    if typed and len(text) <= MAX_LENGTH:
        request.session[_KEY] = {
            "page": page,
            "typed": text,
            "until": (now + KEPT_FOR).timestamp(),
            "person": getattr(request, "ended_session_of", None),
        }
    return page


def without_secrets(posted: QueryDict) -> QueryDict:
    """What was posted, but for passwords, codes and tokens."""
    typed = posted.copy()
    for name in list(typed):
        if name == "csrfmiddlewaretoken" or any(word in name.lower() for word in _SECRET):
            del typed[name]
    return typed


def take(request: HttpRequest, now: dt.datetime) -> QueryDict | None:
    """What the signed-in person had typed on the page that is being opened, once; None where there is nothing."""
    kept = request.session.get(_KEY)
    if kept is None or request.method != "GET" or request.get_full_path() != kept["page"]:
        return None
    del request.session[_KEY]
    person = request.user.pk if isinstance(request.user, Person) else None
    if kept["until"] < now.timestamp() or kept["person"] not in (None, person):
        return None
    return QueryDict(kept["typed"])


@contextmanager
def shown(typed: QueryDict) -> Iterator[None]:
    """While this lasts, forms that are made without data start from what was typed."""
    token = restored_data.set(typed)
    try:
        yield
    finally:
        restored_data.reset(token)


def _page_of(request: HttpRequest) -> str:
    """The page that held the form: the one the browser came from, where it is ours; else the posted address."""
    came_from = request.headers.get("Referer", "")
    if came_from and url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure()):
        parts = urlsplit(came_from)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path()
