"""The whole demonstration, followed link by link: nothing private is public and no link leads nowhere."""

import re

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings

from accounts.models import Person
from actionitems.models import ActionItem
from meetings.models import Meeting
from meetings.permissions import public_meetings
from members.models import Organization
from objectives.models import ProgressUpdate
from tests.crawling import crawl
from tests.plain_language import find_replaced_words

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker, tmp_path_factory):
    """The real records and the demonstration on top of them; undone after the last test."""
    site = override_settings(DEMO=True, VAR_DIR=tmp_path_factory.mktemp("var"), DEMO_PASSWORD="")
    with django_db_blocker.unblock(), site, transaction.atomic():
        call_command("load_workgroup", verbosity=0)
        call_command("load_demo", verbosity=0)
        Organization.objects.filter(key="phc").update(is_public=False, name="A body that asked to stay unnamed")
        yield
        transaction.set_rollback(True)


def test_a_visitor_finds_nothing_private_anywhere(demonstration, db):
    pages = crawl(Client())
    whole = "\n".join(pages.values())
    assert len(pages) > 30
    assert set(re.findall(r"[\w.+-]+@[\w.-]+", whole)) <= {"portal@example.org"}
    for text in ActionItem.objects.values_list("text", flat=True):
        assert text not in whole
    for narrative in ProgressUpdate.objects.exclude(state="published").values_list("narrative", flat=True):
        assert not narrative or narrative[:60] not in whole
    for link in Meeting.objects.exclude(join_link="").values_list("join_link", flat=True):
        assert link not in whole
    hidden = Meeting.objects.exclude(pk__in=public_meetings().values("pk")).values_list("pk", flat=True)
    assert hidden
    assert not [pk for pk in hidden if f"/meetings/{pk}/" in whole]
    assert "A body that asked to stay unnamed" not in whole
    assert {address: words for address, page in pages.items() if (words := find_replaced_words(page))} == {}
    people = Person.objects.values_list("name", flat=True)
    assert not [name for name in people if f">{name}<" in whole]


@pytest.mark.parametrize("address", ["admin", "chair.data", "primary.dhcs", "alternate.dhcs", "member.doj"])
def test_no_link_leads_nowhere(demonstration, db, address):
    client = Client()
    client.force_login(Person.objects.get(email=f"{address}@example.org"))
    pages = crawl(client)
    assert len(pages) > 40
    assert {address: words for address, page in pages.items() if (words := find_replaced_words(page))} == {}
