"""Staff who look at the portal as a member: kept in their own session, for half an hour, and read-only."""

import datetime as dt
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from accounts.models import Person
from accounts.operations import end_viewing, start_viewing
from accounts.permissions import can_view_as

LIFE = dt.timedelta(minutes=30)
_KEY = "viewing_as"
# What is the person's alone stays closed: the account, what was sent to it, and whatever opens something.
_CLOSED = ("/accounts/", "/admin/", "/profile/", "/outbox/", *settings.TOKEN_URL_PREFIXES)


@dataclass(frozen=True)
class Viewing:
    """As whom, and since when."""

    person: Person
    began_at: dt.datetime

    @property
    def ends_at(self) -> dt.datetime:
        return self.began_at + LIFE


def current(session: SessionBase) -> Viewing | None:
    """As whom the holder of the session looks at the portal, if as anybody."""
    kept = session.get(_KEY)
    if kept is None:
        return None
    person = Person.objects.get(pk=kept["person"])
    return Viewing(person, dt.datetime.fromtimestamp(kept["began"], dt.UTC))


def why_over(viewing: Viewing, staff: Person, now: dt.datetime) -> str:
    """Why the look is over; empty while it goes on. Rights are read anew at each request."""
    if now >= viewing.ends_at:
        return "30 minutes are over"
    return "" if can_view_as(staff, viewing.person) else "No longer allowed"


def begin(request: HttpRequest, staff: Person, person: Person, now: dt.datetime) -> None:
    """Look as the person from the next request on. Raises OperationNotAllowedError."""
    start_viewing(actor=staff, person=person, now=now, address=_address(request))
    request.session[_KEY] = {"person": person.pk, "began": now.timestamp()}
    rotate_token(request)


def end(request: HttpRequest, staff: Person, viewing: Viewing, now: dt.datetime, why: str) -> None:
    """Look as oneself again. A form that was opened as the person cannot be sent any more."""
    end_viewing(actor=staff, person=viewing.person, now=now, why=why, address=_address(request))
    request.session.pop(_KEY, None)
    rotate_token(request)


def is_closed(request: HttpRequest) -> bool:
    """Whether the page is the person's alone, or takes data out of the portal."""
    match = request.resolver_match
    return request.path.startswith(_CLOSED) or (match is not None and "export" in (match.url_name or ""))


def _address(request: HttpRequest) -> str | None:
    address: str | None = get_adapter(request).get_client_ip(request)
    return address
