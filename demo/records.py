"""A legal hold, and a person who left so long ago that their contact data can be removed."""

import datetime as dt
from typing import Any

from core.operations import create
from demo.people import YEAR, DemoData, make_person
from members.models import Representation
from members.rules import RepresentationKind
from records.operations import place_hold


def make_records(demo: DemoData, texts: dict[str, Any], now: dt.datetime) -> None:
    """Make the records that the page "Records" lists."""
    hold, former = texts["hold"], texts["former"]
    place_hold(
        actor=demo.staff,
        now=now,
        organization=demo.organization(hold["organization"]),
        matter=hold["matter"],
        reason=hold["reason"],
    )
    organization = demo.organization(former["organization"])
    person = make_person(
        demo.encoded_password,
        demo.calendar,
        f"former.{organization.key}",
        f"{organization.short_name} former representative",
        phone=former["phone"],
        is_active=False,
    )
    last_on = demo.calendar.day(-former["years"] * YEAR)
    create(
        Representation,
        actor=None,
        recorded_at=demo.calendar.ago(YEAR),
        organization=organization,
        person=person,
        kind=RepresentationKind.REPRESENTATIVE,
        starts_on=last_on - dt.timedelta(days=2 * YEAR),
        ended_on=last_on,
        end_reason=former["reason"],
    )
