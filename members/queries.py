"""Page-shaped reads over organizations, people and invitations."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from members.models import (
    ActOnBehalf,
    Invitation,
    InvitationQuerySet,
    JoinRequest,
    Organization,
    OrganizationQuerySet,
    Person,
    Proposal,
    Representation,
    Sector,
    SecurityEvent,
)
from members.rules import (
    STATUSES_WITH_RIGHTS,
    InvitationCase,
    InvitationState,
    JoinRequestState,
    OrganizationStatus,
    ProposalState,
    RepresentationKind,
    names_alike,
)

_STATE_CASES = {
    InvitationState.ACCEPTED: InvitationCase.USED,
    InvitationState.REVOKED: InvitationCase.REVOKED,
    InvitationState.EXPIRED: InvitationCase.EXPIRED,
}


@dataclass(frozen=True)
class ConsoleCounts:
    """What of membership waits for staff."""

    without_primary: int
    open_proposals: int
    waiting_invitations: int
    expired_invitations: int


def sector_counts() -> list[tuple[Sector, int]]:
    """Each sector that has public active organizations, with how many, the largest first."""
    sectors = {sector.pk: sector for sector in Sector.objects.all()}
    counts = Organization.objects.public().active().order_by().values("sector").annotate(count=Count("pk"))
    pairs = [(sectors[row["sector"]], row["count"]) for row in counts]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0].name))


def without_primary(rows: OrganizationQuerySet) -> OrganizationQuerySet:
    """Those of `rows` that are active or on leave and have no current primary representative."""
    primary = Representation.objects.current().filter(organization=OuterRef("pk"), kind=RepresentationKind.PRIMARY)
    return rows.filter(~Exists(primary), status__in=STATUSES_WITH_RIGHTS, merged_into=None)


def organization_rows(
    *, status: str = "", sector: str = "", missing_primary: bool = False, q: str = ""
) -> OrganizationQuerySet:
    """Organizations for the staff list, with their sector and their primary representative as `primaries`."""
    rows = Organization.objects.standing().select_related("sector")
    if status:
        rows = rows.filter(status=status)
    if sector:
        rows = rows.filter(sector__slug=sector)
    if missing_primary:
        rows = without_primary(rows)
    if q:
        former = Organization.objects.filter(former_names__name__icontains=q).values("pk")
        rows = rows.filter(Q(name__icontains=q) | Q(acronym__icontains=q) | Q(pk__in=former))
    primaries = Representation.objects.current().filter(kind=RepresentationKind.PRIMARY).select_related("person")
    return rows.prefetch_related(Prefetch("representations", queryset=primaries, to_attr="primaries"))


def people_search(q: str) -> QuerySet[Person]:
    """People whose name, address or position holds `q`, with their current representations as `current`."""
    people = Person.objects.all()
    if q:
        people = people.filter(Q(name__icontains=q) | Q(email__icontains=q) | Q(position__icontains=q))
    current = Representation.objects.current().select_related("organization")
    return people.prefetch_related(Prefetch("representations", queryset=current, to_attr="current"))


def invitation_rows(*, state: str, now: dt.datetime) -> InvitationQuerySet:
    """Invitations for the staff list, the latest first; `state` is an InvitationState or empty for all."""
    rows = Invitation.objects.select_related("organization", "invited_by", "accepted_by")
    filters = {
        InvitationState.PENDING: Q(accepted_at=None, revoked_at=None, expires_at__gt=now),
        InvitationState.EXPIRED: Q(accepted_at=None, revoked_at=None, expires_at__lte=now),
        InvitationState.ACCEPTED: Q(accepted_at__isnull=False),
        InvitationState.REVOKED: Q(revoked_at__isnull=False),
    }
    return rows.filter(filters[InvitationState(state)]) if state in filters else rows


def open_proposals() -> QuerySet[Proposal]:
    """Proposals that wait for staff, the oldest first."""
    return Proposal.objects.filter(state=ProposalState.OPEN).select_related("organization", "proposed_by")


def waiting_join_requests() -> QuerySet[JoinRequest]:
    """Requests to join that wait for staff, the oldest first."""
    return join_request_rows(state=JoinRequestState.WAITING)


def join_request_rows(*, state: str) -> QuerySet[JoinRequest]:
    """Requests to join in one state, the oldest first."""
    return JoinRequest.objects.filter(state=state).select_related("sector", "organization", "answered_by")


@dataclass(frozen=True)
class Lookalike:
    """An organization that may be the one that a name speaks of, and why."""

    organization: Organization
    why: str
    is_same: bool


def lookalikes(name: str, acronym: str = "") -> list[Lookalike]:
    """The organizations that stand and may be meant by `name` or `acronym`, the surest first. Two queries."""
    found = []
    for row in Organization.objects.standing().prefetch_related("former_names"):
        former = next((old.name for old in row.former_names.all() if names_alike(old.name, name)), "")
        if row.name.casefold() == name.casefold():
            found.append(Lookalike(row, "The same name", True))
        elif acronym and row.acronym.casefold() == acronym.casefold():
            found.append(Lookalike(row, f"The same acronym, {row.acronym}", False))
        elif row.acronym and row.acronym.casefold() == name.casefold():
            found.append(Lookalike(row, f"Its acronym is {row.acronym}", False))
        elif former:
            found.append(Lookalike(row, f"Formerly {former}", former.casefold() == name.casefold()))
        elif names_alike(row.name, name):
            found.append(Lookalike(row, "A name much like it", False))
    return sorted(found, key=lambda item: (not item.is_same, item.organization.name))


@dataclass(frozen=True)
class StatusMove:
    """One move of an organization's lifecycle: into which status, since when, why, recorded by whom and when."""

    status: OrganizationStatus
    since_on: dt.date | None
    reason: str
    by: str
    recorded_at: dt.datetime


def status_moves(organization: Organization) -> list[StatusMove]:
    """The line of an organization's moves from its history, the latest first. One query."""
    moves: list[StatusMove] = []
    before = None
    for row in organization.history.select_related("history_user").order_by("history_date", "history_id"):
        said = (row.status, row.status_since_on, row.status_reason)
        if said != before:
            by = row.history_user.name if row.history_user else "The portal"
            status = OrganizationStatus(row.status)
            moves.append(StatusMove(status, row.status_since_on, row.status_reason, by, row.history_date))
        before = said
    return moves[::-1]


def security_event_rows(
    *, kind: str = "", person: str = "", since_on: dt.date | None = None, until_on: dt.date | None = None
) -> QuerySet[SecurityEvent]:
    """Security events, the latest first, with who acted and whom it concerned; days count in the current zone."""
    rows = SecurityEvent.objects.select_related("actor", "person")
    if kind:
        rows = rows.filter(kind=kind)
    if person:
        places = ("person__name", "person__email", "actor__name", "detail", "address")
        rows = rows.filter(reduce(or_, (Q(**{f"{place}__icontains": person}) for place in places)))
    if since_on:
        rows = rows.filter(at__date__gte=since_on)
    if until_on:
        rows = rows.filter(at__date__lte=until_on)
    return rows


def console_counts(now: dt.datetime) -> ConsoleCounts:
    """The numbers of membership for the staff console."""
    unanswered = Invitation.objects.filter(accepted_at=None, revoked_at=None)
    return ConsoleCounts(
        without_primary=without_primary(Organization.objects.all()).count(),
        open_proposals=open_proposals().count(),
        waiting_invitations=unanswered.filter(expires_at__gt=now).count(),
        expired_invitations=unanswered.filter(expires_at__lte=now).count(),
    )


def invitation_case(invitation: Invitation, visitor: Person | None, now: dt.datetime) -> InvitationCase:
    """What the holder of the invitation's link finds: the page of its case, or the way in."""
    state = invitation.state(now)
    if state in _STATE_CASES:
        return _STATE_CASES[state]
    if visitor is not None and visitor.email != invitation.email:
        return InvitationCase.OTHER_ADDRESS
    organization = invitation.organization
    if organization.merged_into_id or organization.status == OrganizationStatus.FORMER:
        return InvitationCase.CLOSED
    person = Person.objects.filter(email=invitation.email).first()
    if person and not person.is_active:
        return InvitationCase.DEACTIVATED
    current = list(organization.representations.current())
    held = next((row for row in current if person and row.person_id == person.pk), None)
    if invitation.kind == RepresentationKind.PRIMARY and any(
        row.kind == RepresentationKind.PRIMARY and row != held for row in current
    ):
        return InvitationCase.TAKEN
    if person and person.may_sign_in:
        return InvitationCase.ALREADY if held and held.kind == invitation.kind else InvitationCase.KNOWN
    return InvitationCase.FRESH


def acts_on(model: type[models.Model], ids: Iterable[int]) -> dict[tuple[int, int], ActOnBehalf]:
    """What staff entered for somebody on rows of a model, by the row's id and the version it became. One query."""
    acts = ActOnBehalf.objects.filter(model=model._meta.label, row_id__in=list(ids)).select_related("actor", "person")
    return {(act.row_id, act.version): act for act in acts}


def acts_on_behalf(*, how: str = "", q: str = "") -> QuerySet[ActOnBehalf]:
    """What staff entered for others, the latest first; `q` is part of a name or of what was entered."""
    acts = ActOnBehalf.objects.select_related("actor", "person")
    if how:
        acts = acts.filter(how=how)
    if q:
        acts = acts.filter(Q(person__name__icontains=q) | Q(actor__name__icontains=q) | Q(what__icontains=q))
    return acts
