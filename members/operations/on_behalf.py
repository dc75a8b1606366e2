"""What staff enter for people who told them by phone, by email or in person."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Person
from core.models import Versioned
from core.operations import require_permission
from members.models import ActOnBehalf
from members.permissions import STAFF_ACT_FOR_OTHERS, can_act_for, with_account_rights
from members.rules import ContactChannel


@dataclass(frozen=True)
class OnBehalf:
    """The person whose answer staff enter, how they told staff, and when it was entered."""

    person: Person
    how: str
    at: dt.datetime

    @property
    def reason(self) -> str:
        """The change reason for the history of the record, shown with the name of the staff member."""
        channel = ContactChannel(self.how).in_sentence
        if len(self.person.name) < 70:
            return _("For %(name)s, told %(channel)s") % {"name": self.person.name, "channel": channel}
        return _("Told %(channel)s") % {"channel": channel}


def represented_person(actor: Person, on_behalf: OnBehalf | None) -> Person:
    """Return the person whose rights decide: the actor, or the one on whose behalf staff act.

    The latter is returned as a copy with the rights of an account, since people without one can tell staff too. Raises
    PermissionDenied if the actor may not act for them.
    """
    if on_behalf is None:
        return actor
    require_permission(can_act_for(actor, on_behalf.person), STAFF_ACT_FOR_OTHERS)
    return with_account_rights(on_behalf.person)


def record_act_on_behalf(*, actor: Person, on_behalf: OnBehalf | None, row: Versioned, what: str) -> None:
    """Record that the actor entered `row`, as just saved, on behalf of a person. Do nothing without `on_behalf`.

    Raises PermissionDenied if the actor may not act for them.
    """
    if on_behalf is None:
        return
    require_permission(can_act_for(actor, on_behalf.person), STAFF_ACT_FOR_OTHERS)
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
