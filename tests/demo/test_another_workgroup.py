"""Another workgroup's files make another workgroup's portal: no page names this one."""

import io
import re
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings

from accounts.models import Person
from actionitems.models import ActionItem
from objectives.models import Objective
from taskforces.models import Body, Workgroup
from tests.crawling import crawl

OTHER = Path(__file__).parent.parent / "data" / "other"
FILES = {path.stem: str(path) for path in OTHER.iterdir()}
# Terms that occur only in this workgroup's own files and demonstration.
FOREIGN = re.compile(
    r"\bSOS\b|opioid|overdose|naloxone|maternal|neonatal|\bCDPH\b|\bDHCS\b|Department of Public Health"
    r"|(?<!State of )California(?! State Web Template| Government Code)",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="module")
def other(django_db_setup, django_db_blocker, folder):
    """A demonstration of another workgroup: the output of its first run. Rolled back after the last test."""
    site = override_settings(DEMO=True, VAR_DIR=folder, DEMO_PASSWORD="")
    out = io.StringIO()
    with django_db_blocker.unblock(), site, transaction.atomic():
        call_command("load_workgroup", stdout=out, stderr=out, **FILES)
        call_command("load_demo", scale=2, stdout=out)
        yield out.getvalue()
        transaction.set_rollback(True)


def foreign_terms(pages: dict[str, str]) -> list[str]:
    """Return each occurrence of a foreign term once, with its page and the text around it."""
    found = {}
    for address, text in pages.items():
        for hit in FOREIGN.finditer(text):
            around = " ".join(text[max(0, hit.start() - 40) : hit.end() + 40].split())
            found.setdefault(around, f"{address}: {around}")
    return list(found.values())


def test_it_is_loaded_without_a_change_of_code(other, db):
    assert Workgroup.objects.get().short_name == "Water Council"
    assert list(Body.objects.values_list("slug", flat=True)) == [
        "workgroup",
        "sampling",
        "farms-and-fields",
        "swimmers",
    ]
    assert Objective.objects.current().count() == 3
    assert all(objective.strategies.exists() for objective in Objective.objects.all())
    assert Person.objects.filter(email="chair.farms-and-fields@example.org").exists()
    assert ActionItem.objects.filter(text="Send the draft plan to all partners").count() == 2 * 3


def test_the_password_made_at_the_first_run_is_kept(other, db, folder):
    word = other.rstrip().rsplit(" ", 1)[1]
    assert len(word) >= 15
    assert check_password(word, Person.objects.get(email="staff@example.org").password)
    out = io.StringIO()
    call_command("load_demo", stdout=out)
    assert out.getvalue().rstrip().endswith(word)
    accounts = folder / "demo-accounts.txt"
    assert f"password: {word}" in accounts.read_text(encoding="utf-8")
    assert accounts.stat().st_mode & 0o077 == 0


def test_no_public_page_names_this_workgroup(other, db):
    pages = crawl(Client())
    assert len(pages) > 20
    assert foreign_terms(pages) == []


@pytest.mark.slow
@pytest.mark.parametrize("address", ["chair.sampling", "member.lab", "staff"])
def test_no_member_page_names_this_workgroup(other, db, address):
    client = Client()
    client.force_login(Person.objects.get(email=f"{address}@example.org"))
    pages = crawl(client)
    assert len(pages) > 30
    assert foreign_terms(pages) == []
