"""Who may sign in: an account in force, whatever the way."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser

from accounts.permissions import signed_in


class PortalBackend(AuthenticationBackend):
    """The library's backend, for accounts that are active and were allowed to sign in; asked at each request."""

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        """Whether the account is in force; a session of one that is not ends at its next request."""
        return signed_in(user)  # type: ignore[arg-type]
