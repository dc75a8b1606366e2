"""Page-shaped reads of strategies and their progress. What is public counts only what is published."""

from objectives.queries.measures import measures_of, outcome_measures
from objectives.queries.objectives import (
    ObjectiveRow,
    contributing_organizations,
    grid,
    milestones_of,
    objective_row,
    objective_rows,
)
from objectives.queries.strategies import closed_strategies, published_now, strategy_page, strategy_rows, supporters_of
from objectives.queries.updates import (
    DueUpdate,
    due,
    late_strategies,
    latest_published,
    open_drafts,
    own_draft,
    publication_queue,
    update_history,
    updates_due_for,
    updates_page,
    with_latest_update,
)

__all__ = [
    "DueUpdate",
    "ObjectiveRow",
    "closed_strategies",
    "contributing_organizations",
    "due",
    "grid",
    "late_strategies",
    "latest_published",
    "measures_of",
    "milestones_of",
    "objective_row",
    "objective_rows",
    "open_drafts",
    "outcome_measures",
    "own_draft",
    "publication_queue",
    "published_now",
    "strategy_page",
    "strategy_rows",
    "supporters_of",
    "update_history",
    "updates_due_for",
    "updates_page",
    "with_latest_update",
]
