"""Tags that show progress on the pages of other apps, and the layout of a chart."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from objectives.models import DataPoint, Measure, StrategySupport
from objectives.templatetags.chart import BASE, TOP, draw_chart, short_period
from tests.conftest import TODAY


def show(source, person, **values):
    request = RequestFactory().get("/")
    request.user = person
    return Template("{% load objectives_tags %}" + source).render(Context({"request": request, **values}))


@pytest.mark.parametrize(
    ("role", "shown"), [(None, ["public"]), ("primary", ["public", "submitted"]), ("chair", ["public", "submitted"])]
)
def test_the_updates_of_a_body_never_include_a_draft(scene, role, shown):
    person = scene.cast.people[role] if role else AnonymousUser()
    page = show("{% update_history body %}", person, body=scene.cast.body)
    assert [name for name in ("public", "submitted", "draft") if f"The {name} sentence." in page] == shown


def test_a_chair_can_add_the_first_strategy_of_a_body(scene):
    page = show("{% strategies_of body %}", AnonymousUser(), body=scene.cast.body)
    assert "Publish the dashboard" in page and "Objective 1" in page
    scene.strategy.closed_on = TODAY
    scene.strategy.save(update_fields=["closed_on"])
    add_url = scene.url("strategy_add", slug=scene.cast.body.slug)
    assert add_url in show("{% strategies_of body %}", scene.cast.chair, body=scene.cast.body)
    assert add_url not in show("{% strategies_of body %}", scene.cast.primary, body=scene.cast.body)


def test_an_organization_shows_what_it_leads_and_supports(scene):
    StrategySupport.objects.create(strategy=scene.strategy, organization=scene.cast.other_organization)
    lead, supporter = scene.cast.organization, scene.cast.other_organization
    for organization, role in ((lead, "Lead organization"), (supporter, "Supporting organization")):
        assert role in show("{% strategies_supported_by o %}", AnonymousUser(), o=organization)


def test_a_chair_sees_drafts_and_strategies_off_track(scene):
    page = show("{% strategy_attention body %}", scene.cast.chair, body=scene.cast.body)
    assert scene.url("edit_update", pk=scene.draft.pk) in page and "Off track" not in page
    scene.published.status = "off_track"
    scene.published.save(update_fields=["status"])
    page = show("{% strategy_attention body %}", scene.cast.chair, body=scene.cast.body)
    assert "Off track" in page


def test_outcomes_are_the_measures_without_an_objective(scene):
    values = {"workgroup": scene.cast.body.workgroup, "unit": "deaths", "kind": "population"}
    Measure.objects.create(key="all", name="All deaths", **values)
    Measure.objects.create(key="own", name="Own measure", objective=scene.objective, **values)
    page = show("{% outcome_measures %}", AnonymousUser())
    assert "All deaths" in page and "Own measure" not in page


def test_the_badge_of_an_overdue_status_shows_its_age(scene):
    source = "{% progress_badge update strategy %}"
    values = {"update": scene.published, "strategy": scene.strategy}
    assert "tone-good" in show(source, AnonymousUser(), **values)
    scene.published.reported_on = TODAY - dt.timedelta(days=94)
    assert "◷</span> On track, last confirmed 94 days ago" in show(source, AnonymousUser(), **values)
    assert "Not reported yet" in show(source, AnonymousUser(), update=None, strategy=scene.strategy)


# The layout of a chart


def point(start, end, value, **values):
    return DataPoint(period="p", starts_on=start, ends_on=end, value=Decimal(value), **values)


def year(number, value, **values):
    return point(dt.date(number, 1, 1), dt.date(number, 12, 31), value, **values)


@pytest.mark.parametrize(
    ("start", "end", "circa", "text"),
    [
        ((2018, 1, 1), (2018, 12, 31), False, "2018"),
        ((2018, 1, 1), (2020, 12, 31), True, "about 2018–20"),
        ((2024, 8, 1), (2024, 8, 31), False, "Aug 2024"),
        ((2023, 8, 1), (2024, 7, 31), False, "to Jul 2024"),
    ],
)
def test_a_period_is_short_on_the_axis(start, end, circa, text):
    assert short_period(point(dt.date(*start), dt.date(*end), 1, is_circa=circa)) == text


@given(st.dictionaries(st.integers(1990, 2030), st.integers(0, 10**7), min_size=2, max_size=7))
def test_heights_follow_values_and_positions_follow_time(values):
    points = [year(number, value) for number, value in sorted(values.items())]
    chart = draw_chart(Measure(name="N", unit="u"), points)
    highest = max(values.values()) or 1
    for mark, drawn in zip(chart.marks, points, strict=True):
        assert mark.y == pytest.approx(BASE - float(drawn.value) / highest * (BASE - TOP), abs=0.1)
    positions = [mark.x for mark in chart.marks]
    assert positions == sorted(positions) and len(set(positions)) == len(positions)
    first, last = points[0].starts_on.year, points[-1].starts_on.year
    for mark, drawn in zip(chart.marks, points, strict=True):
        share = (drawn.starts_on.year - first) / (last - first)
        assert mark.x == pytest.approx(positions[0] + share * (positions[-1] - positions[0]), abs=0.6)


def test_a_target_is_drawn_at_its_height():
    measure = Measure(name="N", unit="u", target=Decimal(50))
    chart = draw_chart(measure, [year(2020, 100), year(2021, 80)])
    assert chart.target_y == pytest.approx((BASE + TOP) / 2) and chart.target_label == "Target: 50"
