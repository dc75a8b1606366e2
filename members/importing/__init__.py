"""What an import of organizations and people would do, row by row, without a query for each row.

The outlook holds the records as they stand and, as rows are planned, as they would be: a person may belong to an
organization that an earlier sheet of the same file brings.
"""

from members.importing.organizations import plan_organizations
from members.importing.outlook import (
    REASON,
    AddOrganization,
    AddPerson,
    AddRepresentation,
    EditOrganization,
    EditPerson,
    EditRepresentation,
    ImportContext,
)
from members.importing.people import plan_people, refuse_second_primaries

__all__ = [
    "REASON",
    "AddOrganization",
    "AddPerson",
    "AddRepresentation",
    "EditOrganization",
    "EditPerson",
    "EditRepresentation",
    "ImportContext",
    "plan_organizations",
    "plan_people",
    "refuse_second_primaries",
]
