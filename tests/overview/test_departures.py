"""Nobody who left gets mail of any kind, in whatever phase it is; and what closing an account hands over."""

import datetime as dt

import pytest
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
from overview.queries.handoff import remaining_responsibilities, responsibilities_of
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


def leave(cast, person, successors=None, day=TODAY, now=NOW):
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
def load(cast):
    """What the chair carries, with an assistant who gets copies: seat, strategy, item, a meeting ahead."""
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


def to_the_departed() -> list[str]:
    return [mail.subject for mail in sent() if mail.to in ("chair@example.org", "assistant@example.org")]


def weeks_of_ticks(until: int) -> None:
    for day in range(until):
        run(NOW + day * DAY)
        run(NOW + day * DAY + 8 * dt.timedelta(hours=1))


def test_who_stays_would_get_mail_of_every_kind(cast, load):
    weeks_of_ticks(19)
    kinds = set(Reminder.objects.filter(recipient=cast.chair).values_list("kind", flat=True))
    assert {"meeting_scheduled", "meeting_ahead", "item_due", "progress_due"} <= kinds
    assert any("Copy for The chair" in subject for subject in to_the_departed())


def test_who_left_before_anything_was_planned_gets_nothing_and_the_successor_does(cast, load):
    everything = Successors(
        seats={load["seat"].pk: cast.alternate},
        strategies={load["strategy"].pk: cast.alternate},
        items={load["item"].pk: cast.alternate},
    )
    leave(cast, cast.chair, everything)
    weeks_of_ticks(19)
    assert to_the_departed() == []
    kinds = set(Reminder.objects.filter(recipient=cast.alternate).values_list("kind", flat=True))
    assert {"meeting_scheduled", "meeting_ahead", "item_due", "progress_due"} <= kinds


@pytest.mark.parametrize("phase", ["pending", "claimed"])
@pytest.mark.parametrize("moment", [NOW, A_WEEK_BEFORE_THE_ITEM])
def test_what_waits_for_who_left_is_held_back_with_a_stored_reason(cast, load, phase, moment):
    store_plan(moment)
    make_deliveries(moment)
    waiting = Delivery.objects.filter(person=cast.chair)
    assert waiting.exists()
    if phase == "claimed":
        claim(moment, 500)
    leave(cast, cast.chair)
    run(moment + 6 * MINUTE)
    run(moment + 40 * MINUTE)
    assert to_the_departed() == []
    assert set(waiting.values_list("state", flat=True)) == {"skipped"}
    assert all(waiting.values_list("reason", flat=True))


def test_who_was_told_of_a_meeting_gets_no_word_of_its_end_after_leaving(cast, load):
    run(NOW)
    before = to_the_departed()
    assert before
    leave(cast, cast.chair)
    meeting = Meeting.objects.get()
    meetings.cancel(actor=cast.staff, meeting=meeting, version=None, now=NOW, reason="Smoke in the building")
    weeks_of_ticks(5)
    assert to_the_departed() == before
    assert any("Cancelled" in mail.subject for mail in sent() if mail.to == "seated@example.org")


def test_the_yearly_question_goes_on_to_the_next_primary_and_not_to_who_left(cast):
    members.request_confirmation(actor=cast.staff, organization=cast.organization, now=NOW, today=TODAY)
    store_plan(NOW)
    make_deliveries(NOW)
    alternate = Representation.objects.get(person=cast.alternate)
    leave(cast, cast.primary, Successors(primary=alternate))
    weeks_of_ticks(3)
    asked = [mail.to for mail in sent() if "Please confirm" in mail.subject]
    assert asked == ["alternate@example.org"]


# What the page shows ------------------------------------------------------------------------------


def invite_again(cast) -> Invitation:
    return members.invite(
        actor=cast.staff,
        organization=cast.organization,
        kind=RepresentationKind.ALTERNATE,
        email="primary@example.org",
        name="The primary",
        now=NOW,
    )


def test_milestones_the_yearly_question_invitations_and_waiting_mail_are_shown_and_settle(cast):
    strategy = factories.StrategyFactory(
        body=cast.body, lead_organization=cast.organization, responsible_person=cast.primary
    )
    milestone = Milestone.objects.create(strategy=strategy, title="First step", due_on=TODAY)
    question = members.request_confirmation(actor=cast.staff, organization=cast.organization, now=NOW, today=TODAY)
    invitation = invite_again(cast)
    store_plan(NOW)
    carried = responsibilities_of(Representation.objects.get(person=cast.primary), NOW)
    assert (carried.milestones, carried.question, carried.invitations) == ([milestone], question, [invitation])
    assert carried.mails == 2
    page = cast.client("staff").get(f"/staff/representations/{Representation.objects.get(person=cast.primary).pk}/end/")
    for words in ("First step", "yearly confirmation of DX", "is withdrawn", "mails waiting"):
        assert words in page.content.decode(), words
    leave(cast, cast.primary)
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


def test_closing_hands_over_for_each_organization_and_leaves_nothing_behind(cast, load):
    here = Representation.objects.get(person=cast.chair)
    there = factories.RepresentationFactory(organization=cast.other_organization, person=cast.chair)
    seat = factories.SeatFactory(body=cast.full, organization=cast.other_organization)
    factories.TermFactory(seat=seat, person=cast.chair)
    close(
        cast,
        cast.chair,
        {
            here.pk: Successors(seats={load["seat"].pk: cast.alternate}, items={load["item"].pk: cast.primary}),
            there.pk: Successors(seats={seat.pk: cast.other_primary}),
        },
    )
    cast.chair.refresh_from_db()
    load["item"].refresh_from_db()
    assert not cast.chair.is_active
    assert chairs(cast.alternate, cast.body) and load["item"].owner_person == cast.primary
    assert seat.terms.get(ended_on=None).person == cast.other_primary
    assert not Representation.objects.current().filter(person=cast.chair).exists()
    assert Strategy.objects.get().responsible_person is None
    left = remaining_responsibilities(cast.chair)
    assert (left.terms, left.strategies, left.items) == ([], [], [])


def test_what_is_of_no_organization_is_not_left_with_a_closed_account(cast):
    liaison = factories.PersonFactory(portal_role="staff", name="The liaison")
    term = factories.TermFactory(
        seat=factories.SeatFactory(body=cast.body, organization=None, role="staff_liaison"), person=liaison
    )
    item = factories.ActionItemFactory(body=cast.body, owner_organization=None, owner_person=liaison)
    close(cast, liaison, actor=cast.administrator)
    term.refresh_from_db()
    assert term.ended_on == TODAY
    assert ActionItem.objects.get(pk=item.pk).owner_person == cast.administrator


def test_a_refused_successor_or_a_stale_page_closes_nothing(cast, load):
    here = Representation.objects.get(person=cast.chair)
    with pytest.raises(OperationNotAllowedError), transaction.atomic():
        close(cast, cast.chair, {here.pk: Successors(seats={load["seat"].pk: cast.other_primary})})
    with pytest.raises(EditConflictError), transaction.atomic():
        close(cast, cast.chair, version=9)
    with pytest.raises(OperationNotAllowedError, match="administrator"), transaction.atomic():
        close(cast, cast.administrator)
    assert Person.objects.get(pk=cast.chair.pk).is_active
    assert Representation.objects.get(pk=here.pk).ended_on is None


@pytest.mark.parametrize("phase", ["pending", "claimed"])
def test_no_mail_goes_to_a_closed_account_nor_to_its_assistant(cast, load, phase):
    store_plan(NOW)
    make_deliveries(NOW)
    if phase == "claimed":
        claim(NOW, 500)
    close(cast, cast.chair)
    run(NOW + 6 * MINUTE)
    weeks_of_ticks(19)
    assert to_the_departed() == []


def test_the_page_offers_the_alternate_for_everything_and_one_press_does_it(cast, load):
    url = f"/staff/people/{cast.chair.pk}/deactivate/"
    client = cast.client("staff")
    here = Representation.objects.get(person=cast.chair)
    alternate = Representation.objects.get(person=cast.alternate)
    page = client.get(url).content.decode()
    assert page.count(f'<option value="{alternate.pk}" selected>') == 3
    prefix = f"r{here.pk}_"
    typed = {
        "version": cast.chair.version,
        f"{prefix}seat_{load['seat'].pk}": alternate.pk,
        f"{prefix}strategy_{load['strategy'].pk}": alternate.pk,
        f"{prefix}item_{load['item'].pk}": "",
    }
    assert "This field is required" in client.post(url, typed).content.decode()
    answer = client.post(url, {**typed, "reason": "Left the department"}, follow=True)
    assert "what they carried is handed over" in answer.content.decode()
    load["item"].refresh_from_db()
    assert chairs(cast.alternate, cast.body) and load["item"].owner_person is None
    assert Strategy.objects.get().responsible_person == cast.alternate
    assert not is_member(Person.objects.get(pk=cast.chair.pk))


def test_an_answer_to_a_meeting_of_another_body_stays_with_a_listed_person(cast):
    """Whoever has no account and still belongs elsewhere keeps what was answered there."""
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
