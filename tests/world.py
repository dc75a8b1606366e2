"""One of everything around the cast, so that each address of the portal has something to show."""

import copy
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from pytest_django import DjangoDbBlocker
from time_machine import TimeMachineFixture

from accounts.models import Person, SecurityEvent
from actionitems.models import ActionItem
from exchange.models import ImportJob
from mail.models import Delivery, Pause, Suppression
from meetings.models import AgendaItem, Meeting
from members.models import FormerName, Invitation, JoinRequest, Proposal, Representation
from objectives.models import Milestone, Objective, ProgressUpdate, Strategy
from records.models import LegalHold
from reminders.models import Announcement, Heartbeat
from taskforces.models import HistoryEvent, Requirement, Seat, Term
from tests import factories
from tests.cast import NOW, Cast, kept_for_the_module, make_cast


@dataclass
class World:
    """The cast and one row of each kind."""

    cast: Cast
    objective: Objective
    strategy: Strategy
    milestone: Milestone
    draft: ProgressUpdate
    submitted: ProgressUpdate
    meeting: Meeting
    draft_meeting: Meeting
    agenda_item: AgendaItem
    item: ActionItem
    invitation: Invitation
    proposal: Proposal
    delivery: Delivery
    event: HistoryEvent
    announcement: Announcement
    join_request: JoinRequest
    pause: Pause
    suppression: Suppression
    hold: LegalHold

    @property
    def import_job(self) -> ImportJob:
        return ImportJob.objects.get()

    @property
    def seat(self) -> Seat:
        return Seat.objects.get(body=self.cast.body, role="member")

    @property
    def term(self) -> Term:
        return Term.objects.get(seat=self.seat)

    @property
    def requirement(self) -> Requirement:
        return Requirement.objects.get(body=self.cast.body)

    @property
    def former_name(self) -> FormerName:
        return FormerName.objects.get(organization=self.cast.organization)

    @property
    def person(self) -> Person:
        return self.cast.representative

    @property
    def session(self) -> UserSession:
        """A session of the representative's in another browser."""
        return UserSession.objects.get_or_create(
            session_key="other", defaults={"user": self.cast.representative, "ip": "10.0.0.1", "user_agent": "x"}
        )[0]

    @property
    def gone(self) -> Person:
        return self.cast.deactivated

    @property
    def representation(self) -> Representation:
        return Representation.objects.get(person=self.cast.representative)


def build(cast: Cast) -> World:
    """The world around the Data task force of the cast."""
    objective = factories.ObjectiveFactory(number=1, title="Promote data sharing")
    strategy = factories.StrategyFactory(objective=objective, body=cast.body, lead_organization=cast.organization)
    meeting = factories.MeetingFactory(body=cast.body)
    ImportJob.objects.create(
        started_by=cast.staff,
        started_at=NOW,
        file_name="people.csv",
        tables=[["", ["E-mail", "Name", "Phone"], [[2, "someone@example.org", "Someone", "1"], [3, "x", "", ""]]]],
        total=2,
    )
    Heartbeat.objects.create(pk=1, beat_at=NOW)
    Requirement.objects.create(body=cast.body, region="northern", since_on=dt.date(2026, 1, 1))
    FormerName.objects.create(organization=cast.organization, name="Bureau of Examples")
    return World(
        cast=cast,
        objective=objective,
        strategy=strategy,
        milestone=Milestone.objects.create(strategy=strategy, title="First step", due_on=dt.date(2026, 12, 1)),
        draft=factories.ProgressUpdateFactory(strategy=strategy, author=cast.seated, narrative="A draft sentence."),
        submitted=factories.ProgressUpdateFactory(
            strategy=strategy, author=cast.chair, state="submitted", submitted_at=NOW, narrative="A submitted sentence."
        ),
        meeting=meeting,
        draft_meeting=factories.MeetingFactory(body=cast.body, status="draft", title="Draft meeting"),
        agenda_item=AgendaItem.objects.create(meeting=meeting, position=1, title="Review the measures"),
        item=factories.ActionItemFactory(
            body=cast.body, owner_organization=cast.organization, owner_person=cast.representative
        ),
        invitation=Invitation.objects.create(
            organization=cast.organization,
            kind="representative",
            email="invited@example.org",
            name="Invited person",
            token_hash="0" * 64,
            invited_by=cast.staff,
            sent_at=NOW,
            expires_at=NOW + dt.timedelta(days=14),
        ),
        proposal=Proposal.objects.create(
            organization=cast.organization,
            proposed_by=cast.primary,
            proposed_at=NOW,
            values={"website": {"from": "", "to": "https://example.org"}},
        ),
        delivery=Delivery.objects.create(
            key="test:1",
            kind="meeting_ahead",
            address="seated@example.org",
            person=cast.seated,
            state="failed",
            created_at=NOW,
            deliver_after=NOW,
            expires_at=NOW + dt.timedelta(days=1),
            next_attempt_at=NOW,
            message_id="<test-1@portal.test>",
            date_header="Sun, 22 Nov 2026 18:00:00 +0000",
        ),
        hold=LegalHold.objects.create(
            matter="Case 1", organization=cast.organization, placed_by=cast.staff, placed_at=NOW
        ),
        announcement=Announcement.objects.create(
            subject="New address", text="We moved.", audience={"bodies": ["data"]}, created_by=cast.staff
        ),
        event=HistoryEvent.objects.create(
            workgroup=cast.body.workgroup,
            key="h1",
            when="2014",
            starts_on=dt.date(2014, 1, 1),
            event="The group is convened.",
            source="A page",
        ),
        join_request=factories.JoinRequestFactory(),
        pause=Pause.objects.create(kind="item_due", reason="Being looked at.", paused_by=cast.staff, paused_at=NOW),
        suppression=Suppression.objects.create(
            address="gone@example.org", bounces=2, first_at=NOW, suppressed_at=NOW, last_code="550 no such user"
        ),
    )


@pytest.fixture(scope="module")
def module_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Store the cast, its sessions and the world once for the tests of a module, and take them back after the last."""
    with kept_for_the_module(django_db_blocker):
        with time_machine.travel(NOW):
            world = build(make_cast())
            world.cast.sign_in_all()
        yield world


@pytest.fixture
def world(module_world: World, db: None, time_machine: TimeMachineFixture) -> World:
    """The world as it was made, whatever the tests before did to it; a module that uses it makes no other cast."""
    time_machine.move_to(NOW)
    return copy.deepcopy(module_world)


# Signing in and being here leave a trace, and they are no change of anything.
_TRACES = {"last_seen_at", "last_login"}


def fingerprints() -> dict[str, list[tuple[object, ...]]]:
    """Every row of our own tables and their histories, to compare before and after."""
    prints = {}
    for app in settings.LOCAL_APPS:
        for model in apps.get_app_config(app).get_models():
            if model is not SecurityEvent:
                fields = [field.attname for field in model._meta.concrete_fields if field.name not in _TRACES]
                prints[model._meta.label] = list(model._base_manager.order_by("pk").values_list(*fields))
    return prints
