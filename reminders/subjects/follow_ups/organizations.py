"""Organizations without a primary representative."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from members.models import Organization, Representation
from members.queries import without_primary
from members.rules import OrganizationStatus, RepresentationKind
from reminders.emails import EmailSection, page_url
from reminders.link_actions import ActionButton
from reminders.subjects.follow_ups.base import FollowUp, FollowUpData, FollowUpType, Recipient


class NoPrimary(FollowUpType):
    slug = "no-primary"
    label = _("Organizations without a primary representative")

    def find(self, data: FollowUpData) -> list[FollowUp]:
        rows = list(without_primary(Organization.objects.filter(status=OrganizationStatus.ACTIVE)).order_by("name"))
        executives = _executive_contacts(rows)
        found = []
        for row in rows:
            people = data.representatives(row.pk, RepresentationKind.ALTERNATE, RepresentationKind.REPRESENTATIVE)
            people = people or executives.get(row.pk, [])
            facts = (
                "Its people in the portal can be asked whom it names"
                if people
                else "Nobody of it is in the portal: call"
            )
            url = reverse("members:staff_organization", args=[row.key])
            found.append(FollowUp(self, row.pk, row.name, facts, url, data.recipients(people), row))
        return found

    def section(self, follow_up: FollowUp, recipient: Recipient, today: dt.date) -> EmailSection:
        organization: Organization = follow_up.subject
        call_to_action = gettext(
            "Tell us who is the primary representative of %(organization)s. Answer this mail with a name and an "
            "e-mail address; we do the rest."
        ) % {"organization": organization.name}
        return EmailSection(
            subject=f"Who speaks for {organization.short_name}? Name a primary representative",
            title=organization.name,
            call_to_action=call_to_action,
            facts=[("Organization", organization.name), ("Missing", "A primary representative")],
            why=f"You get this because our records list you with {organization.name}.",
            button=ActionButton("See your organization's page", page_url("members:organization", organization.key)),
        )


def _executive_contacts(organizations: list[Organization]) -> dict[int, list[Person]]:
    contacts: dict[int, list[Person]] = {}
    rights = Representation.objects.current().filter(
        organization__in=organizations, kind=RepresentationKind.EXECUTIVE_CONTACT, person__is_active=True
    )
    for right in rights.select_related("person"):
        contacts.setdefault(right.organization_id, []).append(right.person)
    return contacts
