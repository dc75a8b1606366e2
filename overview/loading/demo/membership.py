"""Invitations that wait for an answer and proposals that wait for staff."""

import datetime as dt
from typing import Any

from members.operations import invite, propose
from members.rules import RepresentationKind
from overview.loading.demo.people import DOMAIN, Cast


def make_requests(cast: Cast, words: dict[str, Any], now: dt.datetime) -> None:
    """Two invitations to organizations without a primary, and a proposal of each organization that words name."""
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
