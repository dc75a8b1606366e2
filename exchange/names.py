"""Find an organization by the name that people enter."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from exchange.cells import InvalidCellError
from members.models import FormerName, Organization


class OrganizationLookup:
    """Finds an organization by its key, name, acronym, or former name, in this order."""

    def __init__(self, organizations: Iterable[Organization], former: Iterable[tuple[int, str]]) -> None:
        self._ranks: list[dict[str, set[str]]] = [defaultdict(set) for _rank in range(4)]
        by_pk = {row.pk: row for row in organizations}
        for row in by_pk.values():
            self.add(row.key, row.name, row.acronym)
        for pk, name in former:
            if pk in by_pk:
                self._ranks[3][name.casefold()].add(by_pk[pk].key)

    def add(self, key: str, name: str, acronym: str = "") -> None:
        """Add one more organization."""
        for rank, text in enumerate((key, name, acronym)):
            if text:
                self._ranks[rank][text.casefold()].add(key)

    def find(self, text: str) -> str | None:
        """Return the key of the organization with this name, or None. Raise InvalidCellError if there are several."""
        wanted = " ".join(text.split()).casefold()
        for rank in self._ranks:
            keys = rank.get(wanted, set())
            if len(keys) == 1:
                return next(iter(keys))
            if keys:
                message = _("“%(name)s” can mean more than one organization. Enter one of these keys: %(keys)s.")
                raise InvalidCellError(message % {"name": text, "keys": get_text_list(sorted(keys))})
        return None

    def label(self, organization: Organization) -> str:
        """Return the organization's name if `find` returns this organization for it, else its key."""
        try:
            return organization.name if self.find(organization.name) == organization.key else organization.key
        except InvalidCellError:
            return organization.key


def load_organization_lookup() -> OrganizationLookup:
    """Return the lookup of all organizations that were not merged into another. Two queries."""
    return OrganizationLookup(
        Organization.objects.standing(),
        FormerName.objects.filter(organization__merged_into=None).values_list("organization", "name"),
    )
