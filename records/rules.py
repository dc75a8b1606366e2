"""How long each class of record is kept. No ORM, no clock.

The years are a proposal until the agency's own schedule says otherwise (Gov. Code 12270-12279, State Records Management
Act; the schedule is approved form by form). Nothing is deleted by the portal; the class stands in every export, so that
whoever keeps the copy knows how long.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Retention(StrEnum):
    """The classes, by the word that stands in an export."""

    GOVERNANCE = "governance"
    PROGRAM = "program"
    MEMBERSHIP = "membership"
    CONTACT = "contact"
    SECURITY = "security"


@dataclass(frozen=True)
class Schedule:
    """What a class covers and for how many years after what; no years means for good."""

    label: str
    covers: str
    years: int | None
    after: str


SCHEDULES: dict[Retention, Schedule] = {
    Retention.GOVERNANCE: Schedule(
        "Governance", "bodies, seats, terms, meetings with agenda, attendance and minutes", None, ""
    ),
    Retention.PROGRAM: Schedule(
        "Program", "objectives, strategies, milestones, measures, progress updates, action items", 10, "the plan ends"
    ),
    Retention.MEMBERSHIP: Schedule(
        "Membership", "organizations, representations, proposals", 10, "the organization leaves"
    ),
    Retention.CONTACT: Schedule(
        "Contact data", "e-mail, phone and assistant of a person who no longer takes part", 2, "the last tie ends"
    ),
    Retention.SECURITY: Schedule("Security", "security events and deliveries of mail", 3, "the event"),
}


def contact_retention_cutoff(today: dt.date) -> dt.date:
    """The day after which a last tie must have ended for contact data to be kept still at `today`."""
    year = today.year - (SCHEDULES[Retention.CONTACT].years or 0)
    try:
        return today.replace(year=year)
    except ValueError:  # February 29
        return dt.date(year, 2, 28)
