"""The permissions of one object and of a list against a plain Python model, over cases that Hypothesis makes."""

import datetime as dt
from dataclasses import dataclass
from itertools import combinations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import Person
from members.models import Organization, Representation, Sector
from members.rules import KINDS_WITH_RIGHTS, STATUSES_WITH_RIGHTS, OrganizationStatus, RepresentationKind
from objectives import permissions
from objectives.models import Objective, Plan, ProgressUpdate, Strategy
from objectives.rules import OPEN_STATES, UpdateState
from taskforces.models import Body, Seat, Term, Workgroup
from taskforces.rules import CHAIR_ROLES, SeatRole
from tests.conftest import NOW, TODAY

START = dt.date(2026, 1, 1)


# Facts that can take a right away. A case has few of them, since otherwise hardly anyone would have rights to lose.
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
class Reader:
    """A person as Hypothesis draws them."""

    portal_role: str
    represents: bool
    kind: str
    organization_status: str
    seat: str | None


@dataclass(frozen=True)
class Scene:
    """The strategy and the update that the permissions are about, and the facts that take rights away."""

    chair_may_publish: bool
    leads: bool
    responsible: bool
    state: str
    authored: bool
    flaws: frozenset[str] = frozenset()


readers = st.builds(
    Reader,
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
class Permissions:
    """The permissions that the model expects."""

    write: bool
    lead: bool
    see: bool
    edit: bool
    publish: bool
    queue: bool


def expected_permissions(reader: Reader, scene: Scene) -> Permissions:
    """Return the permissions by the table of roles, written again in plain Python."""
    flaws = scene.flaws
    inside = not flaws & {"inactive", "may not sign in"}
    staff = inside and reader.portal_role in ("staff", "administrator")
    rights = (
        inside
        and reader.represents
        and "representation ended" not in flaws
        and reader.kind in KINDS_WITH_RIGHTS
        and reader.organization_status in STATUSES_WITH_RIGHTS
    )
    # The other body is never dissolved and always allows its chair to publish.
    elsewhere = "seat on another body" in flaws
    dissolved = "body dissolved" in flaws
    sits = inside and reader.seat is not None and not flaws & {"term ended", "seat closed"}
    sits = sits and (elsewhere or not dissolved)
    here = sits and not elsewhere
    chair = here and reader.seat in CHAIR_ROLES
    open_strategy = not flaws & {"strategy closed", "older plan", "body dissolved"}
    write = open_strategy and (staff or here or (scene.responsible and scene.leads and rights))
    lead = open_strategy and (staff or chair)
    member = staff or rights or sits
    see = staff or scene.state == "published" or (member and (scene.state == "submitted" or scene.authored or chair))
    edit = scene.state in OPEN_STATES and (lead or (write and scene.authored))
    publish = scene.state == "submitted" and (staff or (chair and scene.chair_may_publish))
    chair_elsewhere = sits and elsewhere and reader.seat in CHAIR_ROLES
    queue = staff or (chair and scene.chair_may_publish) or chair_elsewhere
    return Permissions(write, lead, see, edit, publish, queue)


def build(reader: Reader, scene: Scene) -> tuple[Person, Strategy, ProgressUpdate]:
    flaws = scene.flaws
    sector = Sector.objects.create(slug="s", name="s")
    organization = Organization.objects.create(
        key="a", name="A", sector=sector, status=reader.organization_status, is_public=True
    )
    other = Organization.objects.create(key="b", name="B", sector=sector, status="active", is_public=True)
    person = Person.objects.create(
        email="reader@example.org", name="Reader", portal_role=reader.portal_role, is_active="inactive" not in flaws,
        can_sign_in="may not sign in" not in flaws,
    )  # fmt: skip
    author = Person.objects.create(email="author@example.org", name="Author", can_sign_in=True)
    workgroup = Workgroup.objects.create(name="W", short_name="W", convened_by="C", overview="O")
    body = Body.objects.create(
        workgroup=workgroup, slug="data", name="Data", chair_may_publish=scene.chair_may_publish,
        dissolved_on=TODAY if "body dissolved" in flaws else None,
    )  # fmt: skip
    elsewhere = Body.objects.create(workgroup=workgroup, slug="other", name="Other", chair_may_publish=True)
    if reader.represents:
        Representation.objects.create(
            organization=organization, person=person, kind=reader.kind, starts_on=START,
            ended_on=TODAY if "representation ended" in flaws else None,
        )  # fmt: skip
    if reader.seat:
        seat = Seat.objects.create(
            body=elsewhere if "seat on another body" in flaws else body, role=reader.seat,
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


# Cases that Hypothesis might not draw in a short run.
CHAIR = Reader("none", True, "representative", "active", "chair")


@pytest.mark.django_db
@pytest.mark.slow
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reader=readers, scene=scenes)
@example(reader=CHAIR, scene=Scene(False, False, False, "submitted", False))
@example(reader=CHAIR, scene=Scene(True, False, False, "submitted", False))
@example(reader=CHAIR, scene=Scene(True, False, False, "draft", False))
@example(reader=CHAIR, scene=Scene(True, False, False, "draft", False, frozenset({"seat on another body"})))
def test_permissions_of_one_and_of_many_equal_the_table_of_roles(db, reader, scene):
    with transaction.atomic():
        person, strategy, update = build(reader, scene)
        which = Permissions(
            write=strategy in permissions.strategies_writable_by(person),
            lead=strategy in permissions.strategies_managed_by(person),
            see=update in permissions.updates_visible_to(person),
            edit=update in permissions.updates_editable_by(person),
            publish=update in permissions.updates_publishable_by(person),
            queue=permissions.can_open_queue(person),
        )
        may = Permissions(
            write=permissions.can_write_update(person, strategy),
            lead=permissions.can_manage_strategy(person, strategy),
            see=which.see,
            edit=permissions.can_edit_update(person, update),
            publish=permissions.can_publish(person, update),
            queue=which.queue,
        )
        can_contribute = permissions.can_contribute(person, strategy, update)
        can_publish_for = permissions.can_publish_for(person, strategy.body)
        transaction.set_rollback(True)
    assert may == which == expected_permissions(reader, scene)
    assert may.edit == (scene.state in OPEN_STATES and can_contribute)
    assert may.publish == (scene.state == UpdateState.SUBMITTED and can_publish_for)


@pytest.mark.django_db
@pytest.mark.parametrize("state", UpdateState.values)
def test_a_visitor_sees_only_what_is_published(db, state):
    reader = Reader("none", True, "primary", "active", "chair")
    _, strategy, update = build(reader, Scene(True, True, True, state, True))
    visitor = AnonymousUser()
    assert (update in permissions.updates_visible_to(visitor)) == (state == "published")
    assert not permissions.can_write_update(visitor, strategy)
    assert not permissions.can_edit_update(visitor, update)
    assert not permissions.can_publish(visitor, update)
    assert not permissions.can_open_queue(visitor)
    assert not permissions.can_edit_objective(visitor)
