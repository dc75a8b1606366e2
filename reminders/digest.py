"""What is due for one person becomes one email, by their preferences; some kinds are sent by themselves.

A person's rows are read and written in one transaction, under lock on PostgreSQL and by the one writer on SQLite, so
that no row is in two emails. What is added later to an email that is being composed goes into the next one: `composing`
records which rows an email contains, and `outcomes` releases the others.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from django.db import transaction
from django.db.models import Q

from accounts.models import Person
from mail.models import Delivery
from mail.operations import new_delivery
from mail.rules import DeliveryState
from reminders import pausing, timing
from reminders.models import Reminder
from reminders.preferences import NotificationPreferences, load_preferences
from reminders.rules import OPTIONAL_KINDS, Frequency, ReminderState, policy_of

DIGEST = "digest"
COPY = ":copy"
_PEOPLE_AT_ONCE = 200
_BATCH_SIZE = 500
# A digest of that day can no longer be filled: it was sent, or is being sent.
_CLOSED_STATES = (
    DeliveryState.CLAIMED,
    DeliveryState.RETRY,
    DeliveryState.SENT,
    DeliveryState.UNKNOWN,
    DeliveryState.FAILED,
)
_DIGESTS_A_DAY = 3
# What counts against a person's weekly cap: what they may switch off, and what was not skipped.
OF_THE_WEEK = (
    Q(kind__in=[DIGEST, *OPTIONAL_KINDS])
    & ~Q(state__in=[DeliveryState.SKIPPED, DeliveryState.EXPIRED])
    & ~Q(key__endswith=COPY)
)
Batch = tuple[Delivery, list[Reminder]]


class Batching(Enum):
    """With which other reminders of the same person a reminder shares an email."""

    ALONE = "alone"
    WITH_NOTICES = "with other notices of now"
    WITH_IMMEDIATE = "with others of now"
    DAILY = "with all others of the day"


def batching_of(reminder: Reminder, preferences: NotificationPreferences) -> Batching:
    """Return with what a reminder shares an email, by its kind and its recipient's preferences."""
    policy = policy_of(reminder.kind)
    if policy.is_unbatched:
        return Batching.ALONE
    if policy.is_notice:
        return Batching.WITH_NOTICES
    if preferences.frequency(reminder.recipient_id, reminder.kind) == Frequency.IMMEDIATE:
        return Batching.WITH_IMMEDIATE
    return Batching.DAILY


@dataclass
class WeeklyQuota:
    """The emails that one person got this week, and the state of today's digests by key."""

    emails: int = 0
    digests: dict[str, str] = field(default_factory=dict)


def make_deliveries(now: dt.datetime, *, may_expire: bool = True, catching_up: bool = False) -> int:
    """Put what is due into the delivery log and, unless that has to wait, close what has expired; how many were added.

    `catching_up` after a downtime: whatever waits for a person is one email, meeting notices too.
    """
    waiting = Reminder.objects.filter(state=ReminderState.PLANNED, delivery=None)
    if may_expire:
        pausing.expire_reminders(waiting, now)
    due = waiting.filter(~pausing.PAUSED, send_at__lte=now, expires_at__gte=now)
    made = 0
    people = sorted(set(due.order_by().values_list("recipient", flat=True).iterator()))
    for start in range(0, len(people), _PEOPLE_AT_ONCE):
        with transaction.atomic():
            own = due.filter(recipient__in=people[start : start + _PEOPLE_AT_ONCE])
            rows = own.select_for_update(of=("self",), skip_locked=True).select_related("recipient")
            made += _make_batches(list(rows.order_by("due_at", "pk")), now, catching_up)
    return made


def _make_batches(rows: list[Reminder], now: dt.datetime, catching_up: bool) -> int:
    if not rows:
        return 0
    by_person: dict[int, list[Reminder]] = defaultdict(list)
    for row in rows:
        by_person[row.recipient_id].append(row)
    preferences = load_preferences(by_person)
    quotas = _load_quotas([own[0].recipient for own in by_person.values()], now)
    batches: list[Batch] = []
    for pk, own in by_person.items():
        batches += _batches_of(own, preferences, quotas[pk], now, catching_up)
    Reminder.objects.bulk_update(rows, ["state", "reason", "send_at", "expires_at"], batch_size=_BATCH_SIZE)
    return _store(batches, now)


def _batches_of(
    rows: list[Reminder], preferences: NotificationPreferences, quota: WeeklyQuota, now: dt.datetime, catching_up: bool
) -> Iterator[Batch]:
    """One person's emails, each with its reminders; what is deferred or skipped is marked so."""
    person = rows[0].recipient
    today = now.astimezone(person.zone).date()
    digest = _digest_key(person, today, quota)
    groups: dict[Batching, list[Reminder]] = {batching: [] for batching in Batching}
    for row in rows:
        if not _is_sent_now(row, preferences, quota, now, today, digest):
            continue
        batching = Batching.DAILY if catching_up and digest else batching_of(row, preferences)
        groups[batching].append(row)
    for row in groups[Batching.ALONE]:
        yield _delivery(row.key, [row], now), [row]
    for group in (groups[Batching.WITH_NOTICES], groups[Batching.WITH_IMMEDIATE]):
        if group:
            first = min(row.pk for row in group)
            key = group[0].key if len(group) == 1 else f"immediate:{person.pk}:{first}"
            yield _delivery(key, group, now), group
    if groups[Batching.DAILY] and digest:
        yield _delivery(digest, groups[Batching.DAILY], now), groups[Batching.DAILY]


def _is_sent_now(
    row: Reminder,
    preferences: NotificationPreferences,
    quota: WeeklyQuota,
    now: dt.datetime,
    today: dt.date,
    digest: str | None,
) -> bool:
    """Whether a reminder is sent now; one that is not is deferred, or closed with the reason."""
    is_over_cap = row.kind in OPTIONAL_KINDS and quota.emails >= preferences.weekly_cap(row.recipient_id)
    slot = timing.find_slot(
        due_at=row.due_at,
        expires_at=row.expires_at,
        obsolete_at=row.obsolete_at,
        frequency=preferences.frequency(row.recipient_id, row.kind),
        zone=row.recipient.zone,
        now=now,
        is_over_cap=is_over_cap,
        sent_on=() if digest else {today},
        urgent_at=row.urgent_at,
    )
    if slot.send_at is None:
        row.state, row.reason = ReminderState.SKIPPED, slot.reason
        return False
    row.send_at, row.expires_at = slot.send_at, max(slot.expires_at, row.expires_at)
    return row.send_at <= now


def _digest_key(person: Person, today: dt.date, quota: WeeklyQuota) -> str | None:
    """Return the key of today's digest to which reminders can still be added; None if no digest can be changed."""
    if any(state in _CLOSED_STATES for state in quota.digests.values()):
        return None
    for key in _digest_keys(person, today):
        if quota.digests.get(key, DeliveryState.PENDING) == DeliveryState.PENDING:
            return key
    return None


def _digest_keys(person: Person, today: dt.date) -> list[str]:
    """Return the keys of a day's digests in order.

    A later key is used if the digest with the previous key was empty when it should have been sent.
    """
    base = f"{DIGEST}:{person.pk}:{today.isoformat()}"
    return [base, *(f"{base}:{number}" for number in range(2, _DIGESTS_A_DAY + 1))]


def _load_quotas(people: list[Person], now: dt.datetime) -> dict[int, WeeklyQuota]:
    quotas = {person.pk: WeeklyQuota() for person in people}
    mondays: dict[int, dt.datetime] = {}
    keys: dict[str, int] = {}
    for person in people:
        today = now.astimezone(person.zone).date()
        monday = today - dt.timedelta(days=today.weekday())
        mondays[person.pk] = dt.datetime.combine(monday, dt.time(), tzinfo=person.zone)
        keys |= dict.fromkeys(_digest_keys(person, today), person.pk)
    for key, state in Delivery.objects.filter(key__in=list(keys)).values_list("key", "state"):
        quotas[keys[key]].digests[key] = state
    weeks = Delivery.objects.filter(OF_THE_WEEK, person__in=list(quotas), created_at__gte=min(mondays.values()))
    for pk, created_at in weeks.values_list("person", "created_at"):
        if created_at >= mondays[pk]:
            quotas[pk].emails += 1
    return quotas


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


def _copy(original: Delivery, person: Person, now: dt.datetime) -> Delivery:
    """Return a copy of the delivery for the person's assistant; its email has no buttons that answer."""
    return new_delivery(
        key=f"{original.key}{COPY}",
        kind=original.kind,
        address=person.assistant_email,
        person=person,
        subject_ref=original.subject_ref,
        context={"copy_of": original.key},
        now=now,
        deliver_after=now,
        expires_at=original.expires_at,
    )


def _store(batches: list[Batch], now: dt.datetime) -> int:
    """Insert the deliveries that are missing and tie the reminders to theirs; how many deliveries there are."""
    copies = [
        _copy(delivery, rows[0].recipient, now)
        for delivery, rows in batches
        if rows[0].recipient.assistant_email and not all(policy_of(row.kind).is_for_staff for row in rows)
    ]
    new = [delivery for delivery, _ in batches]
    Delivery.objects.bulk_create([*new, *copies], ignore_conflicts=True, batch_size=_BATCH_SIZE)
    stored = {row.key: row for row in _by_key(delivery.key for delivery in new)}
    tied, extended = [], []
    for delivery, rows in batches:
        row = stored[delivery.key]
        if row.kind != delivery.kind or row.expires_at < delivery.expires_at:
            # More was added to an email that is not sent yet.
            row.kind = delivery.kind if row.kind == delivery.kind else DIGEST
            row.expires_at = max(row.expires_at, delivery.expires_at)
            extended.append(row)
        for reminder in rows:
            reminder.delivery = row
            tied.append(reminder)
    Delivery.objects.bulk_update(extended, ["kind", "expires_at"], batch_size=_BATCH_SIZE)
    Reminder.objects.bulk_update(tied, ["delivery"], batch_size=_BATCH_SIZE)
    return len(batches)


def _by_key(keys: Iterable[str]) -> Iterator[Delivery]:
    all_keys = list(keys)
    for start in range(0, len(all_keys), _BATCH_SIZE):
        yield from Delivery.objects.filter(key__in=all_keys[start : start + _BATCH_SIZE])
