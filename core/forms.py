"""Base classes of all forms: crispy helper, restored input, version of the row, and edit conflicts."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.models import Versioned
from core.operations import EditConflictError, OperationNotAllowedError

# What the person entered on this page before they had to sign in again. Unbound forms start from it.
restored_data: ContextVar[QueryDict | None] = ContextVar("restored_data", default=None)


def date_input() -> forms.DateInput:
    """Return a widget for a date field that shows the browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def conflict_message(row: Versioned) -> str:
    """Return the message for a form or button that was rendered with an older version of `row`."""
    return _("Someone else changed this %(thing)s. Review it and try again.") % {"thing": row._meta.verbose_name}


@dataclass(frozen=True)
class FieldConflict:
    """A field that someone else changed too: its label, the value that was entered and the saved value."""

    label: str
    yours: str
    theirs: str


if TYPE_CHECKING:

    class _Form(forms.BaseForm):
        data: QueryDict  # type: ignore[assignment]
else:
    _Form = object


class HelperMixin(_Form):
    """Add the crispy helper, the error handling and the restored input to a form. The page writes the form element."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.http_status = 200
        self._remove_maxlength()
        self.restore_data()

    @contextmanager
    def collect_errors(self) -> Iterator[None]:
        """Add errors raised by the operation inside to the form; on an edit conflict, set `http_status` to 409."""
        try:
            yield
        except OperationNotAllowedError as error:
            self.add_error(None, str(error))
        except EditConflictError as error:
            self.show_conflict(error.current)
            self.http_status = 409

    def show_conflict(self, current: Versioned) -> None:
        """Add an error that says that the row has changed. The next submission is made from the current version."""
        posted = self.data.copy()  # type: ignore[attr-defined]
        posted[self.add_prefix("version")] = str(current.version)
        self.data = posted
        self.add_error(None, conflict_message(current))

    def _remove_maxlength(self) -> None:
        """Remove `maxlength` from text areas: browsers cut pasted text silently, while the server reports an error."""
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs.pop("maxlength", None)

    def restore_data(self) -> None:
        """Fill an unbound form with the restored input. A form that adds fields later calls this again."""
        typed = restored_data.get()
        if typed is not None and not self.is_bound:
            self._set_initial(typed)

    def _set_initial(self, typed: QueryDict) -> None:
        """Set initial values from `typed` if it holds a visible field of this form. Cleared checkboxes stay clear."""
        widgets = {self.add_prefix(name): (name, field.widget) for name, field in self.fields.items()}
        if not any(key in typed and not widget.is_hidden for key, (_, widget) in widgets.items()):
            return
        for key, (name, widget) in widgets.items():
            if not widget.value_omitted_from_data(typed, {}, key):
                self.initial[name] = widget.value_from_datadict(typed, {}, key)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.form_show_errors = True
        return helper


class PlainForm(HelperMixin, forms.Form):
    """A form without a model instance."""


class VersionedForm(HelperMixin, forms.ModelForm):  # type: ignore[type-arg]
    """A model form that posts the version of its row and shows both values of each field in an edit conflict."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differences: list[FieldConflict] = []
        self.fields["version"].initial = self.instance.version if self.instance.pk else None

    @property
    def values(self) -> dict[str, Any]:
        """Return the cleaned values without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    @property
    def seen_version(self) -> int | None:
        """Return the version of the row when the form was rendered."""
        return self.cleaned_data.get("version")

    def show_conflict(self, current: Versioned) -> None:
        """Rebase the posted form on the current row, add an error and list the conflicting fields in `differences`.

        What the person entered stays. A field that they left unchanged takes the saved value.
        """
        theirs, seen = type(self)(instance=current), self._seen_values(current)
        posted = self.data.copy()
        for name, field in self.fields.items():
            if name == "version" or name not in theirs.fields:
                continue
            stored, typed = theirs[name].value(), self[name].data
            if not field.has_changed(stored, typed):
                continue
            if name in seen and not field.has_changed(seen[name], typed):
                self._post_stored_value(posted, name, stored)
            else:
                yours, now = self._format_value(name, self[name].value()), self._format_value(name, stored)
                self.differences.append(FieldConflict(str(field.label or name), yours, now))
        posted[self.add_prefix("version")] = str(current.version)
        self.data = posted
        if self.differences:
            message = _(
                "Someone else saved changes while you were editing. Compare the two versions below, "
                "enter the values you want to keep, and save again."
            )
        else:
            message = _(
                "Someone else saved changes while you were editing. Your changes don't conflict. Review and save again."
            )
        self.add_error(None, message)

    def _seen_values(self, current: Versioned) -> dict[str, Any]:
        """Return the values of the version that the person saw, from the history of the row; {} if it is unknown."""
        rows = getattr(current, "history", None)
        row = rows.filter(version=self.seen_version).first() if rows else None
        if row is None:
            return {}
        known = {field.name: field.attname for field in row._meta.concrete_fields}
        return {name: getattr(row, known[name]) for name in self._meta.fields or () if name in known}

    def _post_stored_value(self, posted: QueryDict, name: str, stored: Any) -> None:
        """Set the posted value of a field to the saved value."""
        widget, key = self.fields[name].widget, self.add_prefix(name)
        if isinstance(widget, forms.CheckboxInput):
            posted.pop(key, None)
            if stored:
                posted[key] = "on"
            return
        value = widget.format_value(stored)
        posted.setlist(key, value if isinstance(value, list) else ["" if value is None else value])

    def _format_value(self, name: str, value: object) -> str:
        choices = dict(getattr(self.fields[name], "choices", []) or [])
        values = value if isinstance(value, list | tuple) else [value]
        labels = [str(choices.get(item, choices.get(str(item), "" if item is None else item))) for item in values]
        return ", ".join(labels) or _("(empty)")
