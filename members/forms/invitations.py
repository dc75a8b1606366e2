"""Forms of invitations: sending and accepting them."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from core.forms import PlainForm, VersionedForm
from core.validators import validate_single_line
from members.models import Invitation, Representation
from members.rules import InvitationState


class InviteForm(VersionedForm):
    """The person to invite, and their role."""

    class Meta:
        model = Invitation
        fields = ["name", "email", "kind"]
        help_texts = {"email": _("The invitation only works for this address.")}

    def clean_email(self) -> str:
        """Return the address in lower case."""
        return str(self.cleaned_data["email"]).strip().lower()


class AcceptForm(PlainForm):
    """The name that others see, and a password. Without one the person signs in with an emailed code."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        validators=[validate_single_line],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least 15 characters, such as several unrelated words. Leave blank to sign in with a code we email you."
        ),
    )

    def __init__(self, *args: object, email: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, object]:
        """Check the password, if one was entered, for this address and name."""
        cleaned = super().clean() or self.cleaned_data
        password = cleaned.get("password")
        if password:
            try:
                validate_password(password, Person(email=self.email, name=cleaned.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class InviteAllForm(forms.Form):
    """Which of the listed people to invite. The page renders the checkboxes in its own rows."""

    people = forms.ModelMultipleChoiceField(
        Representation.objects.none(), error_messages={"required": _("Select at least one person to invite.")}
    )

    def __init__(self, *args: Any, listed: list[Representation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Representation.objects.filter(pk__in=[row.pk for row in listed])
        rows = rows.select_related("person", "organization").order_by("pk")
        self.fields["people"].queryset = rows  # type: ignore[attr-defined]


class ResendAllForm(forms.Form):
    """Which open or expired invitations to send again."""

    invitations = forms.ModelMultipleChoiceField(
        Invitation.objects.none(), error_messages={"required": _("Select at least one invitation to send again.")}
    )

    def __init__(self, *args: Any, unanswered: list[Invitation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Invitation.objects.filter(pk__in=[row.pk for row in unanswered])
        rows = rows.select_related("organization").order_by("pk")
        self.fields["invitations"].queryset = rows  # type: ignore[attr-defined]


class InvitationFilter(forms.Form):
    """The filter of the staff's list of invitations."""

    state = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any status")), *InvitationState.choices]
    )
