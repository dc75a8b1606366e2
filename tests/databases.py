"""The test database: how it is emptied after a test that commits, and what PostgreSQL need not promise in tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

# Filled when the tables are made, and the same ever after.
KEPT = {"django_content_type", "auth_permission"}


def filled_tables() -> list[str]:
    """The tables of our models and of the libraries' that hold a row, but for those that are always filled."""
    names = sorted(set(connection.introspection.django_table_names(include_views=False)) - KEPT)
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quoted(name)})" for name in names)  # noqa: S608
        )
        return [name for (name,) in cursor.fetchall()]


def empty_tables(case: object = None) -> None:
    """Delete every row, in the time that the rows take.

    Django's `flush` truncates or empties each table, filled or not, and then looks for new models and permissions.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        for name in filled_tables():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")  # noqa: S608


@contextmanager
def quick(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Empty the tables quickly while the block runs; PostgreSQL does not wait for its disk, and ends with no guest."""
    slow: Callable[[TransactionTestCase], None] = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = empty_tables
    try:
        if connection.vendor == "postgresql":
            with blocker.unblock(), connection.cursor() as cursor:
                name = connection.ops.quote_name(connection.settings_dict["NAME"])
                cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
                cursor.execute("SET synchronous_commit = off")
        yield
        if connection.vendor == "postgresql":
            # A thread of the live server keeps its connection a moment longer than the browser that it served, and a
            # database with a guest could not be dropped.
            with blocker.unblock(), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
    finally:
        TransactionTestCase._fixture_teardown = slow
