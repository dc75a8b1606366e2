"""The answer to "how does this strategy go": unchanged, what is published is still true."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import Person
from core.dates import format_date, local_today
from core.operations import BY_LINK
from objectives.models import ProgressUpdate, Strategy
from objectives.operations import updates as operations
from objectives.permissions import can_write_update
from reminders.answers.parts import LinkAction, Offer, Standing
from reminders.links import Link, answer_url
from reminders.rules import LinkPurpose

_LIFE = dt.timedelta(weeks=4)


def offers(strategy: Strategy, person: Person, due_on: dt.date, mail: str) -> list[Offer]:
    """One press where something is published and nothing newer waits; else there is nothing to confirm."""
    update = _published(strategy)
    if update is None or _newer_waits(strategy):
        return []
    expires_at = dt.datetime.combine(due_on + _LIFE, dt.time(), tzinfo=dt.UTC)
    purpose = LinkPurpose.PROGRESS_SAME
    return [Offer(purpose.label, answer_url(purpose, person, strategy.pk, f"{_word(update)} {mail}", expires_at))]


def look(link: Link, now: dt.datetime) -> Standing:
    """What is published of the strategy, which one press confirms."""
    strategy = Strategy.objects.select_related("body", "objective").filter(pk=link.subject_id).first()
    if strategy is None or not can_write_update(link.person, strategy):
        return Standing("A strategy", closed="Another person answers for this strategy now, or it is closed.")
    today = local_today(now, link.person.zone)
    update = _published(strategy)
    facts = [("Objective", f"{strategy.objective.number}. {strategy.objective.title}")]
    if update:
        facts += [
            ("Status", update.get_status_display()),
            ("What is published", update.narrative),
            ("Last confirmed", format_date(update.last_reported_on, today)),
        ]
    url = settings.SITE_URL + reverse("objectives:write_update", args=[strategy.pk])
    return Standing(strategy.title, facts, url, _why_closed(link, strategy, update, today), update)


def _why_closed(link: Link, strategy: Strategy, update: ProgressUpdate | None, today: dt.date) -> str:
    if update is None:
        return "Nothing is published for this strategy yet, so there is nothing to confirm. Write an update."
    if _newer_waits(strategy):
        return "A newer update waits to be published, so this strategy owes no word now."
    if _word(update) != link.cycle.split(" ")[0]:
        return f"Progress was reported since, on {format_date(update.last_reported_on, today)}."
    return ""


def _same(link: Link, standing: Standing, values: Mapping[str, Any], now: dt.datetime) -> str:
    update: ProgressUpdate = standing.subject
    today = local_today(now, link.person.zone)
    operations.confirm_status(
        actor=link.person, strategy=update.strategy, today=today, update=update, version=update.version, how=BY_LINK
    )
    return "You confirmed that this is still true. It is public with today's date."


def _word(update: ProgressUpdate) -> str:
    """What the mail asked about: this update, last said or confirmed on this day."""
    return f"{update.pk}@{update.last_reported_on.isoformat()}"


def _published(strategy: Strategy) -> ProgressUpdate | None:
    return ProgressUpdate.objects.published().filter(strategy=strategy).first()


def _newer_waits(strategy: Strategy) -> bool:
    return ProgressUpdate.objects.submitted().filter(strategy=strategy).exists()


LINK_ACTIONS: dict[str, LinkAction] = {
    LinkPurpose.PROGRESS_SAME: LinkAction("Is this still true?", "Yes, nothing changed", look, _same),
}
