"""Strategies with their milestones and updates, and action items."""

from typing import Any

from actionitems.models import ActionItem
from actionitems.rules import ActionItemStatus
from core.operations import create
from demo.people import Cast
from meetings.models import Meeting
from objectives.models import Milestone, Objective, ProgressUpdate, Strategy, StrategySupport
from objectives.rules import UpdateState
from taskforces.models import Body


def make_strategies(cast: Cast, body: Body, rows: list[dict[str, Any]], objectives: list[Objective]) -> None:
    """The strategies of a body; one that names no objective takes the next in turn."""
    for index, row in enumerate(rows):
        numbers = {objective.number: objective for objective in objectives}
        turn = objectives[(body.position + index) % len(objectives)]
        _make_strategy(cast, body, row, numbers.get(row.get("objective", 0), turn))


def _make_strategy(cast: Cast, body: Body, row: dict[str, Any], objective: Objective) -> None:
    days, chair = cast.days, cast.chairs[body.slug]
    lead = cast.organization(row.get("lead"))
    began: dict[str, Any] = {"actor": chair, "recorded_at": days.ago(-row["started"])}
    strategy = create(
        Strategy,
        **began,
        objective=objective,
        body=body,
        title=row["title"],
        description=row["text"],
        lead_organization=lead,
        responsible_person=cast.member(lead),
        starts_on=days.day(row["started"]),
        due_on=days.day(row["due"]),
        reporting_frequency=row["reporting_frequency"],
    )
    supports = [key for key in row.get("supports", [""]) if not key or key in cast.organizations]
    for organization in {cast.organization(key) for key in supports} - {lead}:
        create(StrategySupport, **began, strategy=strategy, organization=organization)
    for title, due, done in row["milestones"]:
        done_on = days.day(due - 2) if done else None
        create(Milestone, **began, strategy=strategy, title=title, due_on=days.day(due), done_on=done_on)
    for update in row["updates"]:
        _make_update(cast, strategy, update)


def _make_update(cast: Cast, strategy: Strategy, row: dict[str, Any]) -> None:
    days, ago = cast.days, -row["on"]
    author, chair = strategy.responsible_person, cast.chairs[strategy.body.slug]
    values: dict[str, Any] = {"state": row["state"], "status": row["status"], "narrative": row["text"]}
    if row["state"] != UpdateState.DRAFT:
        values |= {"submitted_at": days.ago(ago, 15), "submitted_by": chair}
    if row["state"] == UpdateState.PUBLISHED:
        values |= {"published_at": days.ago(max(ago - 1, 1), 11), "published_by": cast.staff}
    if "confirmed" in row:
        values |= {"confirmed_on": days.day(row["confirmed"]), "confirmed_by": author}
    create(
        ProgressUpdate,
        actor=author,
        recorded_at=days.ago(ago),
        strategy=strategy,
        author=author,
        reported_on=days.day(row["on"]),
        return_reason=row.get("reason", ""),
        **values,
    )


def make_items(
    cast: Cast, body: Body, rows: list[dict[str, Any]], objectives: list[Objective], origin: Meeting | None
) -> None:
    """The action items of a body, from its last meeting, each with an owner organization and person."""
    numbers = {objective.number: objective for objective in objectives}
    for row in rows:
        owner = cast.organization(row.get("owner"))
        made_on = min(-40, row["in"] - 20)
        promised: dict[str, Any] = {"actor": cast.chairs[body.slug], "recorded_at": cast.days.ago(-made_on)}
        done: dict[str, Any] = (
            {"done_on": cast.days.day(row["in"] - 1)} if row["status"] == ActionItemStatus.DONE else {}
        )
        create(
            ActionItem,
            **promised,
            body=body,
            text=row["text"],
            owner_organization=owner,
            owner_person=cast.member(owner),
            due_on=cast.days.day(row["in"]),
            origin_meeting=origin,
            objective=numbers.get(row.get("objective", 0)),
            status=row["status"],
            status_note=row.get("note", ""),
            created_by=cast.chairs[body.slug],
            **done,
        )
