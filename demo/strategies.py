"""Strategies with their milestones and updates, and action items."""

from typing import Any

from actionitems.models import ActionItem
from actionitems.rules import ActionItemStatus
from core.operations import create
from demo.people import DemoData
from meetings.models import Meeting
from objectives.models import Milestone, Objective, ProgressUpdate, Strategy, StrategySupport
from objectives.rules import UpdateState
from taskforces.models import Body


def make_strategies(demo: DemoData, body: Body, rows: list[dict[str, Any]], objectives: list[Objective]) -> None:
    """Make the strategies of a body. A strategy without an objective gets the next one in turn."""
    for index, row in enumerate(rows):
        numbers = {objective.number: objective for objective in objectives}
        turn = objectives[(body.position + index) % len(objectives)]
        _make_strategy(demo, body, row, numbers.get(row.get("objective", 0), turn))


def _make_strategy(demo: DemoData, body: Body, row: dict[str, Any], objective: Objective) -> None:
    calendar, chair = demo.calendar, demo.chairs[body.slug]
    lead = demo.organization(row.get("lead"))
    common: dict[str, Any] = {"actor": chair, "recorded_at": calendar.ago(-row["started"])}
    strategy = create(
        Strategy,
        **common,
        objective=objective,
        body=body,
        title=row["title"],
        description=row["text"],
        lead_organization=lead,
        responsible_person=demo.member(lead),
        starts_on=calendar.day(row["started"]),
        due_on=calendar.day(row["due"]),
        reporting_frequency=row["reporting_frequency"],
    )
    supports = [key for key in row.get("supports", [""]) if not key or key in demo.organizations]
    for organization in {demo.organization(key) for key in supports} - {lead}:
        create(StrategySupport, **common, strategy=strategy, organization=organization)
    for title, due, done in row["milestones"]:
        done_on = calendar.day(due - 2) if done else None
        create(Milestone, **common, strategy=strategy, title=title, due_on=calendar.day(due), done_on=done_on)
    for update in row["updates"]:
        _make_update(demo, strategy, update)


def _make_update(demo: DemoData, strategy: Strategy, row: dict[str, Any]) -> None:
    calendar, ago = demo.calendar, -row["on"]
    author, chair = strategy.responsible_person, demo.chairs[strategy.body.slug]
    values: dict[str, Any] = {"state": row["state"], "status": row["status"], "narrative": row["text"]}
    if row["state"] != UpdateState.DRAFT:
        values |= {"submitted_at": calendar.ago(ago, 15), "submitted_by": chair}
    if row["state"] == UpdateState.PUBLISHED:
        values |= {"published_at": calendar.ago(max(ago - 1, 1), 11), "published_by": demo.staff}
    if "confirmed" in row:
        values |= {"confirmed_on": calendar.day(row["confirmed"]), "confirmed_by": author}
    create(
        ProgressUpdate,
        actor=author,
        recorded_at=calendar.ago(ago),
        strategy=strategy,
        author=author,
        reported_on=calendar.day(row["on"]),
        return_reason=row.get("reason", ""),
        **values,
    )


def make_items(
    demo: DemoData, body: Body, rows: list[dict[str, Any]], objectives: list[Objective], origin: Meeting | None
) -> None:
    """Make the action items of a body from its last meeting, each with an owner organization and person."""
    numbers = {objective.number: objective for objective in objectives}
    for row in rows:
        owner = demo.organization(row.get("owner"))
        made_on = min(-40, row["in"] - 20)
        common: dict[str, Any] = {"actor": demo.chairs[body.slug], "recorded_at": demo.calendar.ago(-made_on)}
        done: dict[str, Any] = (
            {"done_on": demo.calendar.day(row["in"] - 1)} if row["status"] == ActionItemStatus.DONE else {}
        )
        create(
            ActionItem,
            **common,
            body=body,
            text=row["text"],
            owner_organization=owner,
            owner_person=demo.member(owner),
            due_on=demo.calendar.day(row["in"]),
            origin_meeting=origin,
            objective=numbers.get(row.get("objective", 0)),
            status=row["status"],
            status_note=row.get("note", ""),
            created_by=demo.chairs[body.slug],
            **done,
        )
