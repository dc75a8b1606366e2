"""The authentication backend: who may sign in, by whatever method."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser

from accounts.permissions import signed_in


class PortalBackend(AuthenticationBackend):
    """The library's backend, for accounts that are active and allowed to sign in."""

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        """Return True if the account is open. Django asks at each request, so a closed account's session ends."""
        return signed_in(user)
