"""The staff pages that span apps: console, history, merge, end of a representation."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse

from core.operations import lock, save_changes
from members.models import Organization, Proposal, Representation
from overview.queries.tracked_models import TRACKED
from taskforces.models import Term
from tests import factories
from tests.conftest import NOW, TODAY

CONSOLE = "/staff/"


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.mark.parametrize("role", ["representative", "primary", "chair", "executive"])
def test_staff_pages_are_not_found_for_others(cast, role):
    client = cast.client(role)
    term = Representation.objects.get(person=cast.chair)
    for url in (
        CONSOLE,
        reverse("overview:history", args=["organization", cast.organization.pk]),
        reverse("overview:merge", args=["dx"]),
        reverse("overview:end_representation", args=[term.pk]),
    ):
        assert client.get(url).status_code == 404
        assert client.post(url).status_code == 404


def make_tasks(cast):
    factories.ProgressUpdateFactory(
        strategy=factories.StrategyFactory(body=cast.body, title="Waits to be published"),
        state="submitted",
        submitted_at=NOW,
    )
    factories.StrategyFactory(body=cast.body, starts_on=dt.date(2026, 1, 1))
    Proposal.objects.create(
        organization=factories.OrganizationFactory(), proposed_by=cast.primary, proposed_at=NOW, values={}
    )
    factories.JoinRequestFactory(organization_name="Coalition of Waiting Examples")
    term = factories.TermFactory(
        seat=factories.SeatFactory(body=cast.body), planned_end_on=TODAY - dt.timedelta(days=9)
    )
    factories.RepresentationFactory(organization=term.seat.organization, person=term.person)


def test_the_six_counts_link_to_their_lists(cast):
    make_tasks(cast)
    text = cast.client("staff").get(CONSOLE).content.decode()
    for count, label, url in (
        (1, "update to publish", reverse("objectives:publication_queue")),
        (1, "request to join", reverse("members:join_requests")),
        (4, "organizations without a primary", reverse("members:staff_organizations") + "?missing_primary=on"),
        (0, "emails failed", reverse("reminders:delivery_log") + "?state=stuck"),
        (1, "overdue update", CONSOLE + "#overdue"),
        (1, "expired term", reverse("taskforces:rosters")),
    ):
        assert f'<a href="{url}"><strong>{count}</strong> {label}</a>' in text


def test_every_list_of_a_count_opens(cast):
    client = cast.client("staff")
    make_tasks(cast)
    page = client.get(CONSOLE)
    for row in [*page.context["console"].counts, *page.context["console"].tasks]:
        assert client.get(row.url).status_code == 200, row


def test_tasks_have_their_action(cast):
    make_tasks(cast)
    text = cast.client("staff").get(CONSOLE).content.decode()
    for words in (
        "Waits to be published",
        "Review and publish",
        "Review changes",
        "Coalition of Waiting Examples",
        "Review request",
        "Renew or end",
        "Invite a representative",
        "Enter on their behalf",
    ):
        assert words in text


def test_no_tasks(cast):
    factories.RepresentationFactory(organization=cast.organization)
    assert "No tasks right now" in cast.client("staff").get(CONSOLE).content.decode()


def test_search_by_part_of_a_name_with_and_without_htmx(cast):
    client = cast.client("staff")
    for words, found in (("alternate@", "The alternate"), ("of exam", "Department of Examples"), ("DX", "Examples")):
        assert found in client.get(CONSOLE, {"q": words}).content.decode()
        part = client.get(CONSOLE, {"q": words}, headers={"HX-Request": "true"}).content.decode()
        assert found in part and "<html" not in part
    nothing = client.get(CONSOLE, {"q": "<b>zzz"}).content.decode()
    assert "No results for “&lt;b&gt;zzz”" in nothing


def test_console_query_count_is_the_same_for_more_rows(cast, django_assert_max_num_queries):
    def count():
        client = cast.client("staff")
        client.get(CONSOLE)
        with django_assert_max_num_queries(60) as context:
            client.get(CONSOLE, {"q": "e"})
        return len(context)

    make_tasks(cast)
    one = count()
    make_tasks(cast)
    make_tasks(cast)
    assert count() == one


# History ------------------------------------------------------------------------------------------


@transaction.atomic
def change(row, actor, reason="", **values):
    save_changes(lock(row), actor=actor, reason=reason, **values)


def test_history_shows_who_changed_what(cast):
    organization = factories.OrganizationFactory(name="Old name", status="active")
    change(organization, cast.staff, "Asked by letter", name="New name", status="on_leave")
    change(organization, None, merged_into=cast.organization)
    text = (
        cast.client("staff").get(reverse("overview:history", args=["organization", organization.pk])).content.decode()
    )
    for words in ("Changed by The staff", "Asked by letter", "Old name", "New name", "Active", "On leave", "Today"):
        assert words.lower() in text.lower()
    assert "Changed by The portal" in text and "Department of Examples" in text
    assert text.index("Changed by The portal") < text.index("Changed by The staff") < text.index("Added by")


def test_history_shows_names_and_dates_but_no_internals(cast):
    term = Term.objects.get(person=cast.chair)
    change(term, cast.chair, ended_on=dt.date(2026, 11, 2), end_reason="Retired")
    text = cast.client("staff").get(reverse("overview:history", args=["term", term.pk])).content.decode()
    assert "Mon, Nov 2" in text and "Retired" in text and "The chair" in text and "Chair, Data task force" in text
    assert "Version" not in text and "2026-11-02" not in text


def test_a_secret_is_in_no_history(cast):
    person = cast.representative
    text = cast.client("staff").get(reverse("overview:history", args=["person", person.pk])).content.decode()
    assert "password" not in text.lower() and "session" not in text.lower()


def test_an_unknown_record_is_not_found(cast):
    client = cast.client("staff")
    assert client.get(reverse("overview:history", args=["organization", 99999])).status_code == 404
    assert client.get(reverse("overview:history", args=["securityevent", 1])).status_code == 404


@pytest.mark.parametrize("name", sorted(TRACKED))
def test_every_tracked_model_keeps_history(name):
    assert hasattr(TRACKED[name], "history")


def test_history_query_count_is_the_same_for_more_changes(cast, django_assert_max_num_queries):
    strategy = factories.StrategyFactory(body=cast.body)
    client, url = cast.client("staff"), reverse("overview:history", args=["strategy", strategy.pk])

    def count():
        client.get(url)
        with django_assert_max_num_queries(40) as context:
            client.get(url)
        return len(context)

    change(strategy, cast.staff, lead_organization=cast.organization, responsible_person=cast.chair)
    one = count()
    change(strategy, cast.chair, lead_organization=cast.other_organization, responsible_person=cast.primary)
    change(strategy, cast.primary, responsible_person=cast.alternate)
    assert count() == one


# Merge --------------------------------------------------------------------------------------------


def test_a_merge_is_previewed_first(cast):
    client, url = cast.client("staff"), reverse("overview:merge", args=["dx"])
    assert "Show what moves" in client.get(url).content.decode()
    page = client.get(url, {"into": "other"})
    text = page.content.decode()
    assert "What moves to Other Department" in text and "Seats" in text
    assert not Organization.objects.exclude(merged_into=None).exists()
    answer = client.post(f"{url}?into=other", {"source_version": 1, "target_version": 1})
    assert answer.url == reverse("members:staff_organization", args=["other"])
    assert Organization.objects.get(key="dx").merged_into == cast.other_organization
    assert client.get(url).status_code == 404


def test_a_merge_preview_shows_the_new_status(cast):
    client, url = cast.client("staff"), reverse("overview:merge", args=["dx"])
    assert client.get(url, {"into": "other"}).context["new_status"] == ""
    change(cast.other_organization, cast.staff, status="prospective")
    assert "OD becomes active, as DX is now" in client.get(url, {"into": "other"}).content.decode()


def test_a_merge_with_an_old_version_is_a_conflict(cast):
    client, url = cast.client("staff"), reverse("overview:merge", args=["dx"])
    change(cast.organization, cast.administrator, name="Edited")
    answer = client.post(f"{url}?into=other", {"source_version": 1, "target_version": 1})
    assert answer.status_code == 409
    assert Organization.objects.get(key="dx").merged_into is None


def test_an_unknown_merge_target_is_a_field_error(cast):
    answer = cast.client("staff").get(reverse("overview:merge", args=["dx"]), {"into": "dx"})
    assert "into" in answer.context["form"].errors


# End of a representation ----------------------------------------------------------------------------------


def test_ending_a_representation_reassigns_the_work(cast):
    representation = Representation.objects.get(person=cast.chair)
    seat = Term.objects.get(person=cast.chair).seat
    strategy = factories.StrategyFactory(
        body=cast.body,
        title="Share the figures",
        lead_organization=cast.organization,
        responsible_person=cast.chair,
    )
    client, url = cast.client("staff"), reverse("overview:end_representation", args=[representation.pk])
    text = client.get(url).content.decode()
    assert "Seat: Chair, Data task force" in text and "Strategy: Share the figures" in text
    alternate = Representation.objects.get(person=cast.alternate)
    answer = client.post(
        url,
        {
            "ended_on": "2026-11-20",
            "reason": "Changed jobs",
            "version": representation.version,
            f"seat_{seat.pk}": alternate.pk,
            f"strategy_{strategy.pk}": "",
        },
    )
    assert answer.url == reverse("members:staff_organization", args=["dx"])
    assert Term.objects.get(seat=seat, ended_on=None).person == cast.alternate
    strategy.refresh_from_db()
    assert strategy.responsible_person is None
    assert client.get(url).url == reverse("members:staff_organization", args=["dx"])


def test_a_successor_of_another_organization_is_an_error(cast):
    representation = Representation.objects.get(person=cast.chair)
    seat = Term.objects.get(person=cast.chair).seat
    other = Representation.objects.get(person=cast.other_primary)
    answer = cast.client("staff").post(
        reverse("overview:end_representation", args=[representation.pk]),
        {"ended_on": "2026-11-20", "reason": "Left", "version": 1, f"seat_{seat.pk}": other.pk},
    )
    assert f"seat_{seat.pk}" in answer.context["form"].errors
    representation.refresh_from_db()
    assert representation.ended_on is None


def test_a_future_end_is_an_error_and_keeps_the_input(cast):
    representation = Representation.objects.get(person=cast.alternate)
    answer = cast.client("staff").post(
        reverse("overview:end_representation", args=[representation.pk]),
        {"ended_on": "2027-01-01", "reason": "Leaves soon", "version": 1},
    )
    text = answer.content.decode()
    assert answer.context["form"].non_field_errors() and "Leaves soon" in text


def test_an_edit_conflict_can_be_submitted_again(cast):
    representation = Representation.objects.get(person=cast.alternate)
    change(representation, cast.administrator, planned_end_on=dt.date(2027, 1, 1))
    client, url = cast.client("staff"), reverse("overview:end_representation", args=[representation.pk])
    values = {"ended_on": "2026-11-20", "reason": "Left", "version": 1}
    answer = client.post(url, values)
    assert answer.status_code == 409 and 'name="version" value="2"' in answer.content.decode()
    assert client.post(url, {**values, "version": 2}).status_code == 302


def test_the_alternate_is_suggested_as_the_next_primary(cast):
    representation = Representation.objects.get(person=cast.primary)
    alternate = Representation.objects.get(person=cast.alternate)
    client, url = cast.client("staff"), reverse("overview:end_representation", args=[representation.pk])
    assert f'<option value="{alternate.pk}" selected>' in client.get(url).content.decode()
    client.post(url, {"ended_on": "2026-11-20", "reason": "Left", "version": 1, "primary": alternate.pk})
    current = Representation.objects.current().get(organization=cast.organization, kind="primary")
    assert current.person == cast.alternate
