"""What every form shares: the crispy helper, the version it was made from, and both sides of a stale edit."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.models import Versioned
from core.operations import EditConflictError, OperationNotAllowedError

# What somebody had typed on this page before they had to sign in again; forms without data start from it.
restored_data: ContextVar[QueryDict | None] = ContextVar("restored_data", default=None)


def date_input() -> forms.DateInput:
    """A date field's widget as the browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def conflict_message(row: Versioned) -> str:
    """Return the text for a form or button that was made from an older version of `row`."""
    return _("Someone else changed this %(thing)s. Review it and try again.") % {"thing": row._meta.verbose_name}


@dataclass(frozen=True)
class FieldConflict:
    """One field that somebody else changed meanwhile: its label, what was typed and what is stored now."""

    label: str
    yours: str
    theirs: str


class HelperMixin:
    """Gives a form the crispy helper, and what was typed before: the page writes the form element and its button."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.http_status = 200
        self._take_long_text()
        self.restore_data()

    @contextmanager
    def collect_errors(self) -> Iterator[None]:
        """Add errors raised by the operation inside to the form; on an edit conflict, set `http_status` to 409."""
        try:
            yield
        except OperationNotAllowedError as error:
            self.add_error(None, str(error))  # type: ignore[attr-defined]
        except EditConflictError as error:
            self.show_conflict(error.current)
            self.http_status = 409

    def show_conflict(self, current: Versioned) -> None:
        """Add an error that says that the row has changed. The next submission is made from the current version."""
        posted = self.data.copy()  # type: ignore[attr-defined]
        posted[self.add_prefix("version")] = current.version  # type: ignore[attr-defined]
        self.data = posted
        self.add_error(None, conflict_message(current))  # type: ignore[attr-defined]

    def _take_long_text(self) -> None:
        """A browser cuts what is pasted at `maxlength` and says nothing: in a text box the server says so instead."""
        for field in self.fields.values():  # type: ignore[attr-defined]
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs.pop("maxlength", None)

    def restore_data(self) -> None:
        """Show what was typed before. A form that adds fields of its own says so once more when it has them all."""
        typed = restored_data.get()
        if typed is not None and not self.is_bound:  # type: ignore[attr-defined]
            self._start_from(typed)

    def _start_from(self, typed: QueryDict) -> None:
        """Fill in what was typed, if any visible field of this form is in it; an unticked box stays unticked."""
        widgets = {
            self.add_prefix(name): (name, field.widget)  # type: ignore[attr-defined]
            for name, field in self.fields.items()  # type: ignore[attr-defined]
        }
        if not any(key in typed and not widget.is_hidden for key, (_, widget) in widgets.items()):
            return
        for key, (name, widget) in widgets.items():
            if not widget.value_omitted_from_data(typed, {}, key):
                self.initial[name] = widget.value_from_datadict(typed, {}, key)  # type: ignore[attr-defined]

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.form_show_errors = True
        return helper


class PlainForm(HelperMixin, forms.Form):
    """A form that stands for no row."""


class VersionedForm(HelperMixin, forms.ModelForm):
    """A form made from a row; posts the version it was made from and can show both sides of a stale edit."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differences: list[FieldConflict] = []
        self.fields["version"].initial = self.instance.version if self.instance.pk else None

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned values without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    @property
    def seen_version(self) -> int | None:
        """The version of the row that the person saw when the form was made."""
        return self.cleaned_data.get("version")

    def show_conflict(self, current: Versioned) -> None:
        """Turn the posted form into one over the row as it stands now.

        What was typed stays, with both sides shown; a field that was left as it was seen takes what is stored now.
        """
        theirs, seen = type(self)(instance=current), self._as_seen(current)
        posted = self.data.copy()  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            if name == "version" or name not in theirs.fields:
                continue
            stored, typed = theirs[name].value(), self[name].data
            if not field.has_changed(stored, typed):
                continue
            if name in seen and not field.has_changed(seen[name], typed):
                self._take(posted, name, stored)
            else:
                yours, now = self._say(name, self[name].value()), self._say(name, stored)
                self.differences.append(FieldConflict(str(field.label or name), yours, now))
        posted[self.add_prefix("version")] = current.version
        self.data = posted
        self.add_error(
            None,
            "Somebody saved this while you were typing. Compare the two below, "
            "change what you want to keep, and save again."
            if self.differences
            else "Somebody saved this while you were typing. Nothing of yours clashes: look once more, and save again.",
        )

    def _as_seen(self, current: Versioned) -> dict[str, Any]:
        """The values of the version that the form was made from, from the row's history; empty where it is not told."""
        rows = getattr(current, "history", None)
        row = rows.filter(version=self.seen_version).first() if rows else None
        if row is None:
            return {}
        known = {field.name: field.attname for field in row._meta.concrete_fields}
        return {name: getattr(row, known[name]) for name in self._meta.fields or () if name in known}

    def _take(self, posted: QueryDict, name: str, stored: Any) -> None:
        """Post what is stored as if it had been typed."""
        widget, key = self.fields[name].widget, self.add_prefix(name)
        if isinstance(widget, forms.CheckboxInput):
            posted.pop(key, None)
            if stored:
                posted[key] = "on"
            return
        words = widget.format_value(stored)
        posted.setlist(key, words if isinstance(words, list) else ["" if words is None else words])

    def _say(self, name: str, value: object) -> str:
        choices = dict(getattr(self.fields[name], "choices", []) or [])
        values = value if isinstance(value, list | tuple) else [value]
        words = [str(choices.get(item, choices.get(str(item), "" if item is None else item))) for item in values]
        return ", ".join(words) or "(empty)"
