"""Reads of the yearly confirmation: who is asked, who has answered, and what an emailed link opens."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Person
from members.models import Confirmation, Organization, OrganizationQuerySet, Representation
from members.permissions import can_confirm
from members.rules import (
    CONFIRMATION_COOLDOWN_DAYS,
    CONFIRMATION_LINK_DAYS,
    CONFIRMING_KINDS,
    ConfirmationLinkStatus,
    ConfirmationStage,
    OrganizationStatus,
    contacts_at_stage,
)


def contacts_for(organizations: Iterable[int]) -> dict[int, dict[str, list[Person]]]:
    """Return the active people who may answer for each organization, by its id and their kind. One query."""
    rows = (
        Representation.objects.current()
        .filter(organization__in=list(organizations), kind__in=CONFIRMING_KINDS, person__is_active=True)
        .select_related("person")
        .order_by("pk")
    )
    contacts: dict[int, dict[str, list[Person]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        contacts[row.organization_id][row.kind].append(row.person)
    return contacts


def to_be_asked(now: dt.datetime) -> OrganizationQuerySet:
    """Return the active organizations that are due for a request, by name.

    Left out are those that were asked, answered or became active within the cooldown.
    """
    since = now - dt.timedelta(days=CONFIRMATION_COOLDOWN_DAYS)
    recent = Confirmation.objects.filter(Q(asked_at__gt=since) | Q(confirmed_at__gt=since))
    rows = Organization.objects.active().exclude(pk__in=recent.values("organization"))
    return rows.exclude(status_since_on__gt=since.date()).order_by("name")


def with_contact(organizations: Iterable[Organization]) -> list[Organization]:
    """Return the organizations that have a person to whom the first email can be sent. One query more."""
    rows = list(organizations)
    contacts = contacts_for(row.pk for row in rows)
    return [row for row in rows if contacts_at_stage(ConfirmationStage.ASKED, contacts[row.pk])]


def last_answers(organizations: Iterable[int]) -> dict[int, Confirmation]:
    """Return the latest answer of each organization, by its id. One query."""
    rows = Confirmation.objects.answered().filter(organization__in=list(organizations)).order_by("confirmed_at", "pk")
    return {row.organization_id: row for row in rows.select_related("confirmed_by")}


def confirmation_link_status(confirmation: Confirmation, person: Person, now: dt.datetime) -> ConfirmationLinkStatus:
    """Return what the holder of an emailed link gets: the open request, or why it can't be answered."""
    organization = confirmation.organization
    if confirmation.confirmed_at:
        return ConfirmationLinkStatus.ANSWERED
    if confirmation.lapsed_on or organization.merged_into_id or organization.status != OrganizationStatus.ACTIVE:
        return ConfirmationLinkStatus.LAPSED
    if not can_confirm(person, organization, by_link=True):
        return ConfirmationLinkStatus.LEFT
    asked_at = confirmation.asked_at
    if asked_at is None or now >= asked_at + dt.timedelta(days=CONFIRMATION_LINK_DAYS):
        return ConfirmationLinkStatus.EXPIRED
    return ConfirmationLinkStatus.OPEN


@dataclass(frozen=True)
class ConfirmationRow:
    """An active organization on the staff's list: its last answer, its open request, and who was asked."""

    organization: Organization
    last: Confirmation | None
    open_request: Confirmation | None
    stage: ConfirmationStage | None
    recipients: list[Person]

    @property
    def is_unanswered(self) -> bool:
        """Whether staff have to follow up: no one answered in time, or there is no one to ask."""
        return self.open_request is not None and (self.stage == ConfirmationStage.STAFF or not self.recipients)


def confirmation_rows(today: dt.date, state: str = "") -> list[ConfirmationRow]:
    """Return the active organizations: unanswered ones first, then open requests, then by the age of the last answer.

    `state` is silent, waiting, confirmed (within a year), old, or empty for all. Four queries.
    """
    organizations = list(Organization.objects.active().order_by("name"))
    ids = [organization.pk for organization in organizations]
    last, contacts = last_answers(ids), contacts_for(ids)
    requests = {row.organization_id: row for row in Confirmation.objects.open().filter(organization__in=ids)}
    rows = [
        _confirmation_row(organization, last.get(pk), requests.get(pk), contacts.get(pk, {}), today)
        for pk, organization in zip(ids, organizations, strict=True)
    ]
    year_ago = today - dt.timedelta(days=366)
    filters: dict[str, Callable[[ConfirmationRow], bool]] = {
        "silent": lambda row: row.is_unanswered,
        "waiting": lambda row: row.open_request is not None and not row.is_unanswered,
        "confirmed": lambda row: _answered_on(row) >= year_ago,
        "old": lambda row: _answered_on(row) < year_ago,
    }
    filtered = [row for row in rows if state not in filters or filters[state](row)]
    return sorted(filtered, key=lambda row: (not row.is_unanswered, row.open_request is None, _answered_on(row)))


def _confirmation_row(
    organization: Organization,
    last: Confirmation | None,
    request: Confirmation | None,
    contacts: Mapping[str, list[Person]],
    today: dt.date,
) -> ConfirmationRow:
    stage = request.stage(today) if request else None
    reached = [step for step in ConfirmationStage if stage and step.begins_after <= stage.begins_after]
    recipients = {person.pk: person for step in reached for person in contacts_at_stage(step, contacts)}
    return ConfirmationRow(organization, last, request, stage, list(recipients.values()))


def _answered_on(row: ConfirmationRow) -> dt.date:
    return row.last.confirmed_at.date() if row.last and row.last.confirmed_at else dt.date.min


def unanswered_organizations(today: dt.date) -> list[Organization]:
    """Return the organizations whose request staff have to follow up, the oldest request first. Two queries."""
    active = {"organization__status": OrganizationStatus.ACTIVE, "organization__merged_into": None}
    requests = list(Confirmation.objects.open().filter(**active).select_related("organization").order_by("asked_at"))
    contacts = contacts_for(request.organization_id for request in requests)
    rows = [
        _confirmation_row(request.organization, None, request, contacts.get(request.organization_id, {}), today)
        for request in requests
    ]
    return [row.organization for row in rows if row.is_unanswered]
