"""Drafts: what a person entered in a form but has not saved, stored so that it can be restored. Not a record.

A draft is stored in two cases. While a person edits a long form, the page's script posts the form every 20 seconds
with the header X-Autosave (`autosave_draft`). When a session has ended before a form is posted, the posted form is
stored until the person has signed in again (`store_for_sign_in`).

The draft of a signed-in person is stored in the shared cache for a day, for that person and page, until the form is
saved or the draft is discarded. A form posted without a session is stored in the browser's anonymous session for 30
minutes: the person is not known yet, and visitors must not fill the cache, which also holds used codes and rate
limits. It is restored once, and only to the same person if that is known. On a page with autosave it becomes the
draft of that page.

Never stored: passwords, codes, tokens, files, very long text, and forms of account pages or the admin site.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.decorators import get_person
from core.dates import format_time, timezone_abbreviation
from core.forms import restored_data

HEADER = "X-Autosave"
MAX_LENGTH, MAX_LENGTH_IN_SESSION = 256_000, 64_000
MAX_AGE, MAX_AGE_IN_SESSION = dt.timedelta(days=1), dt.timedelta(minutes=30)
SESSION_KEY = "draft"
_SECRET_FIELD_PARTS = ("password", "code", "token", "secret")
_CLOSED_PATHS = ("/accounts/", "/admin/", "/invitations/")
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Draft:
    """The content of a form, encoded as it would be posted, and the time it was stored."""

    content: str
    stored_at: float

    @classmethod
    def from_request(cls, request: HttpRequest, now: dt.datetime) -> "Draft":
        """Return the posted form without passwords, codes and tokens."""
        content = request.POST.copy()
        for name in list(content):
            if name == "csrfmiddlewaretoken" or any(part in name.lower() for part in _SECRET_FIELD_PARTS):
                del content[name]
        return cls(content.urlencode(), now.timestamp())

    def is_older_than(self, age: dt.timedelta, now: dt.datetime) -> bool:
        """Return True if the draft was stored longer ago than `age`."""
        return now.timestamp() - self.stored_at > age.total_seconds()

    @contextmanager
    def restored(self, request: HttpRequest) -> Iterator[None]:
        """Fill the forms created inside the block with the draft, and tell the person."""
        at = _format_clock(dt.datetime.fromtimestamp(self.stored_at, dt.UTC))
        messages.info(
            request, _("We restored what you entered here until %(time)s. It has not been saved.") % {"time": at}
        )
        token = restored_data.set(QueryDict(self.content))
        try:
            yield
        finally:
            restored_data.reset(token)


def store_for_sign_in(request: HttpRequest, now: dt.datetime) -> str | None:
    """Store a form that was posted without a session, and return the URL of the page with the form.

    Return None for a page whose forms are not stored.
    """
    if request.path.startswith(_CLOSED_PATHS) or settings.CSRF_COOKIE_NAME not in request.COOKIES:
        return None
    page = _form_page(request)
    draft = Draft.from_request(request, now)
    if draft.content and len(draft.content) <= MAX_LENGTH_IN_SESSION:
        person = getattr(request, "ended_session_of", None)
        request.session[SESSION_KEY] = {**asdict(draft), "posted_to": request.path, "page": page, "person": person}
    return page


def take_after_sign_in(request: HttpRequest, now: dt.datetime) -> Draft | None:
    """Return the draft of the ended session for the page that is opened, once; None if there is none."""
    stored = request.session.get(SESSION_KEY)
    if stored is None or request.method != "GET" or request.get_full_path() != stored["page"]:
        return None
    del request.session[SESSION_KEY]
    draft = Draft(stored["content"], stored["stored_at"])
    if draft.is_older_than(MAX_AGE_IN_SESSION, now) or stored["person"] not in (None, get_person(request).pk):
        return None
    if stored["posted_to"] == request.path:
        request.restored_draft = draft  # type: ignore[attr-defined]
    return draft


def autosave_draft(load: Callable[..., Any] | None = None) -> Callable[[View], View]:
    """Add autosave to a view with a form.

    `load` is called with the view's arguments before a draft is stored. It raises Http404 or PermissionDenied for
    people who may not use the form, as the view does.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def autosaved(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST":
                return _with_draft(request, lambda: view(request, *args, **kwargs))
            if HEADER in request.headers:
                if load is not None:
                    load(request, *args, **kwargs)
                return _autosave(request, timezone.now())
            if "discard" in request.POST:
                cache.delete(_cache_key(request))
                return redirect(request.path)
            response = view(request, *args, **kwargs)
            if response.status_code == 302:
                cache.delete(_cache_key(request))
            return response

        return autosaved

    return decorate


def _autosave(request: HttpRequest, now: dt.datetime) -> JsonResponse:
    draft = Draft.from_request(request, now)
    if len(draft.content) > MAX_LENGTH:
        return JsonResponse({"error": _("This text is too long for a draft. Save it, or shorten it.")}, status=413)
    _store(request, draft)
    text = _("Draft saved, visible only to you, at %(time)s.") % {"time": _format_clock(now)}
    return JsonResponse({"message": text})


def _with_draft(request: HttpRequest, get_response: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the page with its draft, if there is one. Staff who view the portal as someone else get no draft.

    A form of this page that is restored after sign-in is newer than the page's draft and replaces it. If a form of
    another page is restored, the draft is not used this time.
    """
    restored: Draft | None = getattr(request, "restored_draft", None)
    is_own = getattr(request, "viewer", None) is None
    draft = _load_draft(request, timezone.now()) if is_own and restored_data.get() is None else None
    request.autosave_draft, request.was_kept = True, bool(draft or restored)  # type: ignore[attr-defined]
    if draft is not None:
        with draft.restored(request):
            return get_response()
    response = get_response()
    if restored is not None:
        _store(request, restored)
    return response


def _store(request: HttpRequest, draft: Draft) -> None:
    cache.set(_cache_key(request), asdict(draft), MAX_AGE.total_seconds())


def _load_draft(request: HttpRequest, now: dt.datetime) -> Draft | None:
    """Return the stored draft, unless it is too old by the site's clock (the cache's clock may differ)."""
    stored = cache.get(_cache_key(request))
    draft = Draft(**stored) if stored else None
    return None if draft is None or draft.is_older_than(MAX_AGE, now) else draft


def _cache_key(request: HttpRequest) -> str:
    return f"draft:{get_person(request).pk}:{request.path}"


def _format_clock(moment: dt.datetime) -> str:
    at = timezone.localtime(moment)
    return _("%(time)s %(zone)s") % {"time": format_time(at), "zone": timezone_abbreviation(at)}


def _form_page(request: HttpRequest) -> str:
    """Return the URL of the page with the form: the referrer if it is of this site, else the posted URL."""
    referrer = request.headers.get("Referer", "")
    if referrer and url_has_allowed_host_and_scheme(referrer, {request.get_host()}, request.is_secure()):
        parts = urlsplit(referrer)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path()
