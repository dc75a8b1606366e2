"""Text typed into a form and not saved yet, kept for its writer and shown again on its page. It is no record.

Two events keep a draft. While somebody types into a long form, the page's script posts the form every twenty seconds
under the header X-Autosave (`autosave_draft`). And when a session ends before a form is posted, the posted form is kept
until its writer has signed in again (`keep_for_sign_in`).

A draft of somebody signed in waits in the cache that all processes share, for a day, for this person on this page
alone, until the form is saved or the text is discarded. A form posted without a session waits for half an hour in the
browser's anonymous session: nobody is signed in whose it would be, and visitors must not fill the cache, which holds
used codes and counted failures. It is shown once, to the same person where that is known; on a page that keeps what is
typed it becomes the draft of that page.

Never kept: passwords, codes, tokens, files, anything long, anything typed on an account's or the admin site's pages.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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

from accounts.decorators import get_person
from core.dates import format_time, timezone_abbreviation
from core.forms import restored_data

HEADER = "X-Autosave"
MAX_LENGTH, LONGEST_IN_SESSION = 256_000, 64_000
KEPT_FOR, KEPT_IN_SESSION_FOR = dt.timedelta(days=1), dt.timedelta(minutes=30)
SESSION_KEY = "draft"
_SECRET = ("password", "code", "token", "secret")
_CLOSED_PATHS = ("/accounts/", "/admin/", "/invitations/")
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Draft:
    """What was typed, as the form would post it, and when."""

    typed: str
    at: float

    @classmethod
    def posted(cls, request: HttpRequest, now: dt.datetime) -> "Draft":
        """The posted form without passwords, codes and tokens."""
        typed = request.POST.copy()
        for name in list(typed):
            if name == "csrfmiddlewaretoken" or any(word in name.lower() for word in _SECRET):
                del typed[name]
        return cls(typed.urlencode(), now.timestamp())

    def is_older_than(self, age: dt.timedelta, now: dt.datetime) -> bool:
        return now.timestamp() - self.at > age.total_seconds()

    @contextmanager
    def shown(self, request: HttpRequest) -> Iterator[None]:
        """While this lasts, forms that are made without data start from the draft, and the page says so."""
        kept_at = _clock(dt.datetime.fromtimestamp(self.at, dt.UTC))
        messages.info(request, f"This is what you had typed here until {kept_at}. Nothing of it is saved yet.")
        token = restored_data.set(QueryDict(self.typed))
        try:
            yield
        finally:
            restored_data.reset(token)


def keep_for_sign_in(request: HttpRequest, now: dt.datetime) -> str | None:
    """Keep the form that was posted without a session and return the page that held it.

    None for a page whose forms are not kept.
    """
    if request.path.startswith(_CLOSED_PATHS) or settings.CSRF_COOKIE_NAME not in request.COOKIES:
        return None
    page = _page_of(request)
    draft = Draft.posted(request, now)
    if draft.typed and len(draft.typed) <= LONGEST_IN_SESSION:
        person = getattr(request, "ended_session_of", None)
        kept = {"typed": draft.typed, "at": draft.at, "posted_to": request.path, "page": page, "person": person}
        request.session[SESSION_KEY] = kept
    return page


def take_after_sign_in(request: HttpRequest, now: dt.datetime) -> Draft | None:
    """The draft of the lost session for the page that the person opens, once; None where there is nothing."""
    kept = request.session.get(SESSION_KEY)
    if kept is None or request.method != "GET" or request.get_full_path() != kept["page"]:
        return None
    del request.session[SESSION_KEY]
    draft = Draft(kept["typed"], kept["at"])
    if draft.is_older_than(KEPT_IN_SESSION_FOR, now) or kept["person"] not in (None, get_person(request).pk):
        return None
    if kept["posted_to"] == request.path:
        request.restored_draft = draft  # type: ignore[attr-defined]
    return draft


def autosave_draft(load: Callable[..., Any] | None = None) -> Callable[[View], View]:
    """Lets a page keep what is typed into its form. `load` refuses whoever may not write there, as the page does."""

    def decorate(view: View) -> View:
        @wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST":
                return _with_draft(request, lambda: view(request, *args, **kwargs))
            if HEADER in request.headers:
                if load is not None:
                    load(request, *args, **kwargs)
                return _autosave(request, timezone.now())
            if "discard" in request.POST:
                cache.delete(_key(request))
                return redirect(request.path)
            response = view(request, *args, **kwargs)
            if response.status_code == 302:
                cache.delete(_key(request))
            return response

        return kept

    return decorate


def _autosave(request: HttpRequest, now: dt.datetime) -> JsonResponse:
    draft = Draft.posted(request, now)
    if len(draft.typed) > MAX_LENGTH:
        return JsonResponse({"error": "This is too long to be kept while you type."}, status=413)
    _store(request, draft)
    return JsonResponse({"said": f"Kept for you alone at {_clock(now)}. Nothing of it is saved yet."})


def _with_draft(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The page with its draft, if there is one. Staff who look at the portal as somebody else find none.

    A form of this page that comes back after sign-in is newer than the page's draft and takes its place; where another
    form comes back, the draft waits for the next look.
    """
    restored: Draft | None = getattr(request, "restored_draft", None)
    is_own = getattr(request, "viewer", None) is None
    draft = _found(request, timezone.now()) if is_own and restored_data.get() is None else None
    request.autosave_draft, request.was_kept = True, bool(draft or restored)  # type: ignore[attr-defined]
    if draft is not None:
        with draft.shown(request):
            return answer()
    response = answer()
    if restored is not None:
        _store(request, restored)
    return response


def _store(request: HttpRequest, draft: Draft) -> None:
    cache.set(_key(request), {"typed": draft.typed, "at": draft.at}, KEPT_FOR.total_seconds())


def _found(request: HttpRequest, now: dt.datetime) -> Draft | None:
    """What was kept, unless it is too old by the site's clock, whatever the cache's says."""
    kept = cache.get(_key(request))
    draft = Draft(**kept) if kept else None
    return None if draft is None or draft.is_older_than(KEPT_FOR, now) else draft


def _key(request: HttpRequest) -> str:
    return f"draft:{get_person(request).pk}:{request.path}"


def _clock(moment: dt.datetime) -> str:
    at = timezone.localtime(moment)
    return f"{format_time(at)} {timezone_abbreviation(at)}"


def _page_of(request: HttpRequest) -> str:
    """The page that held the form: the one the browser came from, where it is ours; else the posted address."""
    came_from = request.headers.get("Referer", "")
    if came_from and url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure()):
        parts = urlsplit(came_from)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path()
