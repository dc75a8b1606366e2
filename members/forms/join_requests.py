"""The public form of a request to join, and the forms with which staff answer it."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm, VersionedForm
from members import spam
from members.forms.organizations import ORGANIZATION_HELP
from members.models import JoinRequest, Organization, Sector
from members.rules import JoinRequestState


class JoinForm(VersionedForm):
    """A request to join: the organization and the requester, with protection against spam."""

    sector = forms.ModelChoiceField(Sector.objects.all(), label=_("Sector"), empty_label=_("Select a sector"))
    # A honeypot: people do not see this field, and programs that fill in every field fill it in.
    fax = forms.CharField(
        label=_("Leave this field blank"),
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
            "organization_name": _("The full official name."),
            "jurisdiction": ORGANIZATION_HELP["jurisdiction"],
            "participation": _("Local and non-government organizations can also join only a task force."),
            "reason": _("What you do and what you would like to work on. Up to 2,000 characters."),
            "email": _("Staff will answer to this address."),
        }

    def __init__(self, *args: object, now: dt.datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["stamp"].initial = spam.make_stamp(now)

    @property
    def helper(self) -> FormHelper:
        """The crispy helper, with the honeypot visually hidden."""
        helper = super().helper
        names = [Field(name, wrapper_class="visually-hidden") if name == "fax" else name for name in self.fields]
        helper.layout = Layout(*names)
        return helper

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned values of the request, without those of the spam protection."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    @property
    def is_honeypot_filled(self) -> bool:
        """Whether the field that people do not see was filled in."""
        return bool(self.cleaned_data.get("fax"))

    def clean_email(self) -> str:
        """Return the address in lower case."""
        return str(self.cleaned_data["email"]).strip().lower()

    def clean_organization_name(self) -> str:
        """Return the name with single spaces."""
        return " ".join(self.cleaned_data["organization_name"].split())

    def clean(self) -> dict[str, object]:
        """Reject too many links, and a form that was submitted too soon or too late."""
        cleaned = super().clean() or self.cleaned_data
        texts = [str(cleaned.get(name) or "") for name in self.Meta.fields if name != "website"]
        if sum(spam.count_links(text) for text in texts) > spam.MAX_LINKS:
            text = gettext("Your request contains too many links. Use at most %(count)d.")
            self.add_error("reason", text % {"count": spam.MAX_LINKS})
        age = spam.stamp_age(str(cleaned.get("stamp") or ""), self.now)
        if age is None:
            self._renew_stamp()
            self.add_error(
                None, gettext("This page was open for too long. Your answers are still here. Send the request again.")
            )
        elif age < spam.MIN_AGE:
            self.add_error(
                None, gettext("You sent this very quickly. Review your answers, then send the request again.")
            )
        return cleaned

    def _renew_stamp(self) -> None:
        posted = self.data.copy()
        posted[self.add_prefix("stamp")] = spam.make_stamp(self.now - spam.MIN_AGE)
        self.data = posted


class AcceptRequestForm(PlainForm):
    """How staff accept a request to join."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    organization = forms.ModelChoiceField(
        Organization.objects.standing(),
        label=_("Organization"),
        required=False,
        to_field_name="key",
        empty_label=_("Add as a new prospective organization"),
        help_text=_("If the organization is already listed, select it."),
    )
    invites = forms.BooleanField(label=_("Invite the requester now"), required=False, initial=True)
    answer = forms.CharField(
        label=_("Message to the requester"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Included in the email that says the request was accepted. Optional."),
    )


class DeclineRequestForm(PlainForm):
    """Why a request to join is declined."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Emailed to the requester."),
    )


class JoinRequestFilter(forms.Form):
    """The filter of the staff's list of requests, which shows waiting requests by default."""

    state = forms.ChoiceField(label=_("Status"), required=False, choices=JoinRequestState.choices)
