"""Who sees action items and who moves them. A visitor sees none."""

from django.db.models import Q, QuerySet

from accounts.models import Person
from accounts.permissions import AnyPerson, is_staff
from actionitems.models import ActionItem, ActionItemQuerySet
from actionitems.rules import ActionItemStatus, can_transition
from members.models import Representation
from members.permissions import MANAGER_KINDS, organizations_managed_by
from taskforces.models import Body, BodyQuerySet, Term
from taskforces.permissions import bodies_managed_by, is_member, terms_of
from taskforces.rules import CHAIR_ROLES


def items_visible_to(person: AnyPerson) -> ActionItemQuerySet:
    """All for members and staff, none for visitors."""
    return ActionItem.objects.all() if is_member(person) else ActionItem.objects.none()


def items_with_status_editable_by(person: AnyPerson) -> ActionItemQuerySet:
    """One's own; as primary or alternate those of one's organization; as chair those of the body; as staff all."""
    if not is_member(person):
        return ActionItem.objects.none()
    if is_staff(person):
        return ActionItem.objects.all()
    return ActionItem.objects.filter(
        Q(owner_person=person)
        | Q(owner_organization__in=organizations_managed_by(person).values("pk"))
        | Q(body__in=bodies_managed_by(person).values("pk"))
    )


def status_editors_of(item: ActionItem) -> QuerySet[Person]:
    """`items_with_status_editable_by` asked from the other side, staff aside: whose word on it counts, account or not."""
    led = Representation.objects.with_rights().filter(organization=item.owner_organization_id, kind__in=MANAGER_KINDS)
    terms = Term.objects.current().filter(seat__body__dissolved_on=None)
    chairs = terms.filter(seat__body=item.body_id, seat__role__in=CHAIR_ROLES)
    people = Q(pk=item.owner_person_id) | Q(pk__in=led.values("person")) | Q(pk__in=chairs.values("person"))
    seated = Q(pk__in=Representation.objects.with_rights().values("person")) | Q(
        pk__in=Term.objects.current().values("person")
    )
    return Person.objects.filter(people, seated, is_active=True)


def can_change_status(person: AnyPerson, item: ActionItem) -> bool:
    return items_with_status_editable_by(person).filter(pk=item.pk).exists()


def items_managed_by(person: AnyPerson) -> ActionItemQuerySet:
    """The items that the person may drop, or whose promise the person may change: the body's chair; staff all."""
    if is_staff(person):
        return ActionItem.objects.all()
    return ActionItem.objects.filter(body__in=bodies_managed_by(person).values("pk"))


def can_change(person: AnyPerson, item: ActionItem) -> bool:
    return items_managed_by(person).filter(pk=item.pk).exists()


def allowed_statuses(person: AnyPerson, item: ActionItem) -> list[ActionItemStatus]:
    """Where the person may move the item from where it stands."""
    if not can_change_status(person, item):
        return []
    may_drop = can_change(person, item)
    return [
        status
        for status in ActionItemStatus
        if can_transition(item.status, status) and (status != ActionItemStatus.CANCELED or may_drop)
    ]


def bodies_allowing_items_from(person: AnyPerson) -> BodyQuerySet:
    """The bodies to which the person may add items: where one holds a seat; staff all."""
    if is_staff(person):
        return Body.objects.standing()
    return Body.objects.standing().filter(pk__in=terms_of(person).values("seat__body"))


def can_add(person: AnyPerson, body: Body) -> bool:
    return bodies_allowing_items_from(person).filter(pk=body.pk).exists()
