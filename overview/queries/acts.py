"""What staff entered for others, each with the way to the record that it changed."""

from dataclasses import dataclass

from django.urls import reverse

from members.models import ActOnBehalf
from overview.queries.tracked import TRACKED

# The short name under which the history of a record is read, by the model's label.
_NAMES = {model._meta.label: name for name, model in TRACKED.items()}


@dataclass(frozen=True)
class OnBehalfRow:
    """One act and the address of its record's history; empty for a record that keeps none."""

    act: ActOnBehalf
    url: str


def act_rows(acts: list[ActOnBehalf]) -> list[OnBehalfRow]:
    """The acts as rows of a list, in their order."""
    return [OnBehalfRow(act, _history_of(act)) for act in acts]


def _history_of(act: ActOnBehalf) -> str:
    name = _NAMES.get(act.model)
    return reverse("overview:history", args=[name, act.row_id]) if name else ""
