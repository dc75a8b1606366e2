"""What is typed about meetings. Forms check; operations write."""

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict

from core.forms import FieldConflict, PlainForm, VersionedForm
from meetings.models import AgendaItem, Meeting
from meetings.operations import AgendaEdit, Entry
from meetings.queries import Participant
from meetings.rules import AgendaLine, Answer, AttendanceStatus, Visibility, agenda_lines, is_nonexistent_local_time
from members.forms import OnBehalfForm
from members.models import validate_single_line

# The zones of the United States in plain words; a meeting in another zone keeps its own.
ZONES = {
    "America/Los_Angeles": "Pacific time",
    "America/Denver": "Mountain time",
    "America/Phoenix": "Arizona time",
    "America/Chicago": "Central time",
    "America/New_York": "Eastern time",
    "America/Anchorage": "Alaska time",
    "Pacific/Honolulu": "Hawaii time",
}
MAX_LENGTH = 24 * 60
AGENDA_TITLE = AgendaItem._meta.get_field("title").max_length or 0


class MeetingForm(VersionedForm):
    """When, where and for whom a meeting is."""

    class Meta:
        model = Meeting
        fields = [
            "title",
            "starts_on",
            "starts_time",
            "duration_minutes",
            "time_zone",
            "place",
            "join_link",
            "visibility",
            "reminders",
        ]
        widgets = {
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "starts_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {
            "place": "Room and address. Leave empty when the meeting is online only.",
            "join_link": "Goes to the people of the body only, never to the public page or calendar.",
            "visibility": "Who may see the meeting on the portal.",
        }
        labels = {"reminders": "Reminders before it"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.instance.time_zone or settings.TIME_ZONE
        choices = ZONES if zone in ZONES else {zone: zone.replace("_", " "), **ZONES}
        self.fields[
            "reminders"
        ].help_text = "Days or hours, such as “7 days, 1 day, 1 hour”, or “none”. Empty: as its body."
        self.fields["time_zone"] = forms.ChoiceField(choices=list(choices.items()), initial=zone)
        self.fields["duration_minutes"] = forms.IntegerField(
            label="Minutes", min_value=5, max_value=MAX_LENGTH, initial=90
        )
        self.fields["visibility"] = forms.ChoiceField(
            choices=Visibility.choices,
            initial=Visibility.MEMBERS,
            label="Shown to",
            help_text="Members always see their own body's meetings.",
        )

    @property
    def helper(self) -> FormHelper:
        """All that says when stands in one line where there is room."""
        helper = super().helper
        widths = {"starts_on": 4, "starts_time": 3, "duration_minutes": 2, "time_zone": 3}
        when = Row(*(Column(name, css_class=f"col-6 col-md-{width}") for name, width in widths.items()))
        rest = [name for name in self.fields if name not in (*widths, "title")]
        helper.layout = Layout("title", when, *rest)
        return helper

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        on, at, zone = (values.get(name) for name in ("starts_on", "starts_time", "time_zone"))
        if on and at and zone and is_nonexistent_local_time(on, at, ZoneInfo(zone)):
            self.add_error("starts_time", "Clocks skip this time on that day. Choose a time after the gap.")
        return values


class NewMeetingForm(MeetingForm):
    """A meeting with its agenda, one line a point."""

    agenda = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="One line for each item. “Welcome (10)” plans ten minutes. You can change it later.",
    )

    def clean_agenda(self) -> list[AgendaLine]:
        lines = agenda_lines(self.cleaned_data["agenda"])
        for line in lines:
            validate_single_line(line.title)
            if len(line.title) > AGENDA_TITLE:
                raise ValidationError(
                    f"“{line.title[:40]}…” is longer than {AGENDA_TITLE} characters. Say it shorter here."
                )
        return lines


class AgendaItemForm(VersionedForm):
    """One row of the agenda page; an empty last row adds nothing."""

    position = forms.IntegerField(label="Order", min_value=1, max_value=99, required=False)
    remove = forms.BooleanField(required=False, label="Remove")

    class Meta:
        model = AgendaItem
        fields = ["position", "title", "duration_minutes", "detail"]
        widgets = {"detail": forms.Textarea(attrs={"rows": 2})}
        labels = {"title": "Item", "duration_minutes": "Minutes", "detail": "Details"}

    def _set_initial(self, typed: QueryDict) -> None:
        """Only from what was typed into this very row; rows may stand in another order now."""
        if typed.get(self.add_prefix("id"), "") == str(self.instance.pk or ""):
            super()._set_initial(typed)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("id") and not self.instance.pk:
            raise ValidationError("This item belongs to another meeting.")
        return values

    def as_edit(self) -> AgendaEdit:
        """What the operation shall do with this row."""
        values = self.cleaned_data
        return AgendaEdit(
            pk=self.instance.pk,
            version=self.seen_version,
            title=values["title"],
            position=values["position"],
            duration_minutes=values["duration_minutes"],
            detail=values["detail"],
            remove=values["remove"],
        )


AgendaFormSet = forms.modelformset_factory(AgendaItem, form=AgendaItemForm, extra=3)


class VersionForm(PlainForm):
    """A press that was made from a row as it stood."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class CancelForm(VersionForm):
    """Why a meeting is called off."""

    reason = forms.CharField(
        max_length=300,
        validators=[validate_single_line],
        label="Why is it cancelled?",
        help_text="The people of the body read this in the notice.",
    )


class SheetForm(PlainForm):
    """Many cells that two people may fill at once. Each posts what was seen in it, so that only clashes are stale."""

    def __init__(self, *args: Any, stored: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differences: list[FieldConflict] = []
        self.stored = stored
        for key, value in stored.items():
            self.fields[f"seen_{key}"] = forms.CharField(
                widget=forms.HiddenInput, required=False, initial=value, strip=False
            )
            self.fields[f"said_{key}"] = self.cell(key, value)
        self.restore_data()

    def cell(self, key: str, value: str) -> forms.Field:
        """The field of one cell."""
        raise NotImplementedError

    def entry(self, key: str) -> Entry:
        """What was seen and is said in a cell, with one kind of line end."""
        seen, said = (str(self.cleaned_data[f"{part}_{key}"]) for part in ("seen", "said"))
        return Entry(seen.replace("\r\n", "\n"), said.replace("\r\n", "\n"))

    def show_conflict(self, stored: Mapping[str, str]) -> None:
        """Show both sides of each cell that somebody else filled otherwise meanwhile; what was typed stays."""
        posted = self.data.copy()  # type: ignore[attr-defined]
        for key, theirs in stored.items():
            entry = self.entry(key)
            if entry.seen == entry.said:
                posted[f"said_{key}"] = theirs
            elif theirs not in (entry.seen, entry.said):
                label = self.fields[f"said_{key}"].label
                self.differences.append(FieldConflict(str(label), self.say(entry.said), self.say(theirs)))
            posted[f"seen_{key}"] = theirs
        self.data = posted
        self.add_error(
            None,
            "Somebody wrote here while you were typing. Compare the two below, "
            "change what you want to keep, and save again.",
        )

    def say(self, value: str) -> str:
        return value or "(empty)"


class AttendanceForm(SheetForm):
    """Who was there, one choice a person."""

    def __init__(self, *args: Any, people: Iterable[Participant], **kwargs: Any) -> None:
        self.people = {str(row.person.pk): row for row in people}
        super().__init__(*args, stored={key: row.presence for key, row in self.people.items()}, **kwargs)

    def cell(self, key: str, value: str) -> forms.Field:
        blank = [] if value else [("", "Not noted")]
        return forms.ChoiceField(
            choices=[*blank, *AttendanceStatus.choices],
            required=False,
            initial=value,
            label=self.people[key].person.name,
            widget=forms.Select(attrs={"class": "form-select", "aria-label": self.people[key].person.name}),
        )

    def rows(self) -> list[tuple[Participant, forms.BoundField, forms.BoundField]]:
        """Each person with the two fields of the cell."""
        return [(row, self[f"seen_{key}"], self[f"said_{key}"]) for key, row in self.people.items()]

    def say(self, value: str) -> str:
        return AttendanceStatus(value).label if value else "Not noted"


class MinutesForm(SheetForm):
    """Minutes of each agenda item and of the whole."""

    WHOLE = "meeting"

    def __init__(self, *args: Any, meeting: Meeting, items: Iterable[AgendaItem], **kwargs: Any) -> None:
        rows = list(items)
        self.titles = {str(item.pk): f"{number}. {item.title}" for number, item in enumerate(rows, start=1)}
        self.titles[self.WHOLE] = "Anything else" if rows else "Minutes"
        stored = {str(item.pk): item.notes for item in rows} | {self.WHOLE: meeting.minutes}
        super().__init__(*args, stored=stored, **kwargs)

    def cell(self, key: str, value: str) -> forms.Field:
        return forms.CharField(
            required=False, initial=value, label=self.titles[key], widget=forms.Textarea(attrs={"rows": 4})
        )

    def notes(self) -> dict[int, Entry]:
        """What was written, by agenda item."""
        return {int(key): self.entry(key) for key in self.stored if key != self.WHOLE}


class ToldForm(OnBehalfForm):
    """What an invited person told staff about coming."""

    answer = forms.ChoiceField(label="Will they come?", choices=Answer.choices, widget=forms.RadioSelect)
    field_order = ["said_by", "how", "answer"]
