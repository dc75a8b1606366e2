"""The staff pages that span apps: console, history, merge, handing over."""

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
def test_the_staff_pages_are_not_there_for_others(cast, role):
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


def something_waits(cast):
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


def test_the_six_numbers_count_and_link_to_their_lists(cast):
    something_waits(cast)
    text = cast.client("staff").get(CONSOLE).content.decode()
    for count, word, url in (
        (1, "to publish", reverse("objectives:publication_queue")),
        (1, "request to join", reverse("members:join_requests")),
        (4, "organizations without a primary", reverse("members:staff_organizations") + "?missing_primary=on"),
        (0, "mails failed", reverse("reminders:ledger") + "?state=stuck"),
        (1, "update late", CONSOLE + "#late"),
        (1, "term past end", reverse("taskforces:rosters")),
    ):
        assert f'<a href="{url}"><strong>{count}</strong> {word}</a>' in text


def test_every_list_behind_a_number_opens(cast):
    client = cast.client("staff")
    something_waits(cast)
    page = client.get(CONSOLE)
    for row in [*page.context["console"].numbers, *page.context["console"].tasks]:
        assert client.get(row.url).status_code == 200, row


def test_todays_queue_has_the_act_beside_each(cast):
    something_waits(cast)
    text = cast.client("staff").get(CONSOLE).content.decode()
    for words in (
        "Waits to be published",
        "Read and publish",
        "Review",
        "Coalition of Waiting Examples",
        "Answer",
        "Renew or end",
        "Invite one",
        "Write for them",
    ):
        assert words in text


def test_an_empty_queue_says_so(cast):
    factories.RepresentationFactory(organization=cast.organization)
    assert "Nothing waits for you" in cast.client("staff").get(CONSOLE).content.decode()


def test_search_finds_people_and_organizations_by_any_part_with_and_without_scripts(cast):
    client = cast.client("staff")
    for words, found in (("alternate@", "The alternate"), ("of exam", "Department of Examples"), ("DX", "Examples")):
        assert found in client.get(CONSOLE, {"q": words}).content.decode()
        part = client.get(CONSOLE, {"q": words}, headers={"HX-Request": "true"}).content.decode()
        assert found in part and "<html" not in part
    nothing = client.get(CONSOLE, {"q": "<b>zzz"}).content.decode()
    assert "Nobody and nothing fits “&lt;b&gt;zzz”" in nothing


def test_the_console_takes_the_same_queries_for_one_row_and_for_three(cast, django_assert_max_num_queries):
    def count():
        client = cast.client("staff")
        client.get(CONSOLE)
        with django_assert_max_num_queries(60) as context:
            client.get(CONSOLE, {"q": "e"})
        return len(context)

    something_waits(cast)
    one = count()
    something_waits(cast)
    something_waits(cast)
    assert count() == one


# History ------------------------------------------------------------------------------------------


@transaction.atomic
def change(row, actor, reason="", **values):
    save_changes(lock(row), actor=actor, reason=reason, **values)


def test_history_says_who_changed_what_from_what_to_what(cast):
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


def test_history_says_people_and_dates_in_words_and_nothing_of_bookkeeping(cast):
    term = Term.objects.get(person=cast.chair)
    change(term, cast.chair, ended_on=dt.date(2026, 11, 2), end_reason="Retired")
    text = cast.client("staff").get(reverse("overview:history", args=["term", term.pk])).content.decode()
    assert "Mon, Nov 2" in text and "Retired" in text and "The chair" in text and "Chair, Data task force" in text
    assert "Version" not in text and "2026-11-02" not in text


def test_a_secret_is_in_no_history(cast):
    person = cast.representative
    text = cast.client("staff").get(reverse("overview:history", args=["person", person.pk])).content.decode()
    assert "password" not in text.lower() and "session" not in text.lower()


def test_a_record_that_is_not_there_or_not_tracked_is_a_404(cast):
    client = cast.client("staff")
    assert client.get(reverse("overview:history", args=["organization", 99999])).status_code == 404
    assert client.get(reverse("overview:history", args=["securityevent", 1])).status_code == 404


@pytest.mark.parametrize("name", sorted(TRACKED))
def test_every_tracked_model_keeps_history(name):
    assert hasattr(TRACKED[name], "history")


def test_history_takes_the_same_queries_for_one_change_and_for_three(cast, django_assert_max_num_queries):
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


def test_a_merge_is_looked_at_first_and_done_with_a_press(cast):
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


def test_a_merge_says_that_the_one_that_stays_becomes_active_where_only_the_duplicate_is(cast):
    client, url = cast.client("staff"), reverse("overview:merge", args=["dx"])
    assert "so that nobody loses rights" not in client.get(url, {"into": "other"}).content.decode()
    change(cast.other_organization, cast.staff, status="prospective")
    assert "OD becomes active, as DX is" in client.get(url, {"into": "other"}).content.decode()


def test_a_merge_after_somebody_edited_is_asked_again(cast):
    client, url = cast.client("staff"), reverse("overview:merge", args=["dx"])
    change(cast.organization, cast.administrator, name="Edited meanwhile")
    answer = client.post(f"{url}?into=other", {"source_version": 1, "target_version": 1})
    assert answer.status_code == 409 and "Somebody changed Edited meanwhile" in answer.content.decode()
    assert Organization.objects.get(key="dx").merged_into is None


def test_an_unknown_target_is_an_error_beside_the_field(cast):
    answer = cast.client("staff").get(reverse("overview:merge", args=["dx"]), {"into": "dx"})
    assert "Select a valid choice" in answer.content.decode()


# Handing over -------------------------------------------------------------------------------------


def test_ending_a_representation_shows_what_is_carried_and_hands_it_over(cast):
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


def test_a_person_of_another_organization_cannot_be_posted_as_successor(cast):
    representation = Representation.objects.get(person=cast.chair)
    seat = Term.objects.get(person=cast.chair).seat
    other = Representation.objects.get(person=cast.other_primary)
    answer = cast.client("staff").post(
        reverse("overview:end_representation", args=[representation.pk]),
        {"ended_on": "2026-11-20", "reason": "Left", "version": 1, f"seat_{seat.pk}": other.pk},
    )
    assert "Select a valid choice" in answer.content.decode()
    representation.refresh_from_db()
    assert representation.ended_on is None


def test_a_date_that_does_not_fit_is_said_and_nothing_typed_is_lost(cast):
    representation = Representation.objects.get(person=cast.alternate)
    answer = cast.client("staff").post(
        reverse("overview:end_representation", args=[representation.pk]),
        {"ended_on": "2027-01-01", "reason": "Leaves soon", "version": 1},
    )
    text = answer.content.decode()
    assert "Choose today or an earlier day" in text and "Leaves soon" in text


def test_a_stale_end_is_asked_again_and_then_goes_through(cast):
    representation = Representation.objects.get(person=cast.alternate)
    change(representation, cast.administrator, planned_end_on=dt.date(2027, 1, 1))
    client, url = cast.client("staff"), reverse("overview:end_representation", args=[representation.pk])
    values = {"ended_on": "2026-11-20", "reason": "Left", "version": 1}
    answer = client.post(url, values)
    assert answer.status_code == 409 and 'name="version" value="2"' in answer.content.decode()
    assert client.post(url, {**values, "version": 2}).status_code == 302


def test_the_primarys_page_offers_the_alternate_as_the_next_primary(cast):
    representation = Representation.objects.get(person=cast.primary)
    alternate = Representation.objects.get(person=cast.alternate)
    client, url = cast.client("staff"), reverse("overview:end_representation", args=[representation.pk])
    assert f'<option value="{alternate.pk}" selected>' in client.get(url).content.decode()
    client.post(url, {"ended_on": "2026-11-20", "reason": "Left", "version": 1, "primary": alternate.pk})
    current = Representation.objects.current().get(organization=cast.organization, kind="primary")
    assert current.person == cast.alternate
