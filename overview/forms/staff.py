"""Forms of the staff pages that span apps."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from core.forms import PlainForm
from core.models import Versioned
from members.models import Organization, Person, Representation, one_line
from members.rules import HowTold, RepresentationKind
from overview.exporting.scope import Scope
from overview.operations import Successors
from overview.queries.staff import Carried
from taskforces.forms import date_input
from taskforces.models import Body

NOBODY = "Nobody for now: the organization owes a name"


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
    how = forms.ChoiceField(label="Told", required=False, choices=[("", "In any way"), *HowTold.choices])


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


class SuccessorField(forms.ModelChoiceField):
    """One of the organization's other people, or nobody for now."""

    def label_from_instance(self, representation: Representation) -> str:
        return f"{representation.person.name}, {representation.get_kind_display().lower()}"


class EndRepresentationForm(PlainForm):
    """When and why a representation ends, and for each thing that the person carries who takes it over."""

    ended_on = forms.DateField(label="Last day", widget=date_input())
    reason = forms.CharField(label="Reason", max_length=300, validators=[one_line])
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        representation: Representation,
        carried: Carried,
        colleagues: QuerySet[Representation],
        sitting: set[tuple[int, int]],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ended_on"].initial = today
        self.fields["version"].initial = representation.version
        people = list(colleagues)
        first = next((row for row in people if row.kind == RepresentationKind.ALTERNATE), None)
        if representation.kind == RepresentationKind.PRIMARY and people:
            self._offer("primary", "New primary representative", colleagues, first)
        for term in carried.terms:
            free = [row.pk for row in people if (term.seat.body_id, row.person_id) not in sitting]
            self._offer(
                f"seat_{term.seat_id}",
                f"Seat: {term.seat}",
                colleagues.filter(pk__in=free),
                first if first and first.pk in free else None,
            )
        for strategy in carried.strategies:
            self._offer(f"strategy_{strategy.pk}", f"Strategy: {strategy.title}", colleagues, first)
        for item in carried.items:
            self._offer(f"item_{item.pk}", f"Action item: {item.text}", colleagues, first)

    def _offer(self, name: str, label: str, people: QuerySet[Representation], first: Representation | None) -> None:
        self.fields[name] = SuccessorField(
            label=label, queryset=people, required=False, empty_label=NOBODY, initial=first
        )

    def see(self, current: Versioned) -> None:
        """Keep what was typed and take it as said over the representation as it stands now."""
        posted = self.data.copy()  # type: ignore[attr-defined]
        posted["version"] = current.version
        self.data = posted
        self.add_error(None, "Somebody changed this representation meanwhile. Look at it again, then end it.")

    @property
    def successors(self) -> Successors:
        """Who was chosen for what."""
        return Successors(
            seats=dict(self._chosen("seat_")),
            strategies=dict(self._chosen("strategy_")),
            items=dict(self._chosen("item_")),
            primary=self.cleaned_data.get("primary"),
        )

    def _chosen(self, prefix: str) -> Iterator[tuple[int, Person]]:
        for name, value in self.cleaned_data.items():
            if name.startswith(prefix) and value is not None:
                yield int(name.removeprefix(prefix)), value.person


def not_ages_ago(day: date) -> None:
    """Raises ValidationError for a day of which no record can be."""
    if day.year < 1900:
        raise ValidationError("Choose a day after 1900.")


class PeriodForm(forms.Form):
    """From when to when; the last twelve months where nothing is said."""

    first = forms.DateField(label="From", required=False, widget=date_input(), validators=[not_ages_ago])
    last = forms.DateField(label="To", required=False, widget=date_input(), validators=[not_ages_ago])

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
