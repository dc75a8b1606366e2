"""The pages of task forces and their sections, by who reads them."""

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


def test_the_list_shows_each_task_force_with_its_chair(cast):
    text = cast.client("visitor").get(reverse("taskforces:list")).content.decode()
    assert "The focus of the Data task force is data." in text
    assert 'title="Department of Examples">DX</abbr>' in text
    assert "The chair" not in text


def test_a_visitor_sees_focus_and_organizations_but_no_people(cast):
    assert "The focus of the Data task force is data." in page(cast, "visitor").content.decode()
    assert reverse("members:organization", args=["dx"]) in page(cast, "visitor", "members").content.decode()
    hidden = ("The chair", "The seated", "@example.org", reverse("taskforces:roster", args=["data"]), "Action items")
    for name in ("detail", "meetings", "members"):
        text = page(cast, "visitor", name).content.decode()
        assert not [word for word in hidden if word in text]


def test_other_members_see_names_without_contact_data(cast):
    cast.other_organization.participation = "task_force"
    cast.other_organization.save(update_fields=["participation"])
    text = page(cast, "other_primary", "members").content.decode()
    assert "The chair" in text and "chair@example.org" not in text


def test_members_of_the_body_see_contact_data(cast):
    assert "chair@example.org" in page(cast, "seated", "members").content.decode()


def test_an_executive_contact_sees_what_a_visitor_sees(cast):
    text = page(cast, "executive", "members").content.decode()
    assert "The chair" not in text and reverse("taskforces:roster", args=["data"]) not in text


def test_the_chair_sees_first_what_needs_attention(cast, on_the_day):
    factories.SeatFactory(body=cast.body, organization=cast.other_organization)
    Term.objects.filter(person=cast.secretary).update(planned_end_on=TODAY - dt.timedelta(days=2))
    Term.objects.filter(person=cast.seated).update(planned_end_on=TODAY + dt.timedelta(days=20))
    text = page(cast, "chair").content.decode()
    top = text[: text.index("strategies-title")]
    counts = ("1 vacant seat", "1 member past the end of their term", "1 term ends within 60 days")
    assert [words for words in counts if words in top] == list(counts)
    assert top.count("btn btn-primary") == 1
    assert reverse("meetings:add", args=["data"]) in top


def test_a_chair_of_another_body_sees_no_attention_panel(cast):
    other = factories.BodyFactory(slug="other", name="Other")
    text = page(cast, "chair", slug=other.slug).content.decode()
    assert "attention-title" not in text


def test_the_charter_is_markdown_and_runs_no_script(cast):
    Body.objects.filter(slug="data").update(
        charter="## Purpose\n\nWe **share** data. <script>alert(1)</script>", charter_review_on=dt.date(2027, 1, 15)
    )
    text = page(cast, "visitor").content.decode()
    assert "<strong>share</strong>" in text and 'datetime="2027-01-15"' in text
    assert "<script>alert" not in text


def test_the_full_workgroup_has_a_page_of_its_own(cast):
    assert page(cast, "visitor", slug="workgroup").url == reverse("overview:workgroup")


def test_an_unknown_task_force_is_a_404(cast):
    assert page(cast, "visitor", slug="nothing").status_code == 404


@pytest.mark.parametrize("name", ["detail", "meetings", "action_items", "members"])
def test_each_section_has_an_address_and_marks_itself(cast, name):
    text = page(cast, "seated", name).content.decode()
    url = reverse(f"taskforces:{name}", args=["data"])
    assert f'href="{url}" aria-current="page">' in text
    assert text.count('aria-current="page"') - text.count('breadcrumb-item active" aria-current="page"') == 1
    for other in ("detail", "meetings", "action_items", "members"):
        assert f'href="{reverse(f"taskforces:{other}", args=["data"])}"' in text


def test_action_items_are_for_members_only(cast):
    url = reverse("taskforces:action_items", args=["data"])
    assert cast.client("seated").get(url).status_code == 200
    assert cast.client("executive").get(url).status_code == 403
    assert cast.client("visitor").get(url).status_code == 302
    for role in ("executive", "visitor"):
        assert url not in page(cast, role).content.decode()


def test_blank_reminders_mean_the_default(cast):
    url = reverse("taskforces:edit", args=["data"])
    cast.client("staff").post(url, {**FORM, "meeting_reminders": "", "version": cast.body.version})
    assert Body.objects.get(slug="data").meeting_reminders is None


FORM = {
    "name": "Data",
    "focus": "A new focus.",
    "charter": "",
    "charter_review_on": "",
    "open_meeting_law": "voluntary",
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


def test_a_stale_edit_shows_both_versions(cast):
    client, url = cast.client("staff"), reverse("taskforces:edit", args=["data"])
    client.post(url, {**FORM, "version": 1})
    answer = cast.client("administrator").post(url, {**FORM, "focus": "My other focus.", "version": 1})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "A new focus." in text and "My other focus." in text
    cast.body.refresh_from_db()
    assert cast.body.focus == "A new focus."


def test_staff_add_a_task_force_and_continue_to_its_roster(cast):
    url = reverse("taskforces:add")
    values = {**FORM, "name": "Prevention", "slug": "prevention"}
    answer = cast.client("staff").post(url, values)
    assert answer.url == reverse("taskforces:roster", args=["prevention"])
    assert Body.objects.get(slug="prevention").kind == "task_force"
    again = cast.client("staff").post(url, values).content.decode()
    assert "already exists" in again
    assert cast.client("chair").get(url).status_code == 404


@pytest.mark.parametrize("name", ["detail", "meetings", "action_items", "members"])
@pytest.mark.parametrize("role", ["visitor", "seated", "chair", "staff"])
def test_query_count_is_the_same_for_one_and_three_rows(cast, role, name, django_assert_max_num_queries):
    def add():
        term = factories.TermFactory(seat=factories.SeatFactory(body=cast.body))
        factories.RepresentationFactory(organization=term.seat.organization, person=term.person)
        strategy = factories.StrategyFactory(body=cast.body)
        factories.ProgressUpdateFactory(strategy=strategy, state="published", published_at=dt.datetime.now(dt.UTC))
        factories.MeetingFactory(body=cast.body)
        factories.ActionItemFactory(body=cast.body, owner_organization=term.seat.organization)

    def count():
        client = cast.client(role)
        url = reverse(f"taskforces:{name}", args=["data"])
        client.get(url)
        with django_assert_max_num_queries(200) as context:
            client.get(url)
        return len(context)

    add()
    one = count()
    add()
    add()
    assert count() == one
