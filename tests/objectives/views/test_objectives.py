"""The list of objectives, the page of one, and its words."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from objectives.models import DataPoint, Measure, Milestone, Objective, StrategySupport
from tests import factories
from tests.conftest import ROLES, TODAY
from tests.objectives.conftest import sentences


def test_everybody_reads_the_list_with_the_state_in_a_sentence(scene):
    factories.StrategyFactory(objective=scene.objective, body=scene.cast.body)
    for role in ("visitor", "primary", "staff"):
        response = scene.cast.client(role).get(scene.url("list"))
        assert response.status_code == 200
        assert "1 of 2 strategies on track, one not reported yet, oldest word 21 days old." in response.content.decode()


def test_an_empty_portal_says_what_will_be_here(cast):
    assert "No objectives yet" in cast.client("visitor").get("/objectives/").content.decode()


@pytest.mark.parametrize("role", [role for role in ROLES if role != "deactivated"])
def test_no_role_reads_a_submitted_or_draft_word_on_an_objectives_page(scene, role):
    response = scene.cast.client(role).get(scene.url("detail", number=1))
    assert (response.status_code, sentences(response)) == (200, ["public"])


def test_a_member_learns_that_a_newer_update_waits_and_a_visitor_does_not(scene):
    address, words = scene.url("detail", number=1), "A newer update waits to be published"
    assert words in scene.cast.client("primary").get(address).content.decode()
    assert words not in scene.cast.client("visitor").get(address).content.decode()


def test_an_objective_shows_who_carries_it_its_milestones_and_its_closed_strategies(scene):
    StrategySupport.objects.create(strategy=scene.strategy, organization=scene.cast.other_organization)
    Milestone.objects.create(strategy=scene.strategy, title="Late step", due_on=TODAY - dt.timedelta(days=1))
    factories.StrategyFactory(
        objective=scene.objective, body=scene.cast.body, title="Ended", closed_on=TODAY, close_reason="It was merged"
    )
    page = scene.cast.client("visitor").get(scene.url("detail", number=1)).content.decode()
    for words in ("Department of Examples", "Other Department", "Late step", "Ended", "It was merged", "Late"):
        assert words in page


def test_a_status_past_its_rhythm_says_how_old_it_is(scene):
    scene.published.reported_on = TODAY - dt.timedelta(days=94)
    scene.published.save(update_fields=["reported_on"])
    page = scene.cast.client("visitor").get(scene.url("detail", number=1)).content.decode()
    assert "tone-stale" in page and "On track, last confirmed 94 days ago" in page


def test_an_older_plan_keeps_its_own_address_and_the_current_one_has_one(scene):
    plan = factories.PlanFactory(slug="2014-plan", name="The first plan", is_current=False)
    factories.ObjectiveFactory(plan=plan, number=1, title="An older wish")
    client = scene.cast.client("visitor")
    assert "An older wish" in client.get("/plans/2014-plan/objectives/1/").content.decode()
    assert "Promote data sharing" in client.get("/objectives/1/").content.decode()
    assert client.get("/plans/current/objectives/1/").headers["Location"] == "/objectives/1/"
    assert client.get("/objectives/9/").status_code == client.get("/plans/none/objectives/1/").status_code == 404


def measure(scene, key, values):
    made = Measure.objects.create(
        workgroup=scene.cast.body.workgroup, objective=scene.objective, key=key, name=key.title(), unit="deaths",
        kind="population", good_direction="down",
    )  # fmt: skip
    for year, value, extra in values:
        DataPoint.objects.create(
            measure=made, period=str(year), starts_on=dt.date(year, 1, 1), ends_on=dt.date(year, 12, 31), value=value,
            source=f"Report of {year}", **extra,
        )  # fmt: skip
    return made


def test_a_chart_carries_its_message_values_sources_and_table(scene):
    measure(scene, "deaths", [(2018, 786, {}), (2021, 2358, {"certainty": "medium", "note": "as repeated"})])
    page = scene.cast.client("visitor").get(scene.url("detail", number=1)).content.decode()
    for words in (
        "Deaths rose threefold from 2018 to 2021",
        '<text class="chart-label"',
        ">786</text>",
        ">2,358</text>",
        "2018: 786 deaths; 2021: 2,358 deaths.",
        "Sources: Report of 2018; Report of 2021",
        '<td data-label="Value">2,358</td>',
        "as repeated",
        "Population measure",
        "Down is better.",
    ):
        assert words in page, words


def test_no_line_is_drawn_across_a_changed_definition(scene):
    measure(scene, "visits", [(2018, 88, {}), (2021, 210, {"break_before": True}), (2022, 215, {})])
    page = scene.cast.client("visitor").get(scene.url("detail", number=1)).content.decode()
    assert page.count("<polyline") == 1 and page.count('class="chart-break"') == 1
    assert page.split("<polyline")[1].split('points="')[1].split('"')[0].count(",") == 2
    assert "Visits rose by 2 percent from 2021 to 2022" in page


def test_one_value_is_a_stated_figure_and_none_says_so(scene):
    measure(scene, "kits", [(2024, 7000, {"qualifier": "more than"})])
    measure(scene, "nothing", [])
    page = scene.cast.client("visitor").get(scene.url("detail", number=1)).content.decode()
    assert "more than 7,000" in page and 'class="chart"' not in page and "No value published yet." in page


def test_the_number_of_queries_is_the_same_for_one_row_and_for_three(scene):
    measure(scene, "deaths", [(2018, 786, {}), (2021, 2358, {})])
    for address in (scene.url("list"), scene.url("detail", number=1)):
        for role in ("visitor", "seated"):
            client = scene.cast.client(role)
            client.get(address)
            with CaptureQueriesContext(connection) as one:
                client.get(address)
            for _ in range(2):
                strategy = factories.StrategyFactory(objective=scene.objective, body=scene.cast.body)
                Milestone.objects.create(strategy=strategy, title="Step", due_on=TODAY)
                number = Objective.objects.count() + 1
                factories.ObjectiveFactory(number=number)
                measure(scene, f"m-{number}", [(2018, 1, {}), (2019, 2, {})])
            with CaptureQueriesContext(connection) as three:
                client.get(address)
            assert len(three) == len(one), (address, role)


def test_staff_change_the_words_and_the_others_are_told_why_not(scene):
    address = scene.url("edit", number=1)
    assert scene.cast.client("visitor").get(address).status_code == 302
    assert scene.cast.client("chair").get(address).status_code == 403
    staff = scene.cast.client("staff")
    assert staff.get(address).status_code == 200
    posted = {"title": "Promote sharing of data", "description": "", "version": 1}
    assert staff.post(address, posted).status_code == 302
    assert Objective.objects.get(number=1).title == "Promote sharing of data"
    stale = staff.post(address, {**posted, "title": "Mine"})
    page = stale.content.decode()
    assert stale.status_code == 409 and "Mine" in page and "Promote sharing of data" in page
    assert Objective.objects.get(number=1).title == "Promote sharing of data"
