"""The pages of task forces, by who reads them."""

import datetime as dt

import pytest
from django.urls import reverse

from taskforces.models import Body, Term
from tests import factories
from tests.conftest import TODAY


@pytest.fixture
def on_the_day(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 22, 18, 0, tzinfo=dt.UTC))


def page(cast, role, name="detail", **kwargs):
    return cast.client(role).get(reverse(f"taskforces:{name}", kwargs=kwargs or {"slug": "data"}))


def test_the_list_shows_each_task_force_with_its_focus_and_chair(cast):
    text = cast.client("visitor").get(reverse("taskforces:list")).content.decode()
    assert "The focus of the Data task force is data." in text
    assert 'title="Department of Examples">DX</abbr>' in text
    assert "The chair" not in text


def test_a_visitor_reads_the_focus_first_the_organizations_and_no_person(cast):
    text = page(cast, "visitor").content.decode()
    assert text.index("The focus of the Data task force is data.") < text.index("Who sits")
    assert reverse("members:organization", args=["dx"]) in text
    for name in ("The chair", "The seated", "@example.org", "Manage the roster", "Action items"):
        assert name not in text


def test_a_member_of_another_body_reads_names_without_contact_data(cast):
    cast.other_organization.participation = "task_force"
    cast.other_organization.save(update_fields=["participation"])
    text = page(cast, "other_primary").content.decode()
    assert "The chair" in text and "chair@example.org" not in text


def test_those_who_sit_on_the_body_read_one_anothers_contact_data(cast):
    assert "chair@example.org" in page(cast, "seated").content.decode()


def test_an_executive_contact_reads_what_a_visitor_reads(cast):
    text = page(cast, "executive").content.decode()
    assert "The chair" not in text and "Manage the roster" not in text


def test_the_chair_sees_on_top_what_is_vacant_past_its_end_and_ending(cast, on_the_day):
    factories.SeatFactory(body=cast.body, organization=cast.other_organization)
    Term.objects.filter(person=cast.secretary).update(planned_end_on=TODAY - dt.timedelta(days=2))
    Term.objects.filter(person=cast.seated).update(planned_end_on=TODAY + dt.timedelta(days=20))
    text = page(cast, "chair").content.decode()
    top = text[: text.index("Who sits")]
    for words in ("1 vacant seat", "1 term past its planned end", "1 term ending within 60 days"):
        assert words in top
    assert top.count("btn btn-primary") == 1
    assert "Schedule a meeting" in top


def test_a_chair_of_another_body_sees_no_chairs_panel(cast):
    other = factories.BodyFactory(slug="other", name="Other")
    text = page(cast, "chair", slug=other.slug).content.decode()
    assert "What wants your eye" not in text


def test_the_charter_is_markdown_with_its_review_date_and_runs_no_script(cast):
    Body.objects.filter(slug="data").update(
        charter="## Purpose\n\nWe **share** data. <script>alert(1)</script>", charter_review_on=dt.date(2027, 1, 15)
    )
    text = page(cast, "visitor").content.decode()
    assert "<strong>share</strong>" in text and "Fri, Jan 15, 2027" in text
    assert "<script>alert" not in text


def test_the_full_workgroup_has_a_page_of_its_own(cast):
    assert page(cast, "visitor", slug="workgroup").url == reverse("overview:workgroup")


def test_a_task_force_that_is_not_there_is_a_404(cast):
    assert page(cast, "visitor", slug="nothing").status_code == 404


FORM = {
    "name": "Data",
    "focus": "A new focus.",
    "charter": "",
    "charter_review_on": "",
    "open_meeting_law": "courtesy",
    "meeting_reminders": "7d, 1d",
    "dissolved_on": "",
}


@pytest.mark.parametrize(("role", "status"), [("staff", 302), ("administrator", 302), ("chair", 403), ("seated", 403)])
def test_settings_are_for_staff(cast, role, status):
    body = cast.body
    answer = cast.client(role).post(reverse("taskforces:edit", args=["data"]), {**FORM, "version": body.version})
    body.refresh_from_db()
    assert answer.status_code == status
    assert (body.focus == "A new focus.") == (status == 302)


def test_a_stale_edit_shows_both_sides_and_keeps_what_was_typed(cast):
    client, url = cast.client("staff"), reverse("taskforces:edit", args=["data"])
    client.post(url, {**FORM, "version": 1})
    answer = cast.client("administrator").post(url, {**FORM, "focus": "My other focus.", "version": 1})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "A new focus." in text and "My other focus." in text
    cast.body.refresh_from_db()
    assert cast.body.focus == "A new focus."


def test_staff_add_a_task_force_and_go_on_to_its_roster(cast):
    url = reverse("taskforces:add")
    values = {**FORM, "name": "Prevention", "slug": "prevention"}
    answer = cast.client("staff").post(url, values)
    assert answer.url == reverse("taskforces:roster", args=["prevention"])
    assert Body.objects.get(slug="prevention").kind == "task_force"
    again = cast.client("staff").post(url, values).content.decode()
    assert "already exists" in again
    assert cast.client("chair").get(url).status_code == 404


@pytest.mark.parametrize("role", ["visitor", "seated", "chair", "staff"])
def test_a_page_takes_the_same_queries_for_one_seat_and_for_three(cast, role, django_assert_max_num_queries):
    def add():
        term = factories.TermFactory(seat=factories.SeatFactory(body=cast.body))
        factories.RepresentationFactory(organization=term.seat.organization, person=term.person)
        strategy = factories.StrategyFactory(body=cast.body)
        factories.ProgressUpdateFactory(strategy=strategy, state="published", published_at=dt.datetime.now(dt.UTC))

    def count():
        client = cast.client(role)
        client.get(reverse("taskforces:detail", args=["data"]))
        with django_assert_max_num_queries(200) as context:
            client.get(reverse("taskforces:detail", args=["data"]))
        return len(context)

    add()
    one = count()
    add()
    add()
    assert count() == one
