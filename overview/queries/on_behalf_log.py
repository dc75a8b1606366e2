"""Entries that staff made on behalf of members, each with a link to the history of the record it changed."""

from dataclasses import dataclass

from django.urls import reverse

from members.models import ActOnBehalf
from overview.queries.tracked_models import TRACKED

# The name of a record's history in its address, by the model's label.
_NAMES = {model._meta.label: name for name, model in TRACKED.items()}


@dataclass(frozen=True)
class OnBehalfRow:
    """One entry and the address of its record's history; empty for a record without history."""

    entry: ActOnBehalf
    url: str


def on_behalf_rows(entries: list[ActOnBehalf]) -> list[OnBehalfRow]:
    """Return the entries as rows of a list, in their order."""
    return [OnBehalfRow(entry, _history_url(entry)) for entry in entries]


def _history_url(entry: ActOnBehalf) -> str:
    name = _NAMES.get(entry.model)
    return reverse("overview:history", args=[name, entry.row_id]) if name else ""
