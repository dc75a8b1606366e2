"""Invitations that wait, proposals, requests to join, and what organizations answered to the yearly question."""

import datetime as dt
from typing import Any

from django.utils.text import slugify

from core.operations import create
from demo.people import DOMAIN, YEAR, Cast, make_person
from exchange.operations import start_import
from members.models import Confirmation, JoinRequest, Organization, Sector
from members.operations import add_representation, edit_organization, invite, propose, start_status_period
from members.rules import JoinRequestState, OrganizationStatus, RepresentationKind
from taskforces.models import Body, Requirement
from taskforces.operations import edit_body
from taskforces.rules import BodyKind


def make_requests(cast: Cast, words: dict[str, Any], now: dt.datetime) -> None:
    """Two invitations to organizations without a primary, the proposals and the requests to join that words name."""
    without = [organization for key, organization in cast.organizations.items() if key not in cast.primaries]
    for organization in without[:2]:
        invite(
            actor=cast.staff,
            organization=organization,
            kind=RepresentationKind.PRIMARY,
            email=f"primary.{organization.key}@{DOMAIN}",
            name=f"{organization.short_name} primary representative",
            now=now,
        )
    for row in words["proposals"]:
        if row["organization"] in cast.primaries:
            propose(
                actor=cast.primaries[row["organization"]],
                organization=cast.organizations[row["organization"]],
                version=None,
                values=row["values"],
                note=row["note"],
                now=now,
            )
    for row in words["join_requests"]:
        _make_join_request(cast, row)
    for row in words["confirmations"]:
        if row["organization"] in cast.organizations:
            _make_confirmation(cast, row)


def make_arrivals(cast: Cast, words: dict[str, Any], now: dt.datetime) -> None:
    """People who are listed and not invited yet, and a spreadsheet whose preview waits for a decision."""
    for key in words["listed"]:
        if key in cast.organizations:
            organization = cast.organizations[key]
            person = make_person(
                cast.encoded_password,
                cast.days,
                f"deputy.{key}",
                f"{organization.short_name} deputy representative",
                position="Deputy representative",
                can_sign_in=False,
            )
            add_representation(
                actor=cast.staff,
                organization=organization,
                person=person,
                kind=RepresentationKind.REPRESENTATIVE,
                starts_on=cast.days.day(-7),
                today=cast.days.day(0),
            )
    for row in words["imports"]:
        organization = cast.organization(row["organization"])
        own = {"key": organization.key, "name": organization.short_name}
        lines = [[number, *(cell.format(**own) for cell in cells)] for number, cells in enumerate(row["rows"], 2)]
        start_import(
            actor=cast.staff,
            file_name=row["file"],
            tables=[["People", row["header"], lines]],
            total=len(lines),
            now=now - dt.timedelta(hours=3),
        )


def _make_confirmation(cast: Cast, row: dict[str, Any]) -> None:
    """A yearly question, or an answer that nobody had asked for, with the days on which it was asked and answered."""
    key: str = row["organization"]
    asked: int | None = row.get("asked")
    answered: int | None = row.get("answered")
    people = cast.alternates if row.get("by") == "alternate" else cast.primaries
    latest = row["asked"] if answered is None else answered
    create(
        Confirmation,
        actor=cast.staff if answered is None else people[key],
        recorded_at=cast.days.ago(-latest),
        organization=cast.organizations[key],
        period=cast.days.day(latest).year,
        asked_at=None if asked is None else cast.days.ago(-asked),
        asked_by=None if asked is None else cast.staff,
        confirmed_at=None if answered is None else cast.days.ago(-answered),
        confirmed_by=None if answered is None else people[key],
        via=row.get("via", ""),
    )


def make_composition(cast: Cast, words: dict[str, Any]) -> None:
    """The region of each organization, the usual term of each body, and the sectors and regions that bodies need."""
    for organization in cast.organizations.values():
        region = words["regions"].get(organization.jurisdiction)
        if region and not organization.region:
            edit_organization(
                actor=cast.staff, organization=organization, version=None, today=cast.days.today, region=region
            )
    bodies = {body.slug: body for body in Body.objects.standing()}
    for body in bodies.values():
        expected = 75 if body.kind == BodyKind.TASK_FORCE else None
        edit_body(actor=cast.staff, body=body, version=None, term_months=24, attendance_expected_percent=expected)
    sectors = {sector.slug: sector for sector in Sector.objects.all()}
    for row in words["requirements"]:
        sector = sectors.get(row.get("sector", ""))
        if row["body"] in bodies and (sector or row.get("region")):
            create(
                Requirement,
                actor=cast.staff,
                recorded_at=cast.days.ago(YEAR),
                body=bodies[row["body"]],
                sector=sector,
                region=row.get("region", ""),
                minimum=row["minimum"],
                since_on=cast.days.day(-YEAR),
            )


def _make_join_request(cast: Cast, row: dict[str, Any]) -> None:
    """A request with what became of it; an accepted one leaves a prospective organization."""
    asked_at, answered_at = cast.days.ago(-row["asked"]), cast.days.ago(-row["asked"] - 2)
    state = row.get("state", JoinRequestState.WAITING)
    values = {name: value for name, value in row.items() if name not in ("asked", "sector")}
    sector = Sector.objects.filter(slug=row["sector"]).first() or Sector.objects.first()
    if state != JoinRequestState.WAITING:
        values |= {"answered_by": cast.staff, "answered_at": answered_at}
    if state == JoinRequestState.ACCEPTED:
        values["organization"] = organization = create(
            Organization,
            actor=cast.staff,
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
        start_status_period(actor=cast.staff, organization=organization)
    create(
        JoinRequest,
        actor=None,
        recorded_at=asked_at,
        sector=sector,
        email=f"{slugify(row['name'])}.{slugify(row['organization_name'])[:30].strip('-')}@{DOMAIN}",
        asked_at=asked_at,
        **values,
    )
