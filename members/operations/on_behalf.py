"""What staff enter for somebody who said it by phone, by mail or across the table."""

import datetime as dt
from dataclasses import dataclass

from core.models import Versioned
from core.operations import Refused
from members.models import ActOnBehalf, Person
from members.permissions import may_act_for, voice_of
from members.rules import HowTold


@dataclass(frozen=True)
class OnBehalf:
    """Who said it, how staff were told, and when it was entered."""

    person: Person
    how: str
    at: dt.datetime

    @property
    def reason(self) -> str:
        """What the history of the record says beside the name of the staff member."""
        told = HowTold(self.how).label.lower()
        return f"For {self.person.name}, told {told}" if len(self.person.name) < 70 else f"Told {told}"


def speaker(actor: Person, on_behalf: OnBehalf | None) -> Person:
    """Whose rights decide: the actor's, or those of the person for whom staff act. Raises Refused for others."""
    if on_behalf is None:
        return actor
    if not may_act_for(actor, on_behalf.person):
        raise Refused("Only Workgroup staff enter what somebody else said, and only for people who are still here.")
    return voice_of(on_behalf.person)


def note_act(*, actor: Person, on_behalf: OnBehalf | None, row: Versioned, what: str) -> None:
    """Note that `row`, as just saved, is the person's word entered by the actor; without one nothing is noted."""
    if on_behalf is None:
        return
    ActOnBehalf.objects.create(
        actor=actor,
        person=on_behalf.person,
        how=HowTold(on_behalf.how),
        at=on_behalf.at,
        what=what[:300],
        model=row._meta.label,
        row_id=row.pk,
        version=row.version,
    )
