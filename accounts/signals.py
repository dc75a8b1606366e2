"""What allauth tells us, kept as security events; sessions are renewed where a right or a proof changes.

These are receivers of a library's signals only; the portal sends none of its own.
"""

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
from django.contrib.auth.signals import user_logged_in as session_began
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest
from django.utils import timezone

from accounts import viewing
from accounts.models import Person
from accounts.operations import end_sessions, record_security_event
from accounts.rules import SecurityEventKind
from accounts.sessions import begin


def connect() -> None:
    """Connect the receivers; called once when the app is ready."""
    session_began.connect(_begin_session)
    user_logged_in.connect(_note(SecurityEventKind.SIGNED_IN), weak=False)
    user_logged_out.connect(_note(SecurityEventKind.SIGNED_OUT), weak=False)
    user_logged_out.connect(_end_viewing)
    for signal in (password_changed, password_set, password_reset):
        signal.connect(_note(SecurityEventKind.PASSWORD_CHANGED), weak=False)
    for signal in (login_code_rejected, password_reset_code_rejected, mfa.authentication_failed):
        signal.connect(_note(SecurityEventKind.SIGN_IN_FAILED), weak=False)
    mfa.authenticator_added.connect(_factor_added)
    mfa.authenticator_removed.connect(_factor_removed)
    mfa.authenticator_reset.connect(_recovery_codes_made)
    social_account_removed.connect(_sign_on_unlinked)
    authentication_step_completed.connect(_renew_session)


def _begin_session(sender: type, request: HttpRequest, user: Person, **kwargs: Any) -> None:
    begin(request.session, timezone.now())


def _end_viewing(sender: type, request: HttpRequest, user: Person | None, **kwargs: Any) -> None:
    """Looking as somebody else ends with the session."""
    seen = viewing.current(request.session) if user is not None else None
    if user is not None and seen is not None:
        viewing.end(request, user, seen, timezone.now(), "The session ended")


def _note(kind: SecurityEventKind) -> Any:
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
    """Every other session ends; this one goes on under a new key. Recovery codes come and go with a factor."""
    if factor.type == Authenticator.Type.RECOVERY_CODES:
        return
    words = {Authenticator.Type.TOTP: "authenticator app", Authenticator.Type.WEBAUTHN: "passkey or security key"}
    _record(request, user, kind, words[factor.type])
    _end_other_sessions(request, user)


def _recovery_codes_made(sender: type, request: HttpRequest, user: Person, **kwargs: Any) -> None:
    _record(request, user, SecurityEventKind.RECOVERY_CODES_MADE)
    _end_other_sessions(request, user)


def _sign_on_unlinked(sender: type, request: HttpRequest, socialaccount: SocialAccount, **kwargs: Any) -> None:
    user = Person.objects.get(pk=socialaccount.user_id)
    _record(request, user, SecurityEventKind.SIGN_ON_UNLINKED)
    _end_other_sessions(request, user)


def _end_other_sessions(request: HttpRequest, user: Person) -> None:
    person = Person.objects.get(pk=user.pk)
    end_sessions(person=person)
    old = request.session.session_key
    update_session_auth_hash(request, person)
    _follow(request, old)


def _renew_session(sender: type, request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """Whoever proves anew who they are gets a new session key."""
    if kwargs.get("reauthenticated"):
        old = request.session.session_key
        request.session.cycle_key()
        _follow(request, old)


def _follow(request: HttpRequest, old: str | None) -> None:
    """Let the list of one's sessions know the new key."""
    UserSession.objects.filter(session_key=old).delete()
    UserSession.objects.create_from_request(request)


def _record(request: HttpRequest, user: Person | None, kind: SecurityEventKind, detail: str = "") -> None:
    if user is not None and user.pk:
        address = get_adapter(request).get_client_ip(request) if request else None
        record_security_event(actor=user, kind=kind, now=timezone.now(), address=address, detail=detail)
