"""Changes to an organization's public information that its managers propose and staff accept."""

import datetime as dt

from django.db import transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import STAFF_ONLY
from core.operations import OperationNotAllowedError, create, lock, require_permission, save_changes
from members.models import Organization, Proposal
from members.operations.organizations import edit_organization
from members.permissions import MANAGERS_ONLY, can_confirm, can_manage_membership
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
    by_link: bool = False,
) -> Proposal:
    """Add a proposal of the values that differ from the stored ones, each with the value that the proposer saw.

    `people_note` describes changes among the organization's people; alone it is added to an open proposal. `by_link`:
    the actor holds the emailed link of the yearly request. Raises PermissionDenied, EditConflictError, and
    OperationNotAllowedError if nothing differs or another proposal is open.
    """
    require_permission(can_confirm(actor, organization, by_link=by_link), MANAGERS_ONLY)
    current = lock(organization, version)
    changes = {
        name: values[name] for name in PROPOSABLE_FIELDS if name in values and values[name] != getattr(current, name)
    }
    if not changes and not people_note:
        raise OperationNotAllowedError(_("Nothing was changed. Change what is incorrect, then send it."))
    open_proposal = current.proposals.select_for_update().filter(state=ProposalState.OPEN).first()
    if open_proposal and changes:
        raise OperationNotAllowedError(
            _("This organization already has a proposal that is waiting for staff. Try again after they answer it.")
        )
    if open_proposal:
        signed_note = _("%(note)s (%(name)s)") % {"note": people_note, "name": actor.name}
        notes = [text for text in (open_proposal.people_note, signed_note) if text]
        save_changes(open_proposal, actor=actor, people_note="\n".join(notes))
        return open_proposal
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
    """Store the proposed values in the organization, and return the fields that were left out.

    A field is left out if its stored value is no longer the one the proposer saw. Changes among the organization's
    people are made by staff by hand; accepting states that they are done. Raises PermissionDenied, EditConflictError,
    and OperationNotAllowedError if the proposal has been answered or no field can be stored.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    current = _lock_open(proposal, version)
    organization = lock(current.organization)
    left_out = conflicting_fields(current, organization)
    values = {name: value for name, value in current.values.items() if name not in left_out}
    if not values and not current.people_note:
        raise OperationNotAllowedError(
            _("Every proposed field has been changed since then. Decline the proposal and explain why.")
        )
    if values:
        edit_organization(actor=actor, organization=organization, version=None, today=today, **values)
    save_changes(
        current,
        actor=actor,
        state=ProposalState.ACCEPTED,
        reviewed_by=actor,
        reviewed_at=now,
        answer=_left_out_text(left_out),
    )
    return left_out


@transaction.atomic
def decline_proposal(
    *, actor: Person, proposal: Proposal, version: int | None, answer: str, now: dt.datetime
) -> Proposal:
    """Decline a proposal, with the reason. Raises PermissionDenied, EditConflictError and OperationNotAllowedError."""
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    current = _lock_open(proposal, version)
    save_changes(current, actor=actor, state=ProposalState.DECLINED, reviewed_by=actor, reviewed_at=now, answer=answer)
    return current


def conflicting_fields(proposal: Proposal, organization: Organization) -> list[str]:
    """Return the proposed fields whose stored value is no longer the one the proposer saw."""
    return [name for name in proposal.values if getattr(organization, name) != proposal.seen.get(name)]


def field_label(name: str) -> str:
    """Return the label of a field of an organization, in lower case."""
    field = Organization._meta.get_field(name)
    return str(getattr(field, "verbose_name", name))


def _lock_open(proposal: Proposal, version: int | None) -> Proposal:
    current = lock(proposal, version)
    if current.state != ProposalState.OPEN:
        raise OperationNotAllowedError(_("This proposal has already been answered."))
    return current


def _left_out_text(names: list[str]) -> str:
    if not names:
        return ""
    labels = get_text_list([field_label(name) for name in names], _("and"))
    return _("Not changed, because someone else changed it since then: %(fields)s.") % {"fields": labels}
