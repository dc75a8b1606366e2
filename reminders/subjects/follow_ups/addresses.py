"""Addresses that are blocked after bounces."""

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from core.dates import format_relative_date, local_today
from mail.models import Suppression
from members.models import Representation
from members.rules import RepresentationKind
from reminders.emails import EmailSection, page_url
from reminders.link_actions import ActionButton
from reminders.subjects.follow_ups.base import FollowUp, FollowUpData, FollowUpType, Recipient

_KINDS = (RepresentationKind.PRIMARY, RepresentationKind.ALTERNATE, RepresentationKind.REPRESENTATIVE)


class BlockedAddresses(FollowUpType):
    slug = "address"
    label = _("Blocked email addresses")

    def find(self, data: FollowUpData) -> list[FollowUp]:
        rows = list(Suppression.objects.filter(suppressed_at__isnull=False).order_by("suppressed_at"))
        addresses = [row.address for row in rows]
        people = {row.email: row for row in Person.objects.filter(email__in=addresses, is_active=True)}
        homes = _organizations_of(people.values())
        found = []
        for row in rows:
            owner = people.get(row.address)
            colleagues = [
                colleague
                for organization in (homes.get(owner.pk, ()) if owner else ())
                for colleague in data.representatives(organization, *_KINDS, exclude=owner.pk if owner else None)
            ]
            since = format_relative_date(local_today(row.suppressed_at or row.first_at), data.today)
            title = f"{owner.name}, {row.address}" if owner else row.address
            facts = gettext("Blocked %(since)s") % {"since": since} + (f" · {row.last_code}" if row.last_code else "")
            url = reverse("members:person", args=[owner.pk]) if owner else reverse("reminders:addresses")
            found.append(FollowUp(self, row.pk, title, facts, url, data.recipients(colleagues), owner))
        return found

    def section(self, follow_up: FollowUp, recipient: Recipient, today: dt.date) -> EmailSection:
        owner: Person = follow_up.subject
        call_to_action = gettext(
            "We can't deliver email to %(name)s. Please reply with another email address, or tell us if %(name)s has "
            "left."
        ) % {"name": owner.name}
        return EmailSection(
            subject=gettext("We can't deliver email to %(name)s") % {"name": owner.name},
            title=owner.name,
            call_to_action=call_to_action,
            facts=[(gettext("Person"), owner.name), (gettext("Address that bounces"), owner.email)],
            why=gettext("You're receiving this because you represent the same organization as %(name)s.")
            % {"name": owner.name},
            button=ActionButton(gettext("Open the portal"), page_url("overview:home")),
        )


def _organizations_of(people: Iterable[Person]) -> dict[int, list[int]]:
    rights = Representation.objects.with_rights().filter(person__in=list(people))
    homes: dict[int, list[int]] = {}
    for person_id, organization_id in rights.values_list("person", "organization"):
        homes.setdefault(person_id, []).append(organization_id)
    return homes
