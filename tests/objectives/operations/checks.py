"""A check that the tests of several operations share."""

from django.db.models import Model

from accounts.models import Person


def assert_history(row: Model, actor: Person) -> None:
    """Assert that the newest history row equals the database row and names the actor."""
    stored, newest = type(row).objects.get(pk=row.pk), row.history.first()
    assert newest.history_user == actor
    for field in type(row)._meta.concrete_fields:
        assert getattr(newest, field.attname) == getattr(stored, field.attname), field.name
