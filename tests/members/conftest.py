"""What the tests of membership share."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import operations
from members.models import Invitation
from tests.conftest import NOW


@pytest.fixture
def capture() -> Callable[[], CaptureQueriesContext]:
    """Counts the queries of a block."""
    return lambda: CaptureQueriesContext(connection)


@pytest.fixture
def invited(cast) -> Callable[..., Invitation]:
    """Invites someone to the cast's organization."""

    def invite(**values: object) -> Invitation:
        whole = {
            "actor": cast.staff,
            "organization": cast.organization,
            "kind": "representative",
            "email": "new@example.org",
            "name": "New representative",
            "now": NOW,
        }
        return operations.invite(**{**whole, **values})

    return invite
