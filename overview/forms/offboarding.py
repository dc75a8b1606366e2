"""Forms with which staff reassign the responsibilities of a departing person."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from core.forms import PlainForm, date_input
from core.validators import validate_single_line
from members.models import Representation
from members.rules import RepresentationKind
from overview.operations import Successors
from overview.queries.offboarding import Responsibilities, colleagues, seats_taken


class SuccessorField(forms.ModelChoiceField):
    """One of the organization's other people, or no one yet."""

    def label_from_instance(self, representation: Representation) -> str:
        return gettext("%(person)s, %(role)s") % {
            "person": representation.person.name,
            "role": representation.get_kind_display().lower(),
        }


class HandoffForm(PlainForm):
    """A field for each responsibility of a departing person; the alternate is the suggested successor."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    @contextmanager
    def collect_errors(self) -> Iterator[None]:
        """Also add validation errors of the rows that the operation creates, such as a successor's term."""
        with super().collect_errors():
            try:
                yield
            except ValidationError as error:
                self.add_error(None, error.messages)

    def add_successor_fields(
        self, representation: Representation, responsibilities: Responsibilities, prefix: str = ""
    ) -> None:
        """Add a field for each responsibility for the organization; with a `prefix` its label names the organization.

        A person who already serves on a body is not offered for a second seat there.
        """
        colleague_rows = colleagues(representation)
        taken = seats_taken(term.seat.body_id for term in responsibilities.terms)
        people = list(colleague_rows)
        alternate = next((row for row in people if row.kind == RepresentationKind.ALTERNATE), None)
        organization = representation.organization.short_name if prefix else ""

        def add(name: str, label: str, choices: QuerySet[Representation], initial: Representation | None) -> None:
            self.fields[f"{prefix}{name}"] = SuccessorField(
                label=_in_organization(label, organization),
                queryset=choices,
                required=False,
                empty_label=_("No one yet (leave unfilled)"),
                initial=initial,
            )

        if representation.kind == RepresentationKind.PRIMARY and people:
            add("primary", gettext("New primary representative"), colleague_rows, alternate)
        for term in responsibilities.terms:
            free = [row.pk for row in people if (term.seat.body_id, row.person_id) not in taken]
            suggested = alternate if alternate and alternate.pk in free else None
            label = gettext("Seat: %(seat)s") % {"seat": term.seat}
            add(f"seat_{term.seat_id}", label, colleague_rows.filter(pk__in=free), suggested)
        for strategy in responsibilities.strategies:
            label = gettext("Strategy: %(title)s") % {"title": strategy.title}
            add(f"strategy_{strategy.pk}", label, colleague_rows, alternate)
        for item in responsibilities.items:
            label = gettext("Action item: %(text)s") % {"text": item.text}
            add(f"item_{item.pk}", label, colleague_rows, alternate)

    def successors(self, prefix: str = "") -> Successors:
        """Return the chosen successors."""
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


def _in_organization(label: str, organization: str) -> str:
    """Return the label, with the organization in front of it if there is one."""
    if not organization:
        return label
    return gettext("%(organization)s · %(label)s") % {"organization": organization, "label": label}


class EndRepresentationForm(HandoffForm):
    """When and why a representation ends, and who takes over."""

    ended_on = forms.DateField(label=_("Last day"), widget=date_input())
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        validators=[validate_single_line],
        help_text=_("Staff can see the reason in the history."),
    )
    field_order = ["ended_on", "reason"]

    def __init__(
        self,
        *args: Any,
        representation: Representation,
        responsibilities: Responsibilities,
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ended_on"].initial = today
        self.fields["version"].initial = representation.version
        self.add_successor_fields(representation, responsibilities)


class CloseAccountForm(HandoffForm):
    """Why an account is closed, and for each organization who takes over."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=100,
        validators=[validate_single_line],
        help_text=_("Staff can see the reason in the history."),
    )

    def __init__(
        self, *args: Any, person: Person, rows: Sequence[tuple[Representation, Responsibilities]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = person.version
        self.rows = rows
        for representation, responsibilities in rows:
            self.add_successor_fields(representation, responsibilities, self._prefix_of(representation))

    @property
    def handoffs(self) -> dict[int, Successors]:
        """The chosen successors by the representation's id."""
        return {row.pk: self.successors(self._prefix_of(row)) for row, _responsibilities in self.rows}

    @staticmethod
    def _prefix_of(representation: Representation) -> str:
        return f"r{representation.pk}_"
