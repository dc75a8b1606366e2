"""Progress updates that are late."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.dates import format_date
from objectives.queries.updates import DueUpdate, late_strategies
from reminders.emails import EmailSection, page_url
from reminders.link_actions import ActionButton
from reminders.subjects.follow_ups.base import FOLLOW_UP, FollowUp, FollowUpData, FollowUpType, Recipient
from reminders.subjects.progress import action_buttons


class LateUpdates(FollowUpType):
    slug = "late-update"
    label = _("Updates late")

    def find(self, data: FollowUpData) -> list[FollowUp]:
        found = []
        for row in late_strategies(data.today):
            strategy = row.strategy
            facts = f"{strategy.body.title} · due {format_date(row.due_on, data.today)} · {row.days_late} days late"
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
                "Say how this strategy goes: the update was due %(due)s. If nothing changed, one press says so."
            )
        else:
            text = gettext("Say how this strategy goes: the update was due %(due)s.")
        return EmailSection(
            subject=f"Update late since {due}: {strategy.title}",
            title=strategy.title,
            call_to_action=text % {"due": due},
            facts=[
                ("Strategy", strategy.title),
                ("For", strategy.body.title),
                ("Was due", due),
                ("Last word", format_date(update.last.last_reported_on, today) if update.last else "None yet"),
            ],
            why="You get this because you answer for this strategy.",
            button=ActionButton("Write the update", page_url("objectives:write_update", strategy.pk)),
            action_buttons=buttons,
        )
