"""The questions "may I?" and "which may I?" against an oracle in plain Python, over worlds that Hypothesis makes."""

import datetime as dt
from dataclasses import dataclass
from itertools import combinations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
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


# What may take a right away. Worlds have few of them, else hardly anybody would have a right left to lose.
FLAWS = (
    "inactive",
    "may not sign in",
    "representation ended",
    "term ended",
    "seat closed",
    "seat on another body",
    "body dissolved",
    "older plan",
    "strategy closed",
)


@dataclass(frozen=True)
class Asker:
    """One person as Hypothesis draws them."""

    portal_role: str
    represents: bool
    kind: str
    organization_status: str
    seat: str | None


@dataclass(frozen=True)
class Scene:
    """The strategy and the update that the person asks about, and what is amiss."""

    chair_may_publish: bool
    leads: bool
    responsible: bool
    state: str
    authored: bool
    flaws: frozenset[str] = frozenset()


askers = st.builds(
    Asker,
    portal_role=st.sampled_from(["none", "none", "none", "staff", "administrator"]),
    represents=st.booleans(),
    kind=st.sampled_from(RepresentationKind.values),
    organization_status=st.sampled_from(["active", "active", *OrganizationStatus.values]),
    seat=st.sampled_from([None, "chair", *SeatRole.values]),
)
scenes = st.builds(
    Scene,
    chair_may_publish=st.booleans(),
    leads=st.booleans(),
    responsible=st.booleans(),
    state=st.sampled_from(UpdateState.values),
    authored=st.booleans(),
    flaws=st.sampled_from(
        [frozenset()] * len(FLAWS)
        + [frozenset({flaw}) for flaw in FLAWS]
        + [frozenset(pair) for pair in combinations(FLAWS, 2)][::4]
    ),
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
    flaws = scene.flaws
    inside = not flaws & {"inactive", "may not sign in"}
    staff = inside and asker.portal_role in ("staff", "administrator")
    rights = (
        inside
        and asker.represents
        and "representation ended" not in flaws
        and asker.kind in KINDS_WITH_RIGHTS
        and asker.organization_status in STATUSES_WITH_RIGHTS
    )
    # The other body always stands and always lets its chair publish.
    elsewhere = "seat on another body" in flaws
    dissolved = "body dissolved" in flaws
    sits = inside and asker.seat is not None and not flaws & {"term ended", "seat closed"}
    sits = sits and (elsewhere or not dissolved)
    here = sits and not elsewhere
    chair = here and asker.seat in CHAIR_ROLES
    open_strategy = not flaws & {"strategy closed", "older plan", "body dissolved"}
    write = open_strategy and (staff or here or (scene.responsible and scene.leads and rights))
    lead = open_strategy and (staff or chair)
    member = staff or rights or sits
    see = staff or scene.state == "published" or (member and (scene.state == "submitted" or scene.authored or chair))
    edit = scene.state in OPEN_STATES and (lead or (write and scene.authored))
    publish = scene.state == "submitted" and (staff or (chair and scene.chair_may_publish))
    chair_elsewhere = sits and elsewhere and asker.seat in CHAIR_ROLES
    queue = staff or (chair and scene.chair_may_publish) or chair_elsewhere
    return Answers(write, lead, see, edit, publish, queue)


def build(asker: Asker, scene: Scene) -> tuple[Person, Strategy, ProgressUpdate]:
    flaws = scene.flaws
    sector = Sector.objects.create(slug="s", name="s")
    organization = Organization.objects.create(
        key="a", name="A", sector=sector, status=asker.organization_status, is_public=True
    )
    other = Organization.objects.create(key="b", name="B", sector=sector, status="active", is_public=True)
    person = Person.objects.create(
        email="asker@example.org", name="Asker", portal_role=asker.portal_role, is_active="inactive" not in flaws,
        can_sign_in="may not sign in" not in flaws,
    )  # fmt: skip
    author = Person.objects.create(email="author@example.org", name="Author", can_sign_in=True)
    workgroup = Workgroup.objects.create(name="W", short_name="W", convened_by="C", overview="O")
    body = Body.objects.create(
        workgroup=workgroup, slug="data", name="Data", chair_may_publish=scene.chair_may_publish,
        dissolved_on=TODAY if "body dissolved" in flaws else None,
    )  # fmt: skip
    elsewhere = Body.objects.create(workgroup=workgroup, slug="other", name="Other", chair_may_publish=True)
    if asker.represents:
        Representation.objects.create(
            organization=organization, person=person, kind=asker.kind, starts_on=START,
            ended_on=TODAY if "representation ended" in flaws else None,
        )  # fmt: skip
    if asker.seat:
        seat = Seat.objects.create(
            body=elsewhere if "seat on another body" in flaws else body, role=asker.seat,
            closed_on=TODAY if "seat closed" in flaws else None,
        )  # fmt: skip
        Term.objects.create(
            seat=seat, person=person, starts_on=START, ended_on=TODAY if "term ended" in flaws else None
        )
    plan = Plan.objects.create(workgroup=workgroup, slug="p", name="P", is_current="older plan" not in flaws)
    strategy = Strategy.objects.create(
        objective=Objective.objects.create(plan=plan, number=1, title="O"), body=body, title="S", starts_on=START,
        lead_organization=organization if scene.leads else other,
        responsible_person=person if scene.responsible else None,
        closed_on=TODAY if "strategy closed" in flaws else None,
    )  # fmt: skip
    update = ProgressUpdate.objects.create(
        strategy=strategy, author=person if scene.authored else author, state=scene.state, status="on_track",
        narrative="x", reported_on=TODAY, published_at=NOW,
    )  # fmt: skip
    return person, strategy, update


# What Hypothesis might not draw in a short run is always asked.
CHAIR = Asker("none", True, "representative", "active", "chair")


@pytest.mark.django_db
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asker=askers, scene=scenes)
@example(asker=CHAIR, scene=Scene(False, False, False, "submitted", False))
@example(asker=CHAIR, scene=Scene(True, False, False, "submitted", False))
@example(asker=CHAIR, scene=Scene(True, False, False, "draft", False))
@example(asker=CHAIR, scene=Scene(True, False, False, "draft", False, frozenset({"seat on another body"})))
def test_may_i_equals_which_may_i_and_both_equal_the_table_of_roles(db, asker, scene):
    with transaction.atomic():
        person, strategy, update = build(asker, scene)
        which = Answers(
            write=strategy in permissions.strategies_writable_by(person),
            lead=strategy in permissions.strategies_managed_by(person),
            see=update in permissions.updates_visible_to(person),
            edit=update in permissions.updates_editable_by(person),
            publish=update in permissions.updates_publishable_by(person),
            queue=permissions.can_open_queue(person),
        )
        may = Answers(
            write=permissions.can_write_update(person, strategy),
            lead=permissions.can_manage_strategy(person, strategy),
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
    asker = Asker("none", True, "primary", "active", "chair")
    _, strategy, update = build(asker, Scene(True, True, True, state, True))
    visitor = AnonymousUser()
    assert (update in permissions.updates_visible_to(visitor)) == (state == "published")
    assert not permissions.can_write_update(visitor, strategy)
    assert not permissions.can_edit_update(visitor, update)
    assert not permissions.can_publish(visitor, update)
    assert not permissions.can_open_queue(visitor)
    assert not permissions.can_edit_objective(visitor)
