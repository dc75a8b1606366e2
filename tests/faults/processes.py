"""The portal's own processes, run beside a test on its database, its mail sink and a broker of their own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

ROOT = Path(__file__).resolve().parents[2]


def database_url(database: BaseDatabaseWrapper = connection) -> str:
    """Return the DATABASE_URL of a connection, of the test's own unless another is given."""
    found = database.settings_dict
    if database.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    return f"postgres://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


def environment(folder: Path, smtp_port: int, redis_url: str = "") -> dict[str, str]:
    """The environment of a process: the test's database, its sink, a folder and a broker that no one else uses."""
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "VAR_DIR": str(folder),
        "MAIL_DIR": str(folder / "mail"),
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
        "REDIS_URL": redis_url,
    }


def where_it_is_noon() -> str:
    """The name of a zone where it is midday now, so that no news waits for the morning while a test runs."""
    return f"Etc/GMT{timezone.now().hour - 12:+d}"


def start(*command: str, env: dict[str, str], log: Path) -> subprocess.Popen:
    """A process of this environment's Python; what it says goes to `log`."""
    with log.open("ab") as file:
        return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=env, stdout=file, stderr=file)


def wait_for(true: Callable[[], bool], seconds: float, log: Path) -> None:
    """Wait until something is so; fails with the log when it takes longer than `seconds`."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, log.read_text()[-4000:]
        time.sleep(0.005)
