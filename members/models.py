"""Organizations, the people who represent them, and how they came in."""

import datetime as dt
import secrets
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from simple_history.models import HistoricalRecords

from core.models import Versioned, WebAddressField, in_choices, in_order
from members import rules
from members.rules import (
    Basis,
    ConfirmationStage,
    ConfirmedVia,
    HowTold,
    ImportState,
    InvitationState,
    JoinRequestState,
    OrganizationStatus,
    Participation,
    PortalRole,
    ProposalState,
    Region,
    RepresentationKind,
    SecurityEventKind,
)

one_line = RegexValidator(r"[\r\n\x00]", "Write this on one line.", inverse_match=True)


class Sector(models.Model):
    """A kind of organization, such as "state agency"."""

    slug = models.SlugField(unique=True, max_length=60)
    name = models.CharField(max_length=80, unique=True, validators=[one_line])

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def public(self) -> "OrganizationQuerySet":
        """What a visitor may read: marked public by staff and not merged into another."""
        return self.filter(is_public=True, merged_into=None)

    def active(self) -> "OrganizationQuerySet":
        return self.filter(status=OrganizationStatus.ACTIVE, merged_into=None)

    def standing(self) -> "OrganizationQuerySet":
        """All that still stand for themselves."""
        return self.filter(merged_into=None)

    def merged(self, key: str) -> "OrganizationQuerySet":
        """The duplicate of this key that was merged into another organization, if there is one."""
        return self.filter(key=key).exclude(merged_into=None)


class Organization(Versioned):
    """A member of the Workgroup: the organization is the member, people represent it."""

    key = models.SlugField(max_length=80, unique=True, help_text="Its address: lower-case words joined by hyphens.")
    name = models.CharField(max_length=200, validators=[one_line])
    acronym = models.CharField(max_length=30, blank=True, validators=[one_line])
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="+")
    jurisdiction = models.CharField(max_length=120, blank=True, validators=[one_line])
    region = models.CharField(max_length=20, choices=Region.choices, blank=True)
    website = WebAddressField(blank=True)
    work = models.TextField("what it does", blank=True)
    status = models.CharField(max_length=20, choices=OrganizationStatus.choices, default=OrganizationStatus.PROSPECTIVE)
    status_since_on = models.DateField("since", null=True, blank=True)
    status_reason = models.CharField(max_length=300, blank=True, validators=[one_line])
    participation = models.CharField(max_length=20, choices=Participation.choices, default=Participation.WORKGROUP)
    is_public = models.BooleanField("shown to the public", default=False)
    basis = models.CharField(max_length=20, choices=Basis.choices, default=Basis.STAFF)
    source = models.TextField("source of what is said here", blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    history = HistoricalRecords()

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            in_choices("status", OrganizationStatus, "organization_status_known"),
            in_choices("participation", Participation, "organization_participation_known"),
            models.CheckConstraint(condition=Q(region__in=["", *Region.values]), name="organization_region_known"),
            in_choices("basis", Basis, "organization_basis_known"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="organization_not_merged_into_itself"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """The acronym, or the name where there is none."""
        return self.acronym or self.name

    @property
    def is_sample(self) -> bool:
        return self.basis == Basis.SAMPLE


class FormerName(Versioned):
    """A name that an organization had before, or the name of a duplicate merged into it."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="former_names")
    name = models.CharField(max_length=200, validators=[one_line])
    until_on = models.DateField("until", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["-until_on", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                name="one_former_name_an_organization",
                violation_error_message="This former name is kept already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


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
        return self.create_user(email, password, portal_role=PortalRole.ADMINISTRATOR, may_sign_in=True, **values)


def check_zone(name: str) -> None:
    """Raises ValidationError when `name` is no time zone of the tz database."""
    if name and name not in available_timezones():
        raise ValidationError("Choose a time zone such as America/Los_Angeles.")


# What changes of a person by signing in and the like: no part of the record, so it leaves no history row.
UNTRACKED = ["password", "last_login", "last_seen_at", "session_epoch"]


class Person(AbstractBaseUser, Versioned):
    """Somebody the portal knows; an account only once `may_sign_in` is set by accepting an invitation."""

    email = models.EmailField("e-mail", unique=True)
    name = models.CharField(max_length=120, validators=[one_line])
    position = models.CharField(max_length=160, blank=True, validators=[one_line])
    phone = models.CharField(max_length=40, blank=True, validators=[one_line])
    time_zone = models.CharField(max_length=60, blank=True, validators=[check_zone])
    assistant_name = models.CharField("assistant's name", max_length=120, blank=True, validators=[one_line])
    assistant_email = models.EmailField(
        "assistant's e-mail",
        blank=True,
        help_text="Copies of notices go there; they say for whom they are and carry no link that acts or signs in.",
    )
    portal_role = models.CharField(max_length=20, choices=PortalRole.choices, default=PortalRole.NONE)
    may_sign_in = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False, editable=False)
    last_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Part of what every session is signed with: one step forward ends all of the person's sessions.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    history = HistoricalRecords(excluded_fields=UNTRACKED)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = PersonManager()

    class Meta:
        ordering = ["name", "email"]
        verbose_name_plural = "people"
        constraints = [
            in_choices("portal_role", PortalRole, "person_portal_role_known"),
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
        value = f"{self.password}:{self.session_epoch}"
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
    def current(self) -> "RepresentationQuerySet":
        """Not ended; past its planned end a representation carries over."""
        return self.filter(ended_on=None)

    def with_rights(self) -> "RepresentationQuerySet":
        """Current, of a kind that has rights, at an organization whose people have them."""
        return self.current().filter(
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
    end_reason = models.CharField(max_length=300, blank=True, validators=[one_line])
    history = HistoricalRecords()

    objects = RepresentationQuerySet.as_manager()

    class Meta:
        ordering = ["organization", "kind", "starts_on"]
        constraints = [
            in_choices("kind", RepresentationKind, "representation_kind_known"),
            in_order("starts_on", "planned_end_on", "representation_planned_end_after_start"),
            in_order("starts_on", "ended_on", "representation_end_after_start"),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(kind=RepresentationKind.PRIMARY, ended_on=None),
                name="one_current_primary_an_organization",
                violation_error_message="This organization has a primary representative. End that one first.",
            ),
            models.UniqueConstraint(
                fields=["organization", "person"],
                condition=Q(ended_on=None),
                name="one_current_representation_a_person_and_organization",
                violation_error_message="This person represents the organization already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_kind_display()} of {self.organization.short_name}"


def new_nonce() -> str:
    """A fresh random word from which, together with the secret key, an invitation's token is made."""
    return secrets.token_hex(16)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self, now: dt.datetime) -> "InvitationQuerySet":
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


class Invitation(Versioned):
    """An invitation to one address to represent one organization; its token is stored only as a hash."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="invitations")
    kind = models.CharField(
        max_length=20,
        choices=[choice for choice in RepresentationKind.choices if choice[0] in rules.KINDS_WITH_RIGHTS],
    )
    email = models.EmailField("e-mail")
    name = models.CharField(max_length=120, validators=[one_line])
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["token_hash", "nonce"])

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at"]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_lower_case"),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None), name="invitation_not_both_accepted_and_revoked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} for {self.organization.short_name}"

    @property
    def delivery_key(self) -> str:
        """The key under which the mail with its present link stands in the ledger."""
        return f"invitation:{self.pk}:{self.token_hash[:16]}"

    def state(self, now: dt.datetime) -> InvitationState:
        """What became of it at `now`."""
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        return InvitationState.EXPIRED if self.expires_at <= now else InvitationState.PENDING


class Proposal(Versioned):
    """Changes to an organization's public record that its primary or alternate asks staff to accept."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="proposals")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    values = models.JSONField(default=dict, blank=True, help_text="Field name to proposed value.")
    seen = models.JSONField(default=dict, blank=True, help_text="Field name to the value that the proposer saw.")
    people_note = models.TextField(
        "changes among its people", blank=True, help_text="Who came, who left, whose address is another one."
    )
    note = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=ProposalState.choices, default=ProposalState.OPEN)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["proposed_at"]
        constraints = [
            in_choices("state", ProposalState, "proposal_state_known"),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(state=ProposalState.OPEN),
                name="one_open_proposal_an_organization",
                violation_error_message="A proposal for this organization is waiting for staff.",
            ),
        ]

    def __str__(self) -> str:
        return f"Proposal for {self.organization.short_name}"


class JoinRequest(Versioned):
    """What somebody wrote who asks that their organization may join, and what staff answered."""

    organization_name = models.CharField("organization", max_length=200, validators=[one_line])
    acronym = models.CharField(max_length=30, blank=True, validators=[one_line])
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="+")
    jurisdiction = models.CharField(max_length=120, blank=True, validators=[one_line])
    website = WebAddressField(blank=True)
    participation = models.CharField(max_length=20, choices=Participation.choices, default=Participation.WORKGROUP)
    reason = models.TextField("why it wants to join", max_length=2000)
    name = models.CharField("your name", max_length=120, validators=[one_line])
    email = models.EmailField("your e-mail")
    position = models.CharField("your position", max_length=160, blank=True, validators=[one_line])
    phone = models.CharField("your phone", max_length=40, blank=True, validators=[one_line])
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=JoinRequestState.choices, default=JoinRequestState.WAITING)
    # The organization that came of it, or the one that was there already.
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="join_requests"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(max_length=2000, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "request to join"
        verbose_name_plural = "requests to join"
        ordering = ["asked_at", "id"]
        constraints = [
            in_choices("state", JoinRequestState, "join_request_state_known"),
            in_choices("participation", Participation, "join_request_participation_known"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="join_request_email_lower_case"),
            models.CheckConstraint(
                condition=~Q(state=JoinRequestState.ACCEPTED) | Q(organization__isnull=False),
                name="join_request_accepted_has_organization",
            ),
        ]

    def __str__(self) -> str:
        return f"Request of {self.organization_name}"


class ImportJob(models.Model):
    """A spreadsheet that staff uploaded: its rows until it is applied or cancelled, and how far it is."""

    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=20, choices=ImportState.choices, default=ImportState.PREVIEW)
    # The sheets as they were read; emptied once nothing more is to be done with them.
    tables = models.JSONField(default=list, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # What was shown when somebody pressed "apply", as a fingerprint: anything else is not applied.
    confirmed = models.CharField(max_length=40, blank=True)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    problem = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [in_choices("state", ImportState, "import_job_state_known")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_under_way(self) -> bool:
        return self.state in (ImportState.QUEUED, ImportState.CHECKING)


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    def open(self) -> "ConfirmationQuerySet":
        """Asked and neither answered nor lapsed."""
        return self.filter(confirmed_at=None, lapsed_on=None)

    def answered(self) -> "ConfirmationQuerySet":
        return self.exclude(confirmed_at=None)


class Confirmation(Versioned):
    """The yearly question to an organization whether its record is still right, and what it answered.

    An answer that nobody had asked for stands here too, with no `asked_at`.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="confirmations")
    period = models.PositiveSmallIntegerField("year")
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    via = models.CharField(max_length=20, choices=ConfirmedVia.choices, blank=True)
    # What was to be changed, where the answer was "not quite".
    proposal = models.ForeignKey(Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lapsed_on = models.DateField(null=True, blank=True)
    lapse_reason = models.CharField(max_length=300, blank=True, validators=[one_line])
    history = HistoricalRecords()

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ["-period", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(via="") | Q(via__in=ConfirmedVia.values), name="confirmation_via_known"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(lapsed_on=None), name="confirmation_not_both_answered_and_lapsed"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=False) | Q(asked_at__isnull=False),
                name="confirmation_asked_or_answered",
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(confirmed_at=None, lapsed_on=None),
                name="one_open_confirmation_an_organization",
                violation_error_message="This organization is asked already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization.short_name}, {self.period}"

    @property
    def is_open(self) -> bool:
        return self.confirmed_at is None and self.lapsed_on is None

    @property
    def asked_on(self) -> dt.date | None:
        """The site's day on which it was asked."""
        return timezone.localtime(self.asked_at, ZoneInfo(settings.TIME_ZONE)).date() if self.asked_at else None

    def stage(self, today: dt.date) -> ConfirmationStage | None:
        """How far the question has gone by `today`; None where nobody asked."""
        return rules.confirmation_stage(self.asked_on, today) if self.asked_on else None


class SecurityEvent(models.Model):
    """Something that matters to who may do what; rows are only ever added."""

    kind = models.CharField(max_length=30, choices=SecurityEventKind.choices)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    address = models.GenericIPAddressField(null=True, blank=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [in_choices("kind", SecurityEventKind, "security_event_kind_known")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("Security events are only ever added.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Security events are only ever added.")


class ActOnBehalf(models.Model):
    """Something that staff entered for a person who said it outside the portal; rows are only ever added."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=20, choices=HowTold.choices)
    at = models.DateTimeField()
    what = models.CharField(max_length=300)
    # The row that it changed, and the version that came of it: a later change by somebody's own hand is told apart.
    model = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    version = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "acts on behalf"
        ordering = ["-at", "-id"]
        constraints = [in_choices("how", HowTold, "act_on_behalf_how_known")]
        indexes = [models.Index(fields=["model", "row_id"], name="act_on_behalf_row")]

    def __str__(self) -> str:
        return f"{self.what}, for {self.person}"

    @property
    def said(self) -> str:
        """How it was told, as the end of a sentence: "by phone"."""
        return HowTold(self.how).label.lower()
