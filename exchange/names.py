"""Organizations found by what people write for them."""

from collections import defaultdict
from collections.abc import Iterable

from exchange.cells import InvalidCellError
from members.models import FormerName, Organization


class OrganizationLookup:
    """Finds an organization by what people write for it: its key, name or acronym, or a former name."""

    def __init__(self, organizations: Iterable[Organization], former: Iterable[tuple[int, str]]) -> None:
        self._ranks: list[dict[str, set[str]]] = [defaultdict(set) for _ in range(4)]
        standing = {row.pk: row for row in organizations}
        for row in standing.values():
            self.add(row.key, row.name, row.acronym)
        for pk, name in former:
            if pk in standing:
                self._ranks[3][name.casefold()].add(standing[pk].key)

    def add(self, key: str, name: str, acronym: str = "") -> None:
        """Know one more organization."""
        for rank, word in enumerate((key, name, acronym)):
            if word:
                self._ranks[rank][word.casefold()].add(key)

    def find(self, words: str) -> str | None:
        """The key of the organization that is meant, or None. Raises InvalidCellError where two could be meant."""
        wanted = " ".join(words.split()).casefold()
        for rank in self._ranks:
            keys = rank.get(wanted, set())
            if len(keys) == 1:
                return next(iter(keys))
            if keys:
                raise InvalidCellError(f"“{words}” may be any of {', '.join(sorted(keys))}. Write that key instead.")
        return None

    def say(self, organization: Organization) -> str:
        """The name where it means this organization alone, or its key."""
        try:
            return organization.name if self.find(organization.name) == organization.key else organization.key
        except InvalidCellError:
            return organization.key


def standing_names() -> OrganizationLookup:
    """The names of all organizations that stand for themselves. Two queries."""
    return OrganizationLookup(
        Organization.objects.standing(),
        FormerName.objects.filter(organization__merged_into=None).values_list("organization", "name"),
    )
