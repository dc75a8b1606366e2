"""Forms of a person's record, role and representations, and of what staff enter for somebody."""

import datetime as dt

from django import forms
from django.db.models import QuerySet

from core.forms import PlainForm, VersionedForm
from members.forms.organizations import date_input
from members.models import Person, validate_single_line
from members.operations import OnBehalf
from members.rules import ContactChannel, PortalRole, RepresentationKind

ZONES = {
    "": "The Workgroup's",
    "America/Los_Angeles": "Pacific",
    "America/Denver": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Chicago": "Central",
    "America/New_York": "Eastern",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
}
ASSISTANT_FIELDS = ["assistant_name", "assistant_email"]


class WithAssistant(VersionedForm):
    """A person's form that takes an assistant with an address of their own, or none."""

    def clean_assistant_email(self) -> str:
        return self.cleaned_data["assistant_email"].strip().lower()

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        address = cleaned.get("assistant_email")
        if address and address == cleaned.get("email", self.instance.email):
            self.add_error("assistant_email", "This is the person's own address. Write the assistant's.")
        if cleaned.get("assistant_name") and address == "":
            self.add_error("assistant_email", "Write the address to which the copies go, or take the name away.")
        return cleaned


class PersonForm(WithAssistant):
    """A person's record as staff edit it."""

    class Meta:
        model = Person
        fields = ["name", "email", "position", "phone", "time_zone", *ASSISTANT_FIELDS]
        help_texts = {"email": "They sign in with it. A change ends their sessions."}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = zone_field(self.instance.time_zone)

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()


class ProfileForm(WithAssistant):
    """One's own record. The address is changed by staff, who check it."""

    class Meta:
        model = Person
        fields = ["name", "position", "phone", "time_zone", *ASSISTANT_FIELDS]
        help_texts = {"phone": "Staff and the people who sit on a body with you see it."}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = zone_field(self.instance.time_zone)


def zone_field(own: str) -> forms.ChoiceField:
    """A choice of time zone: those of the United States, and the person's own where it is another."""
    choices = dict(ZONES)
    if own not in choices:
        choices[own] = own.replace("_", " ")
    return forms.ChoiceField(
        label="Time zone",
        required=False,
        choices=list(choices.items()),
        help_text="For the times on your pages and the hour of your mails; a meeting is said in its own zone.",
    )


class RoleForm(VersionedForm):
    """The portal role of a person."""

    class Meta:
        model = Person
        fields = ["portal_role"]

    portal_role = forms.ChoiceField(label="Portal role", choices=PortalRole.choices, widget=forms.RadioSelect)


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
