"""Who can see action items, who can change their status, and who can edit them. A visitor sees none."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import AnyPerson, is_staff
from actionitems.models import ActionItem, ActionItemQuerySet
from actionitems.rules import ActionItemStatus, can_transition
from members.models import Representation
from members.permissions import MANAGER_KINDS, organizations_managed_by, represents
from taskforces.models import Body, BodyQuerySet, Term
from taskforces.permissions import bodies_managed_by, is_member, terms_of
from taskforces.rules import CHAIR_ROLES


def items_visible_to(person: AnyPerson) -> ActionItemQuerySet:
    """Return all items for members and staff, none for visitors."""
    return ActionItem.objects.all() if is_member(person) else ActionItem.objects.none()


def items_with_status_editable_by(person: AnyPerson) -> ActionItemQuerySet:
    """Return the items whose status the person may change.

    These are a person's own items, those of an organization for its primary representative and alternates, those of a
    body for its chair, and all for staff.
    """
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
    """Return the people, other than staff, who may decide on the item's status, with an account or not.

    This is the reverse of `items_with_status_editable_by`; staff can enter an update for these people.
    """
    led = Representation.objects.with_rights().filter(organization=item.owner_organization_id, kind__in=MANAGER_KINDS)
    terms = Term.objects.current().filter(seat__body__dissolved_on=None)
    chairs = terms.filter(seat__body=item.body_id, seat__role__in=CHAIR_ROLES)
    people = Q(pk=item.owner_person_id) | Q(pk__in=led.values("person")) | Q(pk__in=chairs.values("person"))
    members = Q(pk__in=Representation.objects.with_rights().values("person")) | Q(
        pk__in=Term.objects.current().values("person")
    )
    return Person.objects.filter(people, members, is_active=True)


def can_change_status(person: AnyPerson, item: ActionItem) -> bool:
    """Return True if the person may change the item's status."""
    return items_with_status_editable_by(person).filter(pk=item.pk).exists()


def can_reassign_to_alternate(person: AnyPerson, item: ActionItem) -> bool:
    """Return True if the person may change the item and represents the organization that owns it."""
    organization = item.owner_organization
    return organization is not None and represents(person, organization) and can_change_status(person, item)


def owners_only() -> str:
    """Return the reason shown to a person who may not change an item's status."""
    return _(
        "Only the owner, the primary representative and alternates of the owner's organization, "
        "the chair, and staff can change the status of this item."
    )


def items_editable_by(person: AnyPerson) -> ActionItemQuerySet:
    """Return the items that the person may edit or cancel: those of a body for its chair, and all for staff."""
    if is_staff(person):
        return ActionItem.objects.all()
    return ActionItem.objects.filter(body__in=bodies_managed_by(person).values("pk"))


def can_edit(person: AnyPerson, item: ActionItem) -> bool:
    """Return True if the person may edit or cancel the item."""
    return items_editable_by(person).filter(pk=item.pk).exists()


def editors_only(body: Body) -> str:
    """Return the reason shown to a person who may not edit or cancel an item of the body."""
    return _("Only the chair of the %(body)s and staff can edit or cancel this item. Ask them to change it.") % {
        "body": body.title
    }


def allowed_statuses(person: AnyPerson, item: ActionItem) -> list[ActionItemStatus]:
    """Return the statuses to which the person may change the item."""
    if not can_change_status(person, item):
        return []
    can_cancel = can_edit(person, item)
    return [
        status
        for status in ActionItemStatus
        if can_transition(item.status, status) and (status != ActionItemStatus.CANCELED or can_cancel)
    ]


def bodies_allowing_items_from(person: AnyPerson) -> BodyQuerySet:
    """Return the bodies to which the person may add items: those in which they hold a seat; all for staff."""
    if is_staff(person):
        return Body.objects.standing()
    return Body.objects.standing().filter(pk__in=terms_of(person).values("seat__body"))


def can_add(person: AnyPerson, body: Body) -> bool:
    """Return True if the person may add items to the body."""
    return bodies_allowing_items_from(person).filter(pk=body.pk).exists()


def members_only() -> str:
    """Return the reason shown to a person who may not add items to a body."""
    return _("Only people with a seat on this body and staff can add its action items. Ask the chair to add this one.")
