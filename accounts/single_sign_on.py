"""Single sign-on by OpenID Connect: whom the provider names comes in only as somebody whom staff invited.

The account is found by the provider's own word for the person (issuer and subject). The first time it is found by the
address, which the provider must call verified; nothing of what it says is stored but a hash of issuer and subject.
"""

import hashlib
import json
from typing import Any, NoReturn

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import constant_time_compare, get_random_string
from requests import RequestException

from accounts import operations
from accounts.models import Person
from accounts.permissions import signed_in
from accounts.rules import SecurityEventKind
from core.operations import OperationNotAllowedError


class OpenIDConnect(OpenIDConnectProvider):
    """The library's provider with PKCE and a nonce, for signing in alone; it keeps no personal data."""

    package = OpenIDConnectProvider.get_package()
    pkce_enabled_default = True

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """To the provider; what the address bar adds (scope, parameters, another purpose) is left out."""
        nonce = get_random_string(32)
        try:
            return super().redirect(
                request, AuthProcess.LOGIN, next_url, data, auth_params={"nonce": nonce}, nonce=nonce
            )
        except (RequestException, KeyError) as error:
            return render_authentication_error(request, self, exception=error)

    def extract_uid(self, data: dict[str, Any]) -> str:
        """A hash of issuer and subject: another provider's subject of the same name is somebody else."""
        token = data.get("id_token") or {}
        if not token.get("sub") or data.get("userinfo", token).get("sub") != token["sub"]:
            raise PermissionDenied("The provider does not say who this is.")
        return hashlib.sha256(json.dumps([token["iss"], token["sub"]]).encode()).hexdigest()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def sociallogin_from_response(self, request: HttpRequest, response: dict[str, Any]) -> SocialLogin:
        """The library's login, with the nonce that the provider repeated and the address that it calls verified."""
        login = super().sociallogin_from_response(request, response)
        token = response["id_token"]
        claims = {**token, **response.get("userinfo", {})}
        login.nonce = token.get("nonce", "")
        login.verified_address = claims.get("email", "") if claims.get("email_verified") is True else ""
        return login


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Links the provider's person to the account of the same verified address, and makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def list_apps(
        self, request: HttpRequest | None, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """What the environment sets and nothing from the library's table, which nobody here writes."""
        apps = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for group in apps.values() for app in group]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse a stale or foreign answer and whoever has no account in force; link the account at the first time."""
        if not constant_time_compare(sociallogin.nonce, sociallogin.state.get("nonce", "")):
            raise PermissionDenied("This answer belongs to another sign-in.")
        if sociallogin.is_existing:
            if not signed_in(sociallogin.user):
                self._refuse(request, sociallogin, sociallogin.user)
            return
        person = Person.objects.filter(email=sociallogin.verified_address.strip().lower()).first()
        if person is None or not signed_in(person):
            self._refuse(request, sociallogin, person)
        try:
            sociallogin.account = operations.link_single_sign_on(
                person=person,
                provider=sociallogin.account.provider,
                uid=sociallogin.account.uid,
                now=timezone.now(),
                address=get_account_adapter(request).get_client_ip(request),
            )
        except OperationNotAllowedError:
            self._refuse(request, sociallogin, person)
        sociallogin.user = person

    def _refuse(self, request: HttpRequest, sociallogin: SocialLogin, person: Person | None) -> NoReturn:
        """One page for every case, so that it says nothing of who has an account. Raises ImmediateHttpResponse."""
        operations.record_security_event(
            actor=None,
            kind=SecurityEventKind.SIGN_IN_FAILED,
            now=timezone.now(),
            person=person,
            address=get_account_adapter(request).get_client_ip(request),
            detail=f"single sign-on {sociallogin.verified_address or 'without a verified address'}",
        )
        page = render(request, "socialaccount/refused.html", {"provider": sociallogin.provider}, status=403)
        raise ImmediateHttpResponse(page)
