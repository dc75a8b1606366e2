"""Answers to a meeting's mail: yes, no, my alternate comes."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import Person
from core.dates import format_time_range
from core.operations import BY_LINK
from meetings import operations
from meetings.models import RSVP, Meeting
from meetings.permissions import allowed_answers, can_answer
from meetings.rules import LIVE_STATUSES, MeetingStatus, RSVPAnswer
from reminders.answers.parts import LinkAction, Offer, Standing
from reminders.links import Link, answer_url
from reminders.rules import LinkPurpose

_ANSWERS: dict[str, RSVPAnswer] = {
    LinkPurpose.MEETING_YES: RSVPAnswer.YES,
    LinkPurpose.MEETING_NO: RSVPAnswer.NO,
    LinkPurpose.MEETING_ALTERNATE: RSVPAnswer.ALTERNATE,
}
_SAVED: dict[str, str] = {
    RSVPAnswer.YES: "You said that you will come.",
    RSVPAnswer.NO: "You said that you will not come.",
    RSVPAnswer.ALTERNATE: "You said that your alternate comes.",
}


def offers(meeting: Meeting, person: Person, mail: str) -> list[Offer]:
    """What a mail about a meeting offers; whoever speaks for no organization has no alternate to send."""
    may_say = allowed_answers(person)
    cycle = f"{meeting.schedule_version} {mail}"
    return [
        Offer(LinkPurpose(purpose).label, answer_url(purpose, person, meeting.pk, cycle, meeting.ends_at))
        for purpose, answer in _ANSWERS.items()
        if answer in may_say
    ]


def look(link: Link, now: dt.datetime) -> Standing:
    """How the meeting stands for the person of the link."""
    meeting = Meeting.objects.select_related("body").filter(pk=link.subject_id).first()
    if meeting is None or not can_answer(link.person, meeting):
        return Standing("A meeting", closed="You are no longer invited to this meeting.")
    span = format_time_range(meeting.local_start, meeting.local_end, now.astimezone(meeting.zone).date())
    facts = [("Meeting", meeting.title), ("When", span)]
    if meeting.location:
        facts.append(("Where", meeting.location))
    said = RSVP.objects.filter(meeting=meeting, person=link.person).first()
    if said:
        facts.append(("Your answer so far", said.get_answer_display()))
    url = settings.SITE_URL + reverse("meetings:detail", args=[meeting.pk])
    return Standing(f"{meeting.body.title}, {span}", facts, url, _why_closed(link, meeting, span, now), meeting)


def _why_closed(link: Link, meeting: Meeting, span: str, now: dt.datetime) -> str:
    if meeting.status == MeetingStatus.CANCELED:
        return "This meeting was cancelled. There is nothing to answer."
    if meeting.ends_at <= now or meeting.status not in LIVE_STATUSES:
        return "This meeting is over."
    if str(meeting.schedule_version) != link.cycle.split(" ")[0]:
        return f"This meeting was moved to {span}. Answer from the newer mail, or on its page."
    if _ANSWERS[link.purpose] not in allowed_answers(link.person):
        return "You no longer speak for an organization, so there is no alternate to send. Answer yes or no."
    return ""


def _say(link: Link, standing: Standing, values: Mapping[str, Any], now: dt.datetime) -> str:
    answer = _ANSWERS[link.purpose]
    operations.record_rsvp(actor=link.person, meeting=standing.subject, answer=answer, now=now, how=BY_LINK)
    return _SAVED[answer]


def _press(question: str, button: str) -> LinkAction:
    act: Callable[..., str] = _say
    return LinkAction(question, button, look, act)


LINK_ACTIONS: dict[str, LinkAction] = {
    LinkPurpose.MEETING_YES: _press("Will you come?", "Yes, I will come"),
    LinkPurpose.MEETING_NO: _press("Will you miss this meeting?", "No, I will not come"),
    LinkPurpose.MEETING_ALTERNATE: _press("Does your alternate come?", "Yes, my alternate comes"),
}
