"""No one raises their own role: whatever is posted to whatever form, and no form takes more than it names."""

import importlib
import pkgutil
from html.parser import HTMLParser

import pytest
from django import forms
from django.conf import settings
from django.db import models, transaction
from django.urls import reverse

from accounts.models import Person
from members.models import Organization, Representation
from taskforces.models import Body, Seat, Term
from tests.test_permission_table import STAFF, TABLE

# A member may change these of themselves, and nothing else of these tables.
OWN = {"name", "position", "phone", "time_zone", "version", "updated_at", "last_seen_at", "last_login"}
OWN |= {"assistant_name", "assistant_email"}
HELD = (Person, Representation, Organization, Body, Seat, Term)
# Who leads a body keeps its roster there.
ROSTER = {name for name in TABLE if name.startswith("taskforces:")}
# Forms that what their page holds goes through, so that the wishes have something to ride on.
THROUGH = {
    "accounts:profile",
    "actionitems:change_status",
    "meetings:answer",
    "meetings:edit",
    "objectives:write_update",
}
THROUGH |= {"objectives:edit_update", "objectives:strategy_add", "objectives:strategy_edit", "members:confirm"}
WRITTEN = sorted(name for name, row in TABLE.items() if row.post and row.post - STAFF and name not in ROSTER)


class Typed(HTMLParser):
    """What the forms of a page hold, as a browser would post it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "select":
            self.select = name
        elif tag == "option" and self.select and given.get("value") and ("selected" in given):
            self.values[self.select] = given["value"] or ""
        elif tag == "option" and self.select and given.get("value"):
            self.values.setdefault(self.select, given["value"] or "")
        elif tag == "textarea" and name:
            self.values[name] = "Some text"
        elif tag == "input" and name and name != "csrfmiddlewaretoken":
            if given.get("type") in {"radio", "checkbox"}:
                self.values.setdefault(name, given.get("value") or "on")
            else:
                self.values[name] = given.get("value") or ("Text" if "required" in given else "")


def hostile(cast) -> dict[str, str]:
    """Every field of the tables that rights follow from, with the value that one would wish for."""
    values = {}
    for model in HELD:
        for field in model._meta.concrete_fields:
            if field.name in OWN | {"id"}:
                continue
            values[field.name] = "on" if isinstance(field, models.BooleanField) else "1"
    return {
        **values,
        "portal_role": "administrator",
        "is_staff": "on",
        "is_superuser": "on",
        "kind": "primary",
        "role": "chair",
        "status": "active",
        "email": "mine@example.org",
        "person": str(cast.staff.pk),
        "actor": str(cast.staff.pk),
        "user": str(cast.staff.pk),
        "organization": str(cast.other_organization.pk),
        "merged_into": str(cast.other_organization.pk),
        "id": str(cast.staff.pk),
        "pk": str(cast.staff.pk),
    }


def held_values() -> list[tuple[str, dict]]:
    found = []
    for model in HELD:
        names = [field.attname for field in model._meta.concrete_fields if field.name not in OWN]
        found += [(model._meta.label, row) for row in model._base_manager.order_by("pk").values(*names)]
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("name", WRITTEN)
def test_every_field_posted_to_every_form_of_members_raises_nobody(world, name):
    row = TABLE[name]
    address = reverse(name, kwargs=row.args(world)) + row.query
    wish = hostile(world.cast)
    for role in sorted(row.post - STAFF):
        with transaction.atomic():
            client = world.cast.client(role)
            before = held_values()
            page = Typed(client.get(address).content.decode()).values if row.get and role in row.get else {}
            # Once as wished for, and once so that the form itself goes through and the wishes ride along.
            posts = [client.post(address, {**page, **wish}), client.post(address, {**wish, **page})]
            went_through = any(response.status_code == 302 for response in posts)
            assert went_through or name not in THROUGH, f"{role} at {name}: the form took nothing"
            client.post(f"{address}{'&' if row.query else '?'}portal_role=administrator", page)
            assert held_values() == before, f"{role} at {name}"
            transaction.set_rollback(True)


def model_forms() -> list[type[forms.ModelForm]]:
    for app in settings.LOCAL_APPS:
        package = importlib.import_module(app)
        for module in pkgutil.walk_packages(package.__path__, f"{app}."):
            if ".migrations" not in module.name and ".management" not in module.name:
                importlib.import_module(module.name)
    waiting, found = list(forms.ModelForm.__subclasses__()), []
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.split(".")[0] in settings.LOCAL_APPS and getattr(form._meta, "model", None):
            found.append(form)
    return found


def test_every_form_names_the_fields_that_it_takes():
    found = model_forms()
    assert len(found) > 10
    for form in found:
        assert isinstance(form._meta.fields, (list, tuple)), form
        assert not form._meta.exclude, form


def test_no_form_for_members_holds_a_field_that_rights_follow_from():
    closed = {"portal_role", "can_sign_in", "is_active", "session_version", "password", "merged_into", "token_hash"}
    for form in model_forms():
        fields = set(form._meta.fields) & closed
        assert not fields or (form.__name__, fields) == ("RoleForm", {"portal_role"}), form
