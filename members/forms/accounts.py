"""The account library's forms in the portal's words, and the filter of the security events."""

from allauth.account.forms import RequestLoginCodeForm as LibraryLoginCodeForm
from allauth.account.forms import ResetPasswordForm as LibraryResetPasswordForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms

from members.forms.organizations import date_input
from members.models import Person
from members.permissions import signed_in
from members.rules import SecurityEventKind


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
