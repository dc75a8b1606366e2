"""Adapters of allauth: no sign-up without an invitation, no sign-in to a closed account, encrypted secrets."""

import base64
import time
from collections.abc import Iterable
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import (
    get_reauthentication_flows,
    raise_if_reauthentication_required,
)
from allauth.account.internal.stagekit import clear_login
from allauth.core import context, ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.operations import record_security_event
from accounts.permissions import signed_in
from accounts.rules import SecurityEventKind

_ERRORS = {
    "account_inactive": _("This account is closed. Contact Workgroup staff."),
    "email_password_mismatch": _("Incorrect email address or password. Try again, or get a code by email."),
    "enter_current_password": _("This is not your current password. Try again."),
    "incorrect_code": _("This code is incorrect or older than 15 minutes. Enter the code from the latest email."),
    "incorrect_password": _("Incorrect password. Try again."),
    "too_many_login_attempts": _("Too many failed attempts. Wait five minutes and try again, or get a code by email."),
    "rate_limited": _("Too many requests. Wait a few minutes and try again."),
}
_REAUTHENTICATION_LABELS = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use your authenticator app or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey or security key"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Allows accounts by invitation only, and counts failed sign-ins by account and IP address together."""

    error_messages = {**DefaultAccountAdapter.error_messages, **_ERRORS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: accounts come from invitations only."""
        return False

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        """Stop the sign-in of a closed account. Called for every method: password, emailed code, invitation."""
        response: HttpResponse | None
        if signed_in(user):
            response = super().pre_login(request, user, **kwargs)
        else:
            clear_login(request)
            response = self.respond_user_inactive(request, user)
        return response

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Reject an account with 100 failed attempts today from any address (NIST SP 800-63B-4, 3.2.2)."""
        if not ratelimit.consume(request, action="account_failed", key=_login_of(credentials), dry_run=True):
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Return the account, or None for a closed one: its right password gets the same answer as a wrong one."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None and not signed_in(user):
            self.authentication_failed(request, **credentials)
            return None
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the failure for the account, and record a security event."""
        login = _login_of(credentials)
        ratelimit.consume(request, action="account_failed", key=login)
        record_security_event(
            actor=None,
            kind=SecurityEventKind.SIGN_IN_FAILED,
            now=timezone.now(),
            person=Person.objects.filter(email=login).first(),
            address=self.get_client_ip(request),
            detail=login,
        )

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Save only the password, so that other changes made at the same time are not overwritten."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def get_reauthentication_methods(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Return the methods to confirm one's identity, with the portal's labels."""
        methods = super().get_reauthentication_methods(user)
        return [{**method, "description": _REAUTHENTICATION_LABELS[method["id"]]} for method in methods]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Return True if the person has to confirm their identity first.

        An account with neither a password nor a second factor has nothing to confirm with, and the library would let
        it through. It has to sign in again instead.
        """
        request = context.request
        if not get_reauthentication_flows(request.user) and not _signed_in_recently(request):
            messages.info(request, gettext("For your security, sign in again to continue."))
            next_url = request.get_full_path()
            logout(request)
            raise ImmediateHttpResponse(redirect_to_login(next_url, resolve_url(settings.LOGIN_URL)))
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Return the email of a code, marked as sent by a program. Its links come from SITE_URL."""
        full_context = {**context, "site_url": settings.SITE_URL}
        return super().render_mail(
            template_prefix, email, full_context, headers={"Auto-Submitted": "auto-generated", **(headers or {})}
        )

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Return a key of account and IP address, so that no one locks out an office that shares an address."""
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}|{self.get_client_ip(request)}"


class MFAAdapter(DefaultMFAAdapter):
    """Encrypts the secrets of second factors with keys derived from SECRET_KEY and its fallbacks."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "This code or key doesn't work. Enter the current code, a recovery code you have not used, or use a key "
            "that you added to your account."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Return the text encrypted with the current key."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the text, encrypted with the current key or an earlier one. Raises InvalidToken."""
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """Return the name of a new key, unless its owner enters one."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Key %(number)d") % {"number": number}


class SessionsAdapter(DefaultUserSessionsAdapter):
    """Asks people to confirm their identity before they end other sessions."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        """End the sessions, once the person has confirmed their identity."""
        raise_if_reauthentication_required(context.request, app="allauth.usersessions")
        super().end_sessions(sessions)


def _signed_in_recently(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < account_settings.REAUTHENTICATION_TIMEOUT


def _login_of(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or "").strip().lower()


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"accounts.second-factor").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
