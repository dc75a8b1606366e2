"""Sample data for the style guide: every component of the pages in every state, with made-up texts."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import FieldConflict, PlainForm, date_input

TONES = (
    (_("Not started"), "neutral"),
    (_("On track"), "good"),
    (_("At risk"), "warn"),
    (_("Off track"), "bad"),
    (_("Done"), "done"),
    (_("Last confirmed 94 days ago"), "stale"),
    (_("Waiting to be published"), "info"),
)


class SampleForm(PlainForm):
    """One field of each kind."""

    title = forms.CharField(label=_("Title"), help_text=_("A short name for the strategy."))
    due_on = forms.DateField(label=_("Due date"), widget=date_input())
    status = forms.ChoiceField(
        label=_("Status"),
        choices=[("on_track", _("On track")), ("at_risk", _("At risk"))],
        widget=forms.RadioSelect,
    )
    sector = forms.ChoiceField(label=_("Sector"), choices=[("", _("Choose a sector")), ("state", _("State agency"))])
    narrative = forms.CharField(label=_("Narrative"), widget=forms.Textarea(attrs={"rows": 3}))
    notify = forms.BooleanField(label=_("Email the members"), required=False)


class SampleConflictForm(SampleForm):
    """The sample form after another person changed the record."""

    differences: list[FieldConflict]


def component_gallery(today: dt.date) -> dict[str, object]:
    """Return the template context: status bars, near and far dates, and a new, an invalid and a conflicting form."""
    invalid = SampleForm({"title": "", "due_on": "2026-02-31", "status": "late"})
    invalid.is_valid()
    conflict = SampleConflictForm(
        {"title": gettext("My title"), "due_on": today.isoformat(), "status": "at_risk", "sector": "state"}
    )
    conflict.is_valid()
    conflict.differences = [FieldConflict(gettext("Title"), gettext("My title"), gettext("The saved title"))]
    start = dt.datetime(2026, 12, 3, 10, 0, tzinfo=ZoneInfo("America/Los_Angeles"))
    return {
        "tones": TONES,
        "mixed": SimpleNamespace(total=6, counts={"done": 1, "on_track": 3, "at_risk": 1, "off_track": 1}),
        "single": SimpleNamespace(total=2, counts={"on_track": 1}),
        "starts": start,
        "ends": start + dt.timedelta(minutes=90),
        "days": [today + dt.timedelta(days=days) for days in (-800, -90, -30, -1, 0, 1, 11, 40, 300)],
        "new_form": SampleForm(),
        "invalid_form": invalid,
        "conflict_form": conflict,
        "page": Paginator(range(90), 25).page(2),
        "sample_markdown": "Counties **share** their data.\n\n- first\n- second\n\n<script>alert(1)</script>",
    }
