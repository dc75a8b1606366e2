"""Forms of organizations and their proposals, and the filters of the staff's lists."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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
    "name": _("The full official name. If you change it, the old name is kept as a former name."),
    "jurisdiction": _("The area it serves, such as the whole state or one county."),
    "region": _("Used to balance the seats of a task force."),
    "work": _("A few sentences for the public about what it does."),
    "is_public": _("Visitors see public organizations in the directory."),
    "source": _("Where this information comes from. Only staff see it."),
}


class UniqueNameForm(VersionedForm):
    """A form of an organization whose name no other organization has."""

    def clean_name(self) -> str:
        """Return the name with single spaces. Raises ValidationError if another organization has it."""
        name = " ".join(self.cleaned_data["name"].split())
        same = Organization.objects.standing().filter(name__iexact=name).exclude(pk=self.instance.pk).first()
        if same:
            text = gettext("%(name)s is already listed.")
            raise ValidationError(text % {"name": same.name}, code="unique")
        return name


class OrganizationAddForm(UniqueNameForm):
    """A new organization, with its first status."""

    class Meta:
        model = Organization
        fields = [*ORGANIZATION_FIELDS[:6], "status", *ORGANIZATION_FIELDS[6:]]
        widgets = ORGANIZATION_WIDGETS
        help_texts = {
            **ORGANIZATION_HELP,
            "status": _(
                "People of an active organization have their rights in the portal. People of a prospective one don't."
            ),
        }


class OrganizationForm(UniqueNameForm):
    """An organization's information as staff edit it. Its status has a form of its own."""

    class Meta:
        model = Organization
        fields = ORGANIZATION_FIELDS
        widgets = ORGANIZATION_WIDGETS
        help_texts = ORGANIZATION_HELP


class StatusForm(VersionedForm):
    """A change to another status, with its date and reason."""

    since_on = forms.DateField(label=_("Since"), widget=date_input())
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        validators=[validate_single_line],
        help_text=_("Stored in the history, which only staff see."),
    )

    class Meta:
        model = Organization
        fields = ["status"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        targets = ORGANIZATION_TRANSITIONS[self.instance.status]
        choices = [choice for choice in OrganizationStatus.choices if choice[0] in targets]
        self.fields["status"] = forms.ChoiceField(
            label=gettext("New status"), choices=[("", gettext("Select a status")), *choices]
        )


class FormerNameForm(VersionedForm):
    """A former name of an organization, and until when it was used."""

    class Meta:
        model = FormerName
        fields = ["name", "until_on"]
        widgets = {"until_on": date_input()}
        help_texts = {
            "name": _("The full name. Search and the directory find the organization by it."),
            "until_on": _("Leave blank if you don't know the date."),
        }

    def clean_name(self) -> str:
        """Return the name with single spaces."""
        return " ".join(self.cleaned_data["name"].split())


class ProposalForm(VersionedForm):
    """Changes to the public information of an organization that its managers propose."""

    people_note = forms.CharField(
        label=_("Changes among its people"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("New people, people who left, and changed contact information. Staff make these changes."),
    )
    note = forms.CharField(
        label=_("Note to staff"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Optional. Anything staff should know."),
    )

    class Meta:
        model = Organization
        fields = list(PROPOSABLE_FIELDS)
        widgets = {"work": forms.Textarea(attrs={"rows": 4})}
        help_texts = {name: text for name, text in ORGANIZATION_HELP.items() if name in ("jurisdiction", "work")}

    @property
    def proposed(self) -> dict[str, str]:
        """The values as they were entered."""
        return {name: str(self.cleaned_data[name]) for name in PROPOSABLE_FIELDS}

    @property
    def notes(self) -> dict[str, Any]:
        """The note about people, and the note to staff."""
        return {name: self.cleaned_data[name] for name in ("people_note", "note")}


class ProposalAnswerForm(PlainForm):
    """The answer of staff to a proposal: accept it, or decline it with a reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    act = forms.ChoiceField(choices=[("accept", _("Accept")), ("decline", _("Decline"))], widget=forms.HiddenInput)
    answer = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The person who proposed the changes can see it."),
    )

    def clean(self) -> dict[str, object]:
        """Require a reason for declining."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("act") == "decline" and not cleaned.get("answer"):
            self.add_error("answer", gettext("Enter a reason. The person who proposed the changes can see it."))
        return cleaned


class OrganizationFilter(forms.Form):
    """The filter of the staff's list of organizations."""

    q = forms.CharField(label=_("Name or acronym"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any status")), *OrganizationStatus.choices]
    )
    sector = forms.ModelChoiceField(
        Sector.objects.all(),
        label=_("Sector"),
        required=False,
        to_field_name="slug",
        empty_label=_("Any sector"),
    )
    missing_primary = forms.BooleanField(label=_("Without a primary representative"), required=False)

    def rows(self) -> OrganizationQuerySet:
        """Return the organizations that match the filter; all of them if the filter is invalid."""
        values = self.cleaned_data if self.is_valid() else {}
        return organization_rows(
            q=values.get("q", ""),
            status=values.get("status", ""),
            sector=values["sector"].slug if values.get("sector") else "",
            missing_primary=values.get("missing_primary", False),
        )


class ConfirmationFilter(forms.Form):
    """The filter of the staff's list of confirmations."""

    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("All active organizations")),
            ("silent", _("No response: staff follow-up")),
            ("waiting", _("Waiting for a response")),
            ("confirmed", _("Confirmed within a year")),
            ("old", _("Confirmed longer ago, or never")),
        ],
    )
