"""Receivers of allauth's signals: record security events, and renew or end sessions.

The portal sends no signals of its own.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import (
    authentication_step_completed,
    login_code_rejected,
    password_changed,
    password_reset,
    password_reset_code_rejected,
    password_set,
    user_logged_in,
)
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.signals import social_account_removed
from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.signals import user_logged_in as session_started
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.impersonation import end_impersonation, get_impersonation
from accounts.models import Person
from accounts.operations import end_sessions, record_security_event
from accounts.rules import SecurityEventKind
from accounts.sessions import start_clock


def connect() -> None:
    """Connect the receivers; called once when the app is ready."""
    session_started.connect(_start_session)
    user_logged_in.connect(_recorder(SecurityEventKind.SIGNED_IN), weak=False)
    user_logged_out.connect(_recorder(SecurityEventKind.SIGNED_OUT), weak=False)
    user_logged_out.connect(_end_viewing)
    for signal in (password_changed, password_set, password_reset):
        signal.connect(_recorder(SecurityEventKind.PASSWORD_CHANGED), weak=False)
    for signal in (login_code_rejected, password_reset_code_rejected, mfa.authentication_failed):
        signal.connect(_recorder(SecurityEventKind.SIGN_IN_FAILED), weak=False)
    mfa.authenticator_added.connect(_factor_added)
    mfa.authenticator_removed.connect(_factor_removed)
    mfa.authenticator_reset.connect(_recovery_codes_created)
    social_account_removed.connect(_sign_on_unlinked)
    authentication_step_completed.connect(_renew_session)


def _start_session(sender: type, request: HttpRequest, user: Person, **kwargs: Any) -> None:
    start_clock(request.session, timezone.now())


def _end_viewing(sender: type, request: HttpRequest, user: Person | None, **kwargs: Any) -> None:
    """Stop viewing as someone else when the session ends."""
    impersonation = get_impersonation(request.session) if user is not None else None
    if user is not None and impersonation is not None:
        end_impersonation(request, user, impersonation, timezone.now(), _("The session ended"))


def _recorder(kind: SecurityEventKind) -> Callable[..., None]:
    """Return a receiver that records an event of this kind."""

    def receive(sender: type, request: HttpRequest, user: Person | None, **kwargs: Any) -> None:
        _record(request, user, kind)

    return receive


def _factor_added(
    sender: type, request: HttpRequest, user: Person, authenticator: Authenticator, **kwargs: Any
) -> None:
    _factor_changed(request, user, authenticator, SecurityEventKind.FACTOR_ADDED)


def _factor_removed(
    sender: type, request: HttpRequest, user: Person, authenticator: Authenticator, **kwargs: Any
) -> None:
    _factor_changed(request, user, authenticator, SecurityEventKind.FACTOR_REMOVED)


def _factor_changed(request: HttpRequest, user: Person, factor: Authenticator, kind: SecurityEventKind) -> None:
    """Record the change, end all other sessions, and continue this one under a new key.

    Recovery codes are added and removed together with a factor, so they get no event of their own.
    """
    if factor.type == Authenticator.Type.RECOVERY_CODES:
        return
    names = {
        Authenticator.Type.TOTP: _("authenticator app"),
        Authenticator.Type.WEBAUTHN: _("passkey or security key"),
    }
    _record(request, user, kind, names[factor.type])
    _end_other_sessions(request, user)


def _recovery_codes_created(sender: type, request: HttpRequest, user: Person, **kwargs: Any) -> None:
    _record(request, user, SecurityEventKind.RECOVERY_CODES_MADE)
    _end_other_sessions(request, user)


def _sign_on_unlinked(sender: type, request: HttpRequest, socialaccount: SocialAccount, **kwargs: Any) -> None:
    user = Person.objects.get(pk=socialaccount.user_id)
    _record(request, user, SecurityEventKind.SIGN_ON_UNLINKED)
    _end_other_sessions(request, user)


def _end_other_sessions(request: HttpRequest, user: Person) -> None:
    person = Person.objects.get(pk=user.pk)
    end_sessions(person=person)
    old_key = request.session.session_key
    update_session_auth_hash(request, person)
    _update_session_list(request, old_key)


def _renew_session(sender: type, request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """Give the session a new key after the person confirmed their identity."""
    if kwargs.get("reauthenticated"):
        old_key = request.session.session_key
        request.session.cycle_key()
        _update_session_list(request, old_key)


def _update_session_list(request: HttpRequest, old_key: str | None) -> None:
    """Replace the old key with the new one in the person's list of sessions."""
    UserSession.objects.filter(session_key=old_key).delete()
    UserSession.objects.create_from_request(request)


def _record(request: HttpRequest, user: Person | None, kind: SecurityEventKind, detail: str = "") -> None:
    if user is not None and user.pk:
        address = get_adapter(request).get_client_ip(request) if request else None
        record_security_event(actor=user, kind=kind, now=timezone.now(), address=address, detail=detail)
