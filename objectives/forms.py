"""Forms for progress updates, strategies, milestones and objectives. They validate and never write."""

from typing import Any, cast

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, Q, QuerySet
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.permissions import AnyPerson
from core.forms import PlainForm, VersionedForm
from core.models import Versioned
from core.validators import validate_single_line
from members.forms import OnBehalfForm
from members.models import Organization, Representation
from members.permissions import organizations_visible_to
from members.rules import OrganizationStatus
from objectives.models import Milestone, Objective, ProgressUpdate, Strategy, StrategySupport
from objectives.rules import ProgressStatus, UpdateState
from taskforces.forms import date_input


class UpdateForm(VersionedForm):
    """A progress update: a status and a text. A draft may lack either; a submitted update may not."""

    status = forms.ChoiceField(
        label=_("Status"), choices=ProgressStatus.choices, widget=forms.RadioSelect, required=False
    )
    narrative = forms.CharField(
        label=_("What progress was made? What are the barriers? What's next?"),
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control"}),
        required=False,
        max_length=5000,
        help_text=_(
            "Write two or three plain sentences. Once published, everyone can read them: "
            "do not include anything that could identify a patient or client."
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
            self.add_error("status", gettext("Select a status."))
        if self.submitting and not values.get("narrative") and "narrative" not in self.errors:
            self.add_error("narrative", gettext("Describe the progress in at least one sentence, or save a draft."))
        return values


class UpdateOnBehalfForm(OnBehalfForm):
    """What a person who may write for a strategy told staff: no change, or a status and a text."""

    NO_CHANGE = "confirm_status"
    what = forms.ChoiceField(label=_("What did they report?"), widget=forms.RadioSelect)
    narrative = forms.CharField(
        label=_("Their update"),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        max_length=5000,
        help_text=_("Enter the progress, the barriers and what's next. Leave this blank if nothing has changed."),
    )
    update = forms.IntegerField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ["said_by", "how", "what", "narrative"]

    def __init__(self, *args: Any, can_confirm: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        no_change = [(self.NO_CHANGE, _("No change"))] if can_confirm else []
        cast(forms.ChoiceField, self.fields["what"]).choices = [*no_change, *ProgressStatus.choices]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        what, narrative = values.get("what"), values.get("narrative")
        if what and what != self.NO_CHANGE and not narrative and "narrative" not in self.errors:
            self.add_error("narrative", gettext("Describe what they told you in at least one sentence."))
        if what == self.NO_CHANGE and narrative:
            self.add_error(
                "what", gettext("Select a status for the new update, or delete the text if nothing changed.")
            )
        return values

    def show_conflict(self, current: Versioned) -> None:
        """Add an error that says that another update was published. The next submission confirms that one."""
        super().show_conflict(current)
        if isinstance(current, ProgressUpdate) and current.state == UpdateState.PUBLISHED:
            self.data["update"] = str(current.pk)


class ReturnForm(PlainForm):
    """The changes that the author of a submitted update should make."""

    reason = forms.CharField(
        label=_("What should the author change?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("The author sees this with the draft."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class RepresentativeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """People by name with the organizations that they represent."""

    def label_from_instance(self, person: Person) -> str:
        names = sorted({held.organization.short_name for held in person.representations.all()})
        return f"{person.name}, {', '.join(names)}"


class StrategyForm(VersionedForm):
    """The work of a body for an objective, its lead organization and its supporting organizations."""

    supports = forms.ModelMultipleChoiceField(
        label=_("Supporting organizations"),
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
        labels = {
            "objective": _("Objective"),
            "title": _("Title"),
            "description": _("Description"),
            "lead_organization": _("Lead organization"),
            "responsible_person": _("Responsible person"),
            "starts_on": _("Start date"),
            "due_on": _("Due date"),
            "reporting_frequency": _("Updates are due"),
        }
        help_texts = {
            "title": _("Describe what is done. Start with a verb: “Publish the county dashboard”."),
            "responsible_person": _(
                "A representative of the lead organization. This person submits updates. If blank, the chair does."
            ),
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
        current = Q(pk__in=supporting) | Q(pk=strategy.lead_organization_id if strategy else None)
        selectable = organizations_visible_to(self.actor).standing().exclude(status=OrganizationStatus.FORMER)
        organizations = Organization.objects.filter(Q(pk__in=selectable.values("pk")) | current)
        self.fields["objective"] = forms.ModelChoiceField(
            label=self.Meta.labels["objective"],
            queryset=Objective.objects.filter(
                Q(plan__is_current=True) | Q(pk=strategy.objective_id if strategy else None)
            ),
            empty_label=gettext("Select an objective"),
        )
        cast("forms.ModelChoiceField[Organization]", self.fields["lead_organization"]).queryset = organizations
        cast("forms.ModelMultipleChoiceField[Organization]", self.fields["supports"]).queryset = organizations
        if strategy:
            ids = organizations.filter(pk__in=supporting).values_list("pk", flat=True)
            self.fields["supports"].initial = [str(pk) for pk in ids]
        self.fields["responsible_person"] = RepresentativeField(
            label=self.Meta.labels["responsible_person"],
            queryset=_people_with_rights(),
            required=False,
            empty_label=gettext("No one yet"),
            help_text=self.Meta.help_texts["responsible_person"],
        )
        self.order_fields(["version", *self.Meta.fields])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        starts_on, due_on = values.get("starts_on"), values.get("due_on")
        if starts_on and due_on and due_on < starts_on:
            text = gettext("This is before the start date. Enter %(date)s or later.")
            self.add_error("due_on", text % {"date": formats.date_format(starts_on)})
        return values


def _people_with_rights() -> QuerySet[Person]:
    """Return the active people who represent an organization, with only these representations prefetched."""
    rights = Representation.objects.with_rights()
    people = Person.objects.filter(pk__in=rights.order_by().values("person"), is_active=True)
    return people.prefetch_related(Prefetch("representations", rights.select_related("organization")))


class CloseForm(VersionedForm):
    """Why a strategy is closed."""

    close_reason = forms.CharField(
        label=_("Why is it closed?"),
        max_length=300,
        validators=[validate_single_line],
        help_text=_("One line. Everyone can see it on the strategy's page."),
    )

    class Meta:
        model = Strategy
        fields = ["close_reason"]


class MilestoneForm(VersionedForm):
    """A milestone of a strategy."""

    class Meta:
        model = Milestone
        fields = ["title", "due_on"]
        labels = {"title": _("Milestone"), "due_on": _("Due date")}
        widgets = {"due_on": date_input()}


class ObjectiveForm(VersionedForm):
    """The official title and description of an objective."""

    class Meta:
        model = Objective
        fields = ["title", "description"]
        labels = {"title": _("Title"), "description": _("Description")}
        widgets = {"title": forms.Textarea(attrs={"rows": 2})}
