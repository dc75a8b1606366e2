"""What a person may be reminded of, and how staff filter the ledger."""

from typing import Any

from django import forms

from core.forms import PlainForm
from mail.rules import DeliveryState
from reminders.queries import KindChoice, kind_choices


class ChoiceForm(PlainForm):
    """The kinds of reminder that a person wants."""

    wanted = forms.MultipleChoiceField(
        label="Remind me",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="You can change this any time.",
    )

    def __init__(self, *args: Any, choices: list[KindChoice], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"wanted": [choice.kind for choice in choices if choice.is_on]})
        super().__init__(*args, **kwargs)
        field = self.fields["wanted"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = [(choice.kind, f"{choice.label}: {choice.hint}") for choice in choices]


class LedgerFilter(forms.Form):
    """Which mails of the ledger to show."""

    q = forms.CharField(label="Person or address", required=False, max_length=120)
    kind = forms.ChoiceField(label="Kind", required=False)
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "All"), ("stuck", "Failed or unknown"), *DeliveryState.choices],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101
        kind.choices = [("", "All"), *kind_choices()]
        for field in self.fields.values():
            is_text = isinstance(field.widget, forms.TextInput)
            field.widget.attrs["class"] = "form-control" if is_text else "form-select"
