"""What a person may be reminded of, and how staff filter the ledger."""

from typing import Any

from django import forms

from core.forms import PlainForm
from mail.rules import DeliveryState
from members.models import Person, one_line
from reminders.queries import KindChoice, kind_choices
from reminders.rules import ReminderKind, ReminderState


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


class PauseForm(PlainForm):
    """What shall wait, and why."""

    kind = forms.ChoiceField(label="Kind of mail", required=False)
    address = forms.EmailField(
        label="To one person only",
        required=False,
        help_text="Their e-mail address. Leave it empty to hold up the mail to everybody.",
    )
    reason = forms.CharField(label="Why", max_length=200, validators=[one_line], help_text="Your colleagues read it.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "Every kind"), *kind_choices()]  # type: ignore[attr-defined]

    def clean_address(self) -> Person | None:
        address = self.cleaned_data["address"]
        person = Person.objects.filter(email__iexact=address).first() if address else None
        if address and person is None:
            raise forms.ValidationError("Nobody in the portal has this address. Look it up under People.")
        return person

    @property
    def values(self) -> dict[str, Any]:
        """What the operation takes."""
        data = self.cleaned_data
        return {"kind": data["kind"], "person": data["address"], "reason": data["reason"]}


class RowFilter(forms.Form):
    """Which reminders to show, sent or not."""

    q = forms.CharField(label="Person or address", required=False, max_length=120)
    kind = forms.ChoiceField(label="Kind", required=False)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *ReminderState.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "All"), *ReminderKind.choices]  # type: ignore[attr-defined]
        style_filter(self)


def style_filter(form: forms.Form) -> None:
    """Give a row of filters the look of the portal's fields."""
    for field in form.fields.values():
        is_text = isinstance(field.widget, forms.TextInput)
        field.widget.attrs["class"] = "form-control" if is_text else "form-select"


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
        style_filter(self)
