"""People, who are the accounts too, and the organizations that they represent."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from simple_history.models import HistoricalRecords

from core.dates import site_today
from core.models import Versioned, choices_constraint, date_order_constraint, in_force
from members import rules
from members.models.organizations import Organization, validate_single_line
from members.rules import PortalRole, RepresentationKind


class PersonManager(BaseUserManager["Person"]):
    """People by e-mail, whatever its case."""

    def get_by_natural_key(self, email: str | None) -> "Person":
        return self.get(email=(email or "").lower())

    def create_user(self, email: str, password: str | None = None, **values: Any) -> "Person":
        """A person; without a password the account has none that works."""
        person = self.model(email=email.strip().lower(), **values)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **values: Any) -> "Person":
        """The first administrator (`manage.py createsuperuser`)."""
        return self.create_user(email, password, portal_role=PortalRole.ADMINISTRATOR, can_sign_in=True, **values)


def check_zone(name: str) -> None:
    """Raises ValidationError when `name` is no time zone of the tz database."""
    if name and name not in available_timezones():
        raise ValidationError("Choose a time zone such as America/Los_Angeles.")


# What changes of a person by signing in and the like: no part of the record, so it leaves no history row.
UNTRACKED = ["password", "last_login", "last_seen_at", "session_version"]


class Person(AbstractBaseUser, Versioned):
    """Somebody the portal knows; an account only once `can_sign_in` is set by accepting an invitation."""

    email = models.EmailField("e-mail", unique=True)
    name = models.CharField(max_length=120, validators=[validate_single_line])
    position = models.CharField(max_length=160, blank=True, validators=[validate_single_line])
    phone = models.CharField(max_length=40, blank=True, validators=[validate_single_line])
    time_zone = models.CharField(max_length=60, blank=True, validators=[check_zone])
    assistant_name = models.CharField("assistant's name", max_length=120, blank=True, validators=[validate_single_line])
    assistant_email = models.EmailField(
        "assistant's e-mail",
        blank=True,
        help_text="Copies of notices go there; they say for whom they are and carry no link that acts or signs in.",
    )
    portal_role = models.CharField(max_length=20, choices=PortalRole.choices, default=PortalRole.NONE)
    can_sign_in = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False, editable=False)
    last_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Part of what every session is signed with: one step forward ends all of the person's sessions.
    session_version = models.PositiveIntegerField(default=0, editable=False)
    history = HistoricalRecords(excluded_fields=UNTRACKED)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = PersonManager()

    class Meta:
        ordering = ["name", "email"]
        verbose_name_plural = "people"
        constraints = [
            choices_constraint("portal_role", PortalRole, "person_portal_role_valid"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_lower_case"),
            models.CheckConstraint(
                condition=Q(assistant_email=Lower("assistant_email")), name="person_assistant_email_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(assistant_email="") | ~Q(assistant_email=F("email")),
                name="person_is_not_their_own_assistant",
                violation_error_message="The assistant has the person's own address. Write another one.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.email = self.email.strip().lower()
        self.assistant_email = self.assistant_email.strip().lower()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As ever, but without a history row when only untracked fields are written."""
        fields = kwargs.get("update_fields")
        if not fields or not set(fields) <= set(UNTRACKED):
            super().save(*args, **kwargs)
            return
        self.skip_history_when_saving = True
        try:
            super().save(*args, **kwargs)
        finally:
            del self.skip_history_when_saving

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must match at each request: it changes with the password and with the epoch."""
        value = f"{self.password}:{self.session_version}"
        return salted_hmac("members.Person.session", value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def zone(self) -> ZoneInfo:
        """The person's own time zone, or the site's."""
        return ZoneInfo(self.time_zone or settings.TIME_ZONE)

    @property
    def is_staff(self) -> bool:
        """Whether the admin site opens: derived from the portal role, as Django asks for it."""
        return self.portal_role in {PortalRole.STAFF, PortalRole.ADMINISTRATOR}

    @property
    def is_superuser(self) -> bool:
        return self.portal_role == PortalRole.ADMINISTRATOR

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """The admin site's question: staff read the portal's own tables there, and nobody writes."""
        app_label, _, action = perm.partition(".")
        return action.startswith("view_") and self.has_module_perms(app_label)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff and app_label in settings.LOCAL_APPS


class RepresentationQuerySet(models.QuerySet["Representation"]):
    def current(self, on: dt.date | None = None) -> "RepresentationQuerySet":
        """Return those that have started and not ended on a day, today in the site's time zone unless given.

        The planned end does not count: after it a representation goes on until it is ended.
        """
        return self.filter(in_force(on or site_today()))

    def with_rights(self, on: dt.date | None = None) -> "RepresentationQuerySet":
        """Return the current ones of a kind that has rights, at an organization whose people have them."""
        return self.current(on).filter(
            kind__in=rules.KINDS_WITH_RIGHTS,
            organization__status__in=rules.STATUSES_WITH_RIGHTS,
            organization__merged_into=None,
        )


class Representation(Versioned):
    """A person named by an organization in writing."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="representations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="representations")
    kind = models.CharField(max_length=20, choices=RepresentationKind.choices)
    starts_on = models.DateField()
    planned_end_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True, validators=[validate_single_line])
    history = HistoricalRecords()

    objects = RepresentationQuerySet.as_manager()

    class Meta:
        ordering = ["organization", "kind", "starts_on"]
        constraints = [
            choices_constraint("kind", RepresentationKind, "representation_kind_valid"),
            date_order_constraint("starts_on", "planned_end_on", "representation_planned_end_after_start"),
            date_order_constraint("starts_on", "ended_on", "representation_end_after_start"),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(kind=RepresentationKind.PRIMARY, ended_on=None),
                name="unique_current_primary_per_organization",
                violation_error_message="This organization has a primary representative. End that one first.",
            ),
            models.UniqueConstraint(
                fields=["organization", "person"],
                condition=Q(ended_on=None),
                name="unique_current_representation_per_person_and_organization",
                violation_error_message="This person represents the organization already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_kind_display()} of {self.organization.short_name}"
