"""Who sees a meeting, its join link and its people, and who runs it."""

from django.db.models import Q, QuerySet

from accounts.models import Person
from accounts.permissions import AnyPerson, is_staff, signed_in
from meetings.models import Meeting, MeetingQuerySet
from meetings.rules import Answer, MeetingStatus, MinutesStatus, Visibility
from members.permissions import organizations_of, rights_of
from members.rules import OrganizationStatus, Participation
from taskforces.models import Body
from taskforces.permissions import belongs_to, bodies_managed_by, bodies_of, is_member, leads, people_of, terms_of
from taskforces.rules import CHAIR_ROLES, BodyKind, SeatRole

# A draft that was called off before anybody was told of it stays as unknown as a draft.
_ANNOUNCED = ~Q(status=MeetingStatus.DRAFT) & ~Q(status=MeetingStatus.CANCELLED, scheduled_at=None)


def public_meetings() -> MeetingQuerySet:
    """What a visitor may know of: public meetings that were announced."""
    return Meeting.objects.filter(_ANNOUNCED, visibility=Visibility.PUBLIC)


def meetings_visible_to(person: AnyPerson) -> MeetingQuerySet:
    """Staff all; a member what is public or for members, and all, drafts too, of the bodies one belongs to."""
    if is_staff(person):
        return Meeting.objects.all()
    if not is_member(person):
        return public_meetings()
    announced = _ANNOUNCED & Q(visibility__in=[Visibility.PUBLIC, Visibility.MEMBERS])
    return Meeting.objects.filter(announced | Q(body__in=bodies_of(person).values("pk")))


def can_see_join_link(person: AnyPerson, meeting: Meeting) -> bool:
    """Staff and the people of the body."""
    return is_staff(person) or belongs_to(person, meeting.body)


def can_schedule(person: AnyPerson, body: Body) -> bool:
    """Whether the person may set up a meeting of a body that stands: chair, co-chair, staff."""
    return body.dissolved_on is None and leads(person, body)


def meetings_managed_by(person: AnyPerson) -> MeetingQuerySet:
    """The meetings that the person may edit, schedule, move, cancel and close: chair, co-chair; staff all."""
    if is_staff(person):
        return Meeting.objects.all()
    return Meeting.objects.filter(body__in=bodies_managed_by(person).values("pk"))


def can_manage(person: AnyPerson, meeting: Meeting) -> bool:
    return meetings_managed_by(person).filter(pk=meeting.pk).exists()


def meetings_recorded_by(person: AnyPerson) -> MeetingQuerySet:
    """The meetings whose attendance and minutes the person may take: who runs them, and the body's secretary."""
    if is_staff(person):
        return Meeting.objects.all()
    keeping = terms_of(person).filter(seat__role__in=(*CHAIR_ROLES, SeatRole.SECRETARY))
    return Meeting.objects.filter(body__in=keeping.values("seat__body"))


def can_take_minutes(person: AnyPerson, meeting: Meeting) -> bool:
    return meetings_recorded_by(person).filter(pk=meeting.pk).exists()


def invited_to(meeting: Meeting) -> QuerySet[Person]:
    """The people who get the meeting's notices: those who belong to its body today."""
    return people_of(meeting.body)


def meetings_invited_to(person: AnyPerson) -> MeetingQuerySet:
    """The meetings to which the person is invited: `invited_to` asked from the other side."""
    if not signed_in(person):
        return Meeting.objects.none()
    bodies = Q(body__in=terms_of(person).values("seat__body"))
    member = rights_of(person).filter(
        organization__participation=Participation.WORKGROUP, organization__status=OrganizationStatus.ACTIVE
    )
    if member.exists():
        bodies |= Q(body__kind=BodyKind.FULL)
    return Meeting.objects.filter(bodies)


def can_answer(person: AnyPerson, meeting: Meeting) -> bool:
    """Whether the person is invited; whether there is still time to answer is the operation's question."""
    return meetings_invited_to(person).filter(pk=meeting.pk).exists()


def allowed_responses(person: AnyPerson) -> list[Answer]:
    """What the person may answer: who represents an organization may also send its alternate."""
    if organizations_of(person).exists():
        return [Answer.YES, Answer.NO, Answer.ALTERNATE]
    return [Answer.YES, Answer.NO]


def can_read_minutes(person: AnyPerson, meeting: Meeting) -> bool:
    """Published minutes for whom the meeting is visible to; drafts for the people of the body and staff."""
    if meeting.minutes_status == MinutesStatus.PUBLISHED:
        return True
    return is_staff(person) or belongs_to(person, meeting.body)
