"""Who sees action items and who moves them. A visitor sees none."""

from django.db.models import Q

from actionitems.models import ActionItem, ActionItemQuerySet
from members.permissions import AnyPerson, is_staff, organizations_led_by
from taskforces.models import Body, BodyQuerySet
from taskforces.permissions import bodies_led_by, is_member, terms_of


def items_visible_to(person: AnyPerson) -> ActionItemQuerySet:
    """All for members and staff, none for visitors."""
    return ActionItem.objects.all() if is_member(person) else ActionItem.objects.none()


def items_moved_by(person: AnyPerson) -> ActionItemQuerySet:
    """One's own; as primary or alternate those of one's organization; as chair those of the body; as staff all."""
    if not is_member(person):
        return ActionItem.objects.none()
    if is_staff(person):
        return ActionItem.objects.all()
    return ActionItem.objects.filter(
        Q(owner_person=person)
        | Q(owner_organization__in=organizations_led_by(person).values("pk"))
        | Q(body__in=bodies_led_by(person).values("pk"))
    )


def can_move(person: AnyPerson, item: ActionItem) -> bool:
    return items_moved_by(person).filter(pk=item.pk).exists()


def can_drop(person: AnyPerson, item: ActionItem) -> bool:
    """Dropping, or changing what was promised, is for the body's chair and staff."""
    return bodies_led_by(person).filter(pk=item.body_id).exists()


def bodies_added_to_by(person: AnyPerson) -> BodyQuerySet:
    """The bodies to which the person may add items: where one holds a seat; staff all."""
    if is_staff(person):
        return Body.objects.standing()
    return Body.objects.standing().filter(pk__in=terms_of(person).values("seat__body"))


def can_add(person: AnyPerson, body: Body) -> bool:
    return bodies_added_to_by(person).filter(pk=body.pk).exists()
