"""Who gets a person's reminders while the person is away, no email reaches them, or they send an alternate.

Planning, the check right before sending and the text of the email all ask here.
"""

import datetime as dt
from collections.abc import Callable

from accounts.models import Person
from core.dates import format_date
from mail.models import Suppression
from members.rules import RepresentationKind
from reminders.audience import Audience, load_audience_around
from reminders.models import NotificationSettings, Reminder
from reminders.preferences import NotificationPreferences, load_preferences
from reminders.rules import policy_of


def find_delegate(
    person: Person,
    moment: dt.datetime,
    audience: Audience,
    preferences: NotificationPreferences,
    *,
    sends_alternate: bool = False,
) -> Person | None:
    """Return who gets a person's reminders at a moment in their place; None where the person gets them.

    A person who is present has no delegate, unless they send an alternate. The delegate is the colleague whom they
    named, else an alternate of an organization of theirs; never one who is absent as well.
    """
    if not (sends_alternate or preferences.is_absent(person, moment)):
        return None
    named = preferences.delegate_of(person.pk)
    colleagues: dict[int, bool] = {}
    for organization in sorted(audience.homes.get(person.pk, ())):
        for kind, ids in audience.representatives.get(organization, {}).items():
            for pk in ids:
                colleagues[pk] = colleagues.get(pk, False) or kind == RepresentationKind.ALTERNATE
    colleagues.pop(person.pk, None)
    alternates = [pk for pk, is_alternate in colleagues.items() if is_alternate]
    for pk in [named, *alternates] if named in colleagues else alternates:
        colleague = audience.people[pk]
        if not preferences.is_absent(colleague, moment):
            return colleague
    return None


def delegation_skip_reason(
    reminder: Reminder,
    moment: dt.datetime,
    preferences: NotificationPreferences,
    sends_alternate: Callable[[], bool],
) -> str:
    """Return why someone else should get this reminder by now: an absence began or ended, or the delegate changed.

    Empty where it should be sent. `preferences` are those of the recipient and the principal.
    """
    person = reminder.principal
    is_absent = preferences.is_absent(person, moment)
    if not (is_absent or reminder.delegated_from):
        return ""
    if not (is_absent or sends_alternate()):
        return f"{person} is back."
    audience = load_audience_around(person)
    delegate = find_delegate(person, moment, audience, load_preferences(audience.people), sends_alternate=True)
    if reminder.delegated_from:
        return "" if delegate == reminder.recipient else f"Another stands in for {person} now."
    if delegate is None:
        return ""
    until = preferences.away_until(person, moment)
    why = f"Away until {format_date(until, moment.date())}" if until else "The address refuses mail"
    return f"{why}: {delegate} gets this instead."


def explain_delegation(reminder: Reminder, now: dt.datetime) -> tuple[str, str]:
    """Return what the delegate is told: in whose place they get an email, and why."""
    person = reminder.principal
    settings = NotificationSettings.objects.filter(person=person, away_until__gte=now.date()).first()
    is_blocked = Suppression.objects.filter(address=person.email, suppressed_at__isnull=False).exists()
    whose = f"You stand in for {person}."
    if settings and settings.away_until:
        why = f"{person} is away until {format_date(settings.away_until, now.date())}, and you stand in"
    elif is_blocked:
        why = f"mail to {person} comes back, and you stand in. Tell staff an address that works"
    elif policy_of(reminder.kind).is_notice:
        whose = f"You stood in for {person}."
        why = f"you were told of the meeting while you stood in for {person}"
    else:
        why = f"{person} sends you, and you stand in"
    return whose, f"You get this because {why}."
