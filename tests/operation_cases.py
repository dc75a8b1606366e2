"""Who may call which operation: what the tables in `tests/<app>/test_operation_permissions.py` are made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from tests.conftest import ROLES, Cast


@dataclass(frozen=True)
class OperationCase:
    """An operation, the roles of the cast that may call it, and its other arguments, made again for each call."""

    operation: Callable[..., object]
    allowed: frozenset[str]
    arguments: Callable[[Cast], dict[str, Any]]

    def __str__(self) -> str:
        return self.operation.__name__

    def check(self, cast: Cast, role: str) -> None:
        """Call the operation as that role: it runs for the allowed ones, and raises PermissionDenied for all others."""
        actor = AnonymousUser() if role == "visitor" else cast.people[role]
        arguments = self.arguments(cast)
        if role in self.allowed:
            self.operation(actor=actor, **arguments)
            return
        with pytest.raises(PermissionDenied):
            self.operation(actor=actor, **arguments)


def each_role(cases: list[OperationCase]) -> pytest.MarkDecorator:
    """Parametrize a test by `case` and `role`: every operation with every role of the cast."""
    pairs = [(case, role) for case in cases for role in ROLES]
    return pytest.mark.parametrize(("case", "role"), pairs, ids=[f"{case}-{role}" for case, role in pairs])
