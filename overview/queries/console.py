"""The staff console: six counts and today's tasks, in a fixed number of queries."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from core.dates import format_date, format_relative_date, local_today
from members.models import JoinRequest, Organization, Proposal
from members.queries import open_proposals, unanswered_organizations, waiting_join_requests
from objectives.models import ProgressUpdate
from objectives.queries.updates import DueUpdate, late_strategies, publication_queue
from overview.queries.unfilled_positions import UnfilledPosition, unfilled_positions
from reminders.queries import failed_count
from taskforces.models import Term
from taskforces.queries.rosters import expired_terms

MAX_TASKS_PER_KIND = 3


@dataclass(frozen=True)
class Count:
    """One of the console's counts, with the list it links to."""

    number: int
    label: str
    url: str


@dataclass(frozen=True)
class Task:
    """A row of today's tasks: its title, facts, and the action with its address."""

    title: str
    facts: list[str]
    action: str
    url: str


@dataclass(frozen=True)
class Console:
    """The page: counts, today's tasks with the number of those not shown, and overdue updates."""

    counts: list[Count]
    tasks: list[Task]
    more: int
    overdue: list[Task]


def console(staff: Person, now: dt.datetime, today: dt.date) -> Console:
    """Return the console of a staff member; always the same number of queries."""
    queue = [update for update, _published in publication_queue(staff)]
    requests = list(waiting_join_requests())
    proposals = list(open_proposals())
    unfilled = unfilled_positions()
    failed = failed_count()
    late = late_strategies(today)
    expired = list(expired_terms(today))
    unanswered = unanswered_organizations(today)
    groups = [
        _publication_tasks(queue),
        _join_request_tasks(requests, today),
        _proposal_tasks(proposals),
        _expired_term_tasks(expired, today),
        _unfilled_tasks(unfilled, today),
        _confirmation_tasks(unanswered),
        _failed_email_tasks(failed),
    ]
    shown = [task for group in groups for task in group[:MAX_TASKS_PER_KIND]]
    missing_primaries = sum(row.is_primary for row in unfilled)
    return Console(
        _counts(len(queue), len(requests), missing_primaries, failed, len(late), len(expired)),
        shown,
        sum(map(len, groups)) - len(shown),
        [_overdue_task(row) for row in late],
    )


def _counts(queue: int, requests: int, missing_primaries: int, failed: int, late: int, expired: int) -> list[Count]:
    return [
        Count(
            queue, ngettext("update to publish", "updates to publish", queue), reverse("objectives:publication_queue")
        ),
        Count(requests, ngettext("request to join", "requests to join", requests), reverse("members:join_requests")),
        Count(
            missing_primaries,
            ngettext("organization without a primary", "organizations without a primary", missing_primaries),
            reverse("members:staff_organizations") + "?missing_primary=on",
        ),
        Count(failed, ngettext("email failed", "emails failed", failed), _failed_emails_url()),
        Count(late, ngettext("overdue update", "overdue updates", late), reverse("overview:console") + "#overdue"),
        Count(expired, ngettext("expired term", "expired terms", expired), reverse("taskforces:rosters")),
    ]


def _failed_emails_url() -> str:
    return reverse("reminders:delivery_log") + "?state=stuck"


def _publication_tasks(updates: Iterable[ProgressUpdate]) -> list[Task]:
    return [
        Task(
            update.strategy.title,
            [
                update.strategy.body.title,
                update.get_status_display(),
                _("by %(person)s") % {"person": update.author.name},
            ],
            _("Review and publish"),
            reverse("objectives:publication_queue"),
        )
        for update in updates
    ]


def _join_request_tasks(requests: Iterable[JoinRequest], today: dt.date) -> list[Task]:
    return [
        Task(
            request.organization_name,
            [
                _("%(person)s asked to join") % {"person": request.name},
                format_relative_date(local_today(request.asked_at), today),
            ],
            _("Review request"),
            reverse("members:join_request", args=[request.pk]),
        )
        for request in requests
    ]


def _proposal_tasks(proposals: Iterable[Proposal]) -> list[Task]:
    return [
        Task(
            proposal.organization.name,
            [_("Changes proposed by %(person)s") % {"person": proposal.proposed_by.name}],
            _("Review changes"),
            reverse("members:proposal", args=[proposal.pk]),
        )
        for proposal in proposals
    ]


def _expired_term_tasks(terms: Iterable[Term], today: dt.date) -> list[Task]:
    tasks = []
    for term in terms:
        names = {"person": term.person.name, "role": term.seat.get_role_display().lower()}
        facts = [term.seat.body.title]
        if term.planned_end_on:
            facts.append(_("term expired %(date)s") % {"date": format_date(term.planned_end_on, today)})
        url = reverse("taskforces:term_renew", args=[term.pk])
        tasks.append(Task(_("%(person)s, %(role)s") % names, facts, _("Renew or end"), url))
    return tasks


def _unfilled_tasks(positions: Iterable[UnfilledPosition], today: dt.date) -> list[Task]:
    return [
        Task(
            row.organization.name,
            [row.position, _("unfilled since %(date)s") % {"date": format_date(row.since, today)}],
            row.action,
            row.url,
        )
        for row in positions
    ]


def _confirmation_tasks(organizations: Iterable[Organization]) -> list[Task]:
    return [
        Task(
            organization.name,
            [_("Has not confirmed its information")],
            _("Confirm on their behalf"),
            reverse("members:confirm_on_behalf", args=[organization.key]),
        )
        for organization in organizations
    ]


def _failed_email_tasks(failed: int) -> list[Task]:
    if not failed:
        return []
    title = ngettext("%(count)d email failed", "%(count)d emails failed", failed) % {"count": failed}
    return [
        Task(title, [_("Some recipients did not get their email")], _("Review failed emails"), _failed_emails_url())
    ]


def _overdue_task(row: DueUpdate) -> Task:
    person = row.strategy.responsible_person
    return Task(
        row.strategy.title,
        [
            row.strategy.body.title,
            ngettext("%(count)d day overdue", "%(count)d days overdue", row.days_late) % {"count": row.days_late},
            person.name if person else _("no one is responsible"),
        ],
        _("Enter on their behalf"),
        reverse("objectives:write_update", args=[row.strategy.pk]),
    )
