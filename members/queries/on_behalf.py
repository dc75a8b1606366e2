"""Reads of what staff entered on behalf of others."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q, QuerySet

from members.models import ActOnBehalf


def acts_on(model: type[models.Model], ids: Iterable[int]) -> dict[tuple[int, int], ActOnBehalf]:
    """Return the entries for rows of a model, by the row's id and the version that the entry created. One query."""
    acts = ActOnBehalf.objects.filter(model=model._meta.label, row_id__in=list(ids)).select_related("actor", "person")
    return {(act.row_id, act.version): act for act in acts}


def on_behalf_entries(*, how: str = "", q: str = "") -> QuerySet[ActOnBehalf]:
    """Return the entries, the latest first. `q` is part of a name or of what was entered."""
    acts = ActOnBehalf.objects.select_related("actor", "person")
    if how:
        acts = acts.filter(how=how)
    if q:
        acts = acts.filter(Q(person__name__icontains=q) | Q(actor__name__icontains=q) | Q(what__icontains=q))
    return acts
