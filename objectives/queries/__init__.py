"""Page-shaped reads of strategies and their progress. What is public counts only what is published."""

from objectives.queries.measures import measures_of, outcome_measures
from objectives.queries.objectives import (
    ObjectiveRow,
    grid,
    milestones_of,
    objective_row,
    objective_rows,
    organizations_carrying,
)
from objectives.queries.strategies import closed_strategies, published_now, strategy_page, strategy_rows, supporters_of
from objectives.queries.updates import (
    OwedUpdate,
    diary,
    due,
    late_strategies,
    latest_published,
    open_drafts,
    owed_by,
    owed_page,
    own_draft,
    publication_queue,
    with_last_word,
)

__all__ = [
    "ObjectiveRow",
    "OwedUpdate",
    "closed_strategies",
    "diary",
    "due",
    "grid",
    "late_strategies",
    "latest_published",
    "measures_of",
    "milestones_of",
    "objective_row",
    "objective_rows",
    "open_drafts",
    "organizations_carrying",
    "outcome_measures",
    "owed_by",
    "owed_page",
    "own_draft",
    "publication_queue",
    "published_now",
    "strategy_page",
    "strategy_rows",
    "supporters_of",
    "with_last_word",
]
