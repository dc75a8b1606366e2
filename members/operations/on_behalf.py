"""What staff enter for somebody who said it by phone, by mail or across the table."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import Person
from core.models import Versioned
from core.operations import OperationNotAllowedError
from members.models import ActOnBehalf
from members.permissions import may_act_for, with_account_rights
from members.rules import ContactChannel


@dataclass(frozen=True)
class OnBehalf:
    """Who said it, how staff were told, and when it was entered."""

    person: Person
    how: str
    at: dt.datetime

    @property
    def reason(self) -> str:
        """What the history of the record says beside the name of the staff member."""
        told = ContactChannel(self.how).label.lower()
        return f"For {self.person.name}, told {told}" if len(self.person.name) < 70 else f"Told {told}"


def speaker(actor: Person, on_behalf: OnBehalf | None) -> Person:
    """Whose rights decide: the actor's, or those of the person for whom staff act.

    Raises OperationNotAllowedError for others.
    """
    if on_behalf is None:
        return actor
    if not may_act_for(actor, on_behalf.person):
        raise OperationNotAllowedError(
            "Only Workgroup staff enter what somebody else said, and only for people who are still here."
        )
    return with_account_rights(on_behalf.person)


def record_act_on_behalf(*, actor: Person, on_behalf: OnBehalf | None, row: Versioned, what: str) -> None:
    """Note that `row`, as just saved, is the person's word entered by the actor; without one nothing is noted."""
    if on_behalf is None:
        return
    ActOnBehalf.objects.create(
        actor=actor,
        person=on_behalf.person,
        how=ContactChannel(on_behalf.how),
        at=on_behalf.at,
        what=what[:300],
        model=row._meta.label,
        row_id=row.pk,
        version=row.version,
    )
