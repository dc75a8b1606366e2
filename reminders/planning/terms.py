"""Terms that come to their planned end: to their person, the chair and staff; and, once past it, to the latter."""

import datetime as dt
from collections.abc import Iterator

from accounts.models import Person
from reminders import rules
from reminders.audience import Audience
from reminders.planning.wanted import Plan
from reminders.rules import ReminderKind, morning_of
from taskforces.models import Term


def plan_terms(result: Plan) -> None:
    """Reminders of current terms whose planned end is near, or has just passed."""
    today = result.now.date()
    ending = Term.objects.current().filter(
        planned_end_on__gte=today - dt.timedelta(days=4),
        planned_end_on__lte=today + dt.timedelta(days=max(rules.TERM_DAYS) + 4),
    )
    for term in ending.select_related("seat", "person").order_by("pk"):
        end = term.planned_end_on
        if end is None:
            continue
        for kind, offset, days, people in _steps(term, result.audience):
            for person in people:
                due_at = morning_of(end + dt.timedelta(days=days), person.zone)
                if result.in_window(due_at) and due_at > term.created_at:
                    result.want(
                        kind,
                        person,
                        subject=term.pk,
                        occasion=end.isoformat(),
                        offset=offset,
                        subject_version=end.isoformat(),
                        due_at=due_at,
                        expires_at=due_at + rules.A_DAY,
                        obsolete_at=due_at + rules.A_WEEK,
                    )


def watchers(term: Term, audience: Audience) -> list[Person]:
    """Who sees to it that somebody follows: the body's chair and staff."""
    people = {person.pk: person for person in (*audience.chairs_of(term.seat.body_id), *audience.staff)}
    people.pop(term.person_id, None)
    return list(people.values())


def _steps(term: Term, audience: Audience) -> Iterator[tuple[ReminderKind, str, int, list[Person]]]:
    """Each step of a term: what, its name in the key, days after its planned end, and who is told."""
    own = [audience.people[term.person_id]] if term.person_id in audience.people else []
    for days in rules.TERM_DAYS:
        yield ReminderKind.TERM_ENDING, f"{days}d", -days, [*own, *watchers(term, audience)]
    yield ReminderKind.TERM_PAST, "past", 1, watchers(term, audience)
