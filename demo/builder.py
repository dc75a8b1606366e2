"""Make the whole demonstration in one transaction, or leave an existing one unchanged."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rules import PortalRole
from core.operations import OperationNotAllowedError
from demo import accounts_file, meetings, membership, people, records, staff_activity, strategies
from demo.calendar import DemoCalendar
from demo.texts import read_texts, texts_for_body
from meetings.models import Meeting
from objectives.models import Objective
from reminders.operations import mark_as_notified
from taskforces.models import Body
from taskforces.rules import BodyKind


@dataclass(frozen=True)
class DemoResult:
    """Whether the demonstration was made now, the number of people, and the accounts to show with their password."""

    is_new: bool
    people: int
    addresses: list[str]
    password: str


def build(*, now: dt.datetime, scale: int, path: Path) -> DemoResult:
    """Make the demonstration if the database has none, and write its accounts to the file at `path`.

    Raise OperationNotAllowedError if the database contains other people or no workgroup.
    """
    if Person.objects.filter(is_demonstration=False).exists():
        raise OperationNotAllowedError(
            _("This database contains people who are not part of the demonstration. Use a separate database for it.")
        )
    password = settings.DEMO_PASSWORD or accounts_file.read_password(path) or accounts_file.generate_password()
    with transaction.atomic():
        is_existing = Person.objects.exists()
        if is_existing:
            _update_password(password)
        else:
            _make(now, scale, make_password(password))
    addresses = _addresses()
    accounts_file.write_accounts(path, addresses, password)
    return DemoResult(not is_existing, Person.objects.count(), addresses, password)


def _make(now: dt.datetime, scale: int, encoded_password: str) -> None:
    bodies = list(Body.objects.standing().select_related("workgroup"))
    objectives = list(Objective.objects.current())
    if not bodies or not objectives:
        raise OperationNotAllowedError(_("There is no workgroup yet. Run load_workgroup first."))
    texts = read_texts()
    zone = ZoneInfo(settings.TIME_ZONE)
    demo = people.make_people(texts, encoded_password, DemoCalendar(now.astimezone(zone).date(), zone))
    if not demo.organizations:
        raise OperationNotAllowedError(_("There is no active organization yet. Run load_workgroup first."))
    for turn, body in enumerate(bodies, start=-1):
        full = body.kind == BodyKind.FULL
        part = texts["full"] if full else texts_for_body(texts, body.slug)
        last = meetings.make_meetings(demo, body, part, max(turn, 0))
        if not full:
            strategies.make_strategies(demo, body, part["strategies"], objectives)
        for _repeat in range(scale):
            strategies.make_items(demo, body, part["items"], objectives, last)
    meetings.make_other_meetings(demo, [body for body in bodies if body.kind != BodyKind.FULL] or bodies, texts)
    membership.make_requests(demo, texts, now)
    membership.make_composition(demo, texts)
    membership.make_pending_people(demo, texts, now)
    records.make_records(demo, texts["records"], now)
    staff_activity.make_staff_activity(demo, texts, now)
    # Without this the first run of the reminders would send hundreds of notices about these meetings.
    mark_as_notified(meetings=Meeting.objects.upcoming(now), now=now)


def _update_password(password: str) -> None:
    """Set the password of the people who have not chosen their own."""
    shared = Person.objects.values("password").annotate(count=Count("pk")).order_by("-count").first()
    if shared and not check_password(password, shared["password"]):
        Person.objects.filter(password=shared["password"]).update(password=make_password(password))


def _addresses() -> list[str]:
    """Return the accounts to show: administrator, staff, chairs, a primary, an alternate, and a representative."""
    rows = Person.objects.order_by("pk").values_list("email", "portal_role")
    roles = [email for email, role in rows if role != PortalRole.NONE]
    named = [email for email, _role in rows if email.startswith("chair.")]
    for prefix in ("primary.", "alternate.", "member."):
        named += [email for email, _role in rows if email.startswith(prefix)][:1]
    return roles + named
