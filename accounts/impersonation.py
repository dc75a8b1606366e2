"""Viewing the portal as a member: staff see a member's pages for 30 minutes and can change nothing.

Stored in the session of the staff member, so it ends with that session.
"""

import datetime as dt
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.operations import end_viewing, start_viewing
from accounts.permissions import can_view_as

MAX_DURATION = dt.timedelta(minutes=30)
_SESSION_KEY = "viewing_as"
# Private to the person: the account, the emails sent to it, and pages behind a secret link.
_CLOSED_PATHS = ("/accounts/", "/admin/", "/profile/", "/outbox/", *settings.TOKEN_URL_PREFIXES)


@dataclass(frozen=True)
class Impersonation:
    """The person whose portal is viewed, and since when."""

    person: Person
    started_at: dt.datetime

    @property
    def ends_at(self) -> dt.datetime:
        """When it ends by itself."""
        return self.started_at + MAX_DURATION

    def end_reason(self, staff: Person, now: dt.datetime) -> str:
        """Return why it has to end now, or an empty string. Rights are read again at each request."""
        if now >= self.ends_at:
            return _("30 minutes are over")
        return "" if can_view_as(staff, self.person) else _("No longer allowed")


def get_impersonation(session: SessionBase) -> Impersonation | None:
    """Return whom the owner of the session views the portal as, or None."""
    stored = session.get(_SESSION_KEY)
    if stored is None:
        return None
    person = Person.objects.get(pk=stored["person"])
    return Impersonation(person, dt.datetime.fromtimestamp(stored["started"], dt.UTC))


def start_impersonation(request: HttpRequest, staff: Person, person: Person, now: dt.datetime) -> None:
    """View the portal as the person from the next request on. Raises as `start_viewing` does."""
    start_viewing(actor=staff, person=person, now=now, address=_client_address(request))
    request.session[_SESSION_KEY] = {"person": person.pk, "started": now.timestamp()}
    rotate_token(request)


def end_impersonation(
    request: HttpRequest, staff: Person, impersonation: Impersonation, now: dt.datetime, why: str
) -> None:
    """Return to the staff member's own portal. A form that was opened as the person can't be sent any more."""
    end_viewing(actor=staff, person=impersonation.person, now=now, why=why, address=_client_address(request))
    request.session.pop(_SESSION_KEY, None)
    rotate_token(request)


def is_private(request: HttpRequest) -> bool:
    """Return True for a page that only the person may open, or that exports data."""
    match = request.resolver_match
    return request.path.startswith(_CLOSED_PATHS) or (match is not None and "export" in (match.url_name or ""))


def _client_address(request: HttpRequest) -> str | None:
    address: str | None = get_adapter(request).get_client_ip(request)
    return address
