"""Forms of invitations: who is invited, and how they accept."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import Person
from core.forms import PlainForm, VersionedForm
from core.validators import validate_single_line
from members.models import Invitation, Representation
from members.rules import InvitationState


class InviteForm(VersionedForm):
    """Whom to invite, and as what."""

    class Meta:
        model = Invitation
        fields = ["name", "email", "kind"]
        help_texts = {"email": "The invitation works for this address alone."}

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()


class AcceptForm(PlainForm):
    """The name as others will see it and a password, or none: a mailed code works as well."""

    name = forms.CharField(
        max_length=120, validators=[validate_single_line], widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        required=False,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="15 characters or more; a few words that belong to nobody else do well. "
        "Leave it empty to sign in with a code that comes by mail.",
    )

    def __init__(self, *args: object, email: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        password = cleaned.get("password")
        if password:
            try:
                validate_password(password, Person(email=self.email, name=cleaned.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class InviteAllForm(forms.Form):
    """Which of those who could be invited are; the boxes stand in the page's own rows."""

    people = forms.ModelMultipleChoiceField(
        Representation.objects.none(), error_messages={"required": "Choose at least one person to invite."}
    )

    def __init__(self, *args: Any, listed: list[Representation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Representation.objects.filter(pk__in=[row.pk for row in listed])
        rows = rows.select_related("person", "organization").order_by("pk")
        self.fields["people"].queryset = rows  # type: ignore[attr-defined]


class ResendAllForm(forms.Form):
    """Which invitations without an answer are sent again."""

    invitations = forms.ModelMultipleChoiceField(
        Invitation.objects.none(), error_messages={"required": "Choose at least one invitation to send again."}
    )

    def __init__(self, *args: Any, unanswered: list[Invitation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Invitation.objects.filter(pk__in=[row.pk for row in unanswered])
        rows = rows.select_related("organization").order_by("pk")
        self.fields["invitations"].queryset = rows  # type: ignore[attr-defined]


class InvitationFilter(forms.Form):
    """The staff list's filter."""

    state = forms.ChoiceField(required=False, choices=[("", "Any state"), *InvitationState.choices])
