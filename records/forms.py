"""Forms of legal holds. They validate and never write."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from core.forms import PlainForm, VersionedForm, date_input
from members.models import Organization
from records.models import LegalHold

_SCOPE = ("organization", "body", "person", "starts_on", "ends_on")


class HoldForm(VersionedForm):
    """Form to place a hold: what it is for, and what it covers."""

    organization = forms.ModelChoiceField(
        Organization.objects.standing(), required=False, label=_("Organization"), empty_label=_("Any organization")
    )
    person = forms.ModelChoiceField(
        Person.objects.order_by("name"), required=False, label=_("Person"), empty_label=_("Any person")
    )

    class Meta:
        model = LegalHold
        fields = ["matter", *_SCOPE, "reason"]
        widgets = {
            "starts_on": date_input(),
            "ends_on": date_input(),
            "reason": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {"reason": _("Who asked for the hold, and what must be kept. Staff can see this.")}

    def clean(self) -> dict[str, object]:
        """Reject a hold that covers nothing."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.get(name) for name in _SCOPE):
            raise ValidationError(gettext("Enter an organization, a body, a person, or a period."))
        return cleaned


class LiftForm(PlainForm):
    """Form to lift a hold, with the reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=300, label=_("Reason"), help_text=_("We keep it with the hold."))


class RemoveContactForm(PlainForm):
    """Form to remove contact data, with the version that the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
