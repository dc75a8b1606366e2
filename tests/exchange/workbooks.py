"""Helpers for tests of imports: sheets as an import stores them, their planned rows, and applying them."""

from exchange import operations
from exchange.models import ImportJob
from exchange.plans import plan_fingerprint
from exchange.workbook import ImportPlan, plan_import
from tests.conftest import NOW, TODAY


def table(header: list[str], *rows: list[object], name: str = "Sheet") -> list:
    """Return a sheet as an import stores it."""
    return [name, header, [[number, *row] for number, row in enumerate(rows, 2)]]


def planned(cast, *tables, actor=None) -> list[tuple[str, str]]:
    """Return the status and the reasons of each row."""
    return [(plan.status.value, " ".join(plan.reasons)) for plan in plan_of(cast, *tables, actor=actor).rows]


def plan_of(cast, *tables, actor=None) -> ImportPlan:
    """Return the plan of an import by staff today."""
    return plan_import(list(tables), actor or cast.staff, TODAY)


def apply(cast, *tables, leave_out: bool = False) -> ImportJob:
    """Start, confirm, and process an import, and return it."""
    job = operations.start_import(
        actor=cast.staff, file_name="list.xlsx", tables=list(tables), total=len(tables), now=NOW
    )
    fingerprint = plan_fingerprint(plan_of(cast, *tables).rows)
    operations.confirm_import(actor=cast.staff, job=job, fingerprint=fingerprint, leave_out=leave_out, now=NOW)
    job.refresh_from_db()
    return job


ORGANIZATIONS = ["Name", "Acronym", "Sector", "Website"]
PEOPLE = ["Email", "Name", "Position", "Organization", "Represents as", "Starts"]
SEATS = ["Task force", "Role", "Organization", "Email", "Term starts", "Planned term end"]
