"""What a departing person carries, and who could take it over."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from accounts.models import Person
from accounts.permissions import is_staff
from actionitems.models import ActionItem
from mail.models import Delivery
from mail.rules import UNFINISHED_STATES
from meetings.models import RSVP, Meeting
from meetings.rules import LIVE_STATUSES, RSVPAnswer
from members.models import Confirmation, Invitation, Representation
from members.rules import CONFIRMING_KINDS
from objectives.models import Milestone, Strategy
from reminders.models import Reminder
from reminders.rules import ReminderState
from taskforces.models import Term


@dataclass(frozen=True)
class Responsibilities:
    """What a person carries for an organization.

    Seats, strategies and items are handed over one by one; milestones go with their strategies. Answers are taken back,
    the yearly question goes to whoever speaks next, invitations are withdrawn, and waiting mail stays behind.
    """

    terms: list[Term] = field(default_factory=list)
    strategies: list[Strategy] = field(default_factory=list)
    items: list[ActionItem] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    question: Confirmation | None = None
    invitations: list[Invitation] = field(default_factory=list)
    mails: int = 0

    @property
    def is_empty(self) -> bool:
        """Nothing that somebody else must take over."""
        return not (self.terms or self.strategies or self.items or self.meetings)

    @property
    def has_more(self) -> bool:
        """Something that settles by itself and is worth saying."""
        return bool(self.meetings or self.milestones or self.question or self.invitations or self.mails)


def responsibilities_of(representation: Representation, now: dt.datetime) -> Responsibilities:
    """What the person carries for the organization; with a last representation also what is of no organization."""
    person, organization = representation.person, representation.organization
    elsewhere = Representation.objects.with_rights().filter(person=person).exclude(pk=representation.pk)
    leaves = not is_staff(person) and not elsewhere.exists()
    terms = Term.objects.not_ended().filter(person=person).select_related("seat__body", "seat__organization")
    items = ActionItem.objects.open().filter(owner_person=person).select_related("body", "owner_organization")
    if not leaves:
        terms = terms.filter(seat__organization=organization)
        items = items.filter(owner_organization=organization)
    strategies = Strategy.objects.filter(responsible_person=person, lead_organization=organization, closed_on=None)
    answered = RSVP.objects.filter(person=person).exclude(answer=RSVPAnswer.NO).values("meeting")
    meetings = Meeting.objects.filter(pk__in=answered, status__in=LIVE_STATUSES, ends_at__gt=now)
    answers_for = representation.kind in CONFIRMING_KINDS
    return Responsibilities(
        list(terms.order_by("seat__body__position", "pk")),
        list(strategies.select_related("body", "objective").order_by("pk")),
        list(items.order_by("due_on", "pk")),
        list(meetings.select_related("body").order_by("starts_at")),
        list(Milestone.objects.filter(strategy__in=strategies, done_on=None).select_related("strategy")),
        organization.confirmations.open().first() if answers_for else None,
        list(organization.invitations.pending(now).filter(email=person.email)),
        mails_waiting_for(person),
    )


def remaining_responsibilities(person: Person) -> Responsibilities:
    """What a person still carries after every representation has ended, as staff and those without one may."""
    return Responsibilities(
        list(Term.objects.not_ended().filter(person=person).select_related("seat__body").order_by("pk")),
        list(Strategy.objects.filter(responsible_person=person, closed_on=None).order_by("pk")),
        list(ActionItem.objects.open().filter(owner_person=person).order_by("due_on", "pk")),
    )


def mails_waiting_for(person: Person) -> int:
    """How many mails to the person are planned or wait in the ledger; the guard looks at each again."""
    planned = Reminder.objects.filter(recipient=person, state=ReminderState.PLANNED, delivery=None)
    return planned.count() + Delivery.objects.filter(person=person, state__in=UNFINISHED_STATES).count()


def colleagues(representation: Representation) -> QuerySet[Representation]:
    """The others who represent the organization with rights, its alternates first."""
    return (
        Representation.objects.with_rights()
        .filter(organization=representation.organization, person__is_active=True)
        .exclude(person=representation.person)
        .select_related("person", "organization")
        .order_by("kind", "person__name")
    )


def seats_taken(bodies: Iterable[int]) -> set[tuple[int, int]]:
    """Who sits on these bodies today, as pairs of body and person."""
    terms = Term.objects.current().filter(seat__body__in=list(bodies))
    return set(terms.values_list("seat__body", "person"))
