"""Commands that run in forks of one warmed process, so that Python and Django are imported once and not for each.

The process is `python -m tests.warm [MODULE …]`: it sets Django up when DJANGO_SETTINGS_MODULE is set, imports the
modules, and then answers one JSON line for each that it reads. Not for tests whose subject is how a process starts.
"""

import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# What `manage.py` loads before and beside the settings file, as far as that needs no settings.
MANAGEMENT = (
    "celery",
    "csp.constants",
    "django.contrib.auth.hashers",
    "django.core.checks.registry",
    "django.core.management.commands.check",
    "django.core.management.commands.migrate",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.forms",
    "django.template.backends.django",
    "django.urls",
    "environ",
    "fido2.server",
    "icalendar",
    "openpyxl",
    "psycopg2",
    "structlog",
)


class ForkedProcess:
    """A command that runs in a fork of a warmed process; to be used like `subprocess.Popen`."""

    def __init__(self, warm: "WarmProcess", pid: int) -> None:
        self.warm, self.pid = warm, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self.warm.ask(poll=self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        until = time.monotonic() + (timeout or 1e9)
        while self.poll() is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            time.sleep(0.005)
        return self.returncode or 0

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


class WarmProcess:
    """The warmed process, started at once and ready when it has answered for the first time."""

    def __init__(self, *modules: str, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", *modules],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **question: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        print(json.dumps(question), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def start(self, program: str, *arguments: str, env: dict[str, str], out: Path, error: Path) -> ForkedProcess:
        """Start a program (the path of a file, or a module with a `main`) with this environment and these files."""
        return ForkedProcess(
            self, self.ask(program=program, arguments=arguments, env=env, out=str(out), error=str(error))
        )

    def run(self, program: str, *arguments: str, env: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
        """Run a program to its end; what it says is kept in the folder."""
        out, error = folder / "out", folder / "error"
        out.unlink(missing_ok=True)
        error.unlink(missing_ok=True)
        code = self.start(program, *arguments, env=env, out=out, error=error).wait(60)
        return subprocess.CompletedProcess([program, *arguments], code, out.read_text(), error.read_text())

    def close(self) -> None:
        self.process.communicate(timeout=10)


def _run(program: str, arguments: Sequence[str]) -> int:
    """Run a program as Python would, and return its exit code."""
    sys.argv = [program, *arguments]
    try:
        if program.endswith(".py"):
            runpy.run_path(program, run_name="__main__")
        else:
            importlib.import_module(program).main()
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return end.code or 0
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _fork(question: dict[str, Any]) -> int:
    if pid := os.fork():
        return pid
    for number, name in ((1, question["out"]), (2, question["error"])):
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(question["env"])
    code = _run(question["program"], question["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _poll(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def main() -> None:
    if "DJANGO_SETTINGS_MODULE" in os.environ:
        importlib.import_module("django").setup()
    for name in sys.argv[1:]:
        importlib.import_module(name)
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(_poll(question["poll"]) if "poll" in question else _fork(question)), flush=True)


if __name__ == "__main__":
    main()
