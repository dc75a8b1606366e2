"""Follow-ups: what is missing, unanswered, overdue or expired, and the weekly list of it for staff.

Each type of follow-up is a class that `registry` lists; `sending` is for the reminders that staff send by hand.
"""

import datetime as dt
from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import is_staff
from core.dates import format_date, local_today
from reminders import rules
from reminders.emails import EmailSection, page_url
from reminders.link_actions import ActionButton
from reminders.models import Reminder
from reminders.plan import ReminderPlan
from reminders.rules import ReminderKind, morning_of, reminder_key
from reminders.subjects.base import Subject
from reminders.subjects.follow_ups.base import FollowUp
from reminders.subjects.follow_ups.registry import FOLLOW_UP_TYPES, find_follow_ups, has_follow_ups

_KIND = ReminderKind.FOLLOW_UP_LIST
_OFFSET = "once"
_SHOWN_OF_EACH_TYPE = 3


class WeeklyList:
    """The list of one Monday. The cases of a moment are read once for the check and the text of an email."""

    def __init__(self, day: dt.date) -> None:
        self.day = day
        self._found: dict[dt.datetime, list[FollowUp]] = {}

    def follow_ups(self, now: dt.datetime) -> list[FollowUp]:
        if now not in self._found:
            self._found[now] = find_follow_ups(now)
        return self._found[now]


class FollowUpList(Subject):
    """One list for each of the staff on Monday morning, where there is anything to follow up."""

    kinds = (_KIND,)

    def plan(self, plan: ReminderPlan) -> None:
        """Look for cases only where one of the staff has no list for that Monday yet, so once a week as a rule.

        A list that exists stays planned; whether there still is anything to follow up is checked when it is sent. The
        window reaches back a day, so a Monday morning without a tick is made up for.
        """
        staff = [person for person in plan.audience.staff if not plan.preferences.is_off(person.pk, _KIND)]
        days = _mondays(plan) if staff else []
        existing = _existing_keys(days)
        is_needed: bool | None = None
        for day in days:
            for person in staff:
                if reminder_key(_KIND, day.toordinal(), day.isoformat(), _OFFSET, person.pk) not in existing:
                    is_needed = has_follow_ups(plan.now, plan.audience) if is_needed is None else is_needed
                    if not is_needed:
                        continue
                due_at = morning_of(day, rules.site_zone())
                plan.add_reminder(
                    _KIND,
                    person,
                    subject=day.toordinal(),
                    occasion=day.isoformat(),
                    offset=_OFFSET,
                    subject_version=day.isoformat(),
                    due_at=due_at,
                    expires_at=due_at + rules.ONE_DAY,
                )

    def find(self, pk: int) -> WeeklyList:
        return WeeklyList(dt.date.fromordinal(pk))

    def skip_reason(self, reminder: Reminder, weekly_list: WeeklyList, now: dt.datetime) -> str:
        if not is_staff(reminder.recipient):
            return _("No longer a member of staff.")
        return "" if weekly_list.follow_ups(now) else _("Nothing needs a follow-up.")

    def section(self, reminder: Reminder, weekly_list: WeeklyList, now: dt.datetime) -> EmailSection:
        found = weekly_list.follow_ups(now)
        counts = Counter(follow_up.type.slug for follow_up in found)
        lines = _first_lines(found)
        left = len(found) - len(lines)
        values = {"count": len(found), "day": format_date(weekly_list.day, now.date())}
        return EmailSection(
            subject=ngettext("%(count)d follow-up for %(day)s", "%(count)d follow-ups for %(day)s", len(found))
            % values,
            title=ngettext("%(count)d follow-up", "%(count)d follow-ups", len(found)) % values,
            call_to_action=_("Review this week's follow-ups. You can send a reminder for each from the list."),
            summary=_("this week's follow-ups"),
            facts=[(str(row.label), str(counts[row.slug])) for row in FOLLOW_UP_TYPES if counts[row.slug]],
            why=_("You're receiving this because you're a member of Workgroup staff."),
            button=ActionButton(_("Open the follow-ups"), page_url("reminders:follow_ups")),
            points_title=_("First on the list"),
            points=[*lines, *([_("and %(count)d more") % {"count": left}] if left else [])],
        )


def _mondays(plan: ReminderPlan) -> list[dt.date]:
    """Return the Mondays of the site's own calendar whose morning is in the plan's window."""
    zone = rules.site_zone()
    today = local_today(plan.now, zone)
    days = [today + dt.timedelta(days=offset) for offset in range(-1, plan.ahead.days + 2)]
    return [day for day in days if day.weekday() == rules.MONDAY and plan.in_window(morning_of(day, zone))]


def _existing_keys(days: list[dt.date]) -> set[str]:
    """Return the keys of the lists that exist for these days, whether or not they were sent."""
    if not days:
        return set()
    rows = Reminder.objects.filter(kind=_KIND, subject_id__in=[day.toordinal() for day in days])
    return set(rows.values_list("key", flat=True))


def _first_lines(found: list[FollowUp]) -> list[str]:
    lines = []
    for type_ in FOLLOW_UP_TYPES:
        own = [row for row in found if row.type is type_]
        lines += [f"{type_.label}: {row.title}" for row in own[:_SHOWN_OF_EACH_TYPE]]
    return lines
