"""Plain factories: each makes one valid row; what a test is about it says itself."""

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import factory
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import models
from simple_history.utils import bulk_create_with_history

from accounts.models import Person
from actionitems.models import ActionItem
from meetings.models import Meeting
from members.models import JoinRequest, Organization, Representation, Sector
from members.operations.status_periods import start_status_period
from members.rules import OrganizationStatus, RepresentationKind
from objectives.models import Objective, Plan, ProgressUpdate, Strategy
from taskforces.models import Body, Seat, Term, Workgroup
from taskforces.rules import BodyKind

PASSWORD = "correct horse battery staple"
YEAR_START = dt.date(2026, 1, 1)
Row = TypeVar("Row", bound=models.Model)


@cache
def hash_password(password: str, hasher: str) -> str:
    """Return the stored form of a password; each is hashed once a process, with the hasher that is in force."""
    return make_password(password)


# Rows whose beginning is read from their history. A history row takes as long as the row itself, so others get none.
WITH_HISTORY = {Organization, ActionItem, Meeting}


def create_all(rows: Iterable[Row]) -> list[Row]:
    """Store built rows of one model in one statement."""
    rows = list(rows)
    model = type(rows[0])
    if model in WITH_HISTORY:
        return bulk_create_with_history(rows, model)
    return model._default_manager.bulk_create(rows)


class Factory(factory.django.DjangoModelFactory):
    """Makes a valid row; its history begins with what the test does to it, but for models WITH_HISTORY."""

    class Meta:
        abstract = True
        skip_postgeneration_save = True

    @classmethod
    def _create(cls, model_class: type[models.Model], *args: Any, **values: Any) -> models.Model:
        if cls._meta.django_get_or_create or model_class in WITH_HISTORY:
            return super()._create(model_class, *args, **values)
        row = model_class(*args, **values)
        row.skip_history_when_saving = True  # type: ignore[attr-defined]
        row.save(force_insert=True)
        del row.skip_history_when_saving
        return row


class SectorFactory(Factory):
    class Meta:
        model = Sector
        django_get_or_create = ("slug",)

    slug = "state-agency"
    name = "state agency"


class OrganizationFactory(Factory):
    class Meta:
        model = Organization

    key = factory.Sequence(lambda n: f"organization-{n}")
    name = factory.Sequence(lambda n: f"Department of Example {n}")
    acronym = factory.Sequence(lambda n: f"DX{n}")
    sector = factory.SubFactory(SectorFactory)
    jurisdiction = "California"
    status = OrganizationStatus.ACTIVE
    is_public = True

    @factory.post_generation
    def status_period(self, create: bool, extracted: object, **kwargs: object) -> None:
        if create:
            start_status_period(actor=None, organization=self)


class PersonFactory(Factory):
    class Meta:
        model = Person

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Representative {n}")
    can_sign_in = True
    password = PASSWORD

    @classmethod
    def _adjust_kwargs(cls, **values: Any) -> dict[str, Any]:
        hasher = settings.PASSWORD_HASHERS[0]
        return {**values, "password": hash_password(values["password"], hasher)}


class RepresentationFactory(Factory):
    class Meta:
        model = Representation

    organization = factory.SubFactory(OrganizationFactory)
    person = factory.SubFactory(PersonFactory)
    kind = RepresentationKind.REPRESENTATIVE
    starts_on = YEAR_START


class JoinRequestFactory(Factory):
    class Meta:
        model = JoinRequest

    organization_name = factory.Sequence(lambda n: f"Coalition of Example {n}")
    sector = factory.SubFactory(SectorFactory)
    reason = "We run a hotline and would like to share what callers ask."
    name = "Coalition director"
    email = factory.Sequence(lambda n: f"director{n}@example.org")
    asked_at = dt.datetime(2026, 11, 20, 18, 0, tzinfo=dt.UTC)


class WorkgroupFactory(Factory):
    class Meta:
        model = Workgroup
        django_get_or_create = ("slug",)

    slug = "workgroup"
    name = "Statewide Example Workgroup"
    short_name = "Example Workgroup"
    convened_by = "Department of Example"
    convened_in = 2014
    overview = "The Workgroup brings organizations together."


class BodyFactory(Factory):
    class Meta:
        model = Body
        django_get_or_create = ("slug",)

    workgroup = factory.SubFactory(WorkgroupFactory)
    kind = BodyKind.TASK_FORCE
    slug = "data"
    name = "Data"
    focus = "The focus of the Data task force is data."


class SeatFactory(Factory):
    class Meta:
        model = Seat

    body = factory.SubFactory(BodyFactory)
    organization = factory.SubFactory(OrganizationFactory)


class TermFactory(Factory):
    class Meta:
        model = Term

    seat = factory.SubFactory(SeatFactory)
    person = factory.SubFactory(PersonFactory)
    starts_on = YEAR_START


class PlanFactory(Factory):
    class Meta:
        model = Plan
        django_get_or_create = ("slug",)

    workgroup = factory.SubFactory(WorkgroupFactory)
    slug = "current"
    name = "Current plan"
    is_current = True


class ObjectiveFactory(Factory):
    class Meta:
        model = Objective

    plan = factory.SubFactory(PlanFactory)
    number = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence(lambda n: f"Promote example {n}")


class StrategyFactory(Factory):
    class Meta:
        model = Strategy

    objective = factory.SubFactory(ObjectiveFactory)
    body = factory.SubFactory(BodyFactory)
    title = factory.Sequence(lambda n: f"Strategy {n}")
    lead_organization = factory.SubFactory(OrganizationFactory)
    starts_on = YEAR_START


class ProgressUpdateFactory(Factory):
    class Meta:
        model = ProgressUpdate

    strategy = factory.SubFactory(StrategyFactory)
    author = factory.SubFactory(PersonFactory)
    status = "on_track"
    narrative = "The first counties share their data."
    reported_on = dt.date(2026, 11, 1)


class MeetingFactory(Factory):
    class Meta:
        model = Meeting

    body = factory.SubFactory(BodyFactory)
    title = "Data task force meeting"
    starts_at = dt.datetime(2026, 12, 3, 18, 0, tzinfo=dt.UTC)
    time_zone = "America/Los_Angeles"
    duration_minutes = 90
    status = "scheduled"
    visibility = "public"
    join_link = "https://meet.example.org/secret-room"
    scheduled_at = dt.datetime(2026, 11, 1, 18, 0, tzinfo=dt.UTC)
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + dt.timedelta(minutes=o.duration_minutes))
    original_start_at = factory.SelfAttribute("starts_at")
    starts_on = factory.LazyAttribute(lambda o: o.starts_at.astimezone(ZoneInfo(o.time_zone)).date())
    starts_time = factory.LazyAttribute(lambda o: o.starts_at.astimezone(ZoneInfo(o.time_zone)).time())


class ActionItemFactory(Factory):
    class Meta:
        model = ActionItem

    body = factory.SubFactory(BodyFactory)
    text = factory.Sequence(lambda n: f"Send the list {n}")
    owner_organization = factory.SubFactory(OrganizationFactory)
    due_on = dt.date(2026, 12, 10)
