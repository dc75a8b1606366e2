"""Shared behavior of forms: version, edit conflicts and error summary."""

import pytest
from django.test import Client
from django.urls import reverse

from members.models import Organization
from overview.forms.public import WorkgroupForm
from taskforces import operations
from taskforces.models import Workgroup
from tests import factories

pytestmark = pytest.mark.django_db


def posted(workgroup: Workgroup, **changes: object) -> dict[str, object]:
    fields = ("name", "short_name", "convened_by", "program", "convened_in", "overview", "version")
    return {name: getattr(workgroup, name) for name in fields} | changes


def test_form_carries_the_version_of_its_row():
    workgroup = factories.WorkgroupFactory()
    assert WorkgroupForm(instance=workgroup)["version"].value() == 1
    form = WorkgroupForm(posted(workgroup, name="Another name"), instance=workgroup)
    assert form.is_valid()
    assert form.seen_version == 1
    assert form.values["name"] == "Another name"
    assert "version" not in form.values


def test_edit_conflict_shows_both_values_and_loses_nothing(cast):
    workgroup = Workgroup.objects.get()
    seen = posted(workgroup, name="What I typed", overview="What I typed too.")
    operations.edit_workgroup(actor=cast.administrator, workgroup=workgroup, version=1, name="What was saved")
    client: Client = cast.client("staff")
    answer = client.post(reverse("overview:workgroup_edit"), seen)
    assert answer.status_code == 409
    form = answer.context["form"]
    assert [(row.label, row.yours, row.theirs) for row in form.differences] == [
        ("Name", "What I typed", "What was saved"),
        ("Overview", "What I typed too.", "The Workgroup brings organizations together."),
    ]
    assert form["name"].value() == "What I typed"
    assert form["version"].value() == "2"
    assert Workgroup.objects.get().name == "What was saved"

    answer = client.post(reverse("overview:workgroup_edit"), seen | {"version": 2})
    assert answer.status_code == 302
    assert Workgroup.objects.get().name == "What I typed"


def test_unchanged_field_takes_the_saved_value_in_a_conflict(cast):
    workgroup = Workgroup.objects.get()
    seen = posted(workgroup, name="What I typed")
    operations.edit_workgroup(actor=cast.administrator, workgroup=workgroup, version=1, overview="What was saved.")
    answer = cast.client("staff").post(reverse("overview:workgroup_edit"), seen)
    form = answer.context["form"]
    assert [row.label for row in form.differences] == ["Name"]
    assert form["overview"].value() == "What was saved."
    again = {name: form[name].value() or "" for name in form.fields}
    assert cast.client("staff").post(reverse("overview:workgroup_edit"), again).status_code == 302
    workgroup.refresh_from_db()
    assert (workgroup.name, workgroup.overview) == ("What I typed", "What was saved.")


def test_form_error_is_shown_once(cast):
    workgroup = Workgroup.objects.get()
    operations.edit_workgroup(actor=cast.administrator, workgroup=workgroup, version=1, name="What was saved")
    seen = posted(workgroup, name="What I typed", version=1)
    page = cast.client("staff").post(reverse("overview:workgroup_edit"), seen).content.decode()
    assert page.count("Someone else saved changes while you were editing") == 1


def test_error_summary_takes_focus_and_links_each_field(cast):
    workgroup = Workgroup.objects.get()
    answer = cast.client("staff").post(reverse("overview:workgroup_edit"), posted(workgroup, name="", short_name="  "))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="form-errors" data-focus' in page
    assert '<a href="#id_name">Name</a>: This field is required.' in page
    assert '<a href="#id_short_name">Short name</a>' in page
    assert page.count('role="alert"') == 1


def test_name_rejects_a_line_break(cast):
    workgroup = Workgroup.objects.get()
    form = WorkgroupForm(posted(workgroup, name="A name\nBcc: all@example.org"), instance=workgroup)
    assert not form.is_valid()
    assert Organization.objects.exists()
