"""Forms of bodies, seats and terms. They validate and never write."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from core.forms import PlainForm, VersionedForm
from core.validators import validate_single_line
from members.models import Sector
from members.permissions import organizations_visible_to
from members.rules import STATUSES_WITH_RIGHTS, Region
from taskforces.models import Body, Requirement, Seat, Term
from taskforces.permissions import people_for
from taskforces.rules import SeatRole, default_end


def date_input() -> forms.DateInput:
    """Return a widget that opens the browser's date picker."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


BODY_FIELDS = [
    "name",
    "focus",
    "charter",
    "charter_review_on",
    "term_months",
    "attendance_expected_percent",
    "open_meeting_law",
    "chair_may_publish",
    "meeting_reminders",
]
BODY_HELP = {
    "name": _("Leave out the words “task force”: enter “Data”, not “Data task force”."),
    "focus": _("One or two sentences. They appear at the top of the task force's page."),
    "charter": _(
        "Purpose, scope, quorum, how often it meets, and expected attendance. "
        "You can use Markdown: ## heading, - list, **bold**."
    ),
    "open_meeting_law": _("Ask counsel if the Bagley-Keene Open Meeting Act applies to this body."),
    "meeting_reminders": _(
        "Enter days or hours, like “7 days, 1 day, 1 hour”, or “none”. Leave blank to use the default. "
        "You can choose other times for a single meeting."
    ),
    "dissolved_on": _(
        "Leave blank while the task force is active. From this date, its seats give no rights and it is not listed."
    ),
}


class NewBodyForm(VersionedForm):
    """Form to add a task force, with its web address."""

    class Meta:
        model = Body
        fields = ["name", "slug", *BODY_FIELDS[1:]]
        widgets = {"charter_review_on": date_input(), "focus": forms.Textarea(attrs={"rows": 3})}
        labels = {"slug": _("Web address")}
        help_texts = {**BODY_HELP, "slug": _("Lowercase words joined by hyphens, like “data-sharing”.")}


class BodyForm(VersionedForm):
    """Form to edit the description, charter and settings of a body. Its web address never changes."""

    class Meta:
        model = Body
        fields = [*BODY_FIELDS, "dissolved_on"]
        widgets = {
            "charter_review_on": date_input(),
            "dissolved_on": date_input(),
            "focus": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = BODY_HELP


class SeatForm(VersionedForm):
    """Form to add a seat to a body."""

    class Meta:
        model = Seat
        fields = ["role", "organization"]

    def __init__(self, *args: Any, actor: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organizations = organizations_visible_to(actor).standing().filter(status__in=STATUSES_WITH_RIGHTS)
        self.fields["organization"] = forms.ModelChoiceField(
            queryset=organizations,
            required=False,
            label=gettext("Organization"),
            empty_label=gettext("No organization"),
            help_text=gettext(
                "The organization that names the person. Leave blank if the seat belongs to no organization."
            ),
        )
        self.fields["role"].initial = SeatRole.MEMBER


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of people, each by name and position."""

    def label_from_instance(self, person: Person) -> str:
        return f"{person.name} ({person.position})" if person.position else person.name


class TermForm(PlainForm):
    """Form to fill a seat with a person."""

    field_order = ["person", "starts_on", "planned_end_on"]
    starts_on = forms.DateField(label=_("Start date"), widget=date_input())
    planned_end_on = forms.DateField(
        label=_("Planned end"),
        required=False,
        widget=date_input(),
        help_text=_(
            "After this date the person stays in the seat and is marked “past term” until you renew or end the term."
        ),
    )

    def __init__(self, *args: Any, seat: Seat, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = PersonChoice(
            label=gettext("Person"), queryset=people_for(seat), empty_label=gettext("Select a person")
        )
        self.fields["starts_on"].initial = today
        self.fields["planned_end_on"].initial = default_end(today, seat.body.term_months)
        self.order_fields(self.field_order)


class TermRenewForm(VersionedForm):
    """Form to renew a term. It suggests the body's usual length, counted from the old planned end."""

    planned_end_on = forms.DateField(label=_("New planned end"), widget=date_input())

    class Meta:
        model = Term
        fields = ["planned_end_on"]

    def __init__(self, *args: Any, today: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        term: Term = self.instance
        if today and (months := term.seat.body.term_months):
            old = max(term.planned_end_on or today, today)
            self.initial["planned_end_on"] = default_end(old + timedelta(days=1), months)


class TermEndForm(VersionedForm):
    """Form to end a term: the last day, and why."""

    ended_on = forms.DateField(label=_("Last day"), widget=date_input())
    end_reason = forms.CharField(label=_("Reason"), max_length=300, validators=[validate_single_line])

    class Meta:
        model = Term
        fields = ["ended_on", "end_reason"]


class DayForm(forms.Form):
    """The date for which a roster is shown; without one it is today."""

    on = forms.DateField(
        label=_("As of"),
        required=False,
        widget=date_input(),
        error_messages={"invalid": _("Enter a valid date, like 2026-03-01.")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date | None:
        """Return the date, or None for today."""
        on: date | None = self.cleaned_data["on"]
        if on and on > self.today:
            raise forms.ValidationError(gettext("The date is in the future. Enter today or an earlier date."))
        return None if on == self.today else on


class RequirementForm(VersionedForm):
    """Form to require a sector or a region on a body."""

    sector = forms.ModelChoiceField(
        Sector.objects.all(),
        required=False,
        label=_("Sector"),
        empty_label=_("No sector"),
        help_text=_("Choose either a sector or a region."),
    )
    region = forms.ChoiceField(label=_("Region"), choices=[("", _("No region")), *Region.choices], required=False)

    class Meta:
        model = Requirement
        fields = ["sector", "region", "minimum"]
        help_texts = {"minimum": _("Minimum number of different organizations.")}

    def clean(self) -> dict[str, Any]:
        """Reject both or neither, and a requirement that the body already has."""
        values = super().clean() or self.cleaned_data
        sector, region = values.get("sector"), values.get("region")
        if "sector" in values and "region" in values and bool(sector) == bool(region):
            self.add_error("sector", gettext("Choose either a sector or a region."))
        elif self.instance.body.requirements.filter(sector=sector, region=region or "", ended_on=None).exists():
            message = gettext("This is already required. Edit that requirement.")
            self.add_error("sector" if sector else "region", message)
        return values


class MinimumForm(VersionedForm):
    """Form to change the minimum of a requirement."""

    class Meta:
        model = Requirement
        fields = ["minimum"]
