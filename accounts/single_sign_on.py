"""Single sign-on by OpenID Connect, for people who already have an account.

An account is found by the identity that the provider states (issuer and subject). The first time, it is found by the
email address, which the provider must state to be verified. Only a hash of issuer and subject is stored.
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
from django.utils.translation import gettext as _
from requests import RequestException

from accounts import operations
from accounts.models import Person
from accounts.permissions import signed_in
from accounts.rules import SecurityEventKind
from core.operations import OperationNotAllowedError


class OpenIDConnect(OpenIDConnectProvider):
    """The library's provider with PKCE and a nonce. It is used for sign-in only and stores no personal data."""

    package = OpenIDConnectProvider.get_package()
    pkce_enabled_default = True

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Redirect to the provider. Scope, parameters and process from the query string are ignored."""
        nonce = get_random_string(32)
        response: HttpResponse
        try:
            response = super().redirect(
                request, AuthProcess.LOGIN, next_url, data, auth_params={"nonce": nonce}, nonce=nonce
            )
        except (RequestException, KeyError) as error:
            response = render_authentication_error(request, self, exception=error)
        return response

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return a hash of issuer and subject: two providers may use the same subject. Raises PermissionDenied."""
        token = data.get("id_token") or {}
        if not token.get("sub") or data.get("userinfo", token).get("sub") != token["sub"]:
            raise PermissionDenied(_("Your identity provider did not tell us who you are. Try again."))
        return hashlib.sha256(json.dumps([token["iss"], token["sub"]]).encode()).hexdigest()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return nothing: no personal data is stored."""
        return {}

    def sociallogin_from_response(self, request: HttpRequest, response: dict[str, Any]) -> SocialLogin:
        """Return the library's login with the nonce from the provider's response and the verified email address."""
        login = super().sociallogin_from_response(request, response)
        token = response["id_token"]
        claims = {**token, **response.get("userinfo", {})}
        login.nonce = token.get("nonce", "")
        login.verified_address = claims.get("email", "") if claims.get("email_verified") is True else ""
        return login


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Links an identity to the account with the same verified email address. Creates no account."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Return False: accounts come from invitations only."""
        return False

    def list_apps(
        self, request: HttpRequest | None, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the providers of the settings, and none from the library's table, which is not used."""
        apps = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for group in apps.values() for app in group]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Reject a response to another sign-in, and people without an open account. Link the account the first time.

        Raises PermissionDenied and ImmediateHttpResponse.
        """
        if not constant_time_compare(sociallogin.nonce, sociallogin.state.get("nonce", "")):
            raise PermissionDenied(_("This response belongs to another sign-in. Sign in again."))
        if sociallogin.is_existing:
            if not signed_in(sociallogin.user):
                self._reject(request, sociallogin, sociallogin.user)
            return
        person = Person.objects.filter(email=sociallogin.verified_address.strip().lower()).first()
        if person is None or not signed_in(person):
            self._reject(request, sociallogin, person)
        try:
            sociallogin.account = operations.link_single_sign_on(
                person=person,
                provider=sociallogin.account.provider,
                uid=sociallogin.account.uid,
                now=timezone.now(),
                address=get_account_adapter(request).get_client_ip(request),
            )
        except OperationNotAllowedError:
            self._reject(request, sociallogin, person)
        sociallogin.user = person

    def _reject(self, request: HttpRequest, sociallogin: SocialLogin, person: Person | None) -> NoReturn:
        """Raise ImmediateHttpResponse with one page for every reason, so that it does not reveal who has an account."""
        email = sociallogin.verified_address or _("no verified email address")
        operations.record_security_event(
            actor=None,
            kind=SecurityEventKind.SIGN_IN_FAILED,
            now=timezone.now(),
            person=person,
            address=get_account_adapter(request).get_client_ip(request),
            detail=_("Single sign-on: %(email)s") % {"email": email},
        )
        page = render(request, "socialaccount/refused.html", {"provider": sociallogin.provider}, status=403)
        raise ImmediateHttpResponse(page)
