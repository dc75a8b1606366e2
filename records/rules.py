"""How long each class of record is kept. No ORM, no clock.

The years are a proposal until the agency's own schedule replaces them (Gov. Code 12270-12279, State Records Management
Act; the schedule is approved form by form). The portal deletes nothing. Every export names the class of its records, so
that whoever keeps the copy knows how long to keep it.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _


class Retention(StrEnum):
    """The retention classes, by the word that an export shows."""

    GOVERNANCE = "governance"
    PROGRAM = "program"
    MEMBERSHIP = "membership"
    CONTACT = "contact"
    SECURITY = "security"


@dataclass(frozen=True)
class Schedule:
    """The records of a class, and for how many years after which event they are kept; None means permanently."""

    label: Promise
    covers: Promise
    years: int | None
    event: Promise | None = None

    @property
    def period(self) -> str:
        """Return how long the records are kept, such as "10 years after the plan ends"."""
        if self.years is None:
            return gettext("Permanently")
        period = ngettext("%(count)d year after %(event)s", "%(count)d years after %(event)s", self.years)
        return period % {"count": self.years, "event": self.event}


SCHEDULES: dict[Retention, Schedule] = {
    Retention.GOVERNANCE: Schedule(
        _("Governance"), _("bodies, seats, terms, meetings with agenda, attendance and minutes"), None
    ),
    Retention.PROGRAM: Schedule(
        _("Program"),
        _("objectives, strategies, milestones, measures, progress updates, action items"),
        10,
        _("the plan ends"),
    ),
    Retention.MEMBERSHIP: Schedule(
        _("Membership"), _("organizations, representations, proposals"), 10, _("the organization leaves")
    ),
    Retention.CONTACT: Schedule(
        _("Contact information"),
        _("email, phone and assistant of a person who no longer takes part"),
        2,
        _("their last seat or representation ends"),
    ),
    Retention.SECURITY: Schedule(_("Security"), _("security events and the email log"), 3, _("the event")),
}


def contact_retention_cutoff(today: dt.date) -> dt.date:
    """Return the cutoff date: contact data may be removed on `today` if the last tie ended on it or earlier."""
    year = today.year - (SCHEDULES[Retention.CONTACT].years or 0)
    try:
        return today.replace(year=year)
    except ValueError:  # February 29
        return dt.date(year, 2, 28)
