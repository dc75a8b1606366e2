"""The list of objectives, the page of an objective, and its form."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from objectives.models import DataPoint, Measure, Milestone, Objective, StrategySupport
from tests import factories
from tests.conftest import ROLES, TODAY
from tests.objectives.conftest import sentences


def test_everyone_can_read_the_list_with_its_summaries(scene):
    factories.StrategyFactory(objective=scene.objective, body=scene.cast.body)
    for role in ("visitor", "primary", "staff"):
        response = scene.cast.client(role).get(scene.url("list"))
        assert response.status_code == 200
        assert (
            "1 of 2 strategies on track. Not reported yet: 1. Oldest update: 21 days ago." in response.content.decode()
        )


def test_an_empty_list_explains_what_appears_here(cast):
    assert "No objectives yet" in cast.client("visitor").get("/objectives/").content.decode()


@pytest.mark.parametrize("role", [role for role in ROLES if role != "deactivated"])
def test_an_objective_shows_only_published_updates(scene, role):
    response = scene.cast.client(role).get(scene.url("detail", number=1))
    assert (response.status_code, sentences(response)) == (200, ["public"])


def test_only_a_member_sees_that_an_update_is_pending(scene):
    url, text = scene.url("detail", number=1), "A newer update is waiting to be published"
    assert text in scene.cast.client("primary").get(url).content.decode()
    assert text not in scene.cast.client("visitor").get(url).content.decode()


def test_an_objective_shows_organizations_and_milestones(scene):
    StrategySupport.objects.create(strategy=scene.strategy, organization=scene.cast.other_organization)
    Milestone.objects.create(strategy=scene.strategy, title="First step", due_on=TODAY - dt.timedelta(days=1))
    factories.StrategyFactory(
        objective=scene.objective, body=scene.cast.body, title="Ended", closed_on=TODAY, close_reason="It was merged"
    )
    page = scene.cast.client("visitor").get(scene.url("detail", number=1)).content.decode()
    for text in ("Department of Examples", "Other Department", "First step", "Ended", "It was merged", "Overdue"):
        assert text in page


def test_an_overdue_status_shows_its_age(scene):
    scene.published.reported_on = TODAY - dt.timedelta(days=94)
    scene.published.save(update_fields=["reported_on"])
    page = scene.cast.client("visitor").get(scene.url("detail", number=1)).content.decode()
    assert "tone-stale" in page and "On track, last confirmed 94 days ago" in page


def test_an_older_plan_keeps_its_own_urls(scene):
    plan = factories.PlanFactory(slug="2014-plan", name="The first plan", is_current=False)
    factories.ObjectiveFactory(plan=plan, number=1, title="An older goal")
    client = scene.cast.client("visitor")
    assert "An older goal" in client.get("/plans/2014-plan/objectives/1/").content.decode()
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


def test_a_chart_has_a_title_values_sources_and_a_table(scene):
    measure(scene, "deaths", [(2018, 786, {}), (2021, 2358, {"certainty": "medium", "note": "as repeated"})])
    page = scene.cast.client("visitor").get(scene.url("detail", number=1)).content.decode()
    for text in (
        "Deaths rose 3-fold from 2018 to 2021",
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
        assert text in page, text


def test_no_line_is_drawn_across_a_changed_definition(scene):
    measure(scene, "visits", [(2018, 88, {}), (2021, 210, {"break_before": True}), (2022, 215, {})])
    page = scene.cast.client("visitor").get(scene.url("detail", number=1)).content.decode()
    assert page.count("<polyline") == 1 and page.count('class="chart-break"') == 1
    assert page.split("<polyline")[1].split('points="')[1].split('"')[0].count(",") == 2
    assert "Visits rose by 2 percent from 2021 to 2022" in page


def test_a_single_value_is_a_figure_without_a_chart(scene):
    measure(scene, "kits", [(2024, 7000, {"qualifier": "more than"})])
    measure(scene, "nothing", [])
    page = scene.cast.client("visitor").get(scene.url("detail", number=1)).content.decode()
    assert "more than 7,000" in page and 'class="chart"' not in page and "No values published yet." in page


def test_one_row_and_three_take_the_same_queries(scene):
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


def test_only_staff_edit_an_objective(scene):
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
