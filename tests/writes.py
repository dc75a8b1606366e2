"""What a block of code wrote to the database, read from its own statements."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection

WRITE = re.compile(
    r'\s*(?:INSERT INTO|INSERT OR \w+ INTO|REPLACE INTO|UPDATE|DELETE FROM|TRUNCATE)\s+"?(\w+)"?(.*)',
    re.IGNORECASE | re.DOTALL,
)
SAVEPOINT = re.compile(r'\s*(SAVEPOINT|ROLLBACK TO SAVEPOINT)\s+"?(\w+)"?', re.IGNORECASE)
SET_COLUMN = re.compile(r'"(\w+)" = ')
# Signing in and being here leave a trace, and the journal of security has tests of its own.
TRACE_TABLES = {"django_session", "usersessions_usersession", "members_securityevent"}
TRACE_COLUMNS = {"last_seen_at", "last_login"}


def _is_trace(table: str, rest: str) -> bool:
    """Whether a statement only keeps a session, the cache or the moment at which someone was here."""
    if table in TRACE_TABLES or table == settings.CACHES["default"]["LOCATION"]:
        return True
    columns = set(SET_COLUMN.findall(rest.split(" WHERE ")[0]))
    return bool(columns) and columns <= TRACE_COLUMNS


class _Recorder:
    def __init__(self) -> None:
        self.writes: list[str] = []
        self.savepoints: list[tuple[str, int]] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.read(sql)
        return execute(sql, params, many, context)

    def read(self, sql: str) -> None:
        """Remember a write, and forget those that are rolled back to a savepoint."""
        if found := WRITE.match(sql):
            if not _is_trace(found[1], found[2]):
                self.writes.append(sql.strip())
        elif found := SAVEPOINT.match(sql):
            if found[1].upper() == "SAVEPOINT":
                self.savepoints.append((found[2], len(self.writes)))
                return
            while self.savepoints:
                name, count = self.savepoints[-1]
                if name == found[2]:
                    del self.writes[count:]
                    return
                self.savepoints.pop()


@contextmanager
def recorded_writes() -> Iterator[list[str]]:
    """Collect the statements of a block that change a row and are not rolled back.

    Sessions, the cache, the moment of the last visit and security events do not count. Statements of other threads and
    processes are not seen, as they use connections of their own.
    """
    recorder = _Recorder()
    with connection.execute_wrapper(recorder):
        yield recorder.writes
