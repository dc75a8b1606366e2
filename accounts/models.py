"""People, who are also the accounts, and security events."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.rules import PortalRole, SecurityEventKind
from core.models import Versioned, choices_constraint
from core.validators import check_zone, validate_single_line


class PersonManager(BaseUserManager["Person"]):
    """Finds people by email address, in upper or lower case, and creates accounts."""

    def get_by_natural_key(self, email: str | None) -> "Person":
        """Return the person of an email address. Raises DoesNotExist."""
        return self.get(email=(email or "").lower())

    def create_user(self, email: str, password: str | None = None, **values: Any) -> "Person":
        """Create a person; without `password` the account has no usable password."""
        person = self.model(email=email.strip().lower(), **values)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **values: Any) -> "Person":
        """Create the first administrator (`manage.py createsuperuser`)."""
        return self.create_user(email, password, portal_role=PortalRole.ADMINISTRATOR, can_sign_in=True, **values)


# Every field of a person is in one of these three lists; a test fails for a field that is in none.
# How to reach the person: cleared in the record and in its history when contact data are removed.
CONTACT_FIELDS = ["email", "phone", "assistant_name", "assistant_email"]
# Who the person is and what the account may do: kept in the record.
KEPT_FIELDS = ["name", "position", "time_zone", "portal_role", "can_sign_in", "is_active", "is_demonstration"]
# Changed by signing in and the like: not part of the record, so a change of it adds no history row.
UNTRACKED = ["password", "last_login", "last_seen_at", "session_version"]
# The fields of their own record that people edit. Staff change the email address, which they check first.
PROFILE_FIELDS = ["name", "position", "phone", "time_zone", "assistant_name", "assistant_email"]


class Person(AbstractBaseUser, Versioned):
    """A person known to the portal. It is an account once `can_sign_in` is set by accepting an invitation."""

    email = models.EmailField(_("email"), unique=True)
    name = models.CharField(_("name"), max_length=120, validators=[validate_single_line])
    position = models.CharField(_("position"), max_length=160, blank=True, validators=[validate_single_line])
    phone = models.CharField(_("phone"), max_length=40, blank=True, validators=[validate_single_line])
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True, validators=[check_zone])
    assistant_name = models.CharField(
        _("assistant's name"), max_length=120, blank=True, validators=[validate_single_line]
    )
    assistant_email = models.EmailField(
        _("assistant's email"),
        blank=True,
        help_text=_(
            "The assistant gets copies of notices. Each copy names the person it is for, and no link in it signs in "
            "or answers for them."
        ),
    )
    portal_role = models.CharField(_("portal role"), max_length=20, choices=PortalRole.choices, default=PortalRole.NONE)
    can_sign_in = models.BooleanField(_("can sign in"), default=False)
    is_active = models.BooleanField(_("account is open"), default=True)
    is_demonstration = models.BooleanField(default=False, editable=False)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True, editable=False)
    # Part of the value that every session is signed with: raising it ends all of the person's sessions.
    session_version = models.PositiveIntegerField(default=0, editable=False)
    history = HistoricalRecords(excluded_fields=UNTRACKED)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "email"]
        constraints = [
            choices_constraint("portal_role", PortalRole, "person_portal_role_valid"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_lower_case"),
            models.CheckConstraint(
                condition=Q(assistant_email=Lower("assistant_email")), name="person_assistant_email_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(assistant_email="") | ~Q(assistant_email=F("email")),
                name="person_is_not_their_own_assistant",
                violation_error_message=_("This is the person's own address. Enter the assistant's."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Store email addresses in lower case."""
        self.email = self.email.strip().lower()
        self.assistant_email = self.assistant_email.strip().lower()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the person. Adds no history row if only untracked fields are written."""
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
        """Return what a session must match at each request. It changes with the password and with `session_version`."""
        value = f"{self.password}:{self.session_version}"
        return salted_hmac("accounts.Person.session", value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone, or the site's if they chose none."""
        return ZoneInfo(self.time_zone or settings.TIME_ZONE)

    @property
    def is_staff(self) -> bool:
        """Whether the person may open the admin site. Django asks for this name; it follows from the portal role."""
        return self.portal_role in {PortalRole.STAFF, PortalRole.ADMINISTRATOR}

    @property
    def is_superuser(self) -> bool:
        """Whether the person is an administrator. Django asks for this name."""
        return self.portal_role == PortalRole.ADMINISTRATOR

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Return True for reading the portal's own tables in the admin site, as staff. No one writes there."""
        app_label, _, action = perm.partition(".")
        return action.startswith("view_") and self.has_module_perms(app_label)

    def has_module_perms(self, app_label: str) -> bool:
        """Return True for staff and an app of the portal's own. Django asks for this name."""
        return self.is_active and self.is_staff and app_label in settings.LOCAL_APPS


class SecurityEvent(models.Model):
    """An event that affects who may do what, or that records left the portal. Rows are added, never changed."""

    kind = models.CharField(_("event"), max_length=30, choices=SecurityEventKind.choices)
    at = models.DateTimeField(_("time"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    address = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        ordering = ["-at", "-id"]
        constraints = [choices_constraint("kind", SecurityEventKind, "security_event_kind_valid")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the event. Raises TypeError for an event that is stored already."""
        if self.pk:
            raise TypeError("A security event can't be changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raise TypeError: security events are kept."""
        raise TypeError("A security event can't be deleted.")
