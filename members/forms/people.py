"""Forms of representations, and of what staff enter on behalf of others."""

import datetime as dt

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from core.dates import format_date, local_today
from core.forms import PlainForm, date_input
from core.validators import validate_single_line
from members.operations.on_behalf import OnBehalf
from members.rules import ContactChannel, RepresentationKind


class ListedPersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of people, each with their address, which distinguishes people with the same name."""

    def label_from_instance(self, person: Person) -> str:
        """Return name and address."""
        return f"{person.name} · {person.email}"


class OnBehalfForm(PlainForm):
    """The person on whose behalf staff enter something, and how they told staff. Apps add the fields of the entry."""

    said_by = ListedPersonField(Person.objects.none(), label=_("Who told you?"), empty_label=_("Select a person"))
    how = forms.ChoiceField(label=_("How did they tell you?"), choices=ContactChannel.choices, widget=forms.RadioSelect)

    def __init__(self, *args: object, people: QuerySet[Person], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["said_by"].queryset = people  # type: ignore[attr-defined]

    def on_behalf(self, now: dt.datetime) -> OnBehalf:
        """Return on whose behalf staff act, from the cleaned form."""
        return OnBehalf(self.cleaned_data["said_by"], self.cleaned_data["how"], now)


class RepresentationForm(PlainForm):
    """A new representation of a listed person, or of a new person who cannot sign in yet."""

    kind = forms.ChoiceField(
        label=_("Role"), choices=RepresentationKind.choices, initial=RepresentationKind.REPRESENTATIVE
    )
    person = ListedPersonField(
        Person.objects.filter(is_active=True),
        required=False,
        label=_("Listed person"),
        empty_label=_("A new person"),
        help_text=_("Select a listed person, or enter the name and email of a new person below."),
    )
    name = forms.CharField(label=_("Name"), max_length=120, required=False, validators=[validate_single_line])
    email = forms.EmailField(label=_("Email"), required=False)
    position = forms.CharField(label=_("Position"), max_length=160, required=False, validators=[validate_single_line])
    starts_on = forms.DateField(label=_("Start date"), widget=date_input())
    planned_end_on = forms.DateField(label=_("Planned end date"), required=False, widget=date_input())

    def clean_email(self) -> str:
        """Return the address in lower case."""
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, object]:
        """Require a listed person or a new one, not both, and an end that is not before the start."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("person") is None and "person" in cleaned:
            for name in ("name", "email"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Enter this, or select a listed person above."))
            listed = Person.objects.filter(email=cleaned.get("email") or "").first()
            if listed:
                text = gettext("%(name)s has this address. Select the listed person above.")
                self.add_error("email", text % {"name": listed.name})
        elif cleaned.get("name") or cleaned.get("email"):
            self.add_error("person", gettext("Select a listed person or enter a new one, not both."))
        starts, ends = cleaned.get("starts_on"), cleaned.get("planned_end_on")
        if isinstance(starts, dt.date) and isinstance(ends, dt.date) and ends < starts:
            text = gettext("The end date is before the start date. Enter %(date)s or a later date.")
            self.add_error("planned_end_on", text % {"date": format_date(starts, local_today())})
        return cleaned
