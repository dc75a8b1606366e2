"""Progress updates that are late."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.dates import format_date
from objectives.queries.updates import DueUpdate, late_strategies
from reminders.emails import EmailSection, page_url
from reminders.link_actions import ActionButton
from reminders.subjects.follow_ups.base import FOLLOW_UP, FollowUp, FollowUpData, FollowUpType, Recipient
from reminders.subjects.progress import action_buttons


class LateUpdates(FollowUpType):
    slug = "late-update"
    label = _("Overdue progress updates")

    def find(self, data: FollowUpData) -> list[FollowUp]:
        found = []
        for row in late_strategies(data.today):
            strategy = row.strategy
            text = ngettext(
                "%(body)s · due %(day)s · %(count)d day overdue",
                "%(body)s · due %(day)s · %(count)d days overdue",
                row.days_late,
            )
            day = format_date(row.due_on, data.today)
            facts = text % {"body": strategy.body.title, "day": day, "count": row.days_late}
            url = reverse("objectives:write_update", args=[strategy.pk])
            people = data.recipients(data.audience.reporters_of(strategy))
            found.append(FollowUp(self, strategy.pk, strategy.title, facts, url, people, row))
        return found

    def section(self, follow_up: FollowUp, recipient: Recipient, today: dt.date) -> EmailSection:
        update: DueUpdate = follow_up.subject
        strategy, due = update.strategy, format_date(update.due_on, today)
        buttons = []
        if recipient.person:
            buttons = action_buttons(strategy, recipient.person, update.due_on, f"{FOLLOW_UP}/{today.isoformat()}")
        if buttons:
            text = gettext(
                "Please submit a progress update. It was due %(due)s. If nothing has changed, confirm with one click."
            )
        else:
            text = gettext("Please submit a progress update. It was due %(due)s.")
        return EmailSection(
            subject=gettext("Progress update overdue since %(due)s: %(strategy)s")
            % {"due": due, "strategy": strategy.title},
            title=strategy.title,
            call_to_action=text % {"due": due},
            facts=[
                (gettext("Strategy"), strategy.title),
                (gettext("For"), strategy.body.title),
                (gettext("Was due"), due),
                (gettext("Last report"), _last_report(update, today)),
            ],
            why=gettext("You're receiving this because you're responsible for this strategy."),
            button=ActionButton(gettext("Write an update"), page_url("objectives:write_update", strategy.pk)),
            action_buttons=buttons,
        )


def _last_report(update: DueUpdate, today: dt.date) -> str:
    return format_date(update.last.last_reported_on, today) if update.last else gettext("None yet")
