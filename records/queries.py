"""Legal holds, and people whose contact data is past its retention period."""

import datetime as dt

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from accounts.models import Person
from accounts.rules import REMOVED_DOMAIN, PortalRole
from members.models import Organization, Representation
from records.models import LegalHold, LegalHoldQuerySet
from records.rules import contact_retention_cutoff
from taskforces.models import Body, Term

_LONG_AGO = dt.date(1900, 1, 1)


def hold_rows() -> LegalHoldQuerySet:
    """Return every hold, those in force first, with what each covers."""
    rows = LegalHold.objects.select_related("organization", "body", "person", "placed_by", "lifted_by")
    return rows.order_by(F("lifted_at").desc(nulls_first=True), "-placed_at")


def holds_on(record: Organization | Body | Person) -> list[LegalHold]:
    """Return the holds in force that cover a record: those that name it, and those on a period alone.

    A hold on an organization or a body also covers everyone who ever represented or served on it.
    """
    holds = LegalHold.objects.in_force()
    period_only = Q(organization=None, body=None, person=None)
    if isinstance(record, Organization):
        named = Q(organization=record)
    elif isinstance(record, Body):
        named = Q(body=record)
    else:
        seats = Term.objects.filter(person=record)
        named = Q(person=record)
        named |= Q(organization__in=Representation.objects.filter(person=record).values("organization"))
        named |= Q(organization__in=seats.exclude(seat__organization=None).values("seat__organization"))
        named |= Q(body__in=seats.values("seat__body"))
    return list(holds.filter(named | period_only).order_by("placed_at"))


def people_past_retention(today: dt.date) -> QuerySet[Person]:
    """Return the people whose contact data may be removed on `today`, with `last_tie_on`, the earliest first.

    They represent no organization, hold no seat and have no portal role, and their last representation or term ended
    before the cutoff. People who never had one are left out.
    """
    representing = Representation.objects.current(today).filter(person=OuterRef("pk"))
    serving = Term.objects.not_ended(today).filter(person=OuterRef("pk"))
    seats = Term.objects.filter(person=OuterRef("pk")).order_by().values("person").annotate(last=Max("ended_on"))
    people = Person.objects.filter(~Exists(representing), ~Exists(serving), portal_role=PortalRole.NONE)
    people = people.exclude(email__endswith=f"@{REMOVED_DOMAIN}")
    last_tie_on = Greatest(
        Coalesce(Max("representations__ended_on"), _LONG_AGO), Coalesce(Subquery(seats.values("last")[:1]), _LONG_AGO)
    )
    people = people.annotate(last_tie_on=last_tie_on)
    return people.filter(last_tie_on__gt=_LONG_AGO, last_tie_on__lte=contact_retention_cutoff(today)).order_by(
        "last_tie_on", "pk"
    )
