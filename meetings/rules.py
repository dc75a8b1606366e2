"""The words of meetings. No ORM, no clock."""

from django.db.models import TextChoices


class MeetingStatus(TextChoices):
    DRAFT = "draft", "Draft"
    SCHEDULED = "scheduled", "Scheduled"
    IN_SESSION = "in_session", "In session"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


MEETING_MOVES: dict[str, set[str]] = {
    MeetingStatus.DRAFT: {MeetingStatus.SCHEDULED, MeetingStatus.CANCELLED},
    MeetingStatus.SCHEDULED: {MeetingStatus.IN_SESSION, MeetingStatus.CLOSED, MeetingStatus.CANCELLED},
    MeetingStatus.IN_SESSION: {MeetingStatus.CLOSED},
    MeetingStatus.CLOSED: set(),
    MeetingStatus.CANCELLED: set(),
}


class MinutesStatus(TextChoices):
    NONE = "none", "None yet"
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"


class Visibility(TextChoices):
    PUBLIC = "public", "Public"
    MEMBERS = "members", "Members of the Workgroup"
    BODY = "body", "Only this body"


class Answer(TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    ALTERNATE = "alternate", "My alternate comes"


class Presence(TextChoices):
    IN_PERSON = "in_person", "In person"
    REMOTE = "remote", "Remote"
    EXCUSED = "excused", "Excused"
    ABSENT = "absent", "Absent"


# Statuses in which a meeting still lies ahead of its people.
LIVE_STATUSES = (MeetingStatus.SCHEDULED, MeetingStatus.IN_SESSION)
