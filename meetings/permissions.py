"""Who can see a meeting, its join link and its people, and who can manage it."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import AnyPerson, is_staff, signed_in
from meetings.models import Meeting, MeetingQuerySet
from meetings.rules import MeetingStatus, MinutesStatus, RSVPAnswer, Visibility
from members.permissions import organizations_of, rights_of
from members.rules import OrganizationStatus, Participation
from taskforces.models import Body
from taskforces.permissions import belongs_to, bodies_managed_by, bodies_of, is_member, leads, people_of, terms_of
from taskforces.rules import CHAIR_ROLES, BodyKind, SeatRole

# A draft that was canceled before its notice was sent stays as invisible as a draft.
_ANNOUNCED = ~Q(status=MeetingStatus.DRAFT) & ~Q(status=MeetingStatus.CANCELED, scheduled_at=None)


def public_meetings() -> MeetingQuerySet:
    """Return the meetings that a visitor can see: public ones that were announced."""
    return Meeting.objects.filter(_ANNOUNCED, visibility=Visibility.PUBLIC)


def meetings_visible_to(person: AnyPerson) -> MeetingQuerySet:
    """Return all meetings for staff; for a member announced ones that are public or for members, and all of own bodies.

    The meetings of a member's own bodies include drafts. Anyone else gets the public meetings.
    """
    if is_staff(person):
        return Meeting.objects.all()
    if not is_member(person):
        return public_meetings()
    announced = _ANNOUNCED & Q(visibility__in=[Visibility.PUBLIC, Visibility.MEMBERS])
    return Meeting.objects.filter(announced | Q(body__in=bodies_of(person).values("pk")))


def can_see_join_link(person: AnyPerson, meeting: Meeting) -> bool:
    """Return True for staff and the people of the body."""
    return is_staff(person) or belongs_to(person, meeting.body)


def can_schedule(person: AnyPerson, body: Body) -> bool:
    """Return True if the person may add a meeting of the body: chair, co-chair or staff, until it is dissolved."""
    return body.dissolved_on is None and leads(person, body)


def meetings_managed_by(person: AnyPerson) -> MeetingQuerySet:
    """Return the meetings that the person may edit, schedule, cancel and close: as chair or co-chair; staff all."""
    if is_staff(person):
        return Meeting.objects.all()
    return Meeting.objects.filter(body__in=bodies_managed_by(person).values("pk"))


def can_manage(person: AnyPerson, meeting: Meeting) -> bool:
    """Return True if the person may edit, schedule, cancel and close the meeting."""
    return meetings_managed_by(person).filter(pk=meeting.pk).exists()


def managers_only(body: Body) -> str:
    """Return the reason shown to a person who may not add or manage meetings of the body."""
    return _("Only the chair of the %(body)s and staff can manage its meetings. Contact them if you need a change.") % {
        "body": body.title
    }


def meetings_recorded_by(person: AnyPerson) -> MeetingQuerySet:
    """Return the meetings whose attendance and minutes the person may take: managers and the body's secretary."""
    if is_staff(person):
        return Meeting.objects.all()
    terms = terms_of(person).filter(seat__role__in=(*CHAIR_ROLES, SeatRole.SECRETARY))
    return Meeting.objects.filter(body__in=terms.values("seat__body"))


def can_take_minutes(person: AnyPerson, meeting: Meeting) -> bool:
    """Return True if the person may take the meeting's attendance and minutes."""
    return meetings_recorded_by(person).filter(pk=meeting.pk).exists()


def minute_takers_only(body: Body) -> str:
    """Return the reason shown to a person who may not take attendance and minutes of the body's meetings."""
    return _("Only the chair and secretary of the %(body)s and staff can record attendance and minutes.") % {
        "body": body.title
    }


def invited_to(meeting: Meeting) -> QuerySet[Person]:
    """Return the people who get the meeting's notices: those who belong to its body today."""
    return people_of(meeting.body)


def meetings_invited_to(person: AnyPerson) -> MeetingQuerySet:
    """Return the meetings to which the person is invited: the reverse of `invited_to`."""
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
    """Return True if the person is invited. Whether responses are still open is for the operation to decide."""
    return meetings_invited_to(person).filter(pk=meeting.pk).exists()


def invited_only(body: Body) -> str:
    """Return the reason shown to a person who is not invited to the body's meetings."""
    return _("Only people of the %(body)s are invited to this meeting.") % {"body": body.title}


def allowed_answers(person: AnyPerson) -> list[RSVPAnswer]:
    """Return the answers open to the person: who represents an organization may also send its alternate."""
    if organizations_of(person).exists():
        return [RSVPAnswer.YES, RSVPAnswer.NO, RSVPAnswer.ALTERNATE]
    return [RSVPAnswer.YES, RSVPAnswer.NO]


def can_read_minutes(person: AnyPerson, meeting: Meeting) -> bool:
    """Return True for published minutes that go with a visible meeting, and for drafts to the body and staff."""
    if meeting.minutes_status == MinutesStatus.PUBLISHED:
        return True
    return is_staff(person) or belongs_to(person, meeting.body)
