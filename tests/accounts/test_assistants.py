"""An assistant gets copies of a person's notices, at an address that is not the person's own."""

import pytest
from django.db import IntegrityError, transaction

from accounts import operations
from accounts.models import Person
from core.operations import OperationNotAllowedError
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def name_assistant(person, email):
    return operations.edit_profile(actor=person, version=None, assistant_name="Front office", assistant_email=email)


def test_assistant_email_is_stored_in_lower_case_with_history(cast):
    name_assistant(cast.primary, " Front.Office@Example.org ")
    cast.primary.refresh_from_db()
    assert (cast.primary.assistant_name, cast.primary.assistant_email) == ("Front office", "front.office@example.org")
    newest = cast.primary.history.first()
    assert (newest.assistant_email, newest.history_user) == ("front.office@example.org", cast.primary)


def test_no_one_is_their_own_assistant(cast):
    with pytest.raises(OperationNotAllowedError):
        name_assistant(cast.primary, "PRIMARY@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=cast.primary.pk).update(assistant_email="primary@example.org")


def test_staff_cannot_set_a_person_to_their_assistants_email(cast):
    name_assistant(cast.primary, "front@example.org")
    with pytest.raises(OperationNotAllowedError):
        operations.edit_person(actor=cast.staff, person=cast.primary, version=None, now=NOW, email="front@example.org")
    cast.primary.refresh_from_db()
    assert cast.primary.email == "primary@example.org"


def test_naming_an_assistant_creates_no_account(cast):
    name_assistant(cast.primary, "front@example.org")
    assert not Person.objects.filter(email="front@example.org").exists()
