"""Commands on a database in which nothing was loaded yet; no test of this module may have something loaded."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Person


def test_an_empty_database_has_no_demonstration(db, settings, tmp_path):
    settings.DEMO, settings.VAR_DIR = True, tmp_path
    with pytest.raises(CommandError, match="Run load_workgroup first"):
        call_command("load_demo")
    assert not Person.objects.exists()
