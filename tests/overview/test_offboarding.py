"""A departed person gets no email in any phase, and closing an account reassigns their work."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Person
from actionitems.models import ActionItem
from core.operations import EditConflictError, OperationNotAllowedError
from mail.models import Delivery
from mail.sending import claim
from meetings import operations as meetings
from meetings.models import RSVP, Meeting
from members import operations as members
from members.models import Invitation, Representation
from members.rules import RepresentationKind
from objectives.models import Milestone, Strategy
from overview import operations
from overview.operations import Successors
from overview.queries.offboarding import remaining_responsibilities, responsibilities_of
from reminders.digest import make_deliveries
from reminders.models import Reminder
from reminders.storing import store_plan
from taskforces.models import Term
from taskforces.permissions import chairs, is_member
from tests import factories
from tests.conftest import NOW, TODAY
from tests.reminders.conftest import outbox, run, sent  # noqa: F401

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
# 2026-12-03 08:00 in California: the item is due in a week, the meeting is on that day.
A_WEEK_BEFORE_THE_ITEM = dt.datetime(2026, 12, 3, 16, 0, tzinfo=dt.UTC)


def end_representation(cast, person, successors=None, day=TODAY, now=NOW):
    representation = Representation.objects.get(person=person, ended_on=None)
    return operations.end_representation(
        actor=cast.staff,
        representation=representation,
        version=None,
        ended_on=day,
        reason="Changed jobs",
        successors=successors or Successors(),
        now=now,
        today=day,
    )


@pytest.fixture
def work(cast):
    """The chair's seat, strategy, action item and next meeting, and an assistant who gets copies."""
    cast.chair.assistant_email = "assistant@example.org"
    cast.chair.save(update_fields=["assistant_email"])
    strategy = factories.StrategyFactory(
        body=cast.body,
        lead_organization=cast.organization,
        responsible_person=cast.chair,
        reporting_frequency="quarterly",
        starts_on=TODAY - 84 * DAY,
    )
    item = factories.ActionItemFactory(body=cast.body, owner_organization=cast.organization, owner_person=cast.chair)
    factories.MeetingFactory(body=cast.body)
    for row in (strategy, item):
        type(row).objects.filter(pk=row.pk).update(created_at=NOW - 90 * DAY)
    return {"strategy": strategy, "item": item, "seat": Term.objects.get(person=cast.chair).seat}


def subjects_to_departed() -> list[str]:
    return [mail.subject for mail in sent() if mail.to in ("chair@example.org", "assistant@example.org")]


def emails_to(address: str) -> int:
    return sum(mail.to == address for mail in sent())


def run_days(days: int) -> None:
    for day in range(days):
        run(NOW + day * DAY)
        run(NOW + day * DAY + 8 * dt.timedelta(hours=1))


def test_a_chair_who_stays_gets_emails_of_every_kind(cast, work):
    run_days(19)
    kinds = set(Reminder.objects.filter(recipient=cast.chair).values_list("kind", flat=True))
    assert {"meeting_scheduled", "meeting_ahead", "item_due", "progress_due"} <= kinds
    assert any("Copy for The chair" in subject for subject in subjects_to_departed())


def test_the_successor_gets_the_emails_of_a_departed_person(cast, work):
    successors = Successors(
        seats={work["seat"].pk: cast.alternate},
        strategies={work["strategy"].pk: cast.alternate},
        items={work["item"].pk: cast.alternate},
    )
    end_representation(cast, cast.chair, successors)
    run_days(19)
    assert subjects_to_departed() == []
    kinds = set(Reminder.objects.filter(recipient=cast.alternate).values_list("kind", flat=True))
    assert {"meeting_scheduled", "meeting_ahead", "item_due", "progress_due"} <= kinds


@pytest.mark.parametrize("phase", ["pending", "claimed"])
@pytest.mark.parametrize("moment", [NOW, A_WEEK_BEFORE_THE_ITEM])
def test_pending_emails_to_a_departed_person_are_skipped(cast, work, phase, moment):
    store_plan(moment)
    make_deliveries(moment)
    waiting = Delivery.objects.filter(person=cast.chair)
    assert waiting.exists()
    if phase == "claimed":
        claim(moment, 500)
    end_representation(cast, cast.chair)
    run(moment + 6 * MINUTE)
    run(moment + 40 * MINUTE)
    assert subjects_to_departed() == []
    assert set(waiting.values_list("state", flat=True)) == {"skipped"}
    assert all(waiting.values_list("reason", flat=True))


def test_a_departed_person_gets_no_cancellation(cast, work):
    run(NOW)
    before, before_seated = subjects_to_departed(), emails_to("seated@example.org")
    assert before
    end_representation(cast, cast.chair)
    meeting = Meeting.objects.get()
    meetings.cancel(actor=cast.staff, meeting=meeting, version=None, now=NOW, reason="Smoke in the building")
    run_days(5)
    assert subjects_to_departed() == before
    assert emails_to("seated@example.org") == before_seated + 1


def test_the_yearly_confirmation_goes_to_the_next_primary(cast):
    members.request_confirmation(actor=cast.staff, organization=cast.organization, now=NOW, today=TODAY)
    store_plan(NOW)
    make_deliveries(NOW)
    alternate = Representation.objects.get(person=cast.alternate)
    end_representation(cast, cast.primary, Successors(primary=alternate))
    run_days(3)
    asked = set(
        Reminder.objects.filter(kind="organization_confirm", state="sent").values_list("recipient__email", flat=True)
    )
    assert asked == {"alternate@example.org"}


# The page -----------------------------------------------------------------------------------


def invite_again(cast) -> Invitation:
    return members.invite(
        actor=cast.staff,
        organization=cast.organization,
        kind=RepresentationKind.ALTERNATE,
        email="primary@example.org",
        name="The primary",
        now=NOW,
    )


def test_automatic_changes_are_listed_and_made(cast):
    strategy = factories.StrategyFactory(
        body=cast.body, lead_organization=cast.organization, responsible_person=cast.primary
    )
    milestone = Milestone.objects.create(strategy=strategy, title="First step", due_on=TODAY)
    confirmation = members.request_confirmation(actor=cast.staff, organization=cast.organization, now=NOW, today=TODAY)
    invitation = invite_again(cast)
    store_plan(NOW)
    responsibilities = responsibilities_of(Representation.objects.get(person=cast.primary), NOW)
    assert responsibilities.milestones == [milestone]
    assert (responsibilities.confirmation, responsibilities.invitations) == (confirmation, [invitation])
    assert responsibilities.email_count == 2
    page = cast.client("staff").get(f"/staff/representations/{Representation.objects.get(person=cast.primary).pk}/end/")
    text = page.content.decode()
    for fact in ("First step", "Yearly confirmation of DX", "will be canceled", "2 pending emails"):
        assert fact in text, fact
    end_representation(cast, cast.primary)
    invitation.refresh_from_db()
    assert invitation.revoked_at == NOW
    run(NOW + MINUTE)
    assert [mail.to for mail in sent() if mail.to == "primary@example.org"] == []


# Closing an account -------------------------------------------------------------------------------


def close(cast, person, handoffs=None, **values):
    values = {"version": None, "reason": "Left the department", **values}
    return operations.close_account(
        actor=values.pop("actor", cast.staff), person=person, handoffs=handoffs or {}, now=NOW, today=TODAY, **values
    )


def test_closing_reassigns_the_work_for_each_organization(cast, work):
    here = Representation.objects.get(person=cast.chair)
    there = factories.RepresentationFactory(organization=cast.other_organization, person=cast.chair)
    seat = factories.SeatFactory(body=cast.full, organization=cast.other_organization)
    factories.TermFactory(seat=seat, person=cast.chair)
    close(
        cast,
        cast.chair,
        {
            here.pk: Successors(seats={work["seat"].pk: cast.alternate}, items={work["item"].pk: cast.primary}),
            there.pk: Successors(seats={seat.pk: cast.other_primary}),
        },
    )
    cast.chair.refresh_from_db()
    work["item"].refresh_from_db()
    assert not cast.chair.is_active
    assert chairs(cast.alternate, cast.body) and work["item"].owner_person == cast.primary
    assert seat.terms.get(ended_on=None).person == cast.other_primary
    assert not Representation.objects.current().filter(person=cast.chair).exists()
    assert Strategy.objects.get().responsible_person is None
    assert not remaining_responsibilities(cast.chair).has_work_to_reassign


def test_work_of_no_organization_leaves_a_closed_account(cast):
    liaison = factories.PersonFactory(portal_role="staff", name="The liaison")
    term = factories.TermFactory(
        seat=factories.SeatFactory(body=cast.body, organization=None, role="staff_liaison"), person=liaison
    )
    item = factories.ActionItemFactory(body=cast.body, owner_organization=None, owner_person=liaison)
    close(cast, liaison, actor=cast.administrator)
    term.refresh_from_db()
    assert term.ended_on == TODAY
    assert ActionItem.objects.get(pk=item.pk).owner_person == cast.administrator


def test_an_invalid_successor_or_version_closes_nothing(cast, work):
    here = Representation.objects.get(person=cast.chair)
    with pytest.raises(OperationNotAllowedError), transaction.atomic():
        close(cast, cast.chair, {here.pk: Successors(seats={work["seat"].pk: cast.other_primary})})
    with pytest.raises(EditConflictError), transaction.atomic():
        close(cast, cast.chair, version=9)
    with pytest.raises((OperationNotAllowedError, PermissionDenied)), transaction.atomic():
        close(cast, cast.administrator)
    assert Person.objects.get(pk=cast.chair.pk).is_active
    assert Representation.objects.get(pk=here.pk).ended_on is None


@pytest.mark.parametrize("phase", ["pending", "claimed"])
def test_a_closed_account_and_its_assistant_get_no_email(cast, work, phase):
    store_plan(NOW)
    make_deliveries(NOW)
    if phase == "claimed":
        claim(NOW, 500)
    close(cast, cast.chair)
    run(NOW + 6 * MINUTE)
    run_days(19)
    assert subjects_to_departed() == []


def test_the_page_suggests_the_alternate_and_closes_the_account(cast, work):
    url = f"/staff/people/{cast.chair.pk}/deactivate/"
    client = cast.client("staff")
    here = Representation.objects.get(person=cast.chair)
    alternate = Representation.objects.get(person=cast.alternate)
    page = client.get(url).content.decode()
    assert page.count(f'<option value="{alternate.pk}" selected>') == 3
    prefix = f"r{here.pk}_"
    data = {
        "version": cast.chair.version,
        f"{prefix}seat_{work['seat'].pk}": alternate.pk,
        f"{prefix}strategy_{work['strategy'].pk}": alternate.pk,
        f"{prefix}item_{work['item'].pk}": "",
    }
    assert "reason" in client.post(url, data).context["form"].errors
    answer = client.post(url, {**data, "reason": "Left the department"})
    assert answer.url == f"/staff/people/{cast.chair.pk}/"
    work["item"].refresh_from_db()
    assert chairs(cast.alternate, cast.body) and work["item"].owner_person is None
    assert Strategy.objects.get().responsible_person == cast.alternate
    assert not is_member(Person.objects.get(pk=cast.chair.pk))


def test_a_listed_person_keeps_the_rsvp_of_another_body(cast):
    """A person without an account who still represents another organization keeps their RSVPs there."""
    listed = factories.PersonFactory(can_sign_in=False)
    for organization in (cast.organization, cast.other_organization):
        factories.RepresentationFactory(organization=organization, person=listed)
    rsvp = RSVP.objects.create(
        meeting=factories.MeetingFactory(body=cast.full), person=listed, answer="yes", responded_at=NOW
    )
    operations.end_representation(
        actor=cast.staff,
        representation=Representation.objects.get(person=listed, organization=cast.organization),
        version=None,
        ended_on=TODAY,
        reason="Left DX",
        successors=Successors(),
        now=NOW,
        today=TODAY,
    )
    rsvp.refresh_from_db()
    assert rsvp.answer == "yes"
