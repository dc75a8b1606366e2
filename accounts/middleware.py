"""What happens around every page: session limits, the second factor, the person's zone, no copies in caches."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import structlog
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts import drafts, sessions, viewing
from accounts.models import Person
from accounts.operations import update_last_seen

GetResponse = Callable[[HttpRequest], HttpResponse]
# What opens to somebody who still owes a second factor: setting one up, proving who they are, leaving.
_OPEN_WITHOUT_FACTOR = {"account_logout", "account_reauthenticate", "account_set_password"}


def has_elevated_access(person: Person) -> bool:
    """Whether one of the rules in settings.MFA_REQUIRED_PREDICATES speaks of this person: staff and chairs."""
    return any(import_string(path)(person) for path in settings.MFA_REQUIRED_PREDICATES)


def session_limits(get_response: GetResponse) -> GetResponse:
    """Ends a session that is too old or too long idle; otherwise notes, once a minute, that the person is here."""

    def middleware(request: HttpRequest) -> HttpResponse:
        person, now = request.user, timezone.now()
        if isinstance(person, Person):
            if _is_over(request, person, now):
                request.ended_session_of = person.pk  # type: ignore[attr-defined]
                logout(request)
            elif sessions.note_seen(request.session, now):
                update_last_seen(person=person, now=now)
        return get_response(request)

    return middleware


def _is_over(request: HttpRequest, person: Person, now: dt.datetime) -> bool:
    if sessions.is_over(request.session, now):
        return True
    return sessions.idle_for(request.session, now) >= sessions.IDLE_WITH_WIDE_RIGHTS and has_elevated_access(person)


class PortalLoginRequiredMiddleware(LoginRequiredMiddleware):
    """Sends visitors to sign-in, and keeps what they had typed when their session ended under their hands."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirect:
        back = drafts.keep_for_sign_in(request, timezone.now()) if request.method == "POST" else None
        if back is None:
            return super().handle_no_permission(request, view_func)
        messages.info(request, "You were signed out meanwhile. Sign in, and your text comes back.")
        return redirect_to_login(back, resolve_url(self.get_login_url(view_func)))


class ImpersonationMiddleware:
    """Shows staff the portal as the member whom they look as, with the staff member kept as `request.viewer`.

    Nothing is written meanwhile: every method but GET and HEAD is refused, "Stop" aside.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        staff, now = request.user, timezone.now()
        seen = viewing.current(request.session) if isinstance(staff, Person) else None
        request.viewer = request.viewing = None  # type: ignore[attr-defined]
        if seen is None or not isinstance(staff, Person):
            return self.get_response(request)
        over = viewing.why_over(seen, staff, now)
        if over:
            viewing.end(request, staff, seen, now, over)
            messages.info(request, f"You no longer look at the portal as {seen.person.name}: {over.lower()}.")
            return redirect("members:person", seen.person.pk)
        request.viewer, request.viewing, request.user = staff, seen, seen.person  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(viewer_id=staff.pk):
            if request.method not in ("GET", "HEAD") and request.path != reverse("accounts:view_as_stop"):
                return self._refuse(request, "writes")
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        is_viewing = getattr(request, "viewer", None) is not None
        return self._refuse(request, "closed") if is_viewing and viewing.is_closed(request) else None

    def _refuse(self, request: HttpRequest, why: str) -> HttpResponse:
        return render(request, "accounts/viewing_refused.html", {"why": why}, status=403)


def restore_form_after_login(get_response: GetResponse) -> GetResponse:
    """After sign-in, shows the page where somebody was typing with what they had typed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_own = isinstance(request.user, Person) and getattr(request, "viewer", None) is None
        draft = drafts.take_after_sign_in(request, timezone.now()) if is_own else None
        if draft is None:
            return get_response(request)
        with draft.shown(request):
            return get_response(request)

    return middleware


class SecondFactorMiddleware:
    """Opens nothing to staff and chairs before they have a second factor; sign-in then asks for it every time."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        # Whoever looks as somebody else owes a factor of their own, and nobody's else.
        person, match = getattr(request, "viewer", None) or request.user, request.resolver_match
        if not settings.REQUIRE_STAFF_MFA or not isinstance(person, Person) or match is None:
            return None
        name = match.url_name or ""
        if name.startswith("mfa_") or name in _OPEN_WITHOUT_FACTOR:
            return None
        if is_mfa_enabled(person, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]):
            return None
        return redirect("mfa_index") if has_elevated_access(person) else None


def activate_timezone(get_response: GetResponse) -> GetResponse:
    """Says times in the person's own zone; to visitors in the site's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, Person):
            with timezone.override(request.user.zone):
                return get_response(request)
        return get_response(request)

    return middleware


def no_store(get_response: GetResponse) -> GetResponse:
    """Lets no cache keep a page that was made for somebody signed in, is about signing in or opens something."""
    closed = ("/accounts/", "/admin/", *settings.TOKEN_URL_PREFIXES)

    def middleware(request: HttpRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated
        response = get_response(request)
        if was_signed_in or request.user.is_authenticated or request.path.startswith(closed):
            response.headers["Cache-Control"] = "no-store, private"
        return response

    return middleware
