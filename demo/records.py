"""A legal hold, and somebody who left so long ago that their contact data need no longer be kept."""

import datetime as dt
from typing import Any

from core.operations import create
from demo.people import YEAR, Cast, make_person
from members.models import Representation
from members.rules import RepresentationKind
from records.operations import place_hold


def make_records(cast: Cast, words: dict[str, Any], now: dt.datetime) -> None:
    """What the page of records has to show."""
    hold, former = words["hold"], words["former"]
    place_hold(
        actor=cast.staff,
        now=now,
        organization=cast.organization(hold["organization"]),
        matter=hold["matter"],
        reason=hold["reason"],
    )
    organization = cast.organization(former["organization"])
    person = make_person(
        cast.encoded_password,
        cast.days,
        f"former.{organization.key}",
        f"{organization.short_name} former representative",
        phone=former["phone"],
        is_active=False,
    )
    last_on = cast.days.day(-former["years"] * YEAR)
    create(
        Representation,
        actor=None,
        recorded_at=cast.days.ago(YEAR),
        organization=organization,
        person=person,
        kind=RepresentationKind.REPRESENTATIVE,
        starts_on=last_on - dt.timedelta(days=2 * YEAR),
        ended_on=last_on,
        end_reason=former["reason"],
    )
