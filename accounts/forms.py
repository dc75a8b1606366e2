"""Forms of a person's record and role, the library's forms in the portal's words, the filter of security events."""

from allauth.account.forms import RequestLoginCodeForm as LibraryLoginCodeForm
from allauth.account.forms import ResetPasswordForm as LibraryResetPasswordForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms

from accounts.models import PROFILE_FIELDS, Person
from accounts.permissions import signed_in
from accounts.rules import PortalRole, SecurityEventKind
from core.forms import VersionedForm, date_input


class SecurityEventFilter(forms.Form):
    """The filter of the security events."""

    kind = forms.ChoiceField(required=False, choices=[("", "Any event"), *SecurityEventKind.choices])
    person = forms.CharField(label="Name or address", required=False, max_length=100)
    since_on = forms.DateField(label="From", required=False, widget=date_input())
    until_on = forms.DateField(label="To", required=False, widget=date_input())


class RequestLoginCodeForm(LibraryLoginCodeForm):
    """Sends a code only to an account in force; the answer is the same for every address."""

    _user: Person | None

    def clean_email(self) -> str:
        email = super().clean_email()
        if self._user is not None and not signed_in(self._user):
            self._user = None
        return email


class ResetPasswordForm(LibraryResetPasswordForm):
    """Sends a code only to an account in force; the answer is the same for every address."""

    users: list[Person]

    def clean_email(self) -> str:
        email = super().clean_email()
        self.users = [user for user in self.users if signed_in(user)]
        return email


class AddKeyForm(AddWebAuthnForm):
    """A new passkey or security key, in the portal's words."""

    passwordless = forms.BooleanField(
        label="Sign in with this key alone",
        required=False,
        initial=True,
        help_text="A passkey: no password and no code. The key must ask for a PIN, a finger or a face. "
        "Otherwise it is the second step after your password or mailed code.",
    )


ZONES = {
    "": "The Workgroup's",
    "America/Los_Angeles": "Pacific",
    "America/Denver": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Chicago": "Central",
    "America/New_York": "Eastern",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
}


class WithAssistant(VersionedForm):
    """A person's form with a choice of time zones, and with an assistant who has an address of their own, or none."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = zone_field(self.instance.time_zone)

    def clean_assistant_email(self) -> str:
        return self.cleaned_data["assistant_email"].strip().lower()

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        address = cleaned.get("assistant_email")
        if address and address == cleaned.get("email", self.instance.email):
            self.add_error("assistant_email", "This is the person's own address. Write the assistant's.")
        if cleaned.get("assistant_name") and address == "":
            self.add_error("assistant_email", "Write the address to which the copies go, or take the name away.")
        return cleaned


class PersonForm(WithAssistant):
    """A person's record as staff edit it."""

    class Meta:
        model = Person
        fields = ["name", "email", *PROFILE_FIELDS[1:]]
        help_texts = {"email": "They sign in with it. A change ends their sessions."}

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()


class ProfileForm(WithAssistant):
    """One's own record. The address is changed by staff, who check it."""

    class Meta:
        model = Person
        fields = PROFILE_FIELDS
        help_texts = {"phone": "Staff and the people who sit on a body with you see it."}


def zone_field(own: str) -> forms.ChoiceField:
    """A choice of time zone: those of the United States, and the person's own where it is another."""
    choices = dict(ZONES)
    if own not in choices:
        choices[own] = own.replace("_", " ")
    return forms.ChoiceField(
        label="Time zone",
        required=False,
        choices=list(choices.items()),
        help_text="For the times on your pages and the hour of your mails; a meeting is said in its own zone.",
    )


class RoleForm(VersionedForm):
    """The portal role of a person."""

    class Meta:
        model = Person
        fields = ["portal_role"]

    portal_role = forms.ChoiceField(label="Portal role", choices=PortalRole.choices, widget=forms.RadioSelect)
