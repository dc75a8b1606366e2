"""The responsibilities of a departing person, and who could take them over."""

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
    """What a departing person does for an organization.

    Seats, strategies and action items are reassigned one by one. The rest is handled automatically: milestones stay
    with their strategies, RSVPs and invitations are canceled, the yearly confirmation goes to the next contact, and
    scheduled emails are checked again before they are sent.
    """

    terms: list[Term] = field(default_factory=list)
    strategies: list[Strategy] = field(default_factory=list)
    items: list[ActionItem] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    confirmation: Confirmation | None = None
    invitations: list[Invitation] = field(default_factory=list)
    email_count: int = 0

    @property
    def has_work_to_reassign(self) -> bool:
        """Whether anything needs a successor."""
        return bool(self.terms or self.strategies or self.items)

    @property
    def has_automatic_changes(self) -> bool:
        """Whether anything is handled automatically."""
        return bool(self.meetings or self.milestones or self.confirmation or self.invitations or self.email_count)


def responsibilities_of(representation: Representation, now: dt.datetime) -> Responsibilities:
    """Return the person's responsibilities for the organization.

    If the person has no other representation with rights and is not staff, seats and action items that belong to no
    organization are included, because the person loses access to them.
    """
    person, organization = representation.person, representation.organization
    others = Representation.objects.with_rights().filter(person=person).exclude(pk=representation.pk)
    loses_access = not is_staff(person) and not others.exists()
    terms = Term.objects.not_ended().filter(person=person).select_related("seat__body", "seat__organization")
    items = ActionItem.objects.open().filter(owner_person=person).select_related("body", "owner_organization")
    if not loses_access:
        terms = terms.filter(seat__organization=organization)
        items = items.filter(owner_organization=organization)
    strategies = Strategy.objects.filter(responsible_person=person, lead_organization=organization, closed_on=None)
    attending = RSVP.objects.filter(person=person).exclude(answer=RSVPAnswer.NO).values("meeting")
    meetings = Meeting.objects.filter(pk__in=attending, status__in=LIVE_STATUSES, ends_at__gt=now)
    can_confirm = representation.kind in CONFIRMING_KINDS
    return Responsibilities(
        terms=list(terms.order_by("seat__body__position", "pk")),
        strategies=list(strategies.select_related("body", "objective").order_by("pk")),
        items=list(items.order_by("due_on", "pk")),
        meetings=list(meetings.select_related("body").order_by("starts_at")),
        milestones=list(Milestone.objects.filter(strategy__in=strategies, done_on=None).select_related("strategy")),
        confirmation=organization.confirmations.open().first() if can_confirm else None,
        invitations=list(organization.invitations.pending(now).filter(email=person.email)),
        email_count=pending_email_count(person),
    )


def remaining_responsibilities(person: Person) -> Responsibilities:
    """Return what is left after every representation has ended; staff can have work without a representation."""
    return Responsibilities(
        terms=list(Term.objects.not_ended().filter(person=person).select_related("seat__body").order_by("pk")),
        strategies=list(Strategy.objects.filter(responsible_person=person, closed_on=None).order_by("pk")),
        items=list(ActionItem.objects.open().filter(owner_person=person).order_by("due_on", "pk")),
    )


def pending_email_count(person: Person) -> int:
    """Return how many emails to the person are planned or wait to be sent."""
    planned = Reminder.objects.filter(recipient=person, state=ReminderState.PLANNED, delivery=None)
    return planned.count() + Delivery.objects.filter(person=person, state__in=UNFINISHED_STATES).count()


def colleagues(representation: Representation) -> QuerySet[Representation]:
    """Return the other representations of the organization with rights, its alternates first."""
    return (
        Representation.objects.with_rights()
        .filter(organization=representation.organization, person__is_active=True)
        .exclude(person=representation.person)
        .select_related("person", "organization")
        .order_by("kind", "person__name")
    )


def seats_taken(bodies: Iterable[int]) -> set[tuple[int, int]]:
    """Return the pairs of body id and person id of the current terms on these bodies."""
    terms = Term.objects.current().filter(seat__body__in=list(bodies))
    return set(terms.values_list("seat__body", "person"))
