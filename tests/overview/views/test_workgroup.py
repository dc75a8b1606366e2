"""The Workgroup's own page and how staff keep its record and timeline."""

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


def test_the_page_says_what_the_group_is_in_its_sponsors_words():
    factories.WorkgroupFactory(overview="First paragraph.\n\nSecond paragraph.", program="Prevention")
    factories.BodyFactory(kind=BodyKind.FULL, slug="workgroup", name="Example Workgroup", charter="Quorum is *half*.")
    event()
    page = Client().get(reverse("overview:workgroup")).content.decode()
    assert "<p>First paragraph.</p>\n<p>Second paragraph.</p>" in page
    assert "<dt>Program</dt><dd>Prevention</dd>" in page
    assert "<p>Quorum is <em>half</em>.</p>" in page
    assert "It began." in page
    assert "Source: A report" in page
    assert "Edit the record" not in page


def test_there_is_no_page_before_a_workgroup_is_loaded():
    assert Client().get(reverse("overview:workgroup")).status_code == 404


@pytest.mark.parametrize("name", ["overview:workgroup_edit", "overview:event_add"])
@pytest.mark.parametrize("role", ["representative", "chair", "primary"])
def test_only_staff_know_of_the_forms(cast, name, role):
    assert cast.client(role).get(reverse(name)).status_code == 404
    assert cast.client("staff").get(reverse(name)).status_code == 200


def test_a_visitor_is_asked_to_sign_in(cast):
    answer = Client().get(reverse("overview:workgroup_edit"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_staff_change_the_record_and_history_names_them(cast):
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
    assert "The record is saved." in answer.content.decode()
    workgroup.refresh_from_db()
    assert (workgroup.name, workgroup.convened_in, workgroup.slug) == ("Another name", None, "workgroup")
    assert workgroup.history.first().history_user == cast.staff


def test_staff_add_an_event_twice_and_each_has_its_own_key(cast):
    client = cast.client("staff")
    for _ in range(2):
        assert client.post(reverse("overview:event_add"), EVENT).status_code == 302
    assert sorted(HistoryEvent.objects.values_list("key", flat=True)) == [
        "nov-2014-first-meeting",
        "nov-2014-first-meeting-2",
    ]
    assert HistoryEvent.history.first().history_user == cast.staff


def test_an_event_that_ends_before_it_starts_is_refused_and_nothing_is_lost(cast):
    answer = cast.client("staff").post(reverse("overview:event_add"), EVENT | {"ends_on": "2014-10-01"})
    page = answer.content.decode()
    assert "The last day is before the first. Choose Nov 1, 2014 or later." in page
    assert 'value="Nov 2014"' in page
    assert not HistoryEvent.objects.exists()


def test_staff_mend_an_event_and_a_stale_edit_is_noticed(cast):
    row = event()
    client, address = cast.client("staff"), reverse("overview:event_edit", args=[row.pk])
    assert client.get(address).context["form"]["event"].value() == "It began."
    assert client.post(address, EVENT | {"version": 1}).status_code == 302
    row.refresh_from_db()
    assert (row.event, row.key, row.version) == ("First meeting.", "first", 2)
    assert client.post(address, EVENT | {"event": "Typed late.", "version": 1}).status_code == 409
    row.refresh_from_db()
    assert row.event == "First meeting."
