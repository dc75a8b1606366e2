"""Forms of a person's record and role, the library's forms adapted to the portal, and the security event filter."""

from allauth.account.forms import RequestLoginCodeForm as LibraryLoginCodeForm
from allauth.account.forms import ResetPasswordForm as LibraryResetPasswordForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import PROFILE_FIELDS, Person
from accounts.permissions import signed_in
from accounts.rules import PortalRole, SecurityEventKind
from core.forms import VersionedForm, date_input


class SecurityEventFilter(forms.Form):
    """The filter of the security events."""

    kind = forms.ChoiceField(
        label=_("Event"), required=False, choices=[("", _("Any event")), *SecurityEventKind.choices]
    )
    person = forms.CharField(label=_("Name or email"), required=False, max_length=100)
    since_on = forms.DateField(label=_("From"), required=False, widget=date_input())
    until_on = forms.DateField(label=_("To"), required=False, widget=date_input())


class RequestLoginCodeForm(LibraryLoginCodeForm):
    """Sends a code only to an open account. The page gives the same answer for every address."""

    _user: Person | None

    def clean_email(self) -> str:
        """Return the address, and drop accounts that are closed."""
        email: str = super().clean_email()
        if self._user is not None and not signed_in(self._user):
            self._user = None
        return email


class ResetPasswordForm(LibraryResetPasswordForm):
    """Sends a code only to an open account. The page gives the same answer for every address."""

    users: list[Person]

    def clean_email(self) -> str:
        """Return the address, and drop accounts that are closed."""
        email: str = super().clean_email()
        self.users = [user for user in self.users if signed_in(user)]
        return email


class AddKeyForm(AddWebAuthnForm):
    """A new passkey or security key."""

    passwordless = forms.BooleanField(
        label=_("Sign in with this key only"),
        required=False,
        initial=True,
        help_text=_(
            "Use it as a passkey, without a password or code. The key must ask for a PIN, fingerprint, or face. "
            "Otherwise, the key is the second step after your password or emailed code."
        ),
    )


TIME_ZONES = {
    "": _("The Workgroup's time zone"),
    "America/Los_Angeles": _("Pacific"),
    "America/Denver": _("Mountain"),
    "America/Phoenix": _("Arizona"),
    "America/Chicago": _("Central"),
    "America/New_York": _("Eastern"),
    "America/Anchorage": _("Alaska"),
    "Pacific/Honolulu": _("Hawaii"),
}


class PersonFields(VersionedForm):
    """What the two forms of a person share: time zones to choose from, and an assistant with their own address."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = time_zone_field(self.instance.time_zone)

    def clean_assistant_email(self) -> str:
        """Return the address in lower case."""
        return str(self.cleaned_data["assistant_email"]).strip().lower()

    def clean(self) -> dict[str, object]:
        """Require the assistant's address with their name, and reject the person's own address."""
        cleaned = super().clean() or self.cleaned_data
        address = cleaned.get("assistant_email")
        if address and address == cleaned.get("email", self.instance.email):
            self.add_error("assistant_email", gettext("This is the person's own address. Enter the assistant's."))
        if cleaned.get("assistant_name") and address == "":
            self.add_error("assistant_email", gettext("Enter the assistant's email, or remove the name."))
        return cleaned


class PersonForm(PersonFields):
    """A person's record as staff edit it."""

    class Meta:
        model = Person
        fields = ["name", "email", *PROFILE_FIELDS[1:]]
        help_texts = {"email": _("Used to sign in. Changing it ends the person's sessions.")}

    def clean_email(self) -> str:
        """Return the address in lower case."""
        return str(self.cleaned_data["email"]).strip().lower()


class ProfileForm(PersonFields):
    """A person's own record. Staff change the email address, which they check first."""

    class Meta:
        model = Person
        fields = PROFILE_FIELDS
        help_texts = {"phone": _("Visible to staff and to members of your task forces.")}


def time_zone_field(own: str) -> forms.ChoiceField:
    """Return a choice of the time zones of the United States, and the person's own if it is another."""
    choices = dict[str, object](TIME_ZONES)
    if own not in choices:
        choices[own] = own.replace("_", " ")
    return forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=list(choices.items()),
        help_text=_("Used for times on pages and for when we send email. Meetings show their own time zone."),
    )


class RoleForm(VersionedForm):
    """The portal role of a person."""

    class Meta:
        model = Person
        fields = ["portal_role"]

    portal_role = forms.ChoiceField(label=_("Portal role"), choices=PortalRole.choices, widget=forms.RadioSelect)
