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


def test_a_person_names_an_assistant_in_one_form_of_address_and_it_is_in_the_history(cast):
    name_assistant(cast.primary, " Front.Office@Example.org ")
    cast.primary.refresh_from_db()
    assert (cast.primary.assistant_name, cast.primary.assistant_email) == ("Front office", "front.office@example.org")
    newest = cast.primary.history.first()
    assert (newest.assistant_email, newest.history_user) == ("front.office@example.org", cast.primary)


def test_nobody_is_their_own_assistant(cast):
    with pytest.raises(OperationNotAllowedError):
        name_assistant(cast.primary, "PRIMARY@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=cast.primary.pk).update(assistant_email="primary@example.org")


def test_staff_do_not_make_a_person_s_address_the_assistant_s(cast):
    name_assistant(cast.primary, "front@example.org")
    with pytest.raises(OperationNotAllowedError):
        operations.edit_person(actor=cast.staff, person=cast.primary, version=None, now=NOW, email="front@example.org")
    cast.primary.refresh_from_db()
    assert cast.primary.email == "primary@example.org"


def test_an_assistant_has_no_account_by_being_named(cast):
    name_assistant(cast.primary, "front@example.org")
    assert not Person.objects.filter(email="front@example.org").exists()
