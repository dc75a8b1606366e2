"""Forms of bodies, seats and terms. They validate and never write."""

from datetime import date, timedelta
from typing import Any

from django import forms

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
    """A date field's widget as the browser's own calendar."""
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
    "name": "Without the words “task force”: “Data”, not “Data task force”.",
    "focus": "One or two sentences. They open the task force's page.",
    "charter": "Purpose, scope, quorum, meeting rhythm, attendance. Markdown works: ## heading, - list, **bold**.",
    "open_meeting_law": "Whether the Bagley-Keene Open Meeting Act binds this body is for counsel to say.",
    "meeting_reminders": "Days or hours, such as “7 days, 1 day, 1 hour”. “none” sends none. A meeting may differ.",
    "dissolved_on": "Leave empty while it stands. With a date, its seats give no rights and it leaves the lists.",
}


class NewBodyForm(VersionedForm):
    """A task force to be added, with its address."""

    class Meta:
        model = Body
        fields = ["name", "slug", *BODY_FIELDS[1:]]
        widgets = {"charter_review_on": date_input(), "focus": forms.Textarea(attrs={"rows": 3})}
        labels = {"slug": "Address"}
        help_texts = {**BODY_HELP, "slug": "Lower-case words joined by hyphens, such as “data-sharing”."}


class BodyForm(VersionedForm):
    """What is said of a body and how it works. Its address never changes."""

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
    """A seat to be added to a body."""

    class Meta:
        model = Seat
        fields = ["role", "organization"]

    def __init__(self, *args: Any, actor: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organizations = organizations_visible_to(actor).standing().filter(status__in=STATUSES_WITH_RIGHTS)
        self.fields["organization"] = forms.ModelChoiceField(
            queryset=organizations,
            required=False,
            empty_label="No organization",
            help_text="The organization that names the person. Leave empty for a seat of no organization.",
        )
        self.fields["role"].initial = SeatRole.MEMBER


class PersonChoice(forms.ModelChoiceField):
    """People by name and position."""

    def label_from_instance(self, person: Person) -> str:
        return f"{person.name} ({person.position})" if person.position else person.name


class TermForm(PlainForm):
    """A person to be put in a seat."""

    field_order = ["person", "starts_on", "planned_end_on"]
    starts_on = forms.DateField(label="Starts", widget=date_input())
    planned_end_on = forms.DateField(
        label="Planned end",
        required=False,
        widget=date_input(),
        help_text="Past this day the person still sits, and that shows until you renew or end the term.",
    )

    def __init__(self, *args: Any, seat: Seat, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = PersonChoice(queryset=people_for(seat), empty_label="Choose a person")
        self.fields["starts_on"].initial = today
        self.fields["planned_end_on"].initial = default_end(today, seat.body.term_months)
        self.order_fields(self.field_order)


class TermRenewForm(VersionedForm):
    """A later planned end; the body's usual length from the old one on is offered."""

    planned_end_on = forms.DateField(label="New planned end", widget=date_input())

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
    """The day on which a person left a seat, and why."""

    ended_on = forms.DateField(label="Last day", widget=date_input())
    end_reason = forms.CharField(label="Reason", max_length=300, validators=[validate_single_line])

    class Meta:
        model = Term
        fields = ["ended_on", "end_reason"]


class DayForm(forms.Form):
    """The day of which a roster is asked for; none is today."""

    on = forms.DateField(
        label="As of",
        required=False,
        widget=date_input(),
        error_messages={"invalid": "This is no date. Write it like 2026-03-01."},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date | None:
        """The day, or None for today."""
        on: date | None = self.cleaned_data["on"]
        if on and on > self.today:
            raise forms.ValidationError("This day lies ahead. Choose today or an earlier day.")
        return None if on == self.today else on


class RequirementForm(VersionedForm):
    """A sector or a region that a body needs."""

    sector = forms.ModelChoiceField(
        Sector.objects.all(),
        required=False,
        empty_label="No sector",
        help_text="Choose a sector or a region, one of the two.",
    )
    region = forms.ChoiceField(choices=[("", "No region"), *Region.choices], required=False)

    class Meta:
        model = Requirement
        fields = ["sector", "region", "minimum"]
        help_texts = {"minimum": "So many different organizations of it are to sit."}

    def clean(self) -> dict[str, Any]:
        """Refuse both or neither, and what is required already."""
        values = super().clean() or self.cleaned_data
        sector, region = values.get("sector"), values.get("region")
        if "sector" in values and "region" in values and bool(sector) == bool(region):
            self.add_error("sector", "Choose a sector or a region, one of the two.")
        elif self.instance.body.requirements.filter(sector=sector, region=region or "", ended_on=None).exists():
            self.add_error("sector" if sector else "region", "This is required already. Change that requirement.")
        return values


class MinimumForm(VersionedForm):
    """Another minimum of a requirement."""

    class Meta:
        model = Requirement
        fields = ["minimum"]
