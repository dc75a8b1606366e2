"""`make bench`: measure how pages and reminder planning scale, on a temporary database.

Times differ between machines, so each result is the ratio of two measurements that alternate.
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

import django  # noqa: E402 - after the environment is set

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
from members.operations.status_periods import start_status_period  # noqa: E402
from reminders.schedule import build_plan  # noqa: E402

ROUNDS = 15


def empty(request: HttpRequest) -> HttpResponse:
    """Return the smallest response, with the same middleware."""
    return HttpResponse("empty")


empty.login_required = False  # type: ignore[attr-defined]
urlsamples = [path("empty/", empty), path("", include("sos_portal.urls"))]


def measure(*calls: Callable[[], object]) -> list[float]:
    """Return the median seconds of each call. The calls alternate, so that load on the machine affects them equally."""
    times: list[list[float]] = [[] for _ in calls]
    for call in calls:
        call()
    for _ in range(ROUNDS):
        for call, taken in zip(calls, times, strict=True):
            start = time.perf_counter()
            call()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def count_queries(call: Callable[[], object]) -> int:
    """Return the number of queries of a call."""
    with CaptureQueriesContext(connection) as context:
        call()
    return len(context)


def visit(url: str) -> Callable[[], object]:
    """Return a function that requests a URL as a visitor and exits if the response is not 200."""
    client = Client()

    def call() -> object:
        response = client.get(url)
        if response.status_code != 200:
            sys.exit(f"{url} returned {response.status_code}")
        return response

    return call


def add_organizations(total: int) -> None:
    """Copy the sample organizations until there are `total` public ones."""
    samples = list(Organization.objects.public())
    for number in range(total - len(samples)):
        sample = samples[number % len(samples)]
        added = Organization.objects.create(
            key=f"{sample.key}-{number}",
            name=f"{sample.name} {number}",
            acronym=sample.acronym,
            sector=sample.sector,
            jurisdiction=sample.jurisdiction,
            status=sample.status,
            is_public=True,
        )
        start_status_period(actor=None, organization=added)


def add_open_items(total: int, now: dt.datetime) -> None:
    """Add action items, due around today, until there are `total` open ones."""
    sample = ActionItem.objects.exclude(owner_person=None).first()
    if sample is None:
        sys.exit("bench: the demonstration has no action items")
    for number in range(total - ActionItem.objects.open().count()):
        ActionItem.objects.create(
            body=sample.body,
            text=f"Item {number}",
            owner_organization=sample.owner_organization,
            owner_person=sample.owner_person,
            due_on=timezone.localdate(now) + dt.timedelta(days=number % 21 - 10),
        )


def bench_front_page() -> None:
    front, minimal = visit("/"), visit("/empty/")
    front_seconds, minimal_seconds = measure(front, minimal)
    print(
        f"front page: {front_seconds / minimal_seconds:.1f} times as long as an empty view with the same middleware "
        f"({front_seconds * 1000:.1f} and {minimal_seconds * 1000:.1f} ms), {count_queries(front)} queries"
    )


def bench_directory() -> None:
    directory = visit("/organizations/")
    few, few_queries = Organization.objects.public().count(), count_queries(directory)
    (few_seconds,) = measure(directory)
    add_organizations(10 * few)
    (many_seconds,) = measure(directory)
    many_queries = count_queries(directory)
    print(
        f"directory: {10 * few} organizations take {many_seconds / few_seconds:.1f} times as long as {few} "
        f"({many_seconds * 1000:.1f} and {few_seconds * 1000:.1f} ms), {few_queries} and {many_queries} queries"
    )


def bench_planning() -> None:
    now = timezone.now()

    def planning() -> object:
        return build_plan(now)

    add_open_items(100, now)
    few, few_queries = ActionItem.objects.open().count(), count_queries(planning)
    (few_seconds,) = measure(planning)
    add_open_items(1000, now)
    many, many_queries = ActionItem.objects.open().count(), count_queries(planning)
    (many_seconds,) = measure(planning)
    print(
        f"planning reminders: {many} open items take {many_seconds / few_seconds:.1f} times as long as {few} "
        f"({many_seconds * 1000:.1f} and {few_seconds * 1000:.1f} ms), {few_queries} and {many_queries} queries"
    )


def main() -> None:
    logging.disable(logging.WARNING)
    Path(settings.STATIC_ROOT).mkdir(parents=True)
    print("bench: creating a demonstration to measure", flush=True)
    with Path(os.devnull).open("w") as devnull:
        for command in (["migrate", "--verbosity=0"], ["createcachetable"], ["load_workgroup"], ["load_demo"]):
            call_command(*command, stdout=devnull)
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
