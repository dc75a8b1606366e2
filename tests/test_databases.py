"""The test database: emptied whole, and made of the models as a site's database is made by the migrations."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import ConnectionHandler, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.databases import empty_tables, filled_tables
from tests.faults.processes import database_url


@pytest.mark.django_db
def test_emptying_leaves_no_row(world):
    assert len(filled_tables()) > 20
    empty_tables()
    assert filled_tables() == []
    assert ContentType.objects.count() > 20 and Permission.objects.count() > 20


@pytest.fixture
def fresh(db: None, tmp_path: Path) -> Iterator[BaseDatabaseWrapper]:
    """An empty database of the suite's kind beside its own."""
    values = {**settings.DATABASES["default"], "NAME": str(tmp_path / "fresh.sqlite3")}
    if connection.vendor == "postgresql":
        values["NAME"] = f"{connection.settings_dict['NAME']}_fresh"
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{values["NAME"]}"')
    other = ConnectionHandler({"default": values})["default"]
    yield other
    other.close()
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{values["NAME"]}"')


def schema(database: BaseDatabaseWrapper) -> dict[str, object]:
    """Return the columns, constraints and indexes of each of our tables, however and in what order they were made."""
    found: dict[str, object] = {}
    ours = {model._meta.db_table for app in settings.LOCAL_APPS for model in apps.get_app_config(app).get_models()}
    with database.cursor() as cursor:
        for table in ours & set(database.introspection.table_names(cursor)):
            columns = database.introspection.get_table_description(cursor, table)
            constraints = database.introspection.get_constraints(cursor, table).values()
            found[table] = (
                sorted((column.name, str(column.type_code), column.null_ok) for column in columns),
                sorted(repr(sorted((key, str(value)) for key, value in each.items())) for each in constraints),
            )
    return found


@pytest.mark.slow
def test_all_migrations_make_what_the_models_say(fresh):
    def manage(*command: str) -> None:
        answer = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": database_url(fresh)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr

    manage("migrate", "--verbosity=0")
    manage("createcachetable", "--verbosity=0")
    manage("makemigrations", "--check", "--dry-run")
    migrated, models = schema(fresh), schema(connection)
    assert set(migrated) == set(models) and len(models) > 40
    assert [table for table in models if migrated[table] != models[table]] == []
