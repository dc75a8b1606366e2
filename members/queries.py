"""Page-shaped reads over organizations, people and invitations."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from mail.models import Delivery
from members.models import (
    ActOnBehalf,
    Confirmation,
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
    CONFIRMATION_DAYS,
    CONFIRMATION_LINK_DAYS,
    CONFIRMATION_REST_DAYS,
    KINDS_THAT_CONFIRM,
    STATUSES_WITH_RIGHTS,
    ConfirmationCase,
    ConfirmationStage,
    InvitationCase,
    InvitationState,
    JoinRequestState,
    OrganizationStatus,
    ProposalState,
    RepresentationKind,
    names_alike,
    voices_at,
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


def not_invited() -> list[Representation]:
    """Whoever could be invited and was not: listed people with rights who may not sign in, each once.

    An invitation that waits or has expired is sent again instead.
    """
    unanswered = Invitation.objects.filter(accepted_at=None, revoked_at=None).values("email")
    rows = (
        Representation.objects.with_rights()
        .filter(person__is_active=True, person__may_sign_in=False)
        .exclude(person__email__in=unanswered)
        .select_related("person", "organization")
        .order_by("organization__name", "person__name", "pk")
    )
    once: dict[int, Representation] = {}
    for row in sorted(rows, key=lambda row: row.kind != RepresentationKind.PRIMARY):
        once.setdefault(row.person_id, row)
    return sorted(once.values(), key=lambda row: (row.organization.name.casefold(), row.person.name.casefold()))


def unanswered_invitations() -> list[Invitation]:
    """Invitations that nobody has answered and that may be sent again, with what became of their mail."""
    rows = Invitation.objects.filter(accepted_at=None, revoked_at=None, organization__merged_into=None)
    rows = rows.exclude(organization__status=OrganizationStatus.FORMER).select_related("organization", "invited_by")
    return with_deliveries(rows.order_by("expires_at", "pk"))


def with_deliveries(invitations: Iterable[Invitation]) -> list[Invitation]:
    """The invitations, each with the ledger's row of its present link as `delivery`, or None. One query."""
    found = list(invitations)
    rows = Delivery.objects.filter(key__in=[row.delivery_key for row in found])
    by_key = {row.key: row for row in rows}
    for row in found:
        row.delivery = by_key.get(row.delivery_key)  # type: ignore[attr-defined]
    return found


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


# Yearly confirmation ------------------------------------------------------------------------------


def voices_of(organizations: Iterable[int]) -> dict[int, dict[str, list[Person]]]:
    """Who may answer for each organization, by id and kind: active people of the kinds that confirm. One query."""
    rows = (
        Representation.objects.current()
        .filter(organization__in=list(organizations), kind__in=KINDS_THAT_CONFIRM, person__is_active=True)
        .select_related("person")
        .order_by("pk")
    )
    voices: dict[int, dict[str, list[Person]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        voices[row.organization_id][row.kind].append(row.person)
    return voices


def to_be_asked(now: dt.datetime) -> OrganizationQuerySet:
    """The active organizations that were neither asked nor answered nor became active not long ago, by name."""
    since = now - dt.timedelta(days=CONFIRMATION_REST_DAYS)
    lately = Confirmation.objects.filter(Q(asked_at__gt=since) | Q(confirmed_at__gt=since))
    rows = Organization.objects.active().exclude(pk__in=lately.values("organization"))
    return rows.exclude(status_since_on__gt=since.date()).order_by("name")


def with_a_voice(organizations: Iterable[Organization]) -> list[Organization]:
    """Those that have somebody whom the first mail of a yearly question can go to. One query more."""
    rows = list(organizations)
    voices = voices_of(row.pk for row in rows)
    return [row for row in rows if voices_at(ConfirmationStage.ASKED, voices[row.pk])]


def last_answers(organizations: Iterable[int]) -> dict[int, Confirmation]:
    """The latest answer of each organization, by its id. One query."""
    rows = Confirmation.objects.answered().filter(organization__in=list(organizations)).order_by("confirmed_at", "pk")
    return {row.organization_id: row for row in rows.select_related("confirmed_by")}


def confirmation_case(confirmation: Confirmation, person: Person, now: dt.datetime) -> ConfirmationCase:
    """What the holder of a question's link finds: the question, or the page of its case."""
    organization = confirmation.organization
    if confirmation.confirmed_at:
        return ConfirmationCase.ANSWERED
    if confirmation.lapsed_on or organization.merged_into_id or organization.status != OrganizationStatus.ACTIVE:
        return ConfirmationCase.LAPSED
    if not person.is_active or not speaks_for(person, organization):
        return ConfirmationCase.LEFT
    asked_at = confirmation.asked_at
    if asked_at is None or now >= asked_at + dt.timedelta(days=CONFIRMATION_LINK_DAYS):
        return ConfirmationCase.EXPIRED
    return ConfirmationCase.OPEN


def speaks_for(person: Person, organization: Organization) -> bool:
    """Whether the person's answer counts for the organization: primary, alternate or executive contact today."""
    return organization.representations.current().filter(person=person, kind__in=KINDS_THAT_CONFIRM).exists()


@dataclass(frozen=True)
class ConfirmationRow:
    """An active organization on the staff's list: its last answer, the question that waits, and who may answer it."""

    organization: Organization
    last: Confirmation | None
    standing: Confirmation | None
    stage: ConfirmationStage | None
    asked: list[Person]

    @property
    def is_silent(self) -> bool:
        """Left to staff: nobody answered in time, or there is nobody to ask."""
        return self.standing is not None and (self.stage == ConfirmationStage.STAFF or not self.asked)


def confirmation_rows(today: dt.date, state: str = "") -> list[ConfirmationRow]:
    """The active organizations, the silent ones first, then those that wait, then by the age of the last answer.

    `state`: silent, waiting, confirmed (answered within a year), old, or empty for all. Four queries.
    """
    organizations = list(Organization.objects.active().order_by("name"))
    ids = [organization.pk for organization in organizations]
    last, voices = last_answers(ids), voices_of(ids)
    standing = {row.organization_id: row for row in Confirmation.objects.open().filter(organization__in=ids)}
    rows = [
        _confirmation_row(organization, last.get(pk), standing.get(pk), voices.get(pk, {}), today)
        for pk, organization in zip(ids, organizations, strict=True)
    ]
    year_ago = today - dt.timedelta(days=366)
    keep: dict[str, Callable[[ConfirmationRow], bool]] = {
        "silent": lambda row: row.is_silent,
        "waiting": lambda row: row.standing is not None and not row.is_silent,
        "confirmed": lambda row: _answered_on(row) >= year_ago,
        "old": lambda row: _answered_on(row) < year_ago,
    }
    shown = [row for row in rows if state not in keep or keep[state](row)]
    return sorted(shown, key=lambda row: (not row.is_silent, row.standing is None, _answered_on(row)))


def _confirmation_row(
    organization: Organization,
    last: Confirmation | None,
    standing: Confirmation | None,
    voices: Mapping[str, list[Person]],
    today: dt.date,
) -> ConfirmationRow:
    stage = standing.stage(today) if standing else None
    reached = [step for step in ConfirmationStage.values if stage and _begun(step, stage)]
    asked = {person.pk: person for step in reached for person in voices_at(step, voices)}
    return ConfirmationRow(organization, last, standing, stage, list(asked.values()))


def _begun(step: str, stage: str) -> bool:
    return CONFIRMATION_DAYS[step] <= CONFIRMATION_DAYS[stage]


def _answered_on(row: ConfirmationRow) -> dt.date:
    return row.last.confirmed_at.date() if row.last and row.last.confirmed_at else dt.date.min


def silent_organizations(today: dt.date) -> list[Organization]:
    """The organizations whose yearly question was left to staff, the longest silent first. Two queries."""
    active = {"organization__status": OrganizationStatus.ACTIVE, "organization__merged_into": None}
    questions = list(Confirmation.objects.open().filter(**active).select_related("organization").order_by("asked_at"))
    voices = voices_of(question.organization_id for question in questions)
    rows = [
        _confirmation_row(question.organization, None, question, voices.get(question.organization_id, {}), today)
        for question in questions
    ]
    return [row.organization for row in rows if row.is_silent]
