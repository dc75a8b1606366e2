"""Pending invitations, proposals, requests to join, and yearly confirmations."""

import datetime as dt
from typing import Any

from django.utils.text import slugify

from core.operations import create
from demo.people import DOMAIN, YEAR, DemoData, make_person
from exchange.operations import start_import
from members.models import Confirmation, JoinRequest, Organization, Sector
from members.operations import add_representation, edit_organization, invite, propose
from members.operations.status_periods import start_status_period
from members.rules import JoinRequestState, OrganizationStatus, RepresentationKind
from taskforces.models import Body, Requirement
from taskforces.operations import edit_body
from taskforces.rules import BodyKind


def make_requests(demo: DemoData, texts: dict[str, Any], now: dt.datetime) -> None:
    """Make two invitations to organizations without a primary, the proposals, requests to join, and confirmations."""
    without = [organization for key, organization in demo.organizations.items() if key not in demo.primaries]
    for organization in without[:2]:
        invite(
            actor=demo.staff,
            organization=organization,
            kind=RepresentationKind.PRIMARY,
            email=f"primary.{organization.key}@{DOMAIN}",
            name=f"{organization.short_name} primary representative",
            now=now,
        )
    for row in texts["proposals"]:
        if row["organization"] in demo.primaries:
            propose(
                actor=demo.primaries[row["organization"]],
                organization=demo.organizations[row["organization"]],
                version=None,
                values=row["values"],
                note=row["note"],
                now=now,
            )
    for row in texts["join_requests"]:
        _make_join_request(demo, row)
    for row in texts["confirmations"]:
        if row["organization"] in demo.organizations:
            _make_confirmation(demo, row)


def make_pending_people(demo: DemoData, texts: dict[str, Any], now: dt.datetime) -> None:
    """Make people who are not invited yet, and an import that waits in its preview."""
    for key in texts["listed"]:
        if key in demo.organizations:
            organization = demo.organizations[key]
            person = make_person(
                demo.encoded_password,
                demo.calendar,
                f"deputy.{key}",
                f"{organization.short_name} deputy representative",
                position="Deputy representative",
                can_sign_in=False,
            )
            add_representation(
                actor=demo.staff,
                organization=organization,
                person=person,
                kind=RepresentationKind.REPRESENTATIVE,
                starts_on=demo.calendar.day(-7),
                today=demo.calendar.day(0),
            )
    for row in texts["imports"]:
        organization = demo.organization(row["organization"])
        own = {"key": organization.key, "name": organization.short_name}
        lines = [[number, *(cell.format(**own) for cell in cells)] for number, cells in enumerate(row["rows"], 2)]
        start_import(
            actor=demo.staff,
            file_name=row["file"],
            tables=[["People", row["header"], lines]],
            total=len(lines),
            now=now - dt.timedelta(hours=3),
        )


def _make_confirmation(demo: DemoData, row: dict[str, Any]) -> None:
    """Make a yearly confirmation that was requested, answered, or both, with its dates."""
    key: str = row["organization"]
    asked: int | None = row.get("asked")
    answered: int | None = row.get("answered")
    people = demo.alternates if row.get("by") == "alternate" else demo.primaries
    latest = row["asked"] if answered is None else answered
    create(
        Confirmation,
        actor=demo.staff if answered is None else people[key],
        recorded_at=demo.calendar.ago(-latest),
        organization=demo.organizations[key],
        period=demo.calendar.day(latest).year,
        asked_at=None if asked is None else demo.calendar.ago(-asked),
        asked_by=None if asked is None else demo.staff,
        confirmed_at=None if answered is None else demo.calendar.ago(-answered),
        confirmed_by=None if answered is None else people[key],
        via=row.get("via", ""),
    )


def make_composition(demo: DemoData, texts: dict[str, Any]) -> None:
    """Set the region of each organization and the term length of each body, and make the requirements of bodies."""
    for organization in demo.organizations.values():
        region = texts["regions"].get(organization.jurisdiction)
        if region and not organization.region:
            edit_organization(
                actor=demo.staff, organization=organization, version=None, today=demo.calendar.today, region=region
            )
    bodies = {body.slug: body for body in Body.objects.standing()}
    for body in bodies.values():
        expected = 75 if body.kind == BodyKind.TASK_FORCE else None
        edit_body(actor=demo.staff, body=body, version=None, term_months=24, attendance_expected_percent=expected)
    sectors = {sector.slug: sector for sector in Sector.objects.all()}
    for row in texts["requirements"]:
        sector = sectors.get(row.get("sector", ""))
        if row["body"] in bodies and (sector or row.get("region")):
            create(
                Requirement,
                actor=demo.staff,
                recorded_at=demo.calendar.ago(YEAR),
                body=bodies[row["body"]],
                sector=sector,
                region=row.get("region", ""),
                minimum=row["minimum"],
                since_on=demo.calendar.day(-YEAR),
            )


def _make_join_request(demo: DemoData, row: dict[str, Any]) -> None:
    """Make a request to join with its answer. An accepted request adds a prospective organization."""
    asked_at, answered_at = demo.calendar.ago(-row["asked"]), demo.calendar.ago(-row["asked"] - 2)
    state = row.get("state", JoinRequestState.WAITING)
    values = {name: value for name, value in row.items() if name not in ("asked", "sector")}
    sector = Sector.objects.filter(slug=row["sector"]).first() or Sector.objects.first()
    if state != JoinRequestState.WAITING:
        values |= {"answered_by": demo.staff, "answered_at": answered_at}
    if state == JoinRequestState.ACCEPTED:
        values["organization"] = organization = create(
            Organization,
            actor=demo.staff,
            recorded_at=answered_at,
            key=slugify(row["acronym"]),
            name=row["organization_name"],
            acronym=row["acronym"],
            sector=sector,
            jurisdiction=row["jurisdiction"],
            status=OrganizationStatus.PROSPECTIVE,
            status_since_on=answered_at.date(),
            status_reason="Asked to join",
        )
        start_status_period(actor=demo.staff, organization=organization)
    create(
        JoinRequest,
        actor=None,
        recorded_at=asked_at,
        sector=sector,
        email=f"{slugify(row['name'])}.{slugify(row['organization_name'])[:30].strip('-')}@{DOMAIN}",
        asked_at=asked_at,
        **values,
    )
