"""Forms of an organization's record, of what it proposes, and of the staff's lists of organizations."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import PlainForm, VersionedForm, date_input
from core.validators import validate_single_line
from members.models import FormerName, Organization, OrganizationQuerySet, Sector
from members.queries import organization_rows
from members.rules import ORGANIZATION_TRANSITIONS, PROPOSABLE_FIELDS, OrganizationStatus

ORGANIZATION_FIELDS = [
    "name",
    "acronym",
    "sector",
    "jurisdiction",
    "region",
    "participation",
    "website",
    "work",
    "is_public",
    "source",
]
ORGANIZATION_WIDGETS = {"work": forms.Textarea(attrs={"rows": 4}), "source": forms.Textarea(attrs={"rows": 2})}
ORGANIZATION_HELP = {
    "name": "The full official name. A name that it gives up is kept as a former name.",
    "jurisdiction": "Where it acts, such as the whole state or one county.",
    "region": "For the balance of a body's seats.",
    "work": "What it does, in a few sentences for the public.",
    "is_public": "Visitors see public organizations in the directory.",
    "source": "Where what is said here comes from. Staff see it.",
}


class OneName(VersionedForm):
    """An organization's form that takes no name which another one has."""

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        same = Organization.objects.standing().filter(name__iexact=name).exclude(pk=self.instance.pk).first()
        if same:
            raise ValidationError(f"{same.name} is listed already.")
        return name


class OrganizationAddForm(OneName):
    """A new organization with the status that it starts in."""

    class Meta:
        model = Organization
        fields = [*ORGANIZATION_FIELDS[:6], "status", *ORGANIZATION_FIELDS[6:]]
        widgets = ORGANIZATION_WIDGETS
        help_texts = {
            **ORGANIZATION_HELP,
            "status": "People of an active organization have rights; a prospective one's have none yet.",
        }


class OrganizationForm(OneName):
    """The record of an organization as staff edit it; its status has a form of its own."""

    class Meta:
        model = Organization
        fields = ORGANIZATION_FIELDS
        widgets = ORGANIZATION_WIDGETS
        help_texts = ORGANIZATION_HELP


class StatusForm(VersionedForm):
    """A move to another status with its date and reason."""

    since_on = forms.DateField(label="Since", widget=date_input())
    reason = forms.CharField(
        max_length=300, validators=[validate_single_line], help_text="Kept in the history for staff."
    )

    class Meta:
        model = Organization
        fields = ["status"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        moves = ORGANIZATION_TRANSITIONS[self.instance.status]
        choices = [choice for choice in OrganizationStatus.choices if choice[0] in moves]
        self.fields["status"] = forms.ChoiceField(label="New status", choices=[("", "Choose one"), *choices])


class FormerNameForm(VersionedForm):
    """A name that an organization had before, and until when."""

    class Meta:
        model = FormerName
        fields = ["name", "until_on"]
        widgets = {"until_on": date_input()}
        help_texts = {
            "name": "As it was in full. Search and the directory find the organization by it.",
            "until_on": "Leave empty where it is not known.",
        }

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class ProposalForm(VersionedForm):
    """What an organization's own people may ask to be changed in its public record."""

    people_note = forms.CharField(
        label="Changes among its people",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who came, who left, whose address is another one. Staff name and end people; this tells them.",
    )
    note = forms.CharField(
        label="Note to staff", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="Why, if it helps."
    )

    class Meta:
        model = Organization
        fields = list(PROPOSABLE_FIELDS)
        widgets = {"work": forms.Textarea(attrs={"rows": 4})}
        help_texts = {name: text for name, text in ORGANIZATION_HELP.items() if name in ("jurisdiction", "work")}

    @property
    def proposed(self) -> dict[str, str]:
        """The values of the record as they were typed."""
        return {name: str(self.cleaned_data[name]) for name in PROPOSABLE_FIELDS}

    @property
    def notes(self) -> dict[str, Any]:
        """What was noted of the people, and for staff."""
        return {name: self.cleaned_data[name] for name in ("people_note", "note")}


class AnswerForm(PlainForm):
    """What staff answer to a proposal: take it, or decline it with a reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    act = forms.ChoiceField(choices=[("accept", "Accept"), ("decline", "Decline")], widget=forms.HiddenInput)
    answer = forms.CharField(
        label="Reason", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="The proposer sees it."
    )

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("act") == "decline" and not cleaned.get("answer"):
            self.add_error("answer", "Say why. The proposer sees it.")
        return cleaned


class OrganizationFilter(forms.Form):
    """The staff list's filter."""

    q = forms.CharField(label="Name or acronym", required=False)
    status = forms.ChoiceField(required=False, choices=[("", "Any status"), *OrganizationStatus.choices])
    sector = forms.ModelChoiceField(
        Sector.objects.all(), required=False, to_field_name="slug", empty_label="Any sector"
    )
    missing_primary = forms.BooleanField(label="Without a primary representative", required=False)

    def rows(self) -> OrganizationQuerySet:
        """The organizations that it asks for; all of them where it cannot be read."""
        wanted = self.cleaned_data if self.is_valid() else {}
        return organization_rows(
            q=wanted.get("q", ""),
            status=wanted.get("status", ""),
            sector=wanted["sector"].slug if wanted.get("sector") else "",
            missing_primary=wanted.get("missing_primary", False),
        )


class ConfirmationFilter(forms.Form):
    """The filter of the staff's list of confirmations."""

    state = forms.ChoiceField(
        required=False,
        choices=[
            ("", "All active organizations"),
            ("silent", "Silent, left to staff"),
            ("waiting", "Asked and waiting"),
            ("confirmed", "Answered within a year"),
            ("old", "Answered longer ago, or never"),
        ],
    )
