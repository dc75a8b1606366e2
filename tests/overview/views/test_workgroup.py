"""The Workgroup's page, and how staff edit its profile and timeline."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from taskforces.models import HistoryEvent, Workgroup
from taskforces.rules import BodyKind
from tests import factories

pytestmark = pytest.mark.django_db

EVENT = {"when": "Nov 2014", "starts_on": "2014-11-01", "ends_on": "", "event": "First meeting.", "source": "Minutes"}


def event(**values: object) -> HistoryEvent:
    row = {
        "workgroup": factories.WorkgroupFactory(),
        "key": "first",
        "when": "2014",
        "starts_on": dt.date(2014, 1, 1),
        "event": "It began.",
        "source": "A report",
    }
    return HistoryEvent.objects.create(**(row | values))


def test_the_page_shows_profile_charter_and_history():
    factories.WorkgroupFactory(overview="First paragraph.\n\nSecond paragraph.", program="Prevention")
    factories.BodyFactory(kind=BodyKind.FULL, slug="workgroup", name="Example Workgroup", charter="Quorum is *half*.")
    event()
    page = Client().get(reverse("overview:workgroup")).content.decode()
    assert "<p>First paragraph.</p>\n<p>Second paragraph.</p>" in page
    assert "<dt>Program</dt><dd>Prevention</dd>" in page
    assert "<p>Quorum is <em>half</em>.</p>" in page
    assert "It began." in page
    assert "Source: A report" in page
    assert "Edit profile" not in page


def test_no_page_without_a_workgroup():
    assert Client().get(reverse("overview:workgroup")).status_code == 404


@pytest.mark.parametrize("name", ["overview:workgroup_edit", "overview:event_add"])
@pytest.mark.parametrize("role", ["representative", "chair", "primary"])
def test_only_staff_can_open_the_forms(cast, name, role):
    assert cast.client(role).get(reverse(name)).status_code == 404
    assert cast.client("staff").get(reverse(name)).status_code == 200


def test_a_visitor_has_to_sign_in(cast):
    answer = Client().get(reverse("overview:workgroup_edit"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_staff_edit_the_profile(cast):
    workgroup = Workgroup.objects.get()
    values = {
        "name": "Another name",
        "short_name": "Another",
        "convened_by": "Another department",
        "program": "",
        "convened_in": "",
        "overview": "Other words.",
        "version": workgroup.version,
        "slug": "changed",
    }
    answer = cast.client("staff").post(reverse("overview:workgroup_edit"), values, follow=True)
    assert "Changes saved." in answer.content.decode()
    workgroup.refresh_from_db()
    assert (workgroup.name, workgroup.convened_in, workgroup.slug) == ("Another name", None, "workgroup")
    assert workgroup.history.first().history_user == cast.staff


def test_events_with_the_same_text_get_different_keys(cast):
    client = cast.client("staff")
    for _ in range(2):
        assert client.post(reverse("overview:event_add"), EVENT).status_code == 302
    assert sorted(HistoryEvent.objects.values_list("key", flat=True)) == [
        "nov-2014-first-meeting",
        "nov-2014-first-meeting-2",
    ]
    assert HistoryEvent.history.first().history_user == cast.staff


def test_an_event_cannot_end_before_it_starts(cast):
    answer = cast.client("staff").post(reverse("overview:event_add"), EVENT | {"ends_on": "2014-10-01"})
    page = answer.content.decode()
    assert "Enter Nov 1, 2014 or later." in page
    assert 'value="Nov 2014"' in page
    assert not HistoryEvent.objects.exists()


def test_staff_edit_an_event_and_see_edit_conflicts(cast):
    row = event()
    client, address = cast.client("staff"), reverse("overview:event_edit", args=[row.pk])
    assert client.get(address).context["form"]["event"].value() == "It began."
    assert client.post(address, EVENT | {"version": 1}).status_code == 302
    row.refresh_from_db()
    assert (row.event, row.key, row.version) == ("First meeting.", "first", 2)
    assert client.post(address, EVENT | {"event": "Typed late.", "version": 1}).status_code == 409
    row.refresh_from_db()
    assert row.event == "First meeting."


def test_the_timeline_shows_five_events_and_folds_the_rest():
    factories.BodyFactory(kind=BodyKind.FULL, slug="workgroup", name="Example Workgroup")
    workgroup = factories.WorkgroupFactory()
    for year in range(2014, 2021):
        HistoryEvent.objects.create(
            workgroup=workgroup,
            key=f"y{year}",
            when=str(year),
            starts_on=dt.date(year, 1, 1),
            is_circa=year == 2014,
            event=f"What happened in {year}.",
            source="A report",
        )
    page = " ".join(Client().get(reverse("overview:workgroup")).content.decode().split())
    shown, folded = page.split('id="history"')[1].split("<summary> Show 2 earlier events </summary>")
    assert [year for year in range(2014, 2021) if f"What happened in {year}." in shown] == list(range(2016, 2021))
    assert [year for year in range(2014, 2021) if f"What happened in {year}." in folded] == [2014, 2015]
    assert shown.index("in 2020.") < shown.index("in 2016.")
    assert "(approximate date)" in folded and "(approximate date)" not in shown
