"""What the machine lacks: tests that need it are skipped, named in the closing line, and fail under `CI=true`.

A test says what it needs by a marker: `browser` (Chromium), `clamav`, `faketime` or `redis_server` (the program),
`postgres` or `redis` (a running server).
"""

import os
import shutil
import socket
import sys
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
NEEDS = {
    "browser": "Chromium",
    "node": "Node.js",
    "clamav": "ClamAV",
    "faketime": "libfaketime",
    "postgres": "PostgreSQL",
    "redis": "Redis",
    "redis_server": "redis-server",
}
PROGRAMS = {
    "browser": CHROMIUM_NAMES,
    "clamav": ("clamd",),
    "faketime": ("faketime",),
    "redis_server": ("redis-server",),
}
# Where each server is: what the whole suite runs on, else what is named for these tests alone, else the usual place.
ADDRESSES = {
    "postgres": ("TEST_DATABASE_URL", "POSTGRES_SERVER", "postgres://postgres@127.0.0.1:5432/postgres"),
    "redis": ("TEST_REDIS_URL", "REDIS_SERVER", "redis://127.0.0.1:6379/15"),
}
PROVIDER = Path(__file__).resolve().parents[1] / "node_modules" / "oidc-provider"
skipped: dict[str, int] = {}


@cache
def has(marker: str) -> bool:
    """Whether this machine has what the marker stands for."""
    if marker in PROGRAMS:
        return any(shutil.which(name) for name in PROGRAMS[marker])
    if marker == "node":
        return bool(node()) and PROVIDER.is_dir()
    place = urlsplit(server(marker))
    try:
        with socket.create_connection((place.hostname or "127.0.0.1", place.port or 0), timeout=2):
            return True
    except OSError:
        return False


def node() -> str | None:
    """The Node.js of the machine, or the one that set-up brought."""
    return shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))


def server(marker: str) -> str:
    """The address of the server that tests with this marker use."""
    whole_suite, these_tests, usual = ADDRESSES[marker]
    return os.environ.get(whole_suite) or os.environ.get(these_tests) or usual


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() == "true"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or fail under CI, a test whose need the machine does not meet."""
    for marker, name in NEEDS.items():
        if item.get_closest_marker(marker) and not has(marker):
            if in_ci():
                pytest.fail(f"{name} is not here, and CI skips nothing", pytrace=False)
            pytest.skip(f"{name} is not here")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and report.when == "setup":
        for name in NEEDS.values():
            if f"{name} is not here" in str(report.longrepr):
                skipped[name] = skipped.get(name, 0) + 1


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line names what was not tested."""
    if skipped and not hasattr(config, "workerinput"):
        words = ", ".join(f"{count} for lack of {name}" for name, count in skipped.items())
        print(f"not tested here: {words}")
