"""Forms of the staff pages that span apps."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from core.forms import PlainForm
from members.models import Organization
from members.rules import ContactChannel
from overview.exporting.scope import Scope
from taskforces.forms import date_input
from taskforces.models import Body


class ExportForm(PlainForm):
    """What an export of records is about."""

    organization = forms.ModelChoiceField(Organization.objects.all(), required=False, empty_label="Any")
    body = forms.ModelChoiceField(
        Body.objects.all(), required=False, empty_label="Any", label="Workgroup or task force"
    )
    starts_on = forms.DateField(label="Records from", required=False, widget=date_input())
    ends_on = forms.DateField(label="Records to", required=False, widget=date_input())
    with_contact = forms.BooleanField(
        label="With e-mail addresses and phone numbers",
        required=False,
        help_text="Left out unless whoever asks may have them.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day is before the first. Choose a later one.")
        try:
            self.scope = Scope(**cleaned)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return cleaned


class ActFilter(PlainForm):
    """Which of the things entered for others to show."""

    q = forms.CharField(label="Name or record", required=False, max_length=100)
    how = forms.ChoiceField(label="Told", required=False, choices=[("", "In any way"), *ContactChannel.choices])


class MergeTargetForm(PlainForm):
    """The organization into which a duplicate is merged."""

    def __init__(self, *args: Any, organizations: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"] = forms.ModelChoiceField(
            label="Merge into",
            queryset=organizations,
            to_field_name="key",
            empty_label="Choose the organization that stays",
        )


def validate_recent_year(day: date) -> None:
    """Raises ValidationError for a day of which no record can be."""
    if day.year < 1900:
        raise ValidationError("Choose a day after 1900.")


class PeriodForm(forms.Form):
    """From when to when; the last twelve months where nothing is said."""

    first = forms.DateField(label="From", required=False, widget=date_input(), validators=[validate_recent_year])
    last = forms.DateField(label="To", required=False, widget=date_input(), validators=[validate_recent_year])

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    @staticmethod
    def usual(today: date) -> tuple[date, date]:
        """The last twelve months."""
        return today - timedelta(days=365), today

    @property
    def period(self) -> tuple[date, date]:
        """The first and the last day."""
        first, last = self.usual(self.cleaned_data["last"] or self.today)
        return self.cleaned_data["first"] or first, last

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the start."""
        values = super().clean() or self.cleaned_data
        first, last = values.get("first"), values.get("last") or self.today
        if first and first > last:
            self.add_error(
                "last", f"This is before the first day. Choose {first:%b} {first.day}, {first.year} or later."
            )
        return values
