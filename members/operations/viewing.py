"""The beginning and the end of looking at the portal as somebody else; both stay on record."""

import datetime as dt

from django.db import transaction

from core.operations import OperationNotAllowedError
from members.models import Person
from members.operations.security import record_security_event
from members.permissions import can_view_as, is_staff
from members.rules import SecurityEventKind


@transaction.atomic
def start_viewing(*, actor: Person, person: Person, now: dt.datetime, address: str | None = None) -> None:
    """Note that the actor looks as the person from now on. Raises OperationNotAllowedError for whom nobody looks as."""
    if not can_view_as(actor, person):
        raise OperationNotAllowedError(
            f"{person.name} is staff. Nobody looks at the portal as staff."
            if is_staff(person)
            else f"{person.name} cannot sign in, so there is no portal to see as them."
        )
    record_security_event(actor=actor, kind=SecurityEventKind.VIEW_STARTED, now=now, person=person, address=address)


def end_viewing(*, actor: Person, person: Person, now: dt.datetime, why: str, address: str | None = None) -> None:
    """Note that the actor looks as the person no longer, and why."""
    record_security_event(
        actor=actor, kind=SecurityEventKind.VIEW_ENDED, now=now, person=person, address=address, detail=why
    )
