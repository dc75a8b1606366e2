"""Who sees and writes strategies and progress updates."""

from django.db.models import Q, QuerySet

from accounts.models import Person
from accounts.permissions import AnyPerson, is_staff, signed_in
from members.models import Representation
from members.permissions import organizations_of
from objectives.models import ProgressUpdate, ProgressUpdateQuerySet, Strategy, StrategyQuerySet
from objectives.rules import OPEN_STATES, UpdateState
from taskforces.models import Term
from taskforces.permissions import bodies_chaired_by, bodies_managed_by, is_member, terms_of


def strategies_written_by(person: AnyPerson) -> StrategyQuerySet:
    """The open strategies for which the person may write an update.

    Staff all; a seat holder those of the body; the responsible person, while still of the lead organization, that one.
    """
    if is_staff(person):
        return Strategy.objects.open()
    if not signed_in(person):
        return Strategy.objects.none()
    seated = Q(body__in=terms_of(person).values("seat__body"))
    responsible = Q(responsible_person=person, lead_organization__in=organizations_of(person).values("pk"))
    return Strategy.objects.open().filter(seated | responsible)


def authors_for(strategy: Strategy) -> QuerySet[Person]:
    """`strategies_written_by` asked from the other side, staff aside: whose word on it counts, account or not."""
    seated = Term.objects.current().filter(seat__body=strategy.body_id)
    speaks = Representation.objects.with_rights().filter(organization=strategy.lead_organization_id)
    people = Q(pk__in=seated.values("person")) | Q(pk=strategy.responsible_person_id, pk__in=speaks.values("person"))
    return Person.objects.filter(people, is_active=True)


def can_write_update(person: AnyPerson, strategy: Strategy) -> bool:
    return strategies_written_by(person).filter(pk=strategy.pk).exists()


def strategies_led_by(person: AnyPerson) -> StrategyQuerySet:
    """The open strategies whose body the person leads; there a person manages strategies and submits updates."""
    return Strategy.objects.open().filter(body__in=bodies_managed_by(person).values("pk"))


def can_lead_strategy(person: AnyPerson, strategy: Strategy) -> bool:
    return strategies_led_by(person).filter(pk=strategy.pk).exists()


def updates_visible_to(person: AnyPerson) -> ProgressUpdateQuerySet:
    """Published for all; submitted for members; drafts for their author, the body's chair and staff."""
    updates = ProgressUpdate.objects.all()
    if is_staff(person):
        return updates
    if not is_member(person):
        return updates.published()
    return updates.filter(
        Q(state__in=[UpdateState.PUBLISHED, UpdateState.SUBMITTED])
        | Q(author=person)
        | Q(strategy__body__in=bodies_chaired_by(person).values("pk"))
    )


def updates_edited_by(person: AnyPerson) -> ProgressUpdateQuerySet:
    """One's own open updates for strategies one may still write for; a chair those of the body, staff all."""
    if not signed_in(person):
        return ProgressUpdate.objects.none()
    mine = Q(author=person, strategy__in=strategies_written_by(person).values("pk"))
    led = Q(strategy__in=strategies_led_by(person).values("pk"))
    return ProgressUpdate.objects.filter(mine | led, state__in=OPEN_STATES)


def can_edit_update(person: AnyPerson, update: ProgressUpdate) -> bool:
    return updates_edited_by(person).filter(pk=update.pk).exists()


def updates_published_by(person: AnyPerson) -> ProgressUpdateQuerySet:
    """The submitted updates that the person may publish or return: staff all, a chair where the body's setting lets."""
    submitted = ProgressUpdate.objects.submitted()
    if is_staff(person):
        return submitted
    return submitted.filter(
        strategy__in=Strategy.objects.filter(
            body__in=bodies_chaired_by(person).filter(chair_may_publish=True).values("pk")
        )
    )


def can_publish(person: AnyPerson, update: ProgressUpdate) -> bool:
    return updates_published_by(person).filter(pk=update.pk).exists()


def can_open_queue(person: AnyPerson) -> bool:
    """Whether the publication queue is there for the person: staff, and a chair whose body lets its chair publish."""
    return is_staff(person) or bodies_chaired_by(person).filter(chair_may_publish=True).exists()


def can_edit_objective(person: AnyPerson) -> bool:
    """The words of an objective are for staff to change."""
    return is_staff(person)
