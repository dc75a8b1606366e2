"""Keeps what somebody types into a long form while they type it, so that it outlives their session.

The page's script posts the form every twenty seconds under the header X-Autosave. What arrives is no record: it waits
in the cache that all processes share, for a day, for this person on this page alone, and changes nothing else. The
page opens with it until the form is saved or the text is discarded.
"""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone

from accounts import saved_forms
from accounts.decorators import get_person
from core.dates import format_time, timezone_abbreviation
from core.forms import restored_data

HEADER = "X-Autosave"
MAX_LENGTH = 256_000
KEPT_FOR = dt.timedelta(days=1)
View = Callable[..., HttpResponse]


def autosave_draft(load: Callable[..., Any] | None = None) -> Callable[[View], View]:
    """Lets a page keep what is typed into its form. `load` refuses whoever may not write there, as the page does."""

    def decorate(view: View) -> View:
        @wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST":
                return _with_what_was_typed(request, lambda: view(request, *args, **kwargs))
            if HEADER in request.headers:
                if load is not None:
                    load(request, *args, **kwargs)
                return _keep(request, timezone.now())
            if "discard" in request.POST:
                cache.delete(_key(request))
                return redirect(request.path)
            response = view(request, *args, **kwargs)
            if response.status_code == 302:
                cache.delete(_key(request))
            return response

        return kept

    return decorate


def _keep(request: HttpRequest, now: dt.datetime) -> JsonResponse:
    typed = saved_forms.without_secrets(request.POST).urlencode()
    if len(typed) > MAX_LENGTH:
        return JsonResponse({"error": "This is too long to be kept while you type."}, status=413)
    cache.set(_key(request), {"typed": typed, "at": now.timestamp()}, KEPT_FOR.total_seconds())
    return JsonResponse({"said": f"Kept for you alone at {_clock(now)}. Nothing of it is saved yet."})


def _with_what_was_typed(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    is_own = getattr(request, "viewer", None) is None
    found = _found(request, timezone.now()) if is_own and restored_data.get() is None else None
    request.autosave_draft, request.was_kept = True, found is not None  # type: ignore[attr-defined]
    if found is None:
        return answer()
    kept_at = _clock(dt.datetime.fromtimestamp(found["at"], dt.UTC))
    messages.info(request, f"This is what you had typed here until {kept_at}. Nothing of it is saved yet.")
    with saved_forms.shown(QueryDict(found["typed"])):
        return answer()


def _found(request: HttpRequest, now: dt.datetime) -> dict[str, Any] | None:
    """What was kept, unless it is too old by the site's clock, whatever the cache's says."""
    found: dict[str, Any] | None = cache.get(_key(request))
    return found if found and now.timestamp() - found["at"] <= KEPT_FOR.total_seconds() else None


def _clock(moment: dt.datetime) -> str:
    at = timezone.localtime(moment)
    return f"{format_time(at)} {timezone_abbreviation(at)}"


def _key(request: HttpRequest) -> str:
    return f"typing:{get_person(request).pk}:{request.path}"
