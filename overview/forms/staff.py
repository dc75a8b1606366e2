"""Forms of the staff pages that span apps."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from core.forms import PlainForm
from members.models import Organization
from members.rules import ContactChannel
from taskforces.forms import date_input


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
