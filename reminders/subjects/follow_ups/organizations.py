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
                gettext("Its contacts in the portal can name one")
                if people
                else gettext("No contacts in the portal. Call the organization.")
            )
            url = reverse("members:staff_organization", args=[row.key])
            found.append(FollowUp(self, row.pk, row.name, facts, url, data.recipients(people), row))
        return found

    def section(self, follow_up: FollowUp, recipient: Recipient, today: dt.date) -> EmailSection:
        organization: Organization = follow_up.subject
        call_to_action = gettext(
            "Please name a primary representative for %(organization)s. Reply to this email with a name and an email "
            "address, and we'll do the rest."
        ) % {"organization": organization.name}
        return EmailSection(
            subject=gettext("Please name a primary representative for %(organization)s")
            % {"organization": organization.short_name},
            title=organization.name,
            call_to_action=call_to_action,
            facts=[
                (gettext("Organization"), organization.name),
                (gettext("Missing"), gettext("Primary representative")),
            ],
            why=gettext("You're receiving this because you're listed as a contact of %(organization)s.")
            % {"organization": organization.name},
            button=ActionButton(
                gettext("Open your organization's page"), page_url("members:organization", organization.key)
            ),
        )


def _executive_contacts(organizations: list[Organization]) -> dict[int, list[Person]]:
    contacts: dict[int, list[Person]] = {}
    rights = Representation.objects.current().filter(
        organization__in=organizations, kind=RepresentationKind.EXECUTIVE_CONTACT, person__is_active=True
    )
    for right in rights.select_related("person"):
        contacts.setdefault(right.organization_id, []).append(right.person)
    return contacts
