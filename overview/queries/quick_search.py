"""The staff console's search of people and organizations."""

from dataclasses import dataclass

from accounts.models import Person
from members.models import Organization
from members.queries import organization_rows, people_search

MAX_RESULTS = 10


@dataclass(frozen=True)
class QuickSearchResult:
    """The first organizations and people found; `has_more` tells that not all of them are shown."""

    organizations: list[Organization]
    people: list[Person]
    has_more: bool = False


def quick_search(query: str) -> QuickSearchResult:
    """Return organizations and people by part of a name, former name or email address; nothing for an empty query."""
    query = query.strip()
    if not query:
        return QuickSearchResult([], [])
    organizations = list(organization_rows(q=query)[: MAX_RESULTS + 1])
    people = list(people_search(query)[: MAX_RESULTS + 1])
    has_more = max(len(organizations), len(people)) > MAX_RESULTS
    return QuickSearchResult(organizations[:MAX_RESULTS], people[:MAX_RESULTS], has_more)
