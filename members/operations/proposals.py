"""Changes to the public record that an organization asks for and staff accept."""

import datetime as dt

from django.db import transaction

from accounts.models import Person
from core.operations import OperationNotAllowedError, create, lock, save_changes
from members.models import Organization, Proposal
from members.operations.organizations import edit_organization
from members.rules import PROPOSABLE_FIELDS, ProposalState


@transaction.atomic
def propose(
    *,
    actor: Person,
    organization: Organization,
    version: int | None,
    values: dict[str, str],
    note: str,
    now: dt.datetime,
    people_note: str = "",
) -> Proposal:
    """A proposal of the values that differ from the record, each beside what the proposer saw.

    `people_note` says what is to be changed among the organization's people; alone it joins a proposal that waits.
    Raises EditConflictError, and OperationNotAllowedError where nothing differs or another proposal waits.
    """
    current = lock(organization, version)
    changes = {
        name: values[name] for name in PROPOSABLE_FIELDS if name in values and values[name] != getattr(current, name)
    }
    if not changes and not people_note:
        raise OperationNotAllowedError("Nothing differs from the record. Change what is wrong in it.")
    waiting = current.proposals.select_for_update().filter(state=ProposalState.OPEN).first()
    if waiting and changes:
        raise OperationNotAllowedError(
            "A proposal for this organization is waiting for staff. You can propose again once it is answered."
        )
    if waiting:
        notes = [text for text in (waiting.people_note, f"{people_note} ({actor.name})") if text]
        save_changes(waiting, actor=actor, people_note="\n".join(notes))
        return waiting
    return create(
        Proposal,
        actor=actor,
        organization=current,
        proposed_by=actor,
        proposed_at=now,
        values=changes,
        seen={name: getattr(current, name) for name in changes},
        note=note,
        people_note=people_note,
    )


@transaction.atomic
def accept_proposal(
    *, actor: Person, proposal: Proposal, version: int | None, now: dt.datetime, today: dt.date
) -> list[str]:
    """Put the proposed values into the record and return the fields left out.

    Left out are those whose stored value is no longer what the proposer saw. What is noted of its people staff do by
    hand; accepting says that it is done. Raises EditConflictError, and OperationNotAllowedError when the proposal was
    answered or nothing of it
    can be taken.
    """
    current = _open(proposal, version)
    organization = lock(current.organization)
    changed_since = conflicts(current, organization)
    values = {name: value for name, value in current.values.items() if name not in changed_since}
    if not values and not current.people_note:
        raise OperationNotAllowedError("Each of these fields was changed since. Decline the proposal and say so.")
    if values:
        edit_organization(actor=actor, organization=organization, version=None, today=today, **values)
    save_changes(
        current,
        actor=actor,
        state=ProposalState.ACCEPTED,
        reviewed_by=actor,
        reviewed_at=now,
        answer=_left_out(changed_since),
    )
    return changed_since


@transaction.atomic
def decline_proposal(
    *, actor: Person, proposal: Proposal, version: int | None, answer: str, now: dt.datetime
) -> Proposal:
    """The proposal with the reason why the record stays as it is.

    Raises EditConflictError and OperationNotAllowedError.
    """
    current = _open(proposal, version)
    save_changes(current, actor=actor, state=ProposalState.DECLINED, reviewed_by=actor, reviewed_at=now, answer=answer)
    return current


def conflicts(proposal: Proposal, organization: Organization) -> list[str]:
    """The proposed fields whose stored value is no longer what the proposer saw."""
    return [name for name in proposal.values if getattr(organization, name) != proposal.seen.get(name)]


def field_label(name: str) -> str:
    """What a field of an organization is called."""
    field = Organization._meta.get_field(name)
    return str(getattr(field, "verbose_name", name))


def _open(proposal: Proposal, version: int | None) -> Proposal:
    current = lock(proposal, version)
    if current.state != ProposalState.OPEN:
        raise OperationNotAllowedError("This proposal was answered already.")
    return current


def _left_out(names: list[str]) -> str:
    if not names:
        return ""
    labels = ", ".join(field_label(name) for name in names)
    return f"Left as it was, because it was changed meanwhile: {labels}."
