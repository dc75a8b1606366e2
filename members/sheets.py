"""Organizations and people as rows of a spreadsheet: the headings, and what stands under them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from accounts.models import Person
from core.importing import InvalidCellError
from members.models import FormerName, Organization

# One vocabulary for all sheets, so that one wide sheet may hold everything.
KEY, ORGANIZATION = "Key", "Organization"
EMAIL, PERSON = "E-mail", "Person"

# Heading -> field, in the order of the file.
ORGANIZATION_FIELDS = {
    ORGANIZATION: "name",
    "Acronym": "acronym",
    "Sector": "sector",
    "Jurisdiction": "jurisdiction",
    "Participation": "participation",
    "Website": "website",
    "What it does": "work",
    "Public": "is_public",
    "Source": "source",
    "Status": "status",
    "Status since": "status_since_on",
    "Status reason": "status_reason",
}
PERSON_FIELDS = {
    PERSON: "name",
    "Position": "position",
    "Phone": "phone",
    "Time zone": "time_zone",
    "Assistant": "assistant_name",
    "Assistant's e-mail": "assistant_email",
}
REPRESENTATION_FIELDS = {"Represents as": "kind", "Starts": "starts_on", "Planned end": "planned_end_on"}
# What a file of people says besides, and no import takes back.
ACCOUNT = "Account"

ORGANIZATION_HEADER = [KEY, *ORGANIZATION_FIELDS]
PEOPLE_HEADER = [EMAIL, *PERSON_FIELDS, ORGANIZATION, *REPRESENTATION_FIELDS, ACCOUNT]
EXAMPLE_ADDRESS = "someone@example.org"
ORGANIZATION_EXAMPLE = {
    ORGANIZATION: "Name of the organization",
    "Acronym": "DOEX",
    "Sector": "state agency",
    "Jurisdiction": "California",
    "Participation": "Workgroup member",
    "Website": "https://www.example.org",
    "What it does": "One or two sentences for the public.",
    "Public": "yes",
    "Status": "Active",
    "Status since": "2026-01-01",
}
PEOPLE_EXAMPLE = {
    EMAIL: EXAMPLE_ADDRESS,
    PERSON: "Name of the person",
    "Position": "Deputy director",
    ORGANIZATION: "Name of the organization",
    "Represents as": "Primary representative",
    "Starts": "2026-01-01",
}


def said(row: Any, field: str) -> str:
    """A field as its cell says it: choices by their label, days as 2026-12-03, yes or no."""
    value = getattr(row, field)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hasattr(row, f"get_{field}_display"):
        return str(getattr(row, f"get_{field}_display")())
    return "" if value is None else str(value)


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


def organization_rows_of(organizations: Iterable[Organization]) -> Iterator[list[str]]:
    """The cells of each organization under ORGANIZATION_HEADER."""
    for row in organizations:
        yield [row.key, *(said(row, field) for field in ORGANIZATION_FIELDS.values())]


def people_rows_of(people: Iterable[Person]) -> Iterator[list[str]]:
    """The cells of each person under PEOPLE_HEADER, once for each current representation (`current`)."""
    names = standing_names()
    for person in people:
        own = [person.email, *(said(person, field) for field in PERSON_FIELDS.values())]
        account = "Closed" if not person.is_active else "Can sign in" if person.can_sign_in else "Listed"
        held = [
            [names.say(row.organization), *(said(row, field) for field in REPRESENTATION_FIELDS.values())]
            for row in person.current  # type: ignore[attr-defined]
        ]
        for cells in held or [[""] * (1 + len(REPRESENTATION_FIELDS))]:
            yield [*own, *cells, account]
