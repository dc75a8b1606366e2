"""The page of a strategy, its forms and its milestones."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from objectives.models import Milestone, Strategy
from tests import factories
from tests.conftest import NOW, TODAY

LEADERS = ("chair", "staff", "administrator")
OTHERS = ("representative", "alternate", "primary", "seated", "secretary", "other_primary", "executive")


def form(scene, **values):
    return {
        "objective": scene.objective.pk, "title": "Share more data", "description": "", "starts_on": "2026-11-01",
        "due_on": "", "reporting_frequency": "quarterly", "lead_organization": scene.cast.organization.pk,
        "responsible_person": scene.cast.representative.pk, "supports": [scene.cast.other_organization.pk], **values,
    }  # fmt: skip


def test_a_visitor_sees_no_people_and_no_actions(scene):
    page = scene.cast.client("visitor").get(scene.url("strategy", pk=scene.strategy.pk)).content.decode()
    assert "Department of Examples" in page and "Every 3 months" in page
    for hidden in ("The representative", "The seated", "Update progress", "Edit strategy", "No change"):
        assert hidden not in page


def test_a_member_sees_who_is_responsible(scene):
    address = scene.url("strategy", pk=scene.strategy.pk)
    assert "The representative" in scene.cast.client("other_primary").get(address).content.decode()
    page = scene.cast.client("seated").get(address).content.decode()
    assert "Update progress" in page and page.count("btn-primary") == 1


def test_a_closed_strategy_can_be_read_but_not_changed(scene):
    scene.strategy.closed_on, scene.strategy.close_reason = TODAY, "It was merged"
    scene.strategy.save(update_fields=["closed_on", "close_reason"])
    page = scene.cast.client("chair").get(scene.url("strategy", pk=scene.strategy.pk)).content.decode()
    assert "It was merged" in page and "Update progress" not in page and "Edit strategy" not in page


def test_an_unknown_strategy_is_not_found(scene):
    assert scene.cast.client("visitor").get("/strategies/999/").status_code == 404


@pytest.mark.parametrize("name", ["strategy_edit", "strategy_close", "milestone_add"])
def test_only_the_chair_and_staff_change_a_strategy(scene, name):
    address = scene.url(name, pk=scene.strategy.pk)
    assert scene.cast.client("visitor").get(address).status_code == 302
    for role in LEADERS:
        assert scene.cast.client(role).get(address).status_code == 200
    for role in OTHERS:
        assert scene.cast.client(role).get(address).status_code == 403
        assert scene.cast.client(role).post(address, form(scene)).status_code == 403


def test_a_chair_adds_a_strategy_only_for_the_own_body(scene):
    address = scene.url("strategy_add", slug="data")
    assert scene.cast.client("seated").post(address, form(scene)).status_code == 403
    other = factories.BodyFactory(slug="other", name="Other")
    assert scene.cast.client("chair").get(scene.url("strategy_add", slug=other.slug)).status_code == 403
    response = scene.cast.client("chair").post(address, form(scene))
    strategy = Strategy.objects.get(title="Share more data")
    assert response.headers["Location"] == scene.url("strategy", pk=strategy.pk)
    assert (strategy.body, strategy.supports.get().organization) == (scene.cast.body, scene.cast.other_organization)
    assert strategy.history.get().history_user == scene.cast.chair


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"title": ""}, "This field is required"),
        ({"due_on": "2026-10-01"}, "This is before the start date. Enter Nov 1, 2026 or later."),
        ({"responsible_person": ""}, ""),
        ({"objective": 999}, "Select a valid choice"),
    ],
)
def test_an_invalid_form_keeps_the_entered_values(scene, values, error):
    response = scene.cast.client("chair").post(scene.url("strategy_add", slug="data"), form(scene, **values))
    if not error:
        assert response.status_code == 302
        return
    page = response.content.decode()
    assert error in page and ("Share more data" in page or "title" in values)


def test_a_responsible_person_represents_the_lead(scene):
    wrong = form(scene, responsible_person=scene.cast.other_primary.pk)
    response = scene.cast.client("chair").post(scene.url("strategy_add", slug="data"), wrong)
    assert "The other_primary does not represent DX" in response.content.decode()
    assert not Strategy.objects.filter(title="Share more data").exists()


def test_a_conflict_shows_both_versions_and_saves_nothing(scene):
    address = scene.url("strategy_edit", pk=scene.strategy.pk)
    assert scene.cast.client("chair").post(address, form(scene, version=1)).status_code == 302
    response = scene.cast.client("staff").post(address, form(scene, version=1, title="Staff's title"))
    page = response.content.decode()
    assert response.status_code == 409 and "Staff&#x27;s title" in page and "Share more data" in page
    assert Strategy.objects.get(pk=scene.strategy.pk).title == "Share more data"
    assert "Supporting organizations" not in page.split("<tbody>")[1].split("</tbody>")[0]


def test_closing_a_strategy_needs_a_reason(scene):
    client, address = scene.cast.client("chair"), scene.url("strategy_close", pk=scene.strategy.pk)
    assert "no more updates are due" in client.get(address).content.decode()
    assert client.post(address, {"close_reason": "", "version": 1}).status_code == 200
    client.post(address, {"close_reason": "Merged into another", "version": 1})
    scene.strategy.refresh_from_db()
    assert (scene.strategy.closed_on, scene.strategy.close_reason) == (TODAY, "Merged into another")
    assert client.get(address).status_code == 403


def test_only_managers_add_and_mark_milestones(scene):
    scene.cast.client("chair").post(
        scene.url("milestone_add", pk=scene.strategy.pk), {"title": "Agreed", "due_on": "2026-12-01"}
    )
    milestone = Milestone.objects.get()
    done, reopen = scene.url("milestone_done", pk=milestone.pk), scene.url("milestone_reopen", pk=milestone.pk)
    assert scene.cast.client("visitor").post(done).status_code == 302
    assert scene.cast.client("seated").post(done).status_code == 403
    scene.cast.client("chair").post(done, {"version": 1})
    milestone.refresh_from_db()
    assert milestone.done_on == TODAY
    stale = scene.cast.client("chair").post(reopen, {"version": 1}, follow=True)
    assert "Someone else changed this milestone." in stale.content.decode()
    scene.cast.client("chair").post(reopen, {"version": 2})
    milestone.refresh_from_db()
    assert milestone.done_on is None


def test_one_row_and_three_take_the_same_queries(scene):
    client, address = scene.cast.client("seated"), scene.url("strategy", pk=scene.strategy.pk)
    Milestone.objects.create(strategy=scene.strategy, title="Step", due_on=TODAY)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for number in range(2):
        Milestone.objects.create(strategy=scene.strategy, title=f"Step {number}", due_on=TODAY)
        factories.ProgressUpdateFactory(strategy=scene.strategy, state="published", published_at=NOW)
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(one)
