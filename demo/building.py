"""Makes the whole demonstration in one transaction, or leaves the one that stands as it is."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Count

from accounts.models import Person
from accounts.rules import PortalRole
from core.operations import OperationNotAllowedError
from demo import content, meetings, membership, password, people, records, staffwork, work
from demo.days import Days
from meetings.models import Meeting
from objectives.models import Objective
from reminders.operations import mark_as_notified
from taskforces.models import Body
from taskforces.rules import BodyKind


@dataclass(frozen=True)
class Outcome:
    """Whether anything was made, how many people there are, the accounts to show and their password."""

    made: bool
    people: int
    addresses: list[str]
    password: str


def build(*, now: dt.datetime, scale: int, accounts_file: Path) -> Outcome:
    """The demonstration, made unless it stands. Raises OperationNotAllowedError where it must not or cannot be made."""
    if Person.objects.filter(is_demonstration=False).exists():
        raise OperationNotAllowedError(
            "This database holds people that the demonstration did not make. Give it a database of its own."
        )
    word = settings.DEMO_PASSWORD or password.kept_in(accounts_file) or password.make()
    with transaction.atomic():
        standing = Person.objects.exists()
        if standing:
            _renew_password(word)
        else:
            _make(now, scale, make_password(word))
    addresses = _addresses()
    password.keep(accounts_file, addresses, word)
    return Outcome(not standing, Person.objects.count(), addresses, word)


def _make(now: dt.datetime, scale: int, encoded_password: str) -> None:
    bodies = list(Body.objects.standing().select_related("workgroup"))
    objectives = list(Objective.objects.current())
    if not bodies or not objectives:
        raise OperationNotAllowedError("There is no workgroup yet. Run load_workgroup first.")
    words = content.read()
    zone = ZoneInfo(settings.TIME_ZONE)
    cast = people.make_cast(words, encoded_password, Days(now.astimezone(zone).date(), zone))
    if not cast.organizations:
        raise OperationNotAllowedError("There is no active organization yet. Run load_workgroup first.")
    for turn, body in enumerate(bodies, start=-1):
        full = body.kind == BodyKind.FULL
        part = words["full"] if full else content.for_body(words, body.slug)
        last = meetings.make_meetings(cast, body, part, max(turn, 0))
        if not full:
            work.make_strategies(cast, body, part["strategies"], objectives)
        for _ in range(scale):
            work.make_items(cast, body, part["items"], objectives, last)
    meetings.make_exceptions(cast, [body for body in bodies if body.kind != BodyKind.FULL] or bodies, words)
    membership.make_requests(cast, words, now)
    membership.make_composition(cast, words)
    membership.make_arrivals(cast, words, now)
    records.make_records(cast, words["records"], now)
    staffwork.make_staffwork(cast, words, now)
    # Its people know of its meetings: the first tick is not to greet them with hundreds of notices.
    mark_as_notified(meetings=Meeting.objects.upcoming(now), now=now)


def _renew_password(word: str) -> None:
    """Let the people who still have the demonstration's password have this one."""
    shared = Person.objects.values("password").annotate(count=Count("pk")).order_by("-count").first()
    if shared and not check_password(word, shared["password"]):
        Person.objects.filter(password=shared["password"]).update(password=make_password(word))


def _addresses() -> list[str]:
    """The accounts worth naming: administrator, staff, chairs, a primary, an alternate and a representative."""
    rows = Person.objects.order_by("pk").values_list("email", "portal_role")
    roles = [email for email, role in rows if role != PortalRole.NONE]
    named = [email for email, _ in rows if email.startswith("chair.")]
    for prefix in ("primary.", "alternate.", "member."):
        named += [email for email, _ in rows if email.startswith(prefix)][:1]
    return roles + named
