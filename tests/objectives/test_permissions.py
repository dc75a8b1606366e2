"""The questions "may I?" and "which may I?" against an oracle in plain Python, over worlds that Hypothesis makes."""

import datetime as dt
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.models import Organization, Person, Representation, Sector
from members.rules import KINDS_WITH_RIGHTS, STATUSES_WITH_RIGHTS, OrganizationStatus, RepresentationKind
from objectives import permissions
from objectives.models import Objective, Plan, ProgressUpdate, Strategy
from objectives.rules import OPEN_STATES, UpdateState
from taskforces.models import Body, Seat, Term, Workgroup
from taskforces.rules import CHAIR_ROLES, SeatRole
from tests.conftest import NOW, TODAY

START = dt.date(2026, 1, 1)


@dataclass(frozen=True)
class Asker:
    """One person as Hypothesis draws them."""

    portal_role: str
    active: bool
    may_sign_in: bool
    represents: bool
    kind: str
    organization_status: str
    representation_ended: bool
    seat: str | None
    term_ended: bool
    seat_closed: bool
    on_the_body: bool


@dataclass(frozen=True)
class Scene:
    """The strategy and the update that the person asks about."""

    body_dissolved: bool
    chair_may_publish: bool
    plan_current: bool
    closed: bool
    leads: bool
    responsible: bool
    state: str
    authored: bool


askers = st.builds(
    Asker,
    portal_role=st.sampled_from(["none", "none", "staff", "administrator"]),
    active=st.sampled_from([True, True, True, False]),
    may_sign_in=st.sampled_from([True, True, True, False]),
    represents=st.booleans(),
    kind=st.sampled_from(RepresentationKind.values),
    organization_status=st.sampled_from(OrganizationStatus.values),
    representation_ended=st.booleans(),
    seat=st.sampled_from([None, *SeatRole.values]),
    term_ended=st.sampled_from([False, False, True]),
    seat_closed=st.sampled_from([False, False, True]),
    on_the_body=st.sampled_from([True, True, False]),
)
scenes = st.builds(
    Scene,
    body_dissolved=st.sampled_from([False, False, True]),
    chair_may_publish=st.booleans(),
    plan_current=st.sampled_from([True, True, False]),
    closed=st.sampled_from([False, False, True]),
    leads=st.booleans(),
    responsible=st.booleans(),
    state=st.sampled_from(UpdateState.values),
    authored=st.booleans(),
)


@dataclass(frozen=True)
class Answers:
    """What the oracle says of one asker in one scene."""

    write: bool
    lead: bool
    see: bool
    edit: bool
    publish: bool
    queue: bool


def oracle(asker: Asker, scene: Scene) -> Answers:
    """The table of roles, written again in plain Python."""
    inside = asker.active and asker.may_sign_in
    staff = inside and asker.portal_role in ("staff", "administrator")
    rights = (
        inside
        and asker.represents
        and not asker.representation_ended
        and asker.kind in KINDS_WITH_RIGHTS
        and asker.organization_status in STATUSES_WITH_RIGHTS
    )
    # The other body, where `on_the_body` is false, always stands and always lets its chair publish.
    dissolved = scene.body_dissolved and asker.on_the_body
    sits = inside and asker.seat is not None and not asker.term_ended and not asker.seat_closed and not dissolved
    here = sits and asker.on_the_body
    chair = here and asker.seat in CHAIR_ROLES
    open_strategy = not scene.closed and scene.plan_current and not scene.body_dissolved
    write = open_strategy and (staff or here or (scene.responsible and scene.leads and rights))
    lead = open_strategy and (staff or chair)
    member = staff or rights or sits
    see = staff or scene.state == "published" or (member and (scene.state == "submitted" or scene.authored or chair))
    edit = scene.state in OPEN_STATES and (lead or (write and scene.authored))
    publish = scene.state == "submitted" and (staff or (chair and scene.chair_may_publish))
    queue = (
        staff or (chair and scene.chair_may_publish) or (sits and not asker.on_the_body and asker.seat in CHAIR_ROLES)
    )
    return Answers(write, lead, see, edit, publish, queue)


def build(asker: Asker, scene: Scene) -> tuple[Person, Strategy, ProgressUpdate]:
    sector = Sector.objects.create(slug="s", name="s")
    organization = Organization.objects.create(
        key="a", name="A", sector=sector, status=asker.organization_status, is_public=True
    )
    other = Organization.objects.create(key="b", name="B", sector=sector, status="active", is_public=True)
    person = Person.objects.create(
        email="asker@example.org", name="Asker", portal_role=asker.portal_role, is_active=asker.active,
        may_sign_in=asker.may_sign_in,
    )  # fmt: skip
    author = Person.objects.create(email="author@example.org", name="Author", may_sign_in=True)
    workgroup = Workgroup.objects.create(name="W", short_name="W", convened_by="C", overview="O")
    body = Body.objects.create(
        workgroup=workgroup, slug="data", name="Data", chair_may_publish=scene.chair_may_publish,
        dissolved_on=TODAY if scene.body_dissolved else None,
    )  # fmt: skip
    elsewhere = Body.objects.create(workgroup=workgroup, slug="other", name="Other", chair_may_publish=True)
    if asker.represents:
        Representation.objects.create(
            organization=organization, person=person, kind=asker.kind, starts_on=START,
            ended_on=TODAY if asker.representation_ended else None,
        )  # fmt: skip
    if asker.seat:
        seat = Seat.objects.create(
            body=body if asker.on_the_body else elsewhere, role=asker.seat,
            closed_on=TODAY if asker.seat_closed else None,
        )  # fmt: skip
        Term.objects.create(seat=seat, person=person, starts_on=START, ended_on=TODAY if asker.term_ended else None)
    plan = Plan.objects.create(workgroup=workgroup, slug="p", name="P", is_current=scene.plan_current)
    strategy = Strategy.objects.create(
        objective=Objective.objects.create(plan=plan, number=1, title="O"), body=body, title="S", starts_on=START,
        lead_organization=organization if scene.leads else other,
        responsible_person=person if scene.responsible else None,
        closed_on=TODAY if scene.closed else None,
    )  # fmt: skip
    update = ProgressUpdate.objects.create(
        strategy=strategy, author=person if scene.authored else author, state=scene.state, status="on_track",
        narrative="x", reported_on=TODAY, published_at=NOW,
    )  # fmt: skip
    return person, strategy, update


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asker=askers, scene=scenes)
def test_may_i_equals_which_may_i_and_both_equal_the_table_of_roles(db, asker, scene):
    with transaction.atomic():
        person, strategy, update = build(asker, scene)
        which = Answers(
            write=strategy in permissions.strategies_written_by(person),
            lead=strategy in permissions.strategies_led_by(person),
            see=update in permissions.updates_visible_to(person),
            edit=update in permissions.updates_edited_by(person),
            publish=update in permissions.updates_published_by(person),
            queue=permissions.can_open_queue(person),
        )
        may = Answers(
            write=permissions.can_write_update(person, strategy),
            lead=permissions.can_lead_strategy(person, strategy),
            see=which.see,
            edit=permissions.can_edit_update(person, update),
            publish=permissions.can_publish(person, update),
            queue=which.queue,
        )
        transaction.set_rollback(True)
    assert may == which == oracle(asker, scene)


@pytest.mark.django_db
@pytest.mark.parametrize("state", UpdateState.values)
def test_a_visitor_sees_what_is_published_and_writes_nothing(db, state):
    asker = Asker("none", True, True, True, "primary", "active", False, "chair", False, False, True)
    _, strategy, update = build(asker, Scene(False, True, True, False, True, True, state, True))
    visitor = AnonymousUser()
    assert (update in permissions.updates_visible_to(visitor)) == (state == "published")
    assert not permissions.can_write_update(visitor, strategy)
    assert not permissions.can_edit_update(visitor, update)
    assert not permissions.can_publish(visitor, update)
    assert not permissions.can_open_queue(visitor)
    assert not permissions.can_edit_objective(visitor)
