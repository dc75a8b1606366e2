"""Forms of holds. They validate and never write."""

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Person
from core.forms import PlainForm, VersionedForm, date_input
from members.models import Organization
from records.models import LegalHold

_SCOPE = ("organization", "body", "person", "starts_on", "ends_on")


class HoldForm(VersionedForm):
    """A new hold: what it is for, and what it covers."""

    organization = forms.ModelChoiceField(Organization.objects.standing(), required=False, empty_label="Any")
    person = forms.ModelChoiceField(Person.objects.order_by("name"), required=False, empty_label="Anybody")

    class Meta:
        model = LegalHold
        fields = ["matter", *_SCOPE, "reason"]
        widgets = {
            "starts_on": date_input(),
            "ends_on": date_input(),
            "reason": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {"reason": "Who asked, and what must be kept. Staff see it."}

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.get(name) for name in _SCOPE):
            raise ValidationError("Say what the hold covers: an organization, a body, a person or a period.")
        return cleaned


class LiftForm(PlainForm):
    """Why a hold ends."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=300, label="Why it ends", help_text="Kept with the hold.")


class RemoveContactForm(PlainForm):
    """The press that removes contact data, with the version that the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
