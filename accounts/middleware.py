"""Middleware: session limits, second factor, viewing as someone else, time zone, drafts, and no caching."""

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
from django.utils.translation import gettext as _

from accounts import drafts, sessions
from accounts.impersonation import Impersonation, end_impersonation, get_impersonation, is_private
from accounts.models import Person
from accounts.operations import update_last_seen

GetResponse = Callable[[HttpRequest], HttpResponse]
# Pages open to a person who still has to set up a second factor: setting it up, confirming identity, signing out.
_OPEN_WITHOUT_FACTOR = {"account_logout", "account_reauthenticate", "account_set_password"}


def has_elevated_access(person: Person) -> bool:
    """Return True if a predicate of settings.MFA_REQUIRED_PREDICATES holds for the person: staff and chairs."""
    return any(import_string(path)(person) for path in settings.MFA_REQUIRED_PREDICATES)


def session_limits(get_response: GetResponse) -> GetResponse:
    """End a session that is too old or was idle too long; otherwise store, once a minute, that it is in use."""

    def middleware(request: HttpRequest) -> HttpResponse:
        person, now = request.user, timezone.now()
        if isinstance(person, Person):
            if _is_expired(request, person, now):
                request.ended_session_of = person.pk  # type: ignore[attr-defined]
                logout(request)
            elif sessions.record_use(request.session, now):
                update_last_seen(person=person, now=now)
        return get_response(request)

    return middleware


def _is_expired(request: HttpRequest, person: Person, now: dt.datetime) -> bool:
    if sessions.is_expired(request.session, now):
        return True
    return sessions.idle_time(request.session, now) >= sessions.MAX_IDLE_ELEVATED and has_elevated_access(person)


class PortalLoginRequiredMiddleware(LoginRequiredMiddleware):
    """Redirects visitors to sign-in, and stores the form that a person posted after their session had ended."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirect:
        """Redirect to sign-in, and from there back to the page with the form."""
        next_url = drafts.store_for_sign_in(request, timezone.now()) if request.method == "POST" else None
        if next_url is None:
            return super().handle_no_permission(request, view_func)
        messages.info(request, _("Your session ended. Sign in to restore what you entered."))
        return redirect_to_login(next_url, resolve_url(self.get_login_url(view_func)))


class ImpersonationMiddleware:
    """Shows staff the portal as the member they view it as.

    `request.user` is the member, `request.viewer` the staff member, and `request.viewing` the impersonation; the last
    two are None otherwise. Nothing is written: every method but GET and HEAD is rejected, except “Stop viewing”.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        staff, now = request.user, timezone.now()
        impersonation = get_impersonation(request.session) if isinstance(staff, Person) else None
        request.viewer = request.viewing = None  # type: ignore[attr-defined]
        if impersonation is None or not isinstance(staff, Person):
            return self.get_response(request)
        reason = impersonation.end_reason(staff, now)
        if reason:
            return self._end(request, staff, impersonation, now, reason)
        request.viewer, request.viewing = staff, impersonation  # type: ignore[attr-defined]
        request.user = impersonation.person
        with structlog.contextvars.bound_contextvars(viewer_id=staff.pk):
            if request.method not in ("GET", "HEAD") and request.path != reverse("accounts:view_as_stop"):
                return self._reject(request, "writes")
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Reject the person's private pages."""
        is_viewing = getattr(request, "viewer", None) is not None
        return self._reject(request, "closed") if is_viewing and is_private(request) else None

    def _end(
        self, request: HttpRequest, staff: Person, impersonation: Impersonation, now: dt.datetime, reason: str
    ) -> HttpResponse:
        end_impersonation(request, staff, impersonation, now, reason)
        text = _("You are no longer viewing the portal as %(name)s. %(reason)s.")
        messages.info(request, text % {"name": impersonation.person.name, "reason": reason})
        return redirect("members:person", impersonation.person.pk)

    def _reject(self, request: HttpRequest, why: str) -> HttpResponse:
        return render(request, "accounts/viewing_refused.html", {"why": why}, status=403)


def restore_form_after_login(get_response: GetResponse) -> GetResponse:
    """After sign-in, fill the form of the page with what the person entered before their session ended."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_own = isinstance(request.user, Person) and getattr(request, "viewer", None) is None
        draft = drafts.take_after_sign_in(request, timezone.now()) if is_own else None
        if draft is None:
            return get_response(request)
        with draft.restored(request):
            return get_response(request)

    return middleware


class SecondFactorMiddleware:
    """Redirects staff and chairs to set up a second factor first. Once it is set up, every sign-in asks for it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Redirect to the setup page if the person needs a second factor and has none."""
        # While staff view the portal as someone else, the second factor of the staff member counts.
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
    """Show times in the person's time zone, and to visitors in the site's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, Person):
            with timezone.override(request.user.zone):
                return get_response(request)
        return get_response(request)

    return middleware


def no_store(get_response: GetResponse) -> GetResponse:
    """Forbid caches to store pages for signed-in people, sign-in pages, and pages behind a secret link."""
    closed = ("/accounts/", "/admin/", *settings.TOKEN_URL_PREFIXES)

    def middleware(request: HttpRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated
        response = get_response(request)
        if was_signed_in or request.user.is_authenticated or request.path.startswith(closed):
            response.headers["Cache-Control"] = "no-store, private"
        return response

    return middleware
