"""The form of an organization that asks to join, and the staff's answers to it."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms

from core.forms import PlainForm, VersionedForm
from members import spam
from members.forms.organizations import ORGANIZATION_HELP
from members.models import JoinRequest, Organization, Sector
from members.rules import JoinRequestState


class JoinForm(VersionedForm):
    """What an organization that asks to join says of itself, and who asks; with what keeps machines out."""

    sector = forms.ModelChoiceField(Sector.objects.all(), empty_label="Choose one")
    # No person sees it or is led to it; what fills in every field fills in this one.
    fax = forms.CharField(
        label="Leave this field empty",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = JoinRequest
        fields = [
            "organization_name",
            "acronym",
            "sector",
            "jurisdiction",
            "website",
            "participation",
            "reason",
            "name",
            "email",
            "position",
            "phone",
        ]
        widgets = {
            "reason": forms.Textarea(attrs={"rows": 5, "maxlength": 2000}),
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "position": forms.TextInput(attrs={"autocomplete": "organization-title"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel"}),
        }
        help_texts = {
            "organization_name": "The full official name.",
            "jurisdiction": ORGANIZATION_HELP["jurisdiction"],
            "participation": "Local and non-government bodies may also join a task force only.",
            "reason": "What you do and what you would like to work on. Up to 2,000 characters.",
            "email": "Staff answer to this address.",
        }

    def __init__(self, *args: object, now: dt.datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["stamp"].initial = spam.stamp(now)

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        names = [Field(name, wrapper_class="visually-hidden") if name == "fax" else name for name in self.fields]
        helper.layout = Layout(*names)
        return helper

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned values of the request itself."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    @property
    def is_honeypot_filled(self) -> bool:
        """Whether the field that no person sees was filled in."""
        return bool(self.cleaned_data.get("fax"))

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()

    def clean_organization_name(self) -> str:
        return " ".join(self.cleaned_data["organization_name"].split())

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        if sum(spam.count_links(str(cleaned.get(name) or "")) for name in self.Meta.fields if name != "website") > (
            spam.MAX_LINKS
        ):
            self.add_error("reason", f"At most {spam.MAX_LINKS} links may stand in the text. Leave the others out.")
        age = spam.age(str(cleaned.get("stamp") or ""), self.now)
        if age is None:
            self._renew_stamp()
            self.add_error(None, "This page was open for too long. Nothing you typed is lost: send it once more.")
        elif age < spam.MIN_SECONDS:
            self.add_error(None, "That was very quick. Look over what you wrote, and send it again.")
        return cleaned

    def _renew_stamp(self) -> None:
        posted = self.data.copy()  # type: ignore[attr-defined]
        posted[self.add_prefix("stamp")] = spam.stamp(self.now - spam.MIN_SECONDS)
        self.data = posted


class AcceptRequestForm(PlainForm):
    """How staff take a request to join."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    organization = forms.ModelChoiceField(
        Organization.objects.standing(),
        required=False,
        to_field_name="key",
        empty_label="Add it as a new prospective organization",
        help_text="Choose it here if it is listed already, under this name or another.",
    )
    invites = forms.BooleanField(label="Invite the asker at once", required=False, initial=True)
    answer = forms.CharField(
        label="A word to the asker",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Goes into the mail that says yes. May stay empty.",
    )


class DeclineRequestForm(PlainForm):
    """Why a request to join is declined."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.CharField(
        label="Reason",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Goes to the asker by mail.",
    )


class JoinRequestFilter(forms.Form):
    """The staff queue's filter; it shows what waits unless told otherwise."""

    state = forms.ChoiceField(required=False, choices=JoinRequestState.choices)
