"""What Monday's mail says to staff."""

import datetime as dt
from collections import Counter

from django.conf import settings
from django.urls import reverse

from core.dates import format_date
from reminders.answers.parts import Offer
from reminders.chasing import Case, FollowUpType, cases
from reminders.emails.making import EmailSection
from reminders.models import Reminder

_EACH = 3


def piece(reminder: Reminder, day: dt.date, now: dt.datetime) -> EmailSection:
    """How much of each matter there is to chase, with the first of each by name."""
    found = cases(now)
    counts = Counter(case.matter for case in found)
    lines = [f"{case.matter.label}: {case.title}" for matter in FollowUpType for case in _first(found, matter)]
    left = len(found) - len(lines)
    return EmailSection(
        subject=f"To chase on {format_date(day, now.date())}: {len(found)} thing{'' if len(found) == 1 else 's'}",
        title=f"To chase: {len(found)}",
        ask="Look at what is missing, unanswered, late or past its end. A nudge takes two presses.",
        facts=[(matter.label, str(counts[matter])) for matter in FollowUpType if counts[matter]],
        why="You get this because you are on the portal's staff.",
        button=Offer("Open the list", settings.SITE_URL + reverse("reminders:chase")),
        points_title="The first of them",
        points=[*lines, *([f"and {left} more"] if left else [])],
    )


def _first(found: list[Case], matter: FollowUpType) -> list[Case]:
    return [case for case in found if case.matter == matter][:_EACH]
