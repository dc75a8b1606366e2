"""The subjects of reminders, each whole in its module, in the order in which they are planned.

Nothing outside of this package knows one of them by name; a new subject is a class like its neighbors and a line here.
"""

from collections.abc import Mapping

from reminders.link_actions import LinkAction
from reminders.subjects.action_items import ActionItems
from reminders.subjects.announcements import ANNOUNCEMENT_EMAIL
from reminders.subjects.base import DeliveryKind, Subject
from reminders.subjects.confirmations import Confirmations
from reminders.subjects.delivery_problems import DeliveryProblems
from reminders.subjects.follow_ups import FollowUpList
from reminders.subjects.follow_ups.sending import FOLLOW_UP_EMAIL
from reminders.subjects.meetings import Meetings
from reminders.subjects.minutes import Minutes
from reminders.subjects.progress import ProgressUpdates
from reminders.subjects.terms import Terms

SUBJECTS: tuple[Subject, ...] = (
    Meetings(),
    ActionItems(),
    ProgressUpdates(),
    Minutes(),
    Terms(),
    DeliveryProblems(),
    Confirmations(),
    FollowUpList(),
)
# What staff send without a reminder being planned.
DELIVERY_KINDS: tuple[DeliveryKind, ...] = (FOLLOW_UP_EMAIL, ANNOUNCEMENT_EMAIL)

_BY_KIND: Mapping[str, Subject] = {kind: subject for subject in SUBJECTS for kind in subject.kinds}
LINK_ACTIONS: Mapping[str, LinkAction] = {
    purpose: action for subject in SUBJECTS for purpose, action in subject.link_actions.items()
}


def subject_of(kind: str) -> Subject:
    """Return the subject that a kind of reminder belongs to. Raises KeyError."""
    return _BY_KIND[kind]
