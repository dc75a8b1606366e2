"""`make bench-reminders`: how fast mail goes and how planning grows, as ratios taken in one run.

On SQLite in a folder made for it and removed; `DATABASE_URL` names an empty PostgreSQL database instead. Mail goes to
an SMTP sink in a process of its own. The bare loop that the portal is compared with does nothing but `smtplib`.
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

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PORT = "BENCH_SMTP_PORT"
MAILS, WORKERS = 400, (1, 2, 4)
ITEMS = (1_000, 100_000, 1_000_000)
BATCH = 5_000


def set_up() -> None:
    """Django on the database of this run."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sos_portal.settings")
    import django  # noqa: PLC0415 - the environment comes first

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


# The parts of the run, each a process of its own so that none warms another ----------------------------


def part_sink() -> None:
    """Take mail until the end of standard input."""
    from tests.mail.sinks import Server  # noqa: PLC0415

    server = Server(int(os.environ[PORT])).start()
    print("up", flush=True)
    sys.stdin.read()
    server.stop()


def plain_mail(number: int) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = f"Mail {number}", "bench@example.org", f"p{number}@example.org"
    mail.set_content("A line of text.\n" * 20)
    return mail


def part_bare(way: str) -> None:
    """`smtplib` and nothing else, on one connection or on one a mail."""
    place = ("127.0.0.1", int(os.environ[PORT]))
    start = time.perf_counter()
    if way == "kept":
        with smtplib.SMTP(*place) as connection:
            for number in range(MAILS):
                connection.send_message(plain_mail(number))
    else:
        for number in range(MAILS):
            with smtplib.SMTP(*place) as connection:
                connection.send_message(plain_mail(number))
    say(seconds=time.perf_counter() - start)


def part_migrate() -> None:
    set_up()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def people(count: int) -> list:
    """Representatives with a seat each on one body; made once."""
    from accounts.models import Person  # noqa: PLC0415
    from taskforces.models import Body, Seat, Term, Workgroup  # noqa: PLC0415

    workgroup, _ = Workgroup.objects.get_or_create(slug="workgroup", defaults={"name": "Workgroup"})
    body, _ = Body.objects.get_or_create(
        slug="bench", defaults={"workgroup": workgroup, "name": "Bench", "kind": "task_force"}
    )
    have = list(Person.objects.order_by("pk")[:count])
    if not have:
        rows = [Person(email=f"p{n}@example.org", name=f"Representative {n}") for n in range(count)]
        have = Person.objects.bulk_create(rows)
        seats = Seat.objects.bulk_create(Seat(body=body) for _ in have)
        Term.objects.bulk_create(
            Term(seat=seat, person=person, starts_on=dt.date(2026, 1, 1))
            for seat, person in zip(seats, have, strict=True)
        )
    return [body, have]


def part_fill_mails() -> None:
    """An action item due tomorrow for each of some people, as mails that wait in the ledger."""
    set_up()
    from django.utils import timezone  # noqa: PLC0415

    from actionitems.models import ActionItem  # noqa: PLC0415
    from mail.models import Attempt, Delivery  # noqa: PLC0415
    from reminders.digest import make_deliveries  # noqa: PLC0415
    from reminders.models import Reminder  # noqa: PLC0415
    from reminders.storing import store_plan  # noqa: PLC0415

    body, persons = people(MAILS)
    now = at_noon()
    Reminder.objects.all().delete()
    Attempt.objects.all().delete()
    Delivery.objects.all().delete()
    if not ActionItem.objects.exists():
        ActionItem.objects.bulk_create(
            ActionItem(body=body, text=f"Item {n}", owner_person=person, due_on=now.date() + dt.timedelta(days=1))
            for n, person in enumerate(persons)
        )
        ActionItem.objects.update(created_at=timezone.now() - dt.timedelta(days=60))
    store_plan(now)
    say(waiting=make_deliveries(now))


def at_noon() -> dt.datetime:
    """Today's noon by the site's clock, so that no night holds a mail back."""
    from django.utils import timezone  # noqa: PLC0415

    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0).astimezone(dt.UTC)


def part_send(count: str) -> None:
    """Send what waits, with that many processes; the clock starts when all of them stand ready."""
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
    say(seconds=seconds, sent=Delivery.objects.filter(state="sent").count())


def send_all(ready) -> None:
    from mail.sending import send_due  # noqa: PLC0415
    from reminders.composing import compose  # noqa: PLC0415

    ready.wait()
    send_due(at_noon(), compose, limit=10 * MAILS, within=dt.timedelta(minutes=10))


def part_fill_items(total: str) -> None:
    """Open items up to that many, with due dates over four years, as in a body that never cleans up."""
    set_up()
    from django.utils import timezone  # noqa: PLC0415

    from actionitems.models import ActionItem  # noqa: PLC0415
    from reminders.models import Reminder  # noqa: PLC0415

    body, persons = people(MAILS)
    Reminder.objects.all().delete()
    today, old = at_noon().date(), timezone.now() - dt.timedelta(days=60)
    have = ActionItem.objects.count()
    for start in range(have, int(total), BATCH):
        ActionItem.objects.bulk_create(
            ActionItem(
                body=body,
                text=f"Item {n}",
                owner_person=persons[n % len(persons)],
                due_on=today + dt.timedelta(days=n * 7 % 1461 - 730),
            )
            for n in range(start, min(start + BATCH, int(total)))
        )
    ActionItem.objects.filter(created_at__gt=old).update(created_at=old)


def part_plan() -> None:
    """Plan twice: the first time everything is inserted, the second time all is there already."""
    set_up()
    from actionitems.models import ActionItem  # noqa: PLC0415
    from reminders.storing import store_plan  # noqa: PLC0415

    before = peak()
    start = time.perf_counter()
    made = store_plan(at_noon())
    first = time.perf_counter()
    store_plan(at_noon())
    again = time.perf_counter()
    items = ActionItem.objects.open().count()
    say(items=items, made=made, first=first - start, again=again - first, megabytes=peak(), grown=peak() - before)


def peak() -> float:
    """The most memory that this process has held so far, in megabytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10


def say(**words: object) -> None:
    print(json.dumps(words), flush=True)


# The run ------------------------------------------------------------------------------------------------


def run(env: dict[str, str], name: str, *words: str) -> dict:
    """What one part says, read from its last line."""
    command = [sys.executable, __file__, name, *words]
    done = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bench-reminders: {name} failed\n{done.stderr[-3000:]}")
    lines = done.stdout.splitlines()
    return json.loads(lines[-1]) if lines else {}


def bench_sending(env: dict[str, str]) -> None:
    kept, each = run(env, "bare", "kept")["seconds"], run(env, "bare", "each")["seconds"]
    print(
        f"bare smtplib: {MAILS / kept:.0f} mails a second on one connection, {MAILS / each:.0f} on one a mail",
        flush=True,
    )
    for count in WORKERS:
        waiting = run(env, "fill_mails")["waiting"]
        done = run(env, "send", str(count))
        if done["sent"] != waiting or waiting != MAILS:
            sys.exit(f"bench-reminders: {done['sent']} of {waiting} went")
        speed = done["sent"] / done["seconds"]
        workers = f"{count} worker" + "s" * (count > 1)
        print(
            f"{workers}: {speed:.0f} reminders a second, {speed * kept / MAILS:.2f} times the bare loop on one "
            f"connection and {speed * each / MAILS:.2f} times the one on a connection a mail",
            flush=True,
        )


def bench_planning(env: dict[str, str]) -> None:
    least: dict = {}
    for total in ITEMS:
        run(env, "fill_items", str(total))
        now = run(env, "plan")
        least = least or now
        print(
            f"planning with {now['items']} open items: {now['again'] / least['again']:.1f} times the time with "
            f"{least['items']} ({now['again'] * 1000:.0f} ms; {now['first'] * 1000:.0f} ms when its {now['made']} "
            f"reminders are new), {now['megabytes'] / least['megabytes']:.2f} times the memory "
            f"({now['megabytes']:.0f} MB at most, {now['grown']:.0f} of it for planning)",
            flush=True,
        )


def main() -> None:
    from tests.mail.sinks import free_port  # noqa: PLC0415

    folder = tempfile.mkdtemp(prefix="sos-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    env = environment(folder, free_port())
    where = "PostgreSQL" if env["DATABASE_URL"].startswith("postgres") else "SQLite"
    print(f"bench-reminders: on {where}", flush=True)
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
