"""Forms with which staff hand over what a departing person carries."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Person
from core.forms import PlainForm
from core.models import Versioned
from core.validators import validate_single_line
from members.models import Representation
from members.rules import RepresentationKind
from overview.operations import Successors
from overview.queries.handoff import Responsibilities, colleagues, seats_taken
from taskforces.forms import date_input

NOBODY = "Nobody for now: the organization owes a name"


class SuccessorField(forms.ModelChoiceField):
    """One of the organization's other people, or nobody for now."""

    def label_from_instance(self, representation: Representation) -> str:
        return f"{representation.person.name}, {representation.get_kind_display().lower()}"


class HandoffForm(PlainForm):
    """For each thing that a departing person carries, who takes it over: the alternate unless another is chosen."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def offer(self, representation: Representation, carried: Responsibilities, prefix: str = "") -> None:
        """Add a field for each thing carried for the organization; with a `prefix` its label says for which."""
        at = f"{representation.organization.short_name} · " if prefix else ""
        others = colleagues(representation)
        sitting = seats_taken(term.seat.body_id for term in carried.terms)
        people = list(others)
        first = next((row for row in people if row.kind == RepresentationKind.ALTERNATE), None)
        if representation.kind == RepresentationKind.PRIMARY and people:
            self._add(f"{prefix}primary", f"{at}New primary representative", others, first)
        for term in carried.terms:
            free = [row.pk for row in people if (term.seat.body_id, row.person_id) not in sitting]
            able = first if first and first.pk in free else None
            self._add(f"{prefix}seat_{term.seat_id}", f"{at}Seat: {term.seat}", others.filter(pk__in=free), able)
        for strategy in carried.strategies:
            self._add(f"{prefix}strategy_{strategy.pk}", f"{at}Strategy: {strategy.title}", others, first)
        for item in carried.items:
            self._add(f"{prefix}item_{item.pk}", f"{at}Action item: {item.text}", others, first)

    def _add(self, name: str, label: str, people: QuerySet[Representation], first: Representation | None) -> None:
        self.fields[name] = SuccessorField(
            label=label, queryset=people, required=False, empty_label=NOBODY, initial=first
        )

    def see(self, current: Versioned) -> None:
        """Keep what was typed and take it as said over the record as it stands now."""
        posted = self.data.copy()  # type: ignore[attr-defined]
        posted["version"] = current.version
        self.data = posted
        self.add_error(None, "Somebody changed this record meanwhile. Look at it again, then press once more.")

    def chosen(self, prefix: str = "") -> Successors:
        """Who was chosen for what."""
        return Successors(
            seats=dict(self._people(f"{prefix}seat_")),
            strategies=dict(self._people(f"{prefix}strategy_")),
            items=dict(self._people(f"{prefix}item_")),
            primary=self.cleaned_data.get(f"{prefix}primary"),
        )

    def _people(self, prefix: str) -> Iterator[tuple[int, Person]]:
        for name, value in self.cleaned_data.items():
            if name.startswith(prefix) and value is not None:
                yield int(name.removeprefix(prefix)), value.person


class EndRepresentationForm(HandoffForm):
    """When and why a representation ends, and who takes over."""

    ended_on = forms.DateField(label="Last day", widget=date_input())
    reason = forms.CharField(label="Reason", max_length=300, validators=[validate_single_line])
    field_order = ["ended_on", "reason"]

    def __init__(
        self, *args: Any, representation: Representation, carried: Responsibilities, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ended_on"].initial = today
        self.fields["version"].initial = representation.version
        self.offer(representation, carried)


class CloseAccountForm(HandoffForm):
    """Why an account is closed, and for each organization who takes over."""

    reason = forms.CharField(
        max_length=100, validators=[validate_single_line], help_text="Kept in the history for staff."
    )

    def __init__(
        self, *args: Any, person: Person, rows: Sequence[tuple[Representation, Responsibilities]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = person.version
        self.rows = rows
        for representation, carried in rows:
            self.offer(representation, carried, self._prefix_of(representation))

    @property
    def handoffs(self) -> dict[int, Successors]:
        """Who was chosen for what, by the representation's id."""
        return {row.pk: self.chosen(self._prefix_of(row)) for row, _ in self.rows}

    @staticmethod
    def _prefix_of(representation: Representation) -> str:
        return f"r{representation.pk}_"
