"""Forms of a person's record, role and representations, and of what staff enter for somebody."""

import datetime as dt

from django import forms
from django.db.models import QuerySet

from accounts.models import Person
from core.forms import PlainForm, date_input
from core.validators import validate_single_line
from members.operations import OnBehalf
from members.rules import ContactChannel, RepresentationKind


class ListedPersonField(forms.ModelChoiceField):
    """A choice among people, each with the address that tells two of one name apart."""

    def label_from_instance(self, person: Person) -> str:
        return f"{person.name} · {person.email}"


class OnBehalfForm(PlainForm):
    """Who said it and how staff were told; an app adds what was said."""

    said_by = ListedPersonField(Person.objects.none(), label="Who said it?", empty_label="Choose a person")
    how = forms.ChoiceField(label="How were you told?", choices=ContactChannel.choices, widget=forms.RadioSelect)

    def __init__(self, *args: object, people: QuerySet[Person], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["said_by"].queryset = people  # type: ignore[attr-defined]

    def on_behalf(self, now: dt.datetime) -> OnBehalf:
        """For whom staff act, from the cleaned form."""
        return OnBehalf(self.cleaned_data["said_by"], self.cleaned_data["how"], now)


class RepresentationForm(PlainForm):
    """Somebody named by an organization in writing: a listed person, or a new one who cannot sign in yet."""

    kind = forms.ChoiceField(choices=RepresentationKind.choices, initial=RepresentationKind.REPRESENTATIVE)
    person = ListedPersonField(
        Person.objects.filter(is_active=True),
        required=False,
        label="Listed person",
        empty_label="Somebody new",
        help_text="Choose a listed person, or leave it and fill in the name and address below.",
    )
    name = forms.CharField(max_length=120, required=False, validators=[validate_single_line])
    email = forms.EmailField(label="E-mail", required=False)
    position = forms.CharField(max_length=160, required=False, validators=[validate_single_line])
    starts_on = forms.DateField(label="Starts", widget=date_input())
    planned_end_on = forms.DateField(label="Planned end", required=False, widget=date_input())

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("person") is None and "person" in cleaned:
            for name in ("name", "email"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, "Fill this in, or choose a listed person above.")
            known = Person.objects.filter(email=cleaned.get("email") or "").first()
            if known:
                self.add_error("email", f"{known.name} has this address. Choose the listed person above.")
        elif cleaned.get("name") or cleaned.get("email"):
            self.add_error("person", "Choose a listed person or name somebody new, not both.")
        starts, ends = cleaned.get("starts_on"), cleaned.get("planned_end_on")
        if isinstance(starts, dt.date) and isinstance(ends, dt.date) and ends < starts:
            self.add_error("planned_end_on", f"The end is before the start. Choose {starts:%b} {starts.day} or later.")
        return cleaned
