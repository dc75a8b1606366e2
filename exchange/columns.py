"""Organizations, people and security events as rows of a spreadsheet: the headings, and what stands under them."""

from typing import Any

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
