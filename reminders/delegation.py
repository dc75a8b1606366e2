"""Who gets a person's reminders while the person is away, no email reaches them, or they send an alternate.

Planning, the check right before sending and the text of the email all ask here.
"""

import datetime as dt
from collections.abc import Callable

from django.utils.translation import gettext as _

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
        return _("%(person)s is back.") % {"person": person}
    audience = load_audience_around(person)
    delegate = find_delegate(person, moment, audience, load_preferences(audience.people), sends_alternate=True)
    if reminder.delegated_from:
        return "" if delegate == reminder.recipient else _("%(person)s has another delegate now.") % {"person": person}
    if delegate is None:
        return ""
    until = preferences.away_until(person, moment)
    values = {"delegate": delegate, "day": format_date(until, moment.date()) if until else ""}
    if until:
        return _("Away until %(day)s. Sent to %(delegate)s instead.") % values
    return _("This address is blocked after bounces. Sent to %(delegate)s instead.") % values


def explain_delegation(reminder: Reminder, now: dt.datetime) -> tuple[str, str]:
    """Return what the delegate is told: in whose place they get an email, and why."""
    person = reminder.principal
    settings = NotificationSettings.objects.filter(person=person, away_until__gte=now.date()).first()
    is_blocked = Suppression.objects.filter(address=person.email, suppressed_at__isnull=False).exists()
    values = {"person": person, "day": ""}
    whose = _("You're covering for %(person)s.")
    if settings and settings.away_until:
        values["day"] = format_date(settings.away_until, now.date())
        why = _("You're receiving this because %(person)s is away until %(day)s and you're their delegate.")
    elif is_blocked:
        why = _(
            "You're receiving this because we can't deliver email to %(person)s and you're their delegate. If you know "
            "another address, please tell Workgroup staff."
        )
    elif policy_of(reminder.kind).is_notice:
        whose = _("You were covering for %(person)s.")
        why = _("You're receiving this because we told you about this meeting while you covered for %(person)s.")
    else:
        why = _("You're receiving this because %(person)s asked you to attend in their place.")
    return whose % values, why % values
