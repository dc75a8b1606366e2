"""The words of bodies and seats. No ORM, no clock."""

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
