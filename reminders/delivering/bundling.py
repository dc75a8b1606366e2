"""What is due for one person becomes one mail, by their wishes; some things go by themselves.

A person's rows are read and written in one transaction, under lock on PostgreSQL and by the one writer on SQLite, so
that no row is put in two mails. Whoever comes later to a mail that is being built is put in the next one: `composing`
writes down which rows a mail holds, and `mirroring` lets go of the others.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from accounts.models import Person
from mail.models import Delivery
from mail.operations import new_delivery
from mail.rules import DeliveryState
from reminders import pausing, timing, wishes
from reminders.models import Reminder
from reminders.rules import NOTICE_KINDS, OPTIONAL_KINDS, STAFF_KINDS, UNBATCHED_KINDS, Frequency, ReminderState

DIGEST = "digest"
COPY = ":copy"
_PEOPLE_AT_ONCE = 200
# A merged mail of that date goes no more: it went, or it is on its way.
_GONE = (DeliveryState.CLAIMED, DeliveryState.RETRY, DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.FAILED)
_DIGESTS_A_DAY = 3
# What counts against a person's mails of the week: what they may switch off, and did not miss.
OF_THE_WEEK = (
    Q(kind__in=[DIGEST, *OPTIONAL_KINDS])
    & ~Q(state__in=[DeliveryState.SKIPPED, DeliveryState.EXPIRED])
    & ~Q(key__endswith=COPY)
)


@dataclass
class Share:
    """What one person has: what went to them this week, and the merged mails of their today."""

    mails: int = 0
    digests: dict[str, str] = field(default_factory=dict)


def make_deliveries(now: dt.datetime, *, may_expire: bool = True, catching_up: bool = False) -> int:
    """Put what is due in the mail ledger and, unless that has to wait, close what is too late; how many mails entered.

    `catching_up` after a downtime: whatever waits for a person is one mail, the news of meetings too.
    """
    waiting = Reminder.objects.filter(state=ReminderState.PLANNED, delivery=None)
    if may_expire:
        pausing.expire(waiting, now)
    due = waiting.filter(~pausing.PAUSED, send_at__lte=now, expires_at__gte=now)
    made = 0
    people = sorted(set(due.order_by().values_list("recipient", flat=True).iterator()))
    for start in range(0, len(people), _PEOPLE_AT_ONCE):
        with transaction.atomic():
            own = due.filter(recipient__in=people[start : start + _PEOPLE_AT_ONCE])
            rows = own.select_for_update(of=("self",), skip_locked=True).select_related("recipient")
            made += _bundle(list(rows.order_by("due_at", "pk")), now, catching_up)
    return made


def _bundle(rows: list[Reminder], now: dt.datetime, catching_up: bool) -> int:
    if not rows:
        return 0
    by_person: dict[int, list[Reminder]] = defaultdict(list)
    for row in rows:
        by_person[row.recipient_id].append(row)
    chosen = wishes.load(by_person)
    shares = _shares([own[0].recipient for own in by_person.values()], now)
    mails: list[tuple[Delivery, list[Reminder]]] = []
    for pk, own in by_person.items():
        mails += _mails_of(own, chosen, shares[pk], now, catching_up)
    Reminder.objects.bulk_update(rows, ["state", "reason", "send_at", "expires_at"], batch_size=500)
    return _enter(mails, now)


def _mails_of(
    rows: list[Reminder], chosen: wishes.NotificationPreferences, share: Share, now: dt.datetime, catching_up: bool
) -> Iterator[tuple[Delivery, list[Reminder]]]:
    """One person's mails, each with its reminders; what goes later or not at all is marked so."""
    person = rows[0].recipient
    today = now.astimezone(person.zone).date()
    digest = _digest_key(person, today, share)
    going = [row for row in rows if _goes(row, chosen, share, now, today, digest)]
    merged: list[Reminder] = []
    at_once: dict[bool, list[Reminder]] = {True: [], False: []}
    for row in going:
        is_notice = row.kind in NOTICE_KINDS
        if catching_up and digest:
            merged.append(row)
        elif row.kind in UNBATCHED_KINDS:
            yield _delivery(row.key, [row], now), [row]
        elif is_notice or chosen.pace(person.pk, row.kind) == Frequency.IMMEDIATE:
            at_once[is_notice].append(row)
        else:
            merged.append(row)
    for group in at_once.values():
        if group:
            first = min(row.pk for row in group)
            key = group[0].key if len(group) == 1 else f"at-once:{person.pk}:{first}"
            yield _delivery(key, group, now), group
    if merged and digest:
        yield _delivery(digest, merged, now), merged


def _goes(
    row: Reminder,
    chosen: wishes.NotificationPreferences,
    share: Share,
    now: dt.datetime,
    today: dt.date,
    digest: str | None,
) -> bool:
    """Whether a reminder goes now; one that does not is put off, or closed with the reason."""
    slot = timing.slot(
        due_at=row.due_at,
        expires_at=row.expires_at,
        obsolete_at=row.obsolete_at,
        pace=chosen.pace(row.recipient_id, row.kind),
        zone=row.recipient.zone,
        now=now,
        is_over_cap=row.kind in OPTIONAL_KINDS and share.mails >= chosen.cap(row.recipient_id),
        gone=() if digest else {today},
        urgent_at=row.urgent_at,
    )
    if slot.send_at is None:
        row.state, row.reason = ReminderState.SKIPPED, slot.reason
        return False
    row.send_at, row.expires_at = slot.send_at, max(slot.expires_at, row.expires_at)
    return row.send_at <= now


def _digest_key(person: Person, today: dt.date, share: Share) -> str | None:
    """The key under which today's merged mail may still be filled; None where it has gone."""
    if any(state in _GONE for state in share.digests.values()):
        return None
    for key in _digest_keys(person, today):
        if share.digests.get(key, DeliveryState.PENDING) == DeliveryState.PENDING:
            return key
    return None


def _digest_keys(person: Person, today: dt.date) -> list[str]:
    """A day's merged mail; the next ones are for a day whose first was empty when it should have gone."""
    base = f"{DIGEST}:{person.pk}:{today.isoformat()}"
    return [base, *(f"{base}:{number}" for number in range(2, _DIGESTS_A_DAY + 1))]


def _shares(people: list[Person], now: dt.datetime) -> dict[int, Share]:
    shares = {person.pk: Share() for person in people}
    mondays: dict[int, dt.datetime] = {}
    keys: dict[str, int] = {}
    for person in people:
        today = now.astimezone(person.zone).date()
        monday = today - dt.timedelta(days=today.weekday())
        mondays[person.pk] = dt.datetime.combine(monday, dt.time(), tzinfo=person.zone)
        keys |= dict.fromkeys(_digest_keys(person, today), person.pk)
    for key, state in Delivery.objects.filter(key__in=list(keys)).values_list("key", "state"):
        shares[keys[key]].digests[key] = state
    weeks = Delivery.objects.filter(OF_THE_WEEK, person__in=list(shares), created_at__gte=min(mondays.values()))
    for pk, created_at in weeks.values_list("person", "created_at"):
        if created_at >= mondays[pk]:
            shares[pk].mails += 1
    return shares


def _delivery(key: str, rows: list[Reminder], now: dt.datetime) -> Delivery:
    kinds = {row.kind for row in rows}
    return new_delivery(
        key=key,
        kind=kinds.pop() if len(kinds) == 1 else DIGEST,
        address=rows[0].recipient.email,
        person=rows[0].recipient,
        subject_ref=str(rows[0].subject_id) if len(rows) == 1 else "",
        now=now,
        deliver_after=now,
        expires_at=max(row.expires_at for row in rows),
    )


def _copy(mail: Delivery, person: Person, now: dt.datetime) -> Delivery:
    """The same for the person's assistant, with nothing in it to act by."""
    return new_delivery(
        key=f"{mail.key}{COPY}",
        kind=mail.kind,
        address=person.assistant_email,
        person=person,
        subject_ref=mail.subject_ref,
        context={"copy_of": mail.key},
        now=now,
        deliver_after=now,
        expires_at=mail.expires_at,
    )


def _enter(mails: list[tuple[Delivery, list[Reminder]]], now: dt.datetime) -> int:
    """Insert the mails that are not there yet and tie the reminders to theirs; how many mails there are."""
    copies = [
        _copy(mail, rows[0].recipient, now)
        for mail, rows in mails
        if rows[0].recipient.assistant_email and not {row.kind for row in rows} <= set(STAFF_KINDS)
    ]
    fresh = [mail for mail, _ in mails]
    Delivery.objects.bulk_create([*fresh, *copies], ignore_conflicts=True, batch_size=500)
    stored = {row.key: row for row in _by_key(mail.key for mail in fresh)}
    tied, filled = [], []
    for mail, rows in mails:
        row = stored[mail.key]
        if row.kind != mail.kind or row.expires_at < mail.expires_at:
            # More came to a mail that has not gone yet.
            row.kind = mail.kind if row.kind == mail.kind else DIGEST
            row.expires_at = max(row.expires_at, mail.expires_at)
            filled.append(row)
        for reminder in rows:
            reminder.delivery = row
            tied.append(reminder)
    Delivery.objects.bulk_update(filled, ["kind", "expires_at"], batch_size=500)
    Reminder.objects.bulk_update(tied, ["delivery"], batch_size=500)
    return len(mails)


def _by_key(keys: Iterable[str]) -> Iterator[Delivery]:
    wanted = list(keys)
    for start in range(0, len(wanted), 500):
        yield from Delivery.objects.filter(key__in=wanted[start : start + 500])
