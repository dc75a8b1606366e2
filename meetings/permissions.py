"""Who sees a meeting, its join link and its people, and who runs it."""

from django.db.models import Q, QuerySet

from meetings.models import Meeting, MeetingQuerySet
from meetings.rules import MeetingStatus, MinutesStatus, Visibility
from members.models import Person
from members.permissions import AnyPerson, is_staff, signed_in
from taskforces.permissions import belongs_to, bodies_led_by, bodies_of, is_member, keeps_minutes, leads, people_of


def public_meetings() -> MeetingQuerySet:
    """What a visitor may know of: public meetings that were announced."""
    return Meeting.objects.filter(visibility=Visibility.PUBLIC).exclude(status=MeetingStatus.DRAFT)


def meetings_visible_to(person: AnyPerson) -> MeetingQuerySet:
    """Staff all; a member what is public or for members, and all, drafts too, of the bodies one belongs to."""
    if is_staff(person):
        return Meeting.objects.all()
    if not is_member(person):
        return public_meetings()
    announced = ~Q(status=MeetingStatus.DRAFT) & Q(visibility__in=[Visibility.PUBLIC, Visibility.MEMBERS])
    return Meeting.objects.filter(announced | Q(body__in=bodies_of(person).values("pk")))


def can_see_join_link(person: AnyPerson, meeting: Meeting) -> bool:
    """Staff and the people of the body."""
    return is_staff(person) or belongs_to(person, meeting.body)


def can_run(person: AnyPerson, meeting: Meeting) -> bool:
    """Whether the person may edit, schedule, move, cancel and close the meeting: chair, co-chair, staff."""
    return leads(person, meeting.body)


def meetings_run_by(person: AnyPerson) -> MeetingQuerySet:
    return Meeting.objects.filter(body__in=bodies_led_by(person).values("pk"))


def can_record(person: AnyPerson, meeting: Meeting) -> bool:
    """Whether the person may take attendance and minutes: who runs the meeting, or the body's secretary."""
    return keeps_minutes(person, meeting.body)


def can_answer(person: AnyPerson, meeting: Meeting) -> bool:
    """Whether the person is invited: belongs to the body while the meeting lies ahead."""
    return signed_in(person) and invited_to(meeting).filter(pk=person.pk).exists()


def can_read_minutes(person: AnyPerson, meeting: Meeting) -> bool:
    """Published minutes for whom the meeting is visible to; drafts for the people of the body and staff."""
    if meeting.minutes_status == MinutesStatus.PUBLISHED:
        return True
    return is_staff(person) or belongs_to(person, meeting.body)


def invited_to(meeting: Meeting) -> QuerySet[Person]:
    """The people who get the meeting's notices: those who belong to its body today and may sign in."""
    return people_of(meeting.body)
