"""What is declared of a person's fields holds for all of them."""

import pytest

from accounts.models import CONTACT_FIELDS, KEPT_FIELDS, PROFILE_FIELDS, UNTRACKED, Person
from accounts.operations import clear_contact_fields
from tests.conftest import NOW
from tests.factories import PersonFactory

BOOKKEEPING = {"id", "version", "created_at", "updated_at"}


def test_every_field_of_a_person_is_classified_once():
    listed = [*CONTACT_FIELDS, *KEPT_FIELDS, *UNTRACKED]
    assert len(listed) == len(set(listed))
    assert set(listed) == {field.name for field in Person._meta.concrete_fields} - BOOKKEEPING
    assert set(PROFILE_FIELDS) <= set(listed)


@pytest.mark.django_db
def test_cleared_contact_fields_are_in_no_history_row(cast):
    typed = {name: f"{name}@example.org" for name in CONTACT_FIELDS}
    person = PersonFactory(**typed)
    clear_contact_fields(actor=cast.staff, person=person, version=None, reason="Asked for", now=NOW)
    person.refresh_from_db()
    for row in (person, *person.history.all()):
        for name in CONTACT_FIELDS:
            assert getattr(row, name) != typed[name], name
