"""What the staff pages ask across apps, each in a fixed number of queries."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import Person
from actionitems.models import ActionItem
from core.dates import format_date, format_relative_date, local_today
from meetings.models import Attendance
from members.models import Invitation, JoinRequest, Organization, Proposal, Representation
from members.queries import (
    open_proposals,
    organization_rows,
    people_search,
    unanswered_organizations,
    waiting_join_requests,
)
from objectives.models import Strategy, StrategySupport
from objectives.queries.updates import DueUpdate, late_strategies, publication_queue
from overview.queries.unfilled_positions import unfilled_positions
from records.models import LegalHold
from reminders.queries import failed_count
from taskforces.models import Seat
from taskforces.queries.rosters import expired_terms

QUEUE_SHOWN = 5
FOUND_SHOWN = 10


@dataclass(frozen=True)
class Number:
    """One of the console's numbers: how many, of what, and the list it leads to."""

    count: int
    word: str
    url: str


@dataclass(frozen=True)
class Task:
    """A row of today's queue: what waits, its facts, and the act with its address."""

    title: str
    facts: str
    act: str
    url: str


@dataclass(frozen=True)
class Console:
    """The staff console: six numbers and what waits today."""

    numbers: list[Number]
    tasks: list[Task]
    more: int
    late: list[Task]


def console(staff: Person, now: dt.datetime, today: dt.date) -> Console:
    """The console as a member of staff sees it; the same number of queries whatever waits."""
    publish = publication_queue(staff)
    asking = list(waiting_join_requests())
    proposals = list(open_proposals())
    owed = unfilled_positions()
    headless = [row for row in owed if row.is_primary]
    failed = failed_count()
    late = late_strategies(today)
    past_end = list(expired_terms(today))
    silent = unanswered_organizations(today)
    numbers = [
        _number(len(publish), "to publish", "to publish", reverse("objectives:publication_queue")),
        _number(len(asking), "request to join", "requests to join", reverse("members:join_requests")),
        _number(
            len(headless),
            "organization without a primary",
            "organizations without a primary",
            reverse("members:staff_organizations") + "?missing_primary=on",
        ),
        _number(failed, "mail failed", "mails failed", reverse("reminders:delivery_log") + "?state=stuck"),
        _number(len(late), "update late", "updates late", reverse("overview:console") + "#late"),
        _number(len(past_end), "term past end", "terms past end", reverse("taskforces:rosters")),
    ]
    groups: list[list[Task]] = [
        [
            Task(
                update.strategy.title,
                f"{update.strategy.body.title} · {update.get_status_display()} · by {update.author.name}",
                "Read and publish",
                reverse("objectives:publication_queue"),
            )
            for update, _ in publish
        ],
        [
            Task(
                request.organization_name,
                f"{request.name} asks to join · {format_relative_date(local_today(request.asked_at), today)}",
                "Answer",
                reverse("members:join_request", args=[request.pk]),
            )
            for request in asking
        ],
        [
            Task(
                proposal.organization.name,
                f"Changes proposed by {proposal.proposed_by.name}",
                "Review",
                reverse("members:proposal", args=[proposal.pk]),
            )
            for proposal in proposals
        ],
        [
            Task(
                f"{term.person.name}, {term.seat.get_role_display().lower()}",
                f"{term.seat.body.title} · planned to {format_date(term.planned_end_on, today)}"
                if term.planned_end_on
                else term.seat.body.title,
                "Renew or end",
                reverse("taskforces:term_renew", args=[term.pk]),
            )
            for term in past_end
        ],
        [
            Task(
                row.organization.name,
                f"Owes a name since {format_date(row.since, today)} · {row.what}",
                row.act,
                row.url,
            )
            for row in owed
        ],
        [
            Task(
                organization.name,
                "Has not said whether its record is still right",
                "Call, then confirm",
                reverse("members:confirm_on_behalf", args=[organization.key]),
            )
            for organization in silent
        ],
    ]
    if failed:
        plural = "" if failed == 1 else "s"
        groups.append(
            [Task(f"{failed} mail{plural} failed", "Look at what was not delivered", "See why", numbers[3].url)]
        )
    shown = [task for group in groups for task in group[:QUEUE_SHOWN]]
    return Console(numbers, shown, sum(map(len, groups)) - len(shown), [_late(row) for row in late])


def _number(count: int, one: str, many: str, url: str) -> Number:
    return Number(count, one if count == 1 else many, url)


def _late(row: DueUpdate) -> Task:
    days = f"{row.days_late} day{'' if row.days_late == 1 else 's'} late"
    answers = row.strategy.responsible_person
    return Task(
        row.strategy.title,
        f"{row.strategy.body.title} · {days} · {answers.name if answers else 'nobody answers for it'}",
        "Write for them",
        reverse("objectives:write_update", args=[row.strategy.pk]),
    )


@dataclass(frozen=True)
class QuickSearchResult:
    """What a staff search brought."""

    organizations: list[Organization]
    people: list[Person]
    more: bool = False


def find(words: str) -> QuickSearchResult:
    """Organizations and people by any part of their names, former names, addresses. Nothing for no words."""
    words = words.strip()
    if not words:
        return QuickSearchResult([], [])
    organizations = list(organization_rows(q=words)[: FOUND_SHOWN + 1])
    people = list(people_search(words)[: FOUND_SHOWN + 1])
    more = max(len(organizations), len(people)) > FOUND_SHOWN
    return QuickSearchResult(organizations[:FOUND_SHOWN], people[:FOUND_SHOWN], more)


# Merging ------------------------------------------------------------------------------------------


def merge_preview(source: Organization) -> list[tuple[str, int]]:
    """What a merge moves away from an organization, as words with counts; what is none is left out."""
    counts = [
        ("people who represent it or did", Representation.objects.filter(organization=source).count()),
        ("invitations", Invitation.objects.filter(organization=source).count()),
        ("requests to join", JoinRequest.objects.filter(organization=source).count()),
        ("proposals", Proposal.objects.filter(organization=source).count()),
        ("former names", source.former_names.count() + 1),
        ("legal holds", LegalHold.objects.filter(organization=source).count()),
        ("seats", Seat.objects.filter(organization=source).count()),
        ("strategies that it leads", Strategy.objects.filter(lead_organization=source).count()),
        ("strategies that it supports", StrategySupport.objects.filter(organization=source).count()),
        ("action items", ActionItem.objects.filter(owner_organization=source).count()),
        ("attendances", Attendance.objects.filter(organization=source).count()),
    ]
    return [(word, count) for word, count in counts if count]
