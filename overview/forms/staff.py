"""Forms of the staff pages that span apps."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm, date_input
from members.models import Organization
from members.rules import ContactChannel

MIN_YEAR = 1900
DEFAULT_PERIOD_DAYS = 365


class OnBehalfFilter(PlainForm):
    """Which of the entries that staff made for members to show."""

    q = forms.CharField(label=_("Person or record"), required=False, max_length=100)
    how = forms.ChoiceField(
        label=_("How staff got the information"),
        required=False,
        choices=[("", _("All")), *ContactChannel.choices],
    )


class MergeTargetForm(PlainForm):
    """The organization into which a duplicate is merged."""

    def __init__(self, *args: Any, organizations: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"] = forms.ModelChoiceField(
            label=_("Merge into"),
            queryset=organizations,
            to_field_name="key",
            empty_label=_("Choose the organization to keep"),
        )


def validate_recent_year(day: date) -> None:
    """Raise ValidationError for a date before 1900."""
    if day.year < MIN_YEAR:
        raise ValidationError(gettext("Enter a date in %(year)d or later."), params={"year": MIN_YEAR})


class PeriodForm(forms.Form):
    """The first and last day of a period; by default the last 12 months."""

    first = forms.DateField(label=_("From"), required=False, widget=date_input(), validators=[validate_recent_year])
    last = forms.DateField(label=_("To"), required=False, widget=date_input(), validators=[validate_recent_year])

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    @staticmethod
    def default_period(last: date) -> tuple[date, date]:
        """Return the 12 months that end on `last`."""
        return last - timedelta(days=DEFAULT_PERIOD_DAYS), last

    @property
    def period(self) -> tuple[date, date]:
        """The first and the last day."""
        first, last = self.default_period(self.cleaned_data["last"] or self.today)
        return self.cleaned_data["first"] or first, last

    def clean(self) -> dict[str, Any]:
        """Add an error if the period ends before it starts."""
        values = super().clean() or self.cleaned_data
        first, last = values.get("first"), values.get("last") or self.today
        if first and first > last:
            self.add_error(
                "last",
                gettext("The last day is before the first day. Enter %(date)s or later.")
                % {"date": date_format(first)},
            )
        return values
