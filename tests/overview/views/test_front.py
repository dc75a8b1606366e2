"""The front page: purpose, status of the objectives, next meeting, and nothing that is not public."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.rules import MeetingStatus, Visibility
from members.rules import Basis, OrganizationStatus
from taskforces.models import HistoryEvent, Workgroup
from tests import factories
from tests.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def read(client: Client | None = None) -> str:
    answer = (client or Client()).get(reverse("overview:front"))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def objective_with_update(number: int, title: str, **update: object):
    objective = factories.ObjectiveFactory(number=number, title=title)
    strategy = factories.StrategyFactory(objective=objective, title=f"Strategy for {number}")
    values = {"state": "published", "published_at": NOW - dt.timedelta(days=2), "reported_on": TODAY} | update
    factories.ProgressUpdateFactory(strategy=strategy, **values)
    return objective


def test_an_empty_database_shows_how_to_load_a_workgroup():
    page = read()
    assert "<h1>No workgroup is loaded yet</h1>" in page
    assert "manage.py load_workgroup" in page


def test_the_band_shows_purpose_convener_and_counts():
    workgroup = factories.WorkgroupFactory(
        overview="It began in 2014. The Example Workgroup joins agencies. It meets four times a year."
    )
    factories.OrganizationFactory()
    factories.BodyFactory()
    factories.ObjectiveFactory(number=1)
    page = read()
    assert f"<h1>{workgroup.name}</h1>" in page
    assert '<p class="hero-lead">The Example Workgroup joins agencies.</p>' in page
    assert "Convened by the Department of Example." in page
    assert "<strong>1</strong> organization </a>" in page
    assert "<strong>1</strong> task force </a>" in page
    assert "<strong>1</strong> objective </a>" in page
    assert "since <strong>2014</strong>" in page


def test_counts_of_another_workgroup():
    factories.WorkgroupFactory(overview="First sentence. Second sentence.", convened_in=None)
    for number in (1, 2, 3):
        factories.BodyFactory(slug=f"group-{number}", name=f"Group {number}")
        factories.ObjectiveFactory(number=number, title=f"Goal {number}")
    page = read()
    assert '<p class="hero-lead">First sentence.</p>' in page
    assert "<strong>0</strong> organizations </a>" in page
    assert "<strong>3</strong> task forces </a>" in page
    assert "<strong>3</strong> objectives </a>" in page
    assert "since" not in page.split('class="key-figures"')[1].split("</ul>")[0]
    assert page.count('class="objective py-2"') == 3


def test_the_next_public_meeting_links_its_agenda():
    meeting = factories.MeetingFactory(title="Quarterly meeting")
    page = read()
    assert "Thu, Dec 3, 10:00–11:30 a.m. PT" in page
    assert "Quarterly meeting, in 11 days" in page
    assert reverse("meetings:detail", args=[meeting.pk]) in page


@pytest.mark.parametrize(
    "values",
    [
        {"visibility": Visibility.MEMBERS},
        {"visibility": Visibility.BODY},
        {"status": MeetingStatus.DRAFT},
        {"status": MeetingStatus.CANCELED},
    ],
)
def test_private_draft_and_canceled_meetings_are_hidden(values):
    factories.MeetingFactory(title="Quiet meeting", **values)
    page = read()
    assert "No public meeting is scheduled." in page
    assert "Quiet meeting" not in page
    assert "Dec 3" not in page


def test_each_objective_is_a_row_with_its_status():
    objective_with_update(1, "Share data", status="at_risk")
    page = read()
    row = page.split('<li class="objective py-2">')[1]
    assert '<span class="objective-number" aria-hidden="true">1</span>' in row
    assert "Objective 1: </span> Share data </a>" in row
    assert '<a class="chip" href="/task-forces/data/">Data</a>' in row
    assert "At risk</span>" in row
    assert '<svg class="bar"' in row


def test_drafts_and_submitted_updates_are_hidden():
    objective_with_update(1, "Share data", state="submitted", published_at=None, narrative="Still secret.")
    objective_with_update(2, "Share more", state="draft", published_at=None, narrative="Half written.")
    page = read()
    assert "Still secret" not in page
    assert "Half written" not in page
    assert "No updates published yet" in page
    assert page.count("Not reported yet</span>") == 2


def test_contact_data_and_join_links_are_hidden(cast):
    factories.MeetingFactory(body=cast.body)
    objective_with_update(1, "Share data")
    page = read()
    assert "secret-room" not in page
    assert "@example.org" not in page
    assert "The chair" not in page


def test_a_task_force_card_shows_chair_and_next_meeting(cast):
    meeting = factories.MeetingFactory(body=cast.body)
    card = read().split('<ul class="cards">')[1].split("</ul>")[0]
    assert f'<a href="{reverse("taskforces:detail", args=["data"])}">Data</a>' in card
    assert '<abbr title="Department of Examples">DX</abbr>' in card
    assert reverse("meetings:detail", args=[meeting.pk]) in card


def test_a_latest_update_shows_its_first_sentence(db):
    objective_with_update(1, "Share data", narrative="Two counties **share** data. The rest waits.")
    updates = read().split('id="updates"')[1]
    assert "Two counties share data." in updates
    assert "The rest waits" not in updates


def test_a_hidden_organization_of_a_chair_is_not_named(cast):
    cast.organization.is_public = False
    cast.organization.save(update_fields=["is_public"])
    page = read()
    assert "Department of Examples" not in page


def test_sector_counts_equal_the_directory():
    factories.WorkgroupFactory()
    academic = factories.SectorFactory(slug="academic", name="academic")
    factories.OrganizationFactory.create_batch(2, sector=academic)
    factories.OrganizationFactory(sector=academic, status=OrganizationStatus.PROSPECTIVE)
    factories.OrganizationFactory(sector=academic, is_public=False, name="Hidden University")
    page = read()
    link = "/organizations/?sector=academic&amp;membership=active"
    assert f'<a class="chip" href="{link}"> Academic <strong>2</strong> </a>' in page
    assert "Hidden University" not in page
    listed = Client().get(link.replace("&amp;", "&")).context["page"].paginator.count
    assert listed == 2


def test_the_history_shows_the_latest_events_and_links_all(db):
    workgroup = factories.WorkgroupFactory()
    for year in range(2014, 2021):
        HistoryEvent.objects.create(
            workgroup=workgroup,
            key=f"y{year}",
            when=str(year),
            starts_on=dt.date(year, 1, 1),
            event=f"What happened in {year}.",
            source="A report",
        )
    page = read()
    assert [year for year in range(2014, 2021) if f"What happened in {year}." in page] == [2018, 2019, 2020]
    assert page.index("in 2020.") < page.index("in 2018.")
    assert f'href="{reverse("overview:workgroup")}#history"' in page


def count_queries() -> int:
    with CaptureQueriesContext(connection) as queries:
        Client().get(reverse("overview:front"))
    return len(queries)


def test_query_count_is_the_same_for_more_rows():
    def add(number: int) -> None:
        body = factories.BodyFactory(slug=f"group-{number}", name=f"Group {number}")
        organization = factories.OrganizationFactory()
        factories.SeatFactory(body=body, organization=organization, role="chair")
        objective = factories.ObjectiveFactory(number=number)
        strategy = factories.StrategyFactory(objective=objective, body=body, lead_organization=organization)
        factories.ProgressUpdateFactory(strategy=strategy, state="published", published_at=NOW)
        factories.MeetingFactory(body=body)

    add(1)
    count_queries()
    one = count_queries()
    add(2)
    add(3)
    assert count_queries() == one


def test_names_come_from_the_workgroup_profile():
    factories.WorkgroupFactory()
    Workgroup.objects.update(name="Statewide Overdose Safety Group", short_name="Safety Group")
    page = read()
    assert "<title>Overview · Statewide Overdose Safety Group</title>" in page
    assert "Statewide Example Workgroup" not in page


def test_only_a_demonstration_shows_its_banner(settings):
    factories.WorkgroupFactory()
    factories.OrganizationFactory(basis=Basis.SAMPLE)
    assert "Demonstration." not in read()
    settings.DEMO = True
    page = read()
    assert "<strong>Demonstration.</strong>" in page
    assert "Official website" not in page


def test_navigation_for_each_role(cast):
    visitor = read()
    assert 'href="/accounts/login/?next=%2F"' in visitor
    assert ">Action items</a>" not in visitor
    member = read(cast.client("representative"))
    assert ">Home</a>" in member
    assert ">Staff console</a>" not in member
    assert 'action="/accounts/logout/"' in member
    assert ">Staff console</a>" in read(cast.client("staff"))


def test_the_current_section_is_marked():
    factories.WorkgroupFactory()
    assert '<a href="/" aria-current="page">Overview</a>' in read()
    page = Client().get(reverse("overview:directory")).content.decode()
    assert '<a href="/organizations/" aria-current="page">Organizations</a>' in page
    organization = factories.OrganizationFactory()
    page = Client().get(reverse("members:organization", args=[organization.key])).content.decode()
    assert '<a href="/organizations/" aria-current="true">Organizations</a>' in page
