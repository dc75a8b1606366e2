"""`make bench`: how the pages and the tick scale, as ratios taken in one run, on a database made for it and removed.

Seconds differ from machine to machine, so each line compares two things measured in turns.
"""

import atexit
import datetime as dt
import logging
import os
import secrets
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from members.operations.status_periods import start_status_period

ROOT = Path(__file__).resolve().parent.parent
FOLDER = tempfile.mkdtemp(prefix="sos-bench-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ.update(
    SECRET_KEY=secrets.token_urlsafe(50),
    DEMO="on",
    DEMO_PASSWORD="",
    DEBUG="off",
    DATABASE_URL=f"sqlite:///{FOLDER}/bench.sqlite3",
    REDIS_URL="",
    VAR_DIR=FOLDER,
    SITE_URL="http://testserver",
    ALLOWED_HOSTS="testserver",
    DJANGO_SETTINGS_MODULE="sos_portal.settings",
)
sys.path.insert(0, str(ROOT))

import django  # noqa: E402 - the environment comes first

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, override_settings  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils import timezone  # noqa: E402

from actionitems.models import ActionItem  # noqa: E402
from members.models import Organization  # noqa: E402
from reminders.schedule import build_plan  # noqa: E402

ROUNDS = 15


def empty(request: HttpRequest) -> HttpResponse:
    """The least that a view can do, behind the same middleware."""
    return HttpResponse("empty")


empty.login_required = False  # type: ignore[attr-defined]
urlpatterns = [path("empty/", empty), path("", include("sos_portal.urls"))]


def measure(*calls: Callable[[], object]) -> list[float]:
    """The median seconds of each call, all called in turns so that a busy machine slows them alike."""
    times: list[list[float]] = [[] for _ in calls]
    for call in calls:
        call()
    for _ in range(ROUNDS):
        for call, taken in zip(calls, times, strict=True):
            start = time.perf_counter()
            call()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def queries(call: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as context:
        call()
    return len(context)


def visit(address: str) -> Callable[[], object]:
    """A call that reads an address as a visitor and complains when it is not there."""
    client = Client()

    def call() -> object:
        response = client.get(address)
        if response.status_code != 200:
            sys.exit(f"{address} answered {response.status_code}")
        return response

    return call


def more_organizations(total: int) -> None:
    """Copies of the sample organizations, up to `total` public ones."""
    patterns = list(Organization.objects.public())
    for number in range(total - len(patterns)):
        pattern = patterns[number % len(patterns)]
        added = Organization.objects.create(
            key=f"{pattern.key}-{number}",
            name=f"{pattern.name} {number}",
            acronym=pattern.acronym,
            sector=pattern.sector,
            jurisdiction=pattern.jurisdiction,
            status=pattern.status,
            is_public=True,
        )
        start_status_period(actor=None, organization=added)


def open_items(total: int, now: dt.datetime) -> None:
    """Open action items up to `total`, due on and around today."""
    pattern = ActionItem.objects.exclude(owner_person=None).first()
    if pattern is None:
        sys.exit("the demonstration has no action item")
    for number in range(total - ActionItem.objects.open().count()):
        ActionItem.objects.create(
            body=pattern.body,
            text=f"Item {number}",
            owner_organization=pattern.owner_organization,
            owner_person=pattern.owner_person,
            due_on=timezone.localdate(now) + dt.timedelta(days=number % 21 - 10),
        )


def bench_front_page() -> None:
    front, least = visit("/"), visit("/empty/")
    front_seconds, least_seconds = measure(front, least)
    print(
        f"front page: {front_seconds / least_seconds:.1f} times an empty view behind the same middleware "
        f"({front_seconds * 1000:.1f} and {least_seconds * 1000:.1f} ms), {queries(front)} queries"
    )


def bench_directory() -> None:
    directory = visit("/organizations/")
    few, few_queries = Organization.objects.public().count(), queries(directory)
    (few_seconds,) = measure(directory)
    more_organizations(10 * few)
    (many_seconds,) = measure(directory)
    print(
        f"directory: {10 * few} organizations take {many_seconds / few_seconds:.1f} times as long as {few} "
        f"({many_seconds * 1000:.1f} and {few_seconds * 1000:.1f} ms), {few_queries} and {queries(directory)} queries"
    )


def bench_planning() -> None:
    now = timezone.now()

    def planning() -> object:
        return build_plan(now)

    open_items(100, now)
    few, few_queries = ActionItem.objects.open().count(), queries(planning)
    (few_seconds,) = measure(planning)
    open_items(1000, now)
    many, many_queries = ActionItem.objects.open().count(), queries(planning)
    (many_seconds,) = measure(planning)
    print(
        f"planning a tick: {many} open items take {many_seconds / few_seconds:.1f} times as long as {few} "
        f"({many_seconds * 1000:.1f} and {few_seconds * 1000:.1f} ms), {few_queries} and {many_queries} queries"
    )


def main() -> None:
    logging.disable(logging.WARNING)
    Path(settings.STATIC_ROOT).mkdir(parents=True)
    print("bench: making a demonstration to measure", flush=True)
    with Path(os.devnull).open("w") as nowhere:
        for command in (["migrate", "--verbosity=0"], ["createcachetable"], ["load_workgroup"], ["load_demo"]):
            call_command(*command, stdout=nowhere)
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(ROOT_URLCONF="__main__", STORAGES=storages):
        bench_front_page()
        bench_directory()
        bench_planning()


if __name__ == "__main__":
    main()
