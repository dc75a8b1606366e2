"""How allauth asks us: nobody signs up alone, no account out of force gets in, secrets are kept encrypted."""

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

from accounts.models import Person
from accounts.operations import record_security_event
from accounts.permissions import signed_in
from accounts.rules import SecurityEventKind

_ERRORS = {
    "account_inactive": "This account is closed. Ask Workgroup staff.",
    "email_password_mismatch": "Address and password do not belong together. Try again, or have a code mailed to you.",
    "enter_current_password": "This is not your present password. Try again.",
    "incorrect_code": "This is not the code that we mailed, or it is older than 15 minutes. Look at the newest mail.",
    "incorrect_password": "This is not your password. Try again.",
    "too_many_login_attempts": "Too many tries failed. Wait five minutes and try again, or have a code mailed to you.",
    "rate_limited": "That was asked for too often. Wait a few minutes and try again.",
}
_WAYS = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use your authenticator app or a recovery code",
    "mfa_reauthenticate:webauthn": "Use a passkey or security key",
}


class AccountAdapter(DefaultAccountAdapter):
    """Invitations are the only way in, and failures are counted for account and address together."""

    error_messages = {**DefaultAccountAdapter.error_messages, **_ERRORS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from invitations only."""
        return False

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        """Every way in passes here: password, mailed code, invitation."""
        if not signed_in(user):  # type: ignore[arg-type]
            clear_login(request)
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse an account that failed 100 times today from anywhere (NIST SP 800-63B-4, 3.2.2), then as usual."""
        if not ratelimit.consume(request, action="account_failed", key=_login_of(credentials), dry_run=True):
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """An account out of force is answered like a wrong password, even to its right one."""
        user = super().authenticate(request, **credentials)
        if user is not None and not signed_in(user):  # type: ignore[arg-type]
            self.authentication_failed(request, **credentials)
            return None
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
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
        """Writes the password alone, so that nothing changed meanwhile is written back."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def get_reauthentication_methods(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """The ways to prove anew who one is, in the portal's words."""
        return [{**method, "description": _WAYS[method["id"]]} for method in super().get_reauthentication_methods(user)]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Where there is neither a password nor a second factor to ask for, a fresh sign-in has to do.

        The library lets such an account through without asking.
        """
        request = context.request
        if not get_reauthentication_flows(request.user) and not _signed_in_lately(request):
            messages.info(request, "This touches the safety of your account, so sign in once more first.")
            back = request.get_full_path()
            logout(request)
            raise ImmediateHttpResponse(redirect_to_login(back, resolve_url(settings.LOGIN_URL)))
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Codes go out at once and say that a program sent them; their links come from SITE_URL."""
        whole = {**context, "site_url": settings.SITE_URL}
        return super().render_mail(
            template_prefix, email, whole, headers={"Auto-Submitted": "auto-generated", **(headers or {})}
        )

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """The account and the address together: an office behind one address is not locked out by one of its people."""
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}|{self.get_client_ip(request)}"


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of second factors are encrypted with keys made from the secret key and those before it."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code or key does not work. Use the code that is shown now, a code you have not used, "
        "or a key that you have added to your account.",
    }

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """What a new key is called unless its owner names it."""
        return f"Key {Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}"


class SessionsAdapter(DefaultUserSessionsAdapter):
    """Ending other sessions asks once more who is there."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        raise_if_reauthentication_required(context.request, app="allauth.usersessions")
        super().end_sessions(sessions)


def _signed_in_lately(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < account_settings.REAUTHENTICATION_TIMEOUT


def _login_of(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or "").strip().lower()


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"accounts.second-factor").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
