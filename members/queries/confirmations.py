"""Reads over the yearly confirmation: whom to ask, what they find, who is silent."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Person
from members.models import Confirmation, Organization, OrganizationQuerySet, Representation
from members.rules import (
    CONFIRMATION_COOLDOWN_DAYS,
    CONFIRMATION_DAYS,
    CONFIRMATION_LINK_DAYS,
    CONFIRMING_KINDS,
    ConfirmationLinkStatus,
    ConfirmationStage,
    OrganizationStatus,
    contacts_at_stage,
)


def contacts_for(organizations: Iterable[int]) -> dict[int, dict[str, list[Person]]]:
    """Who may answer for each organization, by id and kind: active people of the kinds that confirm. One query."""
    rows = (
        Representation.objects.current()
        .filter(organization__in=list(organizations), kind__in=CONFIRMING_KINDS, person__is_active=True)
        .select_related("person")
        .order_by("pk")
    )
    voices: dict[int, dict[str, list[Person]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        voices[row.organization_id][row.kind].append(row.person)
    return voices


def to_be_asked(now: dt.datetime) -> OrganizationQuerySet:
    """The active organizations that were neither asked nor answered nor became active not long ago, by name."""
    since = now - dt.timedelta(days=CONFIRMATION_COOLDOWN_DAYS)
    lately = Confirmation.objects.filter(Q(asked_at__gt=since) | Q(confirmed_at__gt=since))
    rows = Organization.objects.active().exclude(pk__in=lately.values("organization"))
    return rows.exclude(status_since_on__gt=since.date()).order_by("name")


def with_contact(organizations: Iterable[Organization]) -> list[Organization]:
    """Those that have somebody whom the first mail of a yearly question can go to. One query more."""
    rows = list(organizations)
    voices = contacts_for(row.pk for row in rows)
    return [row for row in rows if contacts_at_stage(ConfirmationStage.ASKED, voices[row.pk])]


def last_answers(organizations: Iterable[int]) -> dict[int, Confirmation]:
    """The latest answer of each organization, by its id. One query."""
    rows = Confirmation.objects.answered().filter(organization__in=list(organizations)).order_by("confirmed_at", "pk")
    return {row.organization_id: row for row in rows.select_related("confirmed_by")}


def confirmation_case(confirmation: Confirmation, person: Person, now: dt.datetime) -> ConfirmationLinkStatus:
    """What the holder of a question's link finds: the question, or the page of its case."""
    organization = confirmation.organization
    if confirmation.confirmed_at:
        return ConfirmationLinkStatus.ANSWERED
    if confirmation.lapsed_on or organization.merged_into_id or organization.status != OrganizationStatus.ACTIVE:
        return ConfirmationLinkStatus.LAPSED
    if not person.is_active or not speaks_for(person, organization):
        return ConfirmationLinkStatus.LEFT
    asked_at = confirmation.asked_at
    if asked_at is None or now >= asked_at + dt.timedelta(days=CONFIRMATION_LINK_DAYS):
        return ConfirmationLinkStatus.EXPIRED
    return ConfirmationLinkStatus.OPEN


def speaks_for(person: Person, organization: Organization) -> bool:
    """Whether the person's answer counts for the organization: primary, alternate or executive contact today."""
    return organization.representations.current().filter(person=person, kind__in=CONFIRMING_KINDS).exists()


@dataclass(frozen=True)
class ConfirmationRow:
    """An active organization on the staff's list: its last answer, the question that waits, and who may answer it."""

    organization: Organization
    last: Confirmation | None
    standing: Confirmation | None
    stage: ConfirmationStage | None
    asked: list[Person]

    @property
    def is_unanswered(self) -> bool:
        """Left to staff: nobody answered in time, or there is nobody to ask."""
        return self.standing is not None and (self.stage == ConfirmationStage.STAFF or not self.asked)


def confirmation_rows(today: dt.date, state: str = "") -> list[ConfirmationRow]:
    """The active organizations, the silent ones first, then those that wait, then by the age of the last answer.

    `state`: silent, waiting, confirmed (answered within a year), old, or empty for all. Four queries.
    """
    organizations = list(Organization.objects.active().order_by("name"))
    ids = [organization.pk for organization in organizations]
    last, voices = last_answers(ids), contacts_for(ids)
    standing = {row.organization_id: row for row in Confirmation.objects.open().filter(organization__in=ids)}
    rows = [
        _confirmation_row(organization, last.get(pk), standing.get(pk), voices.get(pk, {}), today)
        for pk, organization in zip(ids, organizations, strict=True)
    ]
    year_ago = today - dt.timedelta(days=366)
    keep: dict[str, Callable[[ConfirmationRow], bool]] = {
        "silent": lambda row: row.is_unanswered,
        "waiting": lambda row: row.standing is not None and not row.is_unanswered,
        "confirmed": lambda row: _answered_on(row) >= year_ago,
        "old": lambda row: _answered_on(row) < year_ago,
    }
    shown = [row for row in rows if state not in keep or keep[state](row)]
    return sorted(shown, key=lambda row: (not row.is_unanswered, row.standing is None, _answered_on(row)))


def _confirmation_row(
    organization: Organization,
    last: Confirmation | None,
    standing: Confirmation | None,
    voices: Mapping[str, list[Person]],
    today: dt.date,
) -> ConfirmationRow:
    stage = standing.stage(today) if standing else None
    reached = [step for step in ConfirmationStage.values if stage and _begun(step, stage)]
    asked = {person.pk: person for step in reached for person in contacts_at_stage(step, voices)}
    return ConfirmationRow(organization, last, standing, stage, list(asked.values()))


def _begun(step: str, stage: str) -> bool:
    return CONFIRMATION_DAYS[step] <= CONFIRMATION_DAYS[stage]


def _answered_on(row: ConfirmationRow) -> dt.date:
    return row.last.confirmed_at.date() if row.last and row.last.confirmed_at else dt.date.min


def unanswered_organizations(today: dt.date) -> list[Organization]:
    """The organizations whose yearly question was left to staff, the longest silent first. Two queries."""
    active = {"organization__status": OrganizationStatus.ACTIVE, "organization__merged_into": None}
    questions = list(Confirmation.objects.open().filter(**active).select_related("organization").order_by("asked_at"))
    voices = contacts_for(question.organization_id for question in questions)
    rows = [
        _confirmation_row(question.organization, None, question, voices.get(question.organization_id, {}), today)
        for question in questions
    ]
    return [row.organization for row in rows if row.is_unanswered]
