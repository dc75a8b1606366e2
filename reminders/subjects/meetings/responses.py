"""Responses to a meeting's email: yes, no, my alternate attends."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from core.dates import format_time_range
from core.operations import BY_LINK
from meetings import operations
from meetings.models import RSVP, Meeting
from meetings.permissions import allowed_answers, can_answer
from meetings.rules import LIVE_STATUSES, MeetingStatus, RSVPAnswer
from reminders.emails import page_url
from reminders.link_actions import ActionButton, LinkAction, StrOrPromise, SubjectState
from reminders.links import Link, answer_url
from reminders.rules import LinkPurpose

_ANSWERS: dict[str, RSVPAnswer] = {
    LinkPurpose.MEETING_YES: RSVPAnswer.YES,
    LinkPurpose.MEETING_NO: RSVPAnswer.NO,
    LinkPurpose.MEETING_ALTERNATE: RSVPAnswer.ALTERNATE,
}
_SAVED: dict[str, StrOrPromise] = {
    RSVPAnswer.YES: _("You're attending."),
    RSVPAnswer.NO: _("You're not attending."),
    RSVPAnswer.ALTERNATE: _("Your alternate is attending."),
}


def action_buttons(meeting: Meeting, person: Person, email: str) -> list[ActionButton]:
    """Return the buttons of an email about a meeting.

    A person who does not represent an organization has no button to send an alternate.
    """
    allowed = allowed_answers(person)
    cycle = f"{meeting.schedule_version} {email}"
    return [
        ActionButton(str(LinkPurpose(purpose).label), answer_url(purpose, person, meeting.pk, cycle, meeting.ends_at))
        for purpose, answer in _ANSWERS.items()
        if answer in allowed
    ]


def load_state(link: Link, now: dt.datetime) -> SubjectState:
    """Return the state of the meeting for the person of the link."""
    meeting = Meeting.objects.select_related("body").filter(pk=link.subject_id).first()
    if meeting is None or not can_answer(link.person, meeting):
        return SubjectState(gettext("Meeting"), closed_reason=gettext("You're no longer invited to this meeting."))
    span = format_time_range(meeting.local_start, meeting.local_end, now.astimezone(meeting.zone).date())
    facts = [(gettext("Meeting"), meeting.title), (gettext("When"), span)]
    if meeting.location:
        facts.append((gettext("Location"), meeting.location))
    rsvp = RSVP.objects.filter(meeting=meeting, person=link.person).first()
    if rsvp:
        facts.append((gettext("Your current response"), rsvp.get_answer_display()))
    url = page_url("meetings:detail", meeting.pk)
    return SubjectState(
        gettext("%(body)s, %(when)s") % {"body": meeting.body.title, "when": span},
        facts,
        url,
        _closed_reason(link, meeting, span, now),
        meeting,
    )


def _closed_reason(link: Link, meeting: Meeting, span: str, now: dt.datetime) -> str:
    if meeting.status == MeetingStatus.CANCELED:
        return gettext("This meeting was canceled. You don't need to respond.")
    if meeting.ends_at <= now or meeting.status not in LIVE_STATUSES:
        return gettext("This meeting is over.")
    if str(meeting.schedule_version) != link.cycle.split(" ")[0]:
        text = gettext("This meeting was moved to %(when)s. Respond from the latest email or on the meeting's page.")
        return text % {"when": span}
    if _ANSWERS[link.purpose] not in allowed_answers(link.person):
        return gettext("You no longer represent an organization, so you have no alternate. Respond yes or no.")
    return ""


def _answer(link: Link, state: SubjectState, values: Mapping[str, Any], now: dt.datetime) -> str:
    answer = _ANSWERS[link.purpose]
    operations.record_rsvp(actor=link.person, meeting=state.subject, answer=answer, now=now, how=BY_LINK)
    return str(_SAVED[answer])


def _action(question: StrOrPromise, button: StrOrPromise) -> LinkAction:
    return LinkAction(question, button, load_state, _answer)


LINK_ACTIONS: dict[str, LinkAction] = {
    LinkPurpose.MEETING_YES: _action(_("Will you attend?"), _("Yes, I'll attend")),
    LinkPurpose.MEETING_NO: _action(_("Decline this meeting?"), _("No, I can't attend")),
    LinkPurpose.MEETING_ALTERNATE: _action(_("Will your alternate attend?"), _("Yes, my alternate will attend")),
}
