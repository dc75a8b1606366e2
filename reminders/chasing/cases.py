"""The cases: one for each thing that somebody owes the Workgroup, with who can give it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, TextChoices
from django.urls import reverse

from accounts.models import Person
from core.dates import format_date, format_relative_date, local_today
from mail.models import Suppression
from members.models import Invitation, Organization, Representation
from members.queries import without_primary
from members.rules import OrganizationStatus, RepresentationKind
from objectives.queries.updates import late_strategies
from reminders.audience import Audience, load
from taskforces.models import Seat, Term
from taskforces.queries.rosters import expired_terms


class FollowUpType(TextChoices):
    """What is chased; the word stands in addresses."""

    NO_PRIMARY = "no-primary", "Organizations without a primary representative"
    INVITATION = "invitation", "Invitations unanswered"
    ADDRESS = "address", "Addresses that refuse mail"
    LATE = "late-update", "Updates late"
    VACANT = "vacant-seat", "Seats vacant"
    PAST_TERM = "past-term", "Terms past their end"


# An invitation is given some days before anybody is asked again.
PATIENCE = dt.timedelta(days=3)
# How long staff are shown an invitation that ran out unanswered.
SHOWN_AFTER_EXPIRY = dt.timedelta(days=60)


@dataclass(frozen=True)
class Recipient:
    """Who gets a nudge: a name, an address, and the person where it is one of the portal's."""

    name: str
    address: str
    person: Person | None = None
    refuses_mail: bool = False


@dataclass(frozen=True)
class Case:
    """One thing to chase: what it is, its facts, the staff's own page for it, and who would be nudged."""

    matter: FollowUpType
    pk: int
    title: str
    facts: str
    url: str
    recipients: list[Recipient] = field(default_factory=list)
    subject: Any = None

    @property
    def ref(self) -> str:
        return f"{self.matter}:{self.pk}"

    @property
    def reachable(self) -> list[Recipient]:
        return [recipient for recipient in self.recipients if not recipient.refuses_mail]


@dataclass(frozen=True)
class _Sight:
    """What all finders look at."""

    now: dt.datetime
    today: dt.date
    audience: Audience
    refusing: frozenset[str]

    def people(self, people: Iterable[Person]) -> list[Recipient]:
        unique = {person.pk: person for person in people if person.is_active}
        return [Recipient(row.name, row.email, row, row.email in self.refusing) for row in unique.values()]

    def speakers(self, organization_id: int | None, *kinds: str, but: int | None = None) -> list[Person]:
        """The people of the first of `kinds` of which the organization has one, without `but`."""
        spoken = self.audience.speakers.get(organization_id or 0, {})
        for kind in kinds:
            found = [self.audience.people[pk] for pk in spoken.get(kind, ()) if pk != but]
            if found:
                return found
        return []


def cases(now: dt.datetime) -> list[Case]:
    """Everything to chase, matter by matter, what waits longest first."""
    refusing = Suppression.objects.filter(suppressed_at__isnull=False).values_list("address", flat=True)
    sight = _Sight(now, local_today(now), load(), frozenset(refusing))
    return [case for find in _FINDERS for case in find(sight)]


def case_of(ref: str, now: dt.datetime) -> Case | None:
    """The case of a reference such as "vacant-seat:7" as it stands; None when there is nothing to chase any more."""
    return next((case for case in cases(now) if case.ref == ref), None)


def _no_primary(sight: _Sight) -> list[Case]:
    rows = list(without_primary(Organization.objects.filter(status=OrganizationStatus.ACTIVE)).order_by("name"))
    contacts: dict[int, list[Person]] = {}
    executives = Representation.objects.current().filter(
        organization__in=rows, kind=RepresentationKind.EXECUTIVE_CONTACT, person__is_active=True
    )
    for right in executives.select_related("person"):
        contacts.setdefault(right.organization_id, []).append(right.person)
    found = []
    for row in rows:
        people = sight.speakers(row.pk, RepresentationKind.ALTERNATE, RepresentationKind.REPRESENTATIVE)
        people = people or contacts.get(row.pk, [])
        url = reverse("members:staff_organization", args=[row.key])
        facts = (
            "Its people in the portal can be asked whom it names" if people else "Nobody of it is in the portal: call"
        )
        found.append(Case(FollowUpType.NO_PRIMARY, row.pk, row.name, facts, url, sight.people(people), row))
    return found


def _invitations(sight: _Sight) -> list[Case]:
    newer = Invitation.objects.filter(
        organization=OuterRef("organization"), email=OuterRef("email"), sent_at__gt=OuterRef("sent_at")
    )
    rows = Invitation.objects.filter(
        ~Exists(newer),
        accepted_at=None,
        revoked_at=None,
        sent_at__lte=sight.now - PATIENCE,
        expires_at__gt=sight.now - SHOWN_AFTER_EXPIRY,
    )
    found = []
    for row in rows.select_related("organization", "invited_by").order_by("sent_at"):
        sent, until = (local_today(moment) for moment in (row.sent_at, row.expires_at))
        is_open = row.expires_at > sight.now
        facts = f"{row.organization.short_name} · sent {format_relative_date(sent, sight.today)} · "
        facts += f"open until {format_date(until, sight.today)}" if is_open else "ran out: send it again"
        invited = [Recipient(row.name, row.email, None, row.email in sight.refusing)] if is_open else []
        url = reverse("members:invitations") + ("?state=pending" if is_open else "?state=expired")
        found.append(Case(FollowUpType.INVITATION, row.pk, f"{row.name}, {row.email}", facts, url, invited, row))
    return found


def _addresses(sight: _Sight) -> list[Case]:
    rows = list(Suppression.objects.filter(suppressed_at__isnull=False).order_by("suppressed_at"))
    people = {row.email: row for row in Person.objects.filter(email__in=[row.address for row in rows], is_active=True)}
    rights = Representation.objects.with_rights().filter(person__in=list(people.values()))
    homes: dict[int, list[int]] = {}
    for person_id, organization_id in rights.values_list("person", "organization"):
        homes.setdefault(person_id, []).append(organization_id)
    found = []
    for row in rows:
        owner = people.get(row.address)
        kinds = (RepresentationKind.PRIMARY, RepresentationKind.ALTERNATE, RepresentationKind.REPRESENTATIVE)
        colleagues = (
            [
                colleague
                for organization in homes.get(owner.pk, ())
                for colleague in sight.speakers(organization, *kinds, but=owner.pk)
            ]
            if owner
            else []
        )
        since = format_relative_date(local_today(row.suppressed_at or row.first_at), sight.today)
        title = f"{owner.name}, {row.address}" if owner else row.address
        facts = f"Refused mail {since}" + (f" · {row.last_code}" if row.last_code else "")
        url = reverse("members:person", args=[owner.pk]) if owner else reverse("reminders:addresses")
        found.append(Case(FollowUpType.ADDRESS, row.pk, title, facts, url, sight.people(colleagues), owner))
    return found


def _late(sight: _Sight) -> list[Case]:
    found = []
    for row in late_strategies(sight.today):
        strategy = row.strategy
        facts = f"{strategy.body.title} · due {format_date(row.due_on, sight.today)} · {row.days_late} days late"
        url = reverse("objectives:write_update", args=[strategy.pk])
        people = sight.people(sight.audience.reporters_of(strategy))
        found.append(Case(FollowUpType.LATE, strategy.pk, strategy.title, facts, url, people, row))
    return found


def _vacant(sight: _Sight) -> list[Case]:
    sitting = Term.objects.filter(seat=OuterRef("pk"), ended_on=None)
    rows = Seat.objects.open().filter(~Exists(sitting), body__dissolved_on=None).select_related("body", "organization")
    found = []
    for row in rows.order_by("body__position", "body__name", "pk"):
        people = sight.speakers(row.organization_id, RepresentationKind.PRIMARY, RepresentationKind.ALTERNATE)
        owner = row.organization.name if row.organization else "no organization"
        title = f"{row.get_role_display()}, {row.body.title}"
        url = reverse("taskforces:roster", args=[row.body.slug])
        recipients = sight.people(people or sight.audience.chairs_of(row.body_id))
        found.append(Case(FollowUpType.VACANT, row.pk, title, f"Seat of {owner}", url, recipients, row))
    return found


def _past_terms(sight: _Sight) -> list[Case]:
    found = []
    for term in expired_terms(sight.today):
        planned = (
            f"planned to {format_date(term.planned_end_on, sight.today)}" if term.planned_end_on else "past its end"
        )
        title = f"{term.person.name}, {term.seat.get_role_display().lower()}"
        url = reverse("taskforces:term_renew", args=[term.pk])
        recipients = sight.people(sight.audience.chairs_of(term.seat.body_id))
        found.append(
            Case(FollowUpType.PAST_TERM, term.pk, title, f"{term.seat.body.title} · {planned}", url, recipients, term)
        )
    return found


_FINDERS = (_no_primary, _invitations, _addresses, _late, _vacant, _past_terms)
