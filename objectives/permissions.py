"""Who may see, write, submit and publish updates, and who may manage strategies and objectives."""

from django.db.models import Q, QuerySet

from accounts.models import Person
from accounts.permissions import AnyPerson, is_staff, signed_in
from members.models import Representation
from members.permissions import organizations_of
from objectives.models import ProgressUpdate, ProgressUpdateQuerySet, Strategy, StrategyQuerySet
from objectives.rules import OPEN_STATES, REPORTED_STATES
from taskforces.models import Body, Term
from taskforces.permissions import bodies_chaired_by, bodies_managed_by, is_member, terms_of


def strategies_writable_by(person: AnyPerson) -> StrategyQuerySet:
    """Return the open strategies for which the person may write an update.

    Staff may write for all of them, and the holder of a seat for those of the body. The responsible person may write
    for the strategy, but only while the person represents its lead organization.
    """
    if is_staff(person):
        return Strategy.objects.open()
    if not signed_in(person):
        return Strategy.objects.none()
    seated = Q(body__in=terms_of(person).values("seat__body"))
    responsible = Q(responsible_person=person, lead_organization__in=organizations_of(person).values("pk"))
    return Strategy.objects.open().filter(seated | responsible)


def authors_for(strategy: Strategy) -> QuerySet[Person]:
    """Return the people for whom `strategies_writable_by` holds the strategy, without staff.

    People without an account are included, since staff may enter an update on their behalf.
    """
    seated = Term.objects.current().filter(seat__body=strategy.body_id)
    of_lead = Representation.objects.with_rights().filter(organization=strategy.lead_organization_id)
    people = Q(pk__in=seated.values("person")) | Q(pk=strategy.responsible_person_id, pk__in=of_lead.values("person"))
    return Person.objects.filter(people, is_active=True)


def can_write_update(person: AnyPerson, strategy: Strategy) -> bool:
    return strategies_writable_by(person).filter(pk=strategy.pk).exists()


def strategies_managed_by(person: AnyPerson) -> StrategyQuerySet:
    """Return the open strategies of the bodies that the person leads.

    The person may change these strategies, and finish and submit the drafts of others for them.
    """
    return Strategy.objects.open().filter(body__in=bodies_managed_by(person).values("pk"))


def can_manage_strategy(person: AnyPerson, strategy: Strategy) -> bool:
    return strategies_managed_by(person).filter(pk=strategy.pk).exists()


def can_reassign_strategies(person: AnyPerson) -> bool:
    """Return True if the person may pass strategies on when a person leaves or organizations merge: staff only."""
    return is_staff(person)


def updates_visible_to(person: AnyPerson) -> ProgressUpdateQuerySet:
    """Return the published updates; for members also those submitted; drafts for their author, the chair and staff."""
    updates = ProgressUpdate.objects.all()
    if is_staff(person):
        return updates
    if not is_member(person):
        return updates.published()
    return updates.filter(
        Q(state__in=REPORTED_STATES) | Q(author=person) | Q(strategy__body__in=bodies_chaired_by(person).values("pk"))
    )


def updates_editable_by(person: AnyPerson) -> ProgressUpdateQuerySet:
    """Return the open updates that the person may edit and submit.

    These are the person's own for strategies that the person may still write for, and all of the strategies that the
    person manages.
    """
    if not signed_in(person):
        return ProgressUpdate.objects.none()
    own = Q(author=person, strategy__in=strategies_writable_by(person).values("pk"))
    managed = Q(strategy__in=strategies_managed_by(person).values("pk"))
    return ProgressUpdate.objects.filter(own | managed, state__in=OPEN_STATES)


def can_edit_update(person: AnyPerson, update: ProgressUpdate) -> bool:
    return updates_editable_by(person).filter(pk=update.pk).exists()


def can_contribute(person: AnyPerson, strategy: Strategy, update: ProgressUpdate | None = None) -> bool:
    """Return True if the person may write `update`, or a new update if it is None, whatever its state is now.

    For an open update this equals `can_edit_update`. It is separate so that an update that someone submitted in the
    meantime can be told from one that the person was never allowed to edit.
    """
    if update is None or update.author_id == person.pk:
        return can_write_update(person, strategy)
    return can_manage_strategy(person, strategy)


def updates_publishable_by(person: AnyPerson) -> ProgressUpdateQuerySet:
    """Return the submitted updates that the person may publish or return.

    Staff may publish all of them, and a chair those of the body if the body's setting allows it.
    """
    submitted = ProgressUpdate.objects.submitted()
    if is_staff(person):
        return submitted
    return submitted.filter(
        strategy__in=Strategy.objects.filter(
            body__in=bodies_chaired_by(person).filter(chair_may_publish=True).values("pk")
        )
    )


def can_publish(person: AnyPerson, update: ProgressUpdate) -> bool:
    return updates_publishable_by(person).filter(pk=update.pk).exists()


def can_publish_for(person: AnyPerson, body: Body) -> bool:
    """Return True if the person may publish or return the submitted updates of the body."""
    return is_staff(person) or bodies_chaired_by(person).filter(pk=body.pk, chair_may_publish=True).exists()


def can_open_queue(person: AnyPerson) -> bool:
    """Return True if the person may open the publication queue: staff, and a chair who may publish for a body."""
    return is_staff(person) or bodies_chaired_by(person).filter(chair_may_publish=True).exists()


def can_edit_objective(person: AnyPerson) -> bool:
    """Return True if the person may change the title and description of objectives: staff only."""
    return is_staff(person)
