"""What the parts sheet shows: every part of the look in every state, with made-up words."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator

from core.forms import FieldConflict, PlainForm

TONES = (
    ("Not started", "neutral"),
    ("On track", "good"),
    ("At risk", "warn"),
    ("Off track", "bad"),
    ("Done", "done"),
    ("Last confirmed 94 days ago", "stale"),
    ("Waiting to be published", "info"),
)


class SampleForm(PlainForm):
    """One field of each kind."""

    title = forms.CharField(help_text="One line that says what it is.")
    due_on = forms.DateField(label="Due", widget=forms.DateInput(attrs={"type": "date"}))
    status = forms.ChoiceField(choices=[("on_track", "On track"), ("at_risk", "At risk")], widget=forms.RadioSelect)
    sector = forms.ChoiceField(choices=[("", "Choose a sector"), ("state", "State agency")])
    narrative = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))
    notify = forms.BooleanField(label="Tell its people by mail", required=False)


def component_gallery(today: dt.date) -> dict[str, object]:
    """The sheet's context: segments, dates near and far, a fresh form, a refused one and a stale one."""
    refused = SampleForm({"title": "", "due_on": "2026-02-31", "status": "late"})
    refused.is_valid()
    stale = SampleForm({"title": "What I typed", "due_on": today.isoformat(), "status": "at_risk", "sector": "state"})
    stale.is_valid()
    stale.differences = [FieldConflict("Title", "What I typed", "What somebody else saved meanwhile")]  # type: ignore[attr-defined]
    start = dt.datetime(2026, 12, 3, 10, 0, tzinfo=ZoneInfo("America/Los_Angeles"))
    return {
        "tones": TONES,
        "mixed": SimpleNamespace(total=6, counts={"done": 1, "on_track": 3, "at_risk": 1, "off_track": 1}),
        "single": SimpleNamespace(total=2, counts={"on_track": 1}),
        "starts": start,
        "ends": start + dt.timedelta(minutes=90),
        "days": [today + dt.timedelta(days=days) for days in (-800, -90, -30, -1, 0, 1, 11, 40, 300)],
        "fresh": SampleForm(),
        "refused": refused,
        "stale": stale,
        "page": Paginator(range(90), 25).page(2),
        "sample_markdown": "Counties **share** their data.\n\n- first\n- second\n\n<script>alert(1)</script>",
    }
