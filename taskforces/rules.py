"""The words of bodies and seats. No ORM, no clock."""

import datetime as dt

from django.db.models import TextChoices


class BodyKind(TextChoices):
    FULL = "full", "Full Workgroup"
    TASK_FORCE = "task_force", "Task force"


class OpenMeetingLaw(TextChoices):
    """Whether the Bagley-Keene Open Meeting Act (Gov. Code 11120-11132) binds a body: for counsel to say."""

    APPLIES = "applies", "Applies"
    COURTESY = "courtesy", "Followed by courtesy"
    NOT = "not", "Does not apply"


class SeatRole(TextChoices):
    CHAIR = "chair", "Chair"
    CO_CHAIR = "co_chair", "Co-chair"
    SECRETARY = "secretary", "Secretary"
    MEMBER = "member", "Member"
    STAFF_LIAISON = "staff_liaison", "Staff liaison"


CHAIR_ROLES = (SeatRole.CHAIR, SeatRole.CO_CHAIR)
# A term whose planned end lies within so many days is shown as ending.
ENDING_DAYS = 60


def rank(role: str) -> int:
    """Where a role stands in a roster: the chair first."""
    return SeatRole.values.index(role)


def carries_over(planned_end_on: dt.date | None, today: dt.date) -> bool:
    """Whether a term that has not ended is past its planned end."""
    return planned_end_on is not None and planned_end_on < today


def ends_soon(planned_end_on: dt.date | None, today: dt.date) -> bool:
    """Whether a term's planned end lies within ENDING_DAYS from today."""
    return planned_end_on is not None and 0 <= (planned_end_on - today).days <= ENDING_DAYS
