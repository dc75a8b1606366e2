"""The page of a strategy and what its chair changes."""

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


def test_a_visitor_reads_facts_without_persons_and_without_acts(scene):
    page = scene.cast.client("visitor").get(scene.url("strategy", pk=scene.strategy.pk)).content.decode()
    assert "Department of Examples" in page and "Every three months" in page
    for hidden in ("The representative", "The seated", "Update progress", "Edit strategy", "Still true"):
        assert hidden not in page


def test_a_member_reads_who_is_responsible_and_a_writer_has_one_primary_act(scene):
    address = scene.url("strategy", pk=scene.strategy.pk)
    assert "The representative" in scene.cast.client("other_primary").get(address).content.decode()
    page = scene.cast.client("seated").get(address).content.decode()
    assert "Update progress" in page and page.count("btn-primary") == 1


def test_a_closed_strategy_stays_readable_and_offers_no_act(scene):
    scene.strategy.closed_on, scene.strategy.close_reason = TODAY, "It was merged"
    scene.strategy.save(update_fields=["closed_on", "close_reason"])
    page = scene.cast.client("chair").get(scene.url("strategy", pk=scene.strategy.pk)).content.decode()
    assert "It was merged" in page and "Update progress" not in page and "Edit strategy" not in page


def test_an_unknown_strategy_is_not_found(scene):
    assert scene.cast.client("visitor").get("/strategies/999/").status_code == 404


@pytest.mark.parametrize("name", ["strategy_edit", "strategy_close", "milestone_add"])
def test_the_chair_and_staff_change_a_strategy_and_others_are_told_why_not(scene, name):
    address = scene.url(name, pk=scene.strategy.pk)
    assert scene.cast.client("visitor").get(address).status_code == 302
    for role in LEADERS:
        assert scene.cast.client(role).get(address).status_code == 200
    for role in OTHERS:
        assert scene.cast.client(role).get(address).status_code == 403
        assert scene.cast.client(role).post(address, form(scene)).status_code == 403


def test_a_chair_adds_a_strategy_with_its_supporters_for_the_own_body_only(scene):
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
    ("values", "words"),
    [
        ({"title": ""}, "This field is required"),
        ({"due_on": "2026-10-01"}, "This is before the start date. Choose Nov 1, 2026 or later."),
        ({"responsible_person": ""}, ""),
        ({"objective": 999}, "Select a valid choice"),
    ],
)
def test_a_wrong_form_names_the_field_and_keeps_what_was_typed(scene, values, words):
    response = scene.cast.client("chair").post(scene.url("strategy_add", slug="data"), form(scene, **values))
    if not words:
        assert response.status_code == 302
        return
    page = response.content.decode()
    assert words in page and ("Share more data" in page or "title" in values)


def test_a_responsible_person_of_another_organization_is_refused_in_words(scene):
    wrong = form(scene, responsible_person=scene.cast.other_primary.pk)
    response = scene.cast.client("chair").post(scene.url("strategy_add", slug="data"), wrong)
    assert "The other_primary does not represent DX" in response.content.decode()


def test_a_stale_edit_shows_both_sides_and_saves_nothing(scene):
    address = scene.url("strategy_edit", pk=scene.strategy.pk)
    assert scene.cast.client("chair").post(address, form(scene, version=1)).status_code == 302
    response = scene.cast.client("staff").post(address, form(scene, version=1, title="Staff's title"))
    page = response.content.decode()
    assert response.status_code == 409 and "Staff&#x27;s title" in page and "Share more data" in page
    assert Strategy.objects.get(pk=scene.strategy.pk).title == "Share more data"
    assert "Supporting organizations" not in page.split("<tbody>")[1].split("</tbody>")[0]


def test_closing_asks_for_a_reason_and_says_the_consequence(scene):
    client, address = scene.cast.client("chair"), scene.url("strategy_close", pk=scene.strategy.pk)
    assert "owes no more updates" in client.get(address).content.decode()
    assert client.post(address, {"close_reason": "", "version": 1}).status_code == 200
    client.post(address, {"close_reason": "Merged into another", "version": 1})
    scene.strategy.refresh_from_db()
    assert (scene.strategy.closed_on, scene.strategy.close_reason) == (TODAY, "Merged into another")
    assert client.get(address).status_code == 403


def test_a_milestone_is_added_by_the_chair_and_marked_by_who_leads(scene):
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
    assert "changed this milestone meanwhile" in stale.content.decode()
    scene.cast.client("chair").post(reopen, {"version": 2})
    milestone.refresh_from_db()
    assert milestone.done_on is None


def test_the_number_of_queries_is_the_same_for_one_row_and_for_three(scene):
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
