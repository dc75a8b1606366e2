"""`load_demo`: no page is empty, no person could be real, and a second run changes nothing."""

import datetime as dt
import io
import re

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.test import override_settings

from accounts.models import Person
from accounts.rules import PortalRole
from actionitems.models import ActionItem
from actionitems.rules import ActionItemStatus
from meetings.models import RSVP, AgendaItem, Attendance, Meeting
from meetings.rules import MeetingStatus, MinutesStatus
from members.models import Invitation, JoinRequest, Organization, Proposal, Representation
from members.queries import possible_duplicates
from members.rules import JoinRequestState, OrganizationStatus
from objectives.models import Milestone, Objective, ProgressUpdate, Strategy
from objectives.rules import ProgressStatus, UpdateState, is_stale
from reminders.models import Reminder
from reminders.queries import limited_recipients
from reminders.rules import ReminderKind
from reminders.schedule import build_plan
from taskforces.models import Body, Seat, Term
from tests import factories
from tests.conftest import NOW, TODAY

PASSWORD = "a password for the demonstration"


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demonstration after its first run: the output of that run. Rolled back after the last test."""
    folder = tmp_path_factory.mktemp("var")
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    site = override_settings(DEMO=True, VAR_DIR=folder, DEMO_PASSWORD=PASSWORD, PASSWORD_HASHERS=hashers)
    clock = time_machine.travel(NOW, tick=False)
    with django_db_blocker.unblock(), site, clock, transaction.atomic():
        call_command("load_workgroup", stdout=io.StringIO())
        yield load()
        transaction.set_rollback(True)


def load(**options) -> str:
    out = io.StringIO()
    call_command("load_demo", stdout=out, **options)
    return out.getvalue()


def counts() -> list[int]:
    models = (Person, Representation, Seat, Term, Strategy, Milestone, ProgressUpdate, Meeting, AgendaItem, Attendance)
    return [model.objects.count() for model in (*models, RSVP, ActionItem)]


def test_the_documented_accounts_exist(demo, db):
    names = ["admin", "staff", "primary.dhcs", "alternate.dhcs"]
    names += [f"chair.{slug}" for slug in ("communication", "data", "opioid-treatment", "maternal-neonatal")]
    names += [f"member.{key}" for key in Organization.objects.active().values_list("key", flat=True)]
    for name in names:
        person = Person.objects.get(email=f"{name}@example.org")
        assert person.can_sign_in
        assert person.is_demonstration
        assert check_password(PASSWORD, person.password)
    assert Person.objects.get(email="admin@example.org").portal_role == PortalRole.ADMINISTRATOR
    assert Person.objects.get(email="staff@example.org").portal_role == PortalRole.STAFF
    assert demo.rstrip().endswith(f"password: {PASSWORD}")


def test_no_person_could_be_real(demo, db):
    for person in Person.objects.all():
        assert re.search(r"(representative|alternate|executive contact|chair|administrator|staff)$", person.name)
        assert person.email.endswith("@example.org")


def test_no_page_is_empty(demo, db):
    for objective in Objective.objects.all():
        assert objective.strategies.count() >= 2
    for body in Body.objects.task_forces():
        assert 2 <= Strategy.objects.filter(body=body).count() <= 5
        assert ActionItem.objects.filter(body=body).exists()
        assert Meeting.objects.filter(body=body, status=MeetingStatus.CLOSED).exists()
        assert Meeting.objects.live().filter(body=body, starts_at__gt=NOW).exists()
    updates = ProgressUpdate.objects.all()
    assert set(updates.values_list("state", flat=True)) == set(UpdateState.values)
    assert set(updates.values_list("status", flat=True)) == set(ProgressStatus.values)
    assert set(ActionItem.objects.values_list("status", flat=True)) == set(ActionItemStatus.values)
    assert set(Meeting.objects.values_list("status", flat=True)) >= {
        MeetingStatus.DRAFT,
        MeetingStatus.SCHEDULED,
        MeetingStatus.CANCELED,
        MeetingStatus.CLOSED,
    }
    assert Meeting.objects.filter(minutes_status=MinutesStatus.PUBLISHED).count() > 10
    assert Meeting.objects.filter(schedule_version=1, sequence=1, status=MeetingStatus.SCHEDULED).exists()


def test_there_are_stale_updates_vacancies_and_holdovers(demo, db):
    stale = [
        strategy
        for strategy in Strategy.objects.all()
        if (update := strategy.updates.published().first())
        and is_stale(strategy.reporting_frequency, update.status, update.last_reported_on, TODAY)
    ]
    assert len(stale) >= 2
    assert Seat.objects.open().exclude(terms__ended_on=None).exists()
    assert any(term.is_holdover(TODAY) for term in Term.objects.current())
    soon = TODAY + dt.timedelta(days=45)
    assert Term.objects.current().filter(planned_end_on__range=(TODAY, soon)).exists()


def test_every_person_represents_an_active_organization(demo, db):
    assert not Representation.objects.exclude(organization__status=OrganizationStatus.ACTIVE).exists()
    assert Organization.objects.get(key="dhcs").representations.filter(kind="primary").count() == 1
    for strategy in Strategy.objects.all():
        assert strategy.responsible_person.representations.filter(organization=strategy.lead_organization).exists()


def test_the_next_meetings_are_on_useful_dates(demo, db):
    nxt = Meeting.objects.live().filter(visibility="public", starts_at__gt=NOW, body__kind="full").first()
    assert 10 <= (nxt.starts_on - TODAY).days <= 14
    assert Meeting.objects.live().filter(starts_on__range=(TODAY + dt.timedelta(7), TODAY + dt.timedelta(8))).exists()
    for meeting in Meeting.objects.all():
        assert meeting.starts_on.weekday() < 5
        assert meeting.status == MeetingStatus.DRAFT or meeting.scheduled_at <= NOW - dt.timedelta(days=2)


def test_every_record_has_a_history_that_is_not_in_the_future(demo, db):
    for model in (Strategy, Meeting, ActionItem, ProgressUpdate, Term):
        assert model.history.order_by().values("id").distinct().count() == model.objects.count()
        assert not model.history.filter(history_date__gt=NOW).exists()
        assert not model.history.filter(history_user=None).exists()


def test_invitations_proposals_and_requests_are_pending(demo, db):
    assert Invitation.objects.pending(NOW).count() == 2
    assert not Invitation.objects.filter(organization__representations__kind="primary").exists()
    assert Proposal.objects.get().proposed_by.email == "primary.emsa@example.org"
    assert set(JoinRequest.objects.values_list("state", flat=True)) == set(JoinRequestState.values)
    assert JoinRequest.objects.get(state="accepted").organization.status == OrganizationStatus.PROSPECTIVE
    assert any(possible_duplicates(row.organization_name) for row in JoinRequest.objects.filter(state="waiting"))


def test_the_first_reminders_are_few(demo, db):
    planned = build_plan(NOW).reminders.values()
    assert not [row for row in planned if row.kind == ReminderKind.MEETING_SCHEDULED and row.key not in recorded_keys()]
    assert (
        0
        < len([row for row in planned if row.key not in recorded_keys() and row.due_at <= NOW + dt.timedelta(days=1)])
        < 60
    )


def recorded_keys() -> set[str]:
    return set(Reminder.objects.values_list("key", flat=True))


def test_one_person_is_away_and_one_is_at_their_limit(demo, db):
    away, capped = sorted(limited_recipients(NOW), key=lambda row: row.is_at_cap)
    assert away.away_until > TODAY and away.delegate is not None and not away.is_at_cap
    assert (capped.emails, capped.cap, capped.away_until) == (1, 1, None)


def test_the_second_run_changes_nothing(demo, db):
    before = counts()
    assert "unchanged" in load()
    assert counts() == before


def test_a_new_password_keeps_passwords_that_people_chose(demo, db, settings):
    own = Person.objects.get(email="chair.data@example.org")
    own.set_password("a password chosen by the person")
    own.save(update_fields=["password"])
    settings.DEMO_PASSWORD = "another password for all"
    load()
    own.refresh_from_db()
    assert check_password("a password chosen by the person", own.password)
    assert check_password("another password for all", Person.objects.get(email="staff@example.org").password)


def test_a_database_with_real_people_is_rejected(demo, db):
    factories.PersonFactory()
    with pytest.raises(CommandError, match="separate database"):
        load()


def test_a_site_that_is_not_a_demonstration_is_rejected(demo, db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=on"):
        load()


def test_a_demonstration_with_added_people_is_left_unchanged(demo, db):
    factories.PersonFactory()
    before = counts()
    out = io.StringIO()
    with override_settings(STATIC_ROOT=settings.VAR_DIR / "static"):
        call_command("prepare", stdout=out)
    assert "demonstration: skipped" in out.getvalue()
    assert counts() == before
