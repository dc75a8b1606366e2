"""`make bench-reminders`: measure the speed of sending reminders and how planning scales, as ratios.

Runs on a temporary SQLite database, or on the empty PostgreSQL database in `DATABASE_URL`. A separate process is the
SMTP server. The portal is compared with a loop that only calls `smtplib`.
"""

import atexit
import datetime as dt
import json
import multiprocessing
import os
import resource
import secrets
import shutil
import smtplib
import subprocess
import sys
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PORT = "BENCH_SMTP_PORT"
EMAILS, WORKERS = 400, (1, 2, 4)
ITEMS = (1_000, 100_000, 1_000_000)
BATCH = 5_000


def set_up() -> None:
    """Set up Django with the database of this run."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sos_portal.settings")
    import django  # noqa: PLC0415 - after the environment is set

    django.setup()


def environment(folder: str, port: int) -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DEMO": "off",
        "DEBUG": "off",
        "DATABASE_URL": os.environ.get("DATABASE_URL") or f"sqlite:///{folder}/bench.sqlite3",
        "REDIS_URL": "",
        "VAR_DIR": folder,
        "SITE_URL": "http://testserver",
        "ALLOWED_HOSTS": "testserver",
        "REQUIRE_STAFF_MFA": "off",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        PORT: str(port),
    }


# The parts of the run. Each is a separate process, so that they do not share caches.


def part_sink() -> None:
    """Receive emails until the end of standard input."""
    from tests.mail.sinks import Server  # noqa: PLC0415

    server = Server(int(os.environ[PORT])).start()
    print("ready", flush=True)
    sys.stdin.read()
    server.stop()


def make_message(number: int) -> EmailMessage:
    """Return a short message."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = (
        f"Message {number}",
        "bench@example.org",
        f"p{number}@example.org",
    )
    message.set_content("A line of text.\n" * 20)
    return message


def part_smtplib(connections: str) -> None:
    """Send with only `smtplib`, on one connection or on a new one for each message."""
    server = ("127.0.0.1", int(os.environ[PORT]))
    start = time.perf_counter()
    if connections == "one":
        with smtplib.SMTP(*server) as connection:
            for number in range(EMAILS):
                connection.send_message(make_message(number))
    else:
        for number in range(EMAILS):
            with smtplib.SMTP(*server) as connection:
                connection.send_message(make_message(number))
    print_result(seconds=time.perf_counter() - start)


def part_migrate() -> None:
    set_up()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def make_people(count: int) -> tuple[Any, list[Any]]:
    """Return a body and people with a seat on it, made on the first call."""
    from accounts.models import Person  # noqa: PLC0415
    from taskforces.models import Body, Seat, Term, Workgroup  # noqa: PLC0415

    workgroup, _ = Workgroup.objects.get_or_create(slug="workgroup", defaults={"name": "Workgroup"})
    body, _ = Body.objects.get_or_create(
        slug="bench", defaults={"workgroup": workgroup, "name": "Bench", "kind": "task_force"}
    )
    people = list(Person.objects.order_by("pk")[:count])
    if not people:
        rows = [Person(email=f"p{n}@example.org", name=f"Representative {n}") for n in range(count)]
        people = Person.objects.bulk_create(rows)
        seats = Seat.objects.bulk_create(Seat(body=body) for _person in people)
        Term.objects.bulk_create(
            Term(seat=seat, person=person, starts_on=dt.date(2026, 1, 1))
            for seat, person in zip(seats, people, strict=True)
        )
    return body, people


def part_fill_emails() -> None:
    """Make a pending email for each person, about an action item that is due tomorrow."""
    set_up()
    from django.utils import timezone  # noqa: PLC0415

    from actionitems.models import ActionItem  # noqa: PLC0415
    from mail.models import Attempt, Delivery  # noqa: PLC0415
    from reminders.digest import make_deliveries  # noqa: PLC0415
    from reminders.models import Reminder  # noqa: PLC0415
    from reminders.storing import store_plan  # noqa: PLC0415

    body, people = make_people(EMAILS)
    now = at_noon()
    Reminder.objects.all().delete()
    Attempt.objects.all().delete()
    Delivery.objects.all().delete()
    if not ActionItem.objects.exists():
        ActionItem.objects.bulk_create(
            ActionItem(body=body, text=f"Item {n}", owner_person=person, due_on=now.date() + dt.timedelta(days=1))
            for n, person in enumerate(people)
        )
        ActionItem.objects.update(created_at=timezone.now() - dt.timedelta(days=60))
    store_plan(now)
    print_result(pending=make_deliveries(now))


def at_noon() -> dt.datetime:
    """Return today at noon in the time zone of the site, outside of quiet hours."""
    from django.utils import timezone  # noqa: PLC0415

    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0).astimezone(dt.UTC)


def part_send(count: str) -> None:
    """Send the pending emails with this many processes. The time starts when all of them are ready."""
    set_up()
    from django.db import connections  # noqa: PLC0415

    from mail.models import Delivery  # noqa: PLC0415

    connections.close_all()
    fork = multiprocessing.get_context("fork")
    ready = fork.Barrier(int(count) + 1)
    senders = [fork.Process(target=send_all, args=(ready,)) for _ in range(int(count))]
    for sender in senders:
        sender.start()
    ready.wait()
    start = time.perf_counter()
    for sender in senders:
        sender.join()
    seconds = time.perf_counter() - start
    print_result(seconds=seconds, sent=Delivery.objects.filter(state="sent").count())


def send_all(ready: Any) -> None:
    """Wait for the other processes, then send all pending emails."""
    from mail.sending import send_due  # noqa: PLC0415
    from reminders.composing import compose  # noqa: PLC0415

    ready.wait()
    send_due(at_noon(), compose, limit=10 * EMAILS, within=dt.timedelta(minutes=10))


def part_fill_items(total: str) -> None:
    """Add open action items until there are `total`, with due dates over four years."""
    set_up()
    from django.utils import timezone  # noqa: PLC0415

    from actionitems.models import ActionItem  # noqa: PLC0415
    from reminders.models import Reminder  # noqa: PLC0415

    body, people = make_people(EMAILS)
    Reminder.objects.all().delete()
    today, created_at = at_noon().date(), timezone.now() - dt.timedelta(days=60)
    existing = ActionItem.objects.count()
    for start in range(existing, int(total), BATCH):
        ActionItem.objects.bulk_create(
            ActionItem(
                body=body,
                text=f"Item {n}",
                owner_person=people[n % len(people)],
                due_on=today + dt.timedelta(days=n * 7 % 1461 - 730),
            )
            for n in range(start, min(start + BATCH, int(total)))
        )
    ActionItem.objects.filter(created_at__gt=created_at).update(created_at=created_at)


def part_plan() -> None:
    """Plan twice: the first time inserts all reminders, the second time finds them."""
    set_up()
    from actionitems.models import ActionItem  # noqa: PLC0415
    from reminders.storing import store_plan  # noqa: PLC0415

    before = peak_memory()
    start = time.perf_counter()
    made = store_plan(at_noon())
    first = time.perf_counter()
    store_plan(at_noon())
    again = time.perf_counter()
    items = ActionItem.objects.open().count()
    print_result(
        items=items,
        made=made,
        first=first - start,
        again=again - first,
        megabytes=peak_memory(),
        grown=peak_memory() - before,
    )


def peak_memory() -> float:
    """Return the maximum memory of this process so far, in megabytes."""
    maximum = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return maximum / 2**20 if sys.platform == "darwin" else maximum / 2**10


def print_result(**values: object) -> None:
    """Print the values as JSON, for `run` to read."""
    print(json.dumps(values), flush=True)


# The main process


def run(env: dict[str, str], name: str, *arguments: str) -> dict[str, Any]:
    """Run one part and return the result that it prints on its last line."""
    command = [sys.executable, __file__, name, *arguments]
    done = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bench-reminders: {name} failed\n{done.stderr[-3000:]}")
    lines = done.stdout.splitlines()
    return json.loads(lines[-1]) if lines else {}


def bench_sending(env: dict[str, str]) -> None:
    one, each = run(env, "smtplib", "one")["seconds"], run(env, "smtplib", "each")["seconds"]
    print(
        f"smtplib: {EMAILS / one:.0f} emails a second on one connection, "
        f"{EMAILS / each:.0f} with a new connection each",
        flush=True,
    )
    for count in WORKERS:
        pending = run(env, "fill_emails")["pending"]
        done = run(env, "send", str(count))
        if done["sent"] != pending or pending != EMAILS:
            sys.exit(f"bench-reminders: only {done['sent']} of {pending} emails were sent")
        speed = done["sent"] / done["seconds"]
        workers = f"{count} worker" + "s" * (count > 1)
        print(
            f"{workers}: {speed:.0f} reminders a second, {speed * one / EMAILS:.2f} times smtplib on one connection "
            f"and {speed * each / EMAILS:.2f} times smtplib with a new connection each",
            flush=True,
        )


def bench_planning(env: dict[str, str]) -> None:
    first: dict[str, Any] = {}
    for total in ITEMS:
        run(env, "fill_items", str(total))
        now = run(env, "plan")
        first = first or now
        print(
            f"planning with {now['items']} open items: {now['again'] / first['again']:.1f} times the time with "
            f"{first['items']} ({now['again'] * 1000:.0f} ms; {now['first'] * 1000:.0f} ms when its {now['made']} "
            f"reminders are new), {now['megabytes'] / first['megabytes']:.2f} times the memory "
            f"({now['megabytes']:.0f} MB, of which planning uses {now['grown']:.0f} MB)",
            flush=True,
        )


def main() -> None:
    from tests.mail.sinks import free_port  # noqa: PLC0415

    folder = tempfile.mkdtemp(prefix="sos-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    env = environment(folder, free_port())
    database = "PostgreSQL" if env["DATABASE_URL"].startswith("postgres") else "SQLite"
    print(f"bench-reminders: using {database}", flush=True)
    run(env, "migrate")
    command = [sys.executable, __file__, "sink"]
    with subprocess.Popen(command, env={**os.environ, **env}, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as sink:
        assert sink.stdout and sink.stdin  # noqa: S101
        sink.stdout.readline()
        try:
            bench_sending(env)
            bench_planning(env)
        finally:
            sink.stdin.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        globals()[f"part_{sys.argv[1]}"](*sys.argv[2:])
    else:
        main()
