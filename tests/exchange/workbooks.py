"""Workbooks as a job keeps them, and what the import makes of them."""

from exchange import operations
from exchange.models import ImportJob
from exchange.plans import fingerprint
from exchange.workbook import plan_import
from tests.conftest import NOW, TODAY


def table(header: list[str], *rows: list[object], name: str = "Sheet") -> list:
    """One sheet as it is stored in a job."""
    return [name, header, [[number, *row] for number, row in enumerate(rows, 2)]]


def planned(cast, *tables, actor=None) -> list[tuple[str, str]]:
    return [(plan.verdict.value, " ".join(plan.reasons)) for plan in plan_of(cast, *tables, actor=actor).rows]


def plan_of(cast, *tables, actor=None):
    return plan_import(list(tables), actor or cast.staff, TODAY)


def apply(cast, *tables, leave_out: bool = False) -> ImportJob:
    """The job after it was confirmed as it is shown and worked off."""
    job = operations.start_import(
        actor=cast.staff, file_name="list.xlsx", tables=list(tables), total=len(tables), now=NOW
    )
    shown = fingerprint(plan_of(cast, *tables).rows)
    operations.confirm_import(actor=cast.staff, job=job, shown=shown, leave_out=leave_out, now=NOW)
    job.refresh_from_db()
    return job


ORGANIZATIONS = ["Name", "Acronym", "Sector", "Website"]
PEOPLE = ["E-mail", "Name", "Position", "Organization", "Represents as", "Starts"]
SEATS = ["Task force", "Role", "Organization", "E-mail", "Term starts", "Planned term end"]
