"""How allauth asks us: nobody signs up alone, no account out of force gets in, secrets are kept encrypted."""

import base64
from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.internal.stagekit import clear_login
from allauth.core import context, ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from members.models import Person
from members.operations import record_security_event
from members.permissions import signed_in
from members.rules import SecurityEventKind


class AccountAdapter(DefaultAccountAdapter):
    """Invitations are the only way in, and failures are counted for account and address together."""

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

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()


class SessionsAdapter(DefaultUserSessionsAdapter):
    """Ending other sessions asks once more who is there."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        raise_if_reauthentication_required(context.request, app="allauth.usersessions")
        super().end_sessions(sessions)


def _login_of(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or "").strip().lower()


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"members.second-factor").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
