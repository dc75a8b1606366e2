"""Forms of meetings. They validate and never write."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import FieldConflict, PlainForm, VersionedForm
from core.models import Versioned
from core.operations import EditConflictError, OperationNotAllowedError
from core.validators import validate_single_line
from meetings.models import AgendaItem, Meeting
from meetings.queries import Participant, agenda_of, attendance_participants
from meetings.rules import (
    AgendaEdit,
    AgendaLine,
    AttendanceStatus,
    CellEdit,
    RSVPAnswer,
    Visibility,
    agenda_lines,
    is_nonexistent_local_time,
)
from members.forms import OnBehalfForm

# The time zones of the United States by their common names; a meeting in another zone keeps its own.
ZONES = {
    "America/Los_Angeles": _("Pacific time"),
    "America/Denver": _("Mountain time"),
    "America/Phoenix": _("Arizona time"),
    "America/Chicago": _("Central time"),
    "America/New_York": _("Eastern time"),
    "America/Anchorage": _("Alaska time"),
    "Pacific/Honolulu": _("Hawaii time"),
}
MAX_DURATION_MINUTES = 24 * 60
MAX_TITLE_LENGTH = AgendaItem._meta.get_field("title").max_length or 0


class MeetingForm(VersionedForm):
    """The title, time, location and audience of a meeting."""

    class Meta:
        model = Meeting
        fields = [
            "title",
            "starts_on",
            "starts_time",
            "duration_minutes",
            "time_zone",
            "location",
            "join_link",
            "visibility",
            "reminders",
        ]
        widgets = {
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "starts_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        labels = {"starts_time": _("Starts at"), "reminders": _("Reminders before the meeting")}
        help_texts = {
            "location": _("Room and address. Leave blank if the meeting is online only."),
            "join_link": _("Only people of the body see it. It is never on the public page or in the public calendar."),
            "reminders": _(
                "Enter days or hours, such as “7 days, 1 day, 1 hour”, or “none”. "
                "Leave blank to use the reminders of the body."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.instance.time_zone or settings.TIME_ZONE
        choices = ZONES if zone in ZONES else {zone: zone.replace("_", " "), **ZONES}
        self.fields["time_zone"] = forms.ChoiceField(
            choices=list(choices.items()), initial=zone, label=gettext("Time zone")
        )
        self.fields["duration_minutes"] = forms.IntegerField(
            label=gettext("Minutes"), min_value=5, max_value=MAX_DURATION_MINUTES, initial=90
        )
        self.fields["visibility"] = forms.ChoiceField(
            choices=Visibility.choices,
            initial=Visibility.MEMBERS,
            label=gettext("Visible to"),
            help_text=gettext("Members can always see the meetings of their own body."),
        )

    @property
    def helper(self) -> FormHelper:
        """Return the helper with date, time, length and time zone in one row where there is room."""
        helper = super().helper
        widths = {"starts_on": 4, "starts_time": 3, "duration_minutes": 2, "time_zone": 3}
        when = Row(*(Column(name, css_class=f"col-6 col-md-{width}") for name, width in widths.items()))
        rest = [name for name in self.fields if name not in (*widths, "title")]
        helper.layout = Layout("title", when, *rest)
        return helper

    def clean(self) -> dict[str, Any]:
        """Refuse a local time that daylight saving time skips."""
        values = super().clean() or {}
        on, at, zone = (values.get(name) for name in ("starts_on", "starts_time", "time_zone"))
        if on and at and zone and is_nonexistent_local_time(on, at, ZoneInfo(zone)):
            error = gettext("That time does not exist because daylight saving time begins. Choose a later time.")
            self.add_error("starts_time", error)
        return values


class NewMeetingForm(MeetingForm):
    """A meeting with its agenda, one item a line."""

    agenda = forms.CharField(
        label=_("Agenda"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Enter one item on each line. “Welcome (10)” plans 10 minutes. You can change it later."),
    )

    def clean_agenda(self) -> list[AgendaLine]:
        """Return the typed items. Raises ValidationError for a title that is too long."""
        lines = agenda_lines(self.cleaned_data["agenda"])
        for line in lines:
            validate_single_line(line.title)
            if len(line.title) > MAX_TITLE_LENGTH:
                error = gettext("“%(title)s…” is longer than %(limit)d characters. Shorten it.")
                raise ValidationError(error % {"title": line.title[:40], "limit": MAX_TITLE_LENGTH})
        return lines


class AgendaItemForm(VersionedForm):
    """One row of the agenda page. An empty last row adds nothing."""

    position = forms.IntegerField(label=_("Order"), min_value=1, max_value=99, required=False)
    remove = forms.BooleanField(required=False, label=_("Remove"))

    class Meta:
        model = AgendaItem
        fields = ["position", "title", "duration_minutes", "detail"]
        widgets = {"detail": forms.Textarea(attrs={"rows": 2})}
        labels = {"title": _("Item"), "duration_minutes": _("Minutes"), "detail": _("Details")}

    def _set_initial(self, typed: QueryDict) -> None:
        """Restore only what was typed into this row, since the order of the rows may have changed."""
        if typed.get(self.add_prefix("id"), "") == str(self.instance.pk or ""):
            super()._set_initial(typed)

    def clean(self) -> dict[str, Any]:
        """Refuse the id of an item that belongs to another meeting."""
        values = super().clean() or {}
        if values.get("id") and not self.instance.pk:
            raise ValidationError(gettext("This item belongs to another meeting."))
        return values

    def as_edit(self) -> AgendaEdit:
        """Return the row as the change that the operation makes."""
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


class BaseAgendaFormSet(forms.BaseModelFormSet):  # type: ignore[type-arg]
    """The rows of the agenda page."""

    http_status = 200

    def edits(self) -> list[AgendaEdit]:
        """Return the changes of all rows that were filled in or changed."""
        return [cast(AgendaItemForm, form).as_edit() for form in self.forms if form.has_changed()]

    @contextmanager
    def collect_errors(self) -> Iterator[None]:
        """Add an error raised by the operation to its row; on an edit conflict, set `http_status` to 409."""
        try:
            yield
        except OperationNotAllowedError as error:
            self.forms[0].add_error(None, str(error))
        except EditConflictError as error:
            row = next(form for form in self.forms if form.instance.pk == error.current.pk)
            cast(AgendaItemForm, row).show_conflict(error.current)
            self.http_status = 409


AgendaFormSet = cast(
    type[BaseAgendaFormSet],
    forms.modelformset_factory(AgendaItem, form=AgendaItemForm, formset=BaseAgendaFormSet, extra=3),
)


class VersionForm(PlainForm):
    """A button with the version of the row that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class CancelForm(VersionForm):
    """The reason for canceling a meeting."""

    reason = forms.CharField(
        max_length=300,
        validators=[validate_single_line],
        label=_("Why is it canceled?"),
        help_text=_("We include the reason in the notice."),
    )


class CellEditForm(PlainForm):
    """A form of many cells that two people may fill in at the same time.

    Each cell posts `seen_<key>`, the value shown when the page was made, and `new_<key>`, the new value, so that only
    a cell that both changed is an edit conflict. A subclass passes the stored values by key and reads them again in
    `load_stored`.
    """

    def __init__(self, *args: Any, stored: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differences: list[FieldConflict] = []
        self.stored = stored
        for key, value in stored.items():
            self.fields[f"seen_{key}"] = forms.CharField(
                widget=forms.HiddenInput, required=False, initial=value, strip=False
            )
            self.fields[f"new_{key}"] = self.make_cell(key, value)
        self.restore_data()

    def make_cell(self, key: str, value: str) -> forms.Field:
        """Return the field of one cell."""
        raise NotImplementedError

    def load_stored(self) -> Mapping[str, str]:
        """Return the values that are stored now, by key."""
        raise NotImplementedError

    def entry(self, key: str) -> CellEdit:
        """Return the value seen and the new value of a cell, with line ends as they are stored."""
        seen, new = (str(self.cleaned_data[f"{part}_{key}"]) for part in ("seen", "new"))
        return CellEdit(seen.replace("\r\n", "\n"), new.replace("\r\n", "\n"))

    def show_conflict(self, current: Versioned) -> None:
        """Show both versions of each cell that another person changed differently. What was typed stays."""
        posted, stored = self.data.copy(), self.load_stored()
        for key in self.stored:
            entry, theirs = self.entry(key), stored.get(key, "")
            if entry.seen == entry.new:
                posted[f"new_{key}"] = theirs
            elif theirs not in (entry.seen, entry.new):
                label = str(self.fields[f"new_{key}"].label)
                self.differences.append(FieldConflict(label, self.display(entry.new), self.display(theirs)))
            posted[f"seen_{key}"] = theirs
        self.data = posted
        self.add_error(
            None,
            gettext(
                "Someone else saved changes while you were editing. Compare the two versions below, "
                "change what you want to keep, and save again."
            ),
        )

    def display(self, value: str) -> str:
        """Return a value as text for the comparison of both versions."""
        return value or gettext("(empty)")


class AttendanceForm(CellEditForm):
    """Who attended: one choice for each person."""

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        self.meeting = meeting
        self.people = {str(row.person.pk): row for row in attendance_participants(meeting)}
        super().__init__(*args, stored={key: row.presence for key, row in self.people.items()}, **kwargs)

    def make_cell(self, key: str, value: str) -> forms.Field:
        """Return the choice of one person."""
        blank = [] if value else [("", gettext("Not recorded"))]
        name = self.people[key].person.name
        return forms.ChoiceField(
            choices=[*blank, *AttendanceStatus.choices],
            required=False,
            initial=value,
            label=name,
            widget=forms.Select(attrs={"class": "form-select", "aria-label": name}),
        )

    def load_stored(self) -> Mapping[str, str]:
        """Return the attendance that is recorded now, by the person's id."""
        return {str(row.person.pk): row.presence for row in attendance_participants(self.meeting)}

    def rows(self) -> list[tuple[Participant, forms.BoundField, forms.BoundField]]:
        """Return each person with the two fields of the cell."""
        return [(row, self[f"seen_{key}"], self[f"new_{key}"]) for key, row in self.people.items()]

    def display(self, value: str) -> str:
        """Return the label of a choice."""
        return str(AttendanceStatus(value).label) if value else gettext("Not recorded")


class MinutesForm(CellEditForm):
    """The minutes of each agenda item and of the meeting."""

    WHOLE = "meeting"

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        self.meeting, items = meeting, list(agenda_of(meeting))
        self.titles = {str(item.pk): f"{number}. {item.title}" for number, item in enumerate(items, start=1)}
        self.titles[self.WHOLE] = gettext("Anything else") if items else gettext("Minutes")
        stored = {str(item.pk): item.notes for item in items} | {self.WHOLE: meeting.minutes}
        super().__init__(*args, stored=stored, **kwargs)

    def make_cell(self, key: str, value: str) -> forms.Field:
        """Return the text of one agenda item, or of the meeting."""
        return forms.CharField(
            required=False, initial=value, label=self.titles[key], widget=forms.Textarea(attrs={"rows": 4})
        )

    def load_stored(self) -> Mapping[str, str]:
        """Return the minutes that are stored now, by the id of the agenda item."""
        self.meeting.refresh_from_db(fields=["minutes"])
        return {str(item.pk): item.notes for item in agenda_of(self.meeting)} | {self.WHOLE: self.meeting.minutes}

    def notes(self) -> dict[int, CellEdit]:
        """Return the minutes of the agenda items, by the id of the item."""
        return {int(key): self.entry(key) for key in self.stored if key != self.WHOLE}


class RSVPOnBehalfForm(OnBehalfForm):
    """The answer that an invited person gave staff in another way."""

    answer = forms.ChoiceField(label=_("Will they attend?"), choices=RSVPAnswer.choices, widget=forms.RadioSelect)
    field_order = ["said_by", "how", "answer"]
