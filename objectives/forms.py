"""Forms of progress, strategies and objectives. They validate and never write."""

from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Person
from accounts.permissions import AnyPerson
from core.forms import PlainForm, VersionedForm
from core.validators import validate_single_line
from members.forms import OnBehalfForm
from members.models import Organization, Representation
from members.permissions import organizations_visible_to
from members.rules import OrganizationStatus
from objectives.models import Milestone, Objective, ProgressUpdate, Strategy, StrategySupport
from objectives.rules import ProgressStatus
from taskforces.forms import date_input


class UpdateForm(VersionedForm):
    """A progress update: five choices and one text. A draft may lack either, what is submitted may not."""

    status = forms.ChoiceField(
        label="How does it stand?", choices=ProgressStatus.choices, widget=forms.RadioSelect, required=False
    )
    narrative = forms.CharField(
        label="What moved? What is in the way? What next?",
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control"}),
        required=False,
        max_length=5000,
        help_text=(
            "Two or three plain sentences. Once published, everybody can read them: "
            "say nothing that points to a single patient or client."
        ),
    )

    class Meta:
        model = ProgressUpdate
        fields = ["status", "narrative"]

    def __init__(self, *args: Any, submitting: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submitting = submitting

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.submitting and not values.get("status") and "status" not in self.errors:
            self.add_error("status", "Choose one of the five.")
        if self.submitting and not values.get("narrative") and "narrative" not in self.errors:
            self.add_error("narrative", "Say in a sentence what moved, or save a draft for now.")
        return values


class UpdateOnBehalfForm(OnBehalfForm):
    """What somebody who writes for a strategy told staff: that nothing changed, or a status and a narrative."""

    STILL_TRUE = "confirm_status"
    what = forms.ChoiceField(label="What did they say?", widget=forms.RadioSelect)
    narrative = forms.CharField(
        label="In their words",
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        max_length=5000,
        help_text="What moved, what is in the way, what next. Leave it empty where nothing changed.",
    )
    update = forms.IntegerField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ["said_by", "how", "what", "narrative"]

    def __init__(self, *args: Any, may_confirm: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        confirm = [(self.STILL_TRUE, "Still true: nothing changed")] if may_confirm else []
        self.fields["what"].choices = [*confirm, *ProgressStatus.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        what, narrative = values.get("what"), values.get("narrative")
        if what and what != self.STILL_TRUE and not narrative and "narrative" not in self.errors:
            self.add_error("narrative", "Say in a sentence what they told you.")
        if what == self.STILL_TRUE and narrative:
            self.add_error("what", "“Still true” takes no new words. Choose a status, or leave the text empty.")
        return values


class ReturnForm(PlainForm):
    """Why a submitted update goes back to its author."""

    reason = forms.CharField(
        label="What should the author mend?",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text="The author sees this beside the draft.",
    )


class PersonOfOrganization(forms.ModelChoiceField):
    """People by name with the organizations they represent."""

    def label_from_instance(self, person: Person) -> str:
        names = sorted({held.organization.short_name for held in person.current_rights})  # type: ignore[attr-defined]
        return f"{person.name}, {', '.join(names)}"


class StrategyForm(VersionedForm):
    """What a body does for an objective, who leads it and who supports it."""

    supports = forms.ModelMultipleChoiceField(
        label="Supporting organizations",
        queryset=Organization.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Strategy
        fields = [
            "objective",
            "title",
            "description",
            "lead_organization",
            "responsible_person",
            "starts_on",
            "due_on",
            "reporting_frequency",
            "supports",
        ]
        labels = {"starts_on": "Starts", "due_on": "To be done by", "reporting_frequency": "Reports"}
        help_texts = {
            "title": "What is done, beginning with a verb: “Publish the county dashboard”.",
            "responsible_person": "Of the lead organization. Owes the updates; without one, the chair does.",
        }
        widgets = {
            "starts_on": date_input(),
            "due_on": date_input(),
            "description": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, actor: AnyPerson | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor or AnonymousUser()
        strategy = self.instance if self.instance.pk else None
        supporting = StrategySupport.objects.filter(strategy=strategy, ended_on=None).values("organization")
        here = Q(pk__in=supporting) | Q(pk=strategy.lead_organization_id if strategy else None)
        choosable = organizations_visible_to(self.actor).standing().exclude(status=OrganizationStatus.FORMER)
        organizations = Organization.objects.filter(Q(pk__in=choosable.values("pk")) | here)
        self.fields["objective"] = forms.ModelChoiceField(
            queryset=Objective.objects.filter(
                Q(plan__is_current=True) | Q(pk=strategy.objective_id if strategy else None)
            ),
            empty_label="Choose an objective",
        )
        self.fields["lead_organization"].queryset = organizations  # type: ignore[attr-defined]
        self.fields["supports"].queryset = organizations  # type: ignore[attr-defined]
        if strategy:
            current = organizations.filter(pk__in=supporting).values_list("pk", flat=True)
            self.fields["supports"].initial = [str(pk) for pk in current]
        self.fields["responsible_person"] = PersonOfOrganization(
            queryset=_people_with_rights(),
            required=False,
            empty_label="Nobody yet",
            help_text=self.Meta.help_texts["responsible_person"],
        )
        self.order_fields(["version", *self.Meta.fields])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        starts, due = values.get("starts_on"), values.get("due_on")
        if starts and due and due < starts:
            earliest = f"{starts:%b} {starts.day}, {starts.year}"
            self.add_error("due_on", f"This is before the start date. Choose {earliest} or later.")
        return values


def _people_with_rights() -> QuerySet[Person]:
    rights = Representation.objects.with_rights()
    held = Prefetch("representations", rights.select_related("organization"), to_attr="current_rights")
    people = Person.objects.filter(pk__in=rights.order_by().values("person"), is_active=True)
    return people.prefetch_related(held)


class CloseForm(VersionedForm):
    """Why a strategy ends."""

    close_reason = forms.CharField(
        label="Why does it end?",
        max_length=300,
        validators=[validate_single_line],
        help_text="One line, shown to everybody beside the strategy.",
    )

    class Meta:
        model = Strategy
        fields = ["close_reason"]


class MilestoneForm(VersionedForm):
    """A dated step."""

    class Meta:
        model = Milestone
        fields = ["title", "due_on"]
        labels = {"title": "What will be reached", "due_on": "By"}
        widgets = {"due_on": date_input()}


class ObjectiveForm(VersionedForm):
    """An objective's official words."""

    class Meta:
        model = Objective
        fields = ["title", "description"]
        widgets = {"title": forms.Textarea(attrs={"rows": 2})}
