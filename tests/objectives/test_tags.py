"""Progress on the pages of other apps, and the places of a chart's parts."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from objectives.models import DataPoint, Measure, StrategySupport
from objectives.templatetags.chart import BASE, TOP, draw, short_period
from tests.conftest import TODAY


def show(source, person, **values):
    request = RequestFactory().get("/")
    request.user = person
    return Template("{% load objectives_tags %}" + source).render(Context({"request": request, **values}))


@pytest.mark.parametrize(
    ("role", "shown"), [(None, ["public"]), ("primary", ["public", "submitted"]), ("chair", ["public", "submitted"])]
)
def test_a_bodys_diary_shows_what_was_said_and_never_a_draft(scene, role, shown):
    person = scene.cast.people[role] if role else AnonymousUser()
    page = show("{% update_history body %}", person, body=scene.cast.body)
    assert [word for word in ("public", "submitted", "draft") if f"The {word} sentence." in page] == shown


def test_a_bodys_strategies_stand_by_objective_and_a_chair_can_add_the_first(scene):
    page = show("{% strategies_of body %}", AnonymousUser(), body=scene.cast.body)
    assert "Publish the dashboard" in page and "Objective 1" in page
    scene.strategy.closed_on = TODAY
    scene.strategy.save(update_fields=["closed_on"])
    assert "Add a strategy" in show("{% strategies_of body %}", scene.cast.chair, body=scene.cast.body)
    assert "Add a strategy" not in show("{% strategies_of body %}", scene.cast.primary, body=scene.cast.body)


def test_an_organization_shows_what_it_leads_and_supports(scene):
    StrategySupport.objects.create(strategy=scene.strategy, organization=scene.cast.other_organization)
    for organization, word in ((scene.cast.organization, "Leads"), (scene.cast.other_organization, "Supports")):
        assert word in show("{% strategies_supported_by o %}", AnonymousUser(), o=organization)


def test_a_chair_is_shown_drafts_and_what_does_not_go_well(scene):
    page = show("{% strategy_attention body %}", scene.cast.chair, body=scene.cast.body)
    assert "Draft of The seated waits to be submitted" in page
    scene.published.status = "off_track"
    scene.published.save(update_fields=["status"])
    page = show("{% strategy_attention body %}", scene.cast.chair, body=scene.cast.body)
    assert "Off track" in page


def test_outcomes_are_the_measures_that_no_objective_owns(scene):
    values = {"workgroup": scene.cast.body.workgroup, "unit": "deaths", "kind": "population"}
    Measure.objects.create(key="all", name="All deaths", **values)
    Measure.objects.create(key="own", name="Own measure", objective=scene.objective, **values)
    page = show("{% outcome_measures %}", AnonymousUser())
    assert "All deaths" in page and "Own measure" not in page


def test_a_badge_says_the_age_of_what_is_past_its_rhythm(scene):
    source = "{% progress_badge update strategy %}"
    values = {"update": scene.published, "strategy": scene.strategy}
    assert "tone-good" in show(source, AnonymousUser(), **values)
    scene.published.reported_on = TODAY - dt.timedelta(days=94)
    assert "◷</span> On track, last confirmed 94 days ago" in show(source, AnonymousUser(), **values)
    assert "Not reported yet" in show(source, AnonymousUser(), update=None, strategy=scene.strategy)


# Places of a chart's parts


def point(start, end, value, **values):
    return DataPoint(period="p", starts_on=start, ends_on=end, value=Decimal(value), **values)


def year(number, value, **values):
    return point(dt.date(number, 1, 1), dt.date(number, 12, 31), value, **values)


@pytest.mark.parametrize(
    ("start", "end", "circa", "words"),
    [
        ((2018, 1, 1), (2018, 12, 31), False, "2018"),
        ((2018, 1, 1), (2020, 12, 31), True, "c. 2018–20"),
        ((2024, 8, 1), (2024, 8, 31), False, "Aug 2024"),
        ((2023, 8, 1), (2024, 7, 31), False, "to Jul 2024"),
    ],
)
def test_a_period_is_short_on_the_axis(start, end, circa, words):
    assert short_period(point(dt.date(*start), dt.date(*end), 1, is_circa=circa)) == words


@given(st.dictionaries(st.integers(1990, 2030), st.integers(0, 10**7), min_size=2, max_size=7))
def test_heights_follow_the_values_from_zero_and_places_follow_time(values):
    points = [year(number, value) for number, value in sorted(values.items())]
    chart = draw(Measure(name="N", unit="u"), points)
    most = max(values.values()) or 1
    for mark, drawn in zip(chart.marks, points, strict=True):
        assert mark.y == pytest.approx(BASE - float(drawn.value) / most * (BASE - TOP), abs=0.1)
    places = [mark.x for mark in chart.marks]
    assert places == sorted(places) and len(set(places)) == len(places)
    first, last = points[0].starts_on.year, points[-1].starts_on.year
    for mark, drawn in zip(chart.marks, points, strict=True):
        share = (drawn.starts_on.year - first) / (last - first)
        assert mark.x == pytest.approx(places[0] + share * (places[-1] - places[0]), abs=0.6)


def test_a_target_is_drawn_at_its_height():
    measure = Measure(name="N", unit="u", target=Decimal(50))
    chart = draw(measure, [year(2020, 100), year(2021, 80)])
    assert chart.target_y == pytest.approx((BASE + TOP) / 2) and chart.target_label == "Target 50"
