"""Forms of action items. They validate and never write."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.permissions import AnyPerson
from actionitems.models import ActionItem
from actionitems.permissions import allowed_statuses, status_editors_of
from actionitems.queries import owner_choices
from actionitems.rules import ActionItemStatus, can_transition
from core.forms import PlainForm, VersionedForm
from core.models import Versioned
from core.validators import validate_single_line
from meetings.models import MeetingQuerySet
from members.forms import OnBehalfForm
from members.models import Organization
from objectives.models import Objective
from taskforces.models import Body, BodyQuerySet


class OwnerField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person with the organizations that they represent."""

    def label_from_instance(self, obj: Person) -> str:
        """Return the person's name and the acronyms of the organizations that `owner_choices` loaded."""
        organizations = ", ".join(row.organization.short_name for row in obj.representations.all())
        return f"{obj.name} ({organizations})" if organizations else obj.name


class ItemForm(VersionedForm):
    """What is to be done, by whom and by when."""

    class Meta:
        model = ActionItem
        fields = ["text", "owner_person", "owner_organization", "due_on", "objective", "detail"]
        field_classes = {"owner_person": OwnerField}
        labels = {"text": _("What needs to be done?"), "due_on": _("Due"), "detail": _("Details")}
        help_texts = {
            "owner_organization": _("Filled in automatically if the person represents one organization."),
        }
        widgets = {
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "detail": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people, organizations = owner_choices(), Organization.objects.active()
        item = self.instance
        # The current owner stays a choice, even after leaving.
        if item.owner_person_id:
            people = people | Person.objects.filter(pk=item.owner_person_id)
        if item.owner_organization_id:
            organizations = organizations | Organization.objects.filter(pk=item.owner_organization_id)
        person, organization = self._choice_field("owner_person"), self._choice_field("owner_organization")
        objective = self._choice_field("objective")
        person.queryset, person.empty_label = people.distinct(), gettext("No specific person")
        organization.queryset, organization.empty_label = organizations, gettext("The person's organization")
        objective.queryset, objective.empty_label = Objective.objects.current(), gettext("None")

    def _choice_field(self, name: str) -> "forms.ModelChoiceField[Any]":
        return cast("forms.ModelChoiceField[Any]", self.fields[name])

    def clean(self) -> dict[str, Any]:
        """Require an owner."""
        values = super().clean() or {}
        if not values.get("owner_person") and not values.get("owner_organization"):
            self.add_error("owner_person", gettext("Select an owner: a person, an organization, or both."))
        return values


class NewItemForm(ItemForm):
    """A new item of one of the bodies to which the person may add items."""

    body = forms.ModelChoiceField(Body.objects.none(), empty_label=None, label=_("Body"))
    field_order = ["text", "owner_person", "owner_organization", "due_on", "body", "objective", "detail"]

    class Meta(ItemForm.Meta):
        fields = [*ItemForm.Meta.fields, "origin_meeting"]
        widgets = ItemForm.Meta.widgets | {"origin_meeting": forms.HiddenInput()}

    def __init__(self, *args: Any, bodies: BodyQuerySet, meetings: MeetingQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choice_field("body").queryset = bodies
        self._choice_field("origin_meeting").queryset = meetings


class ItemStatusForm(PlainForm):
    """A new status and a note."""

    status = forms.ChoiceField(widget=forms.RadioSelect, label=_("Status"))
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        validators=[validate_single_line],
        help_text=_("Explain what is blocking it or why it is canceled. Others can see this."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, person: AnyPerson, item: ActionItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self._set_choices(item)

    def _set_choices(self, item: ActionItem) -> None:
        statuses = allowed_statuses(self.person, item)
        field = cast(forms.ChoiceField, self.fields["status"])
        field.choices = [(status.value, status.label) for status in statuses]

    def show_conflict(self, current: Versioned) -> None:
        """Add the conflict error, and offer the statuses to which the current version may change."""
        super().show_conflict(current)
        self._set_choices(cast(ActionItem, current))

    def clean(self) -> dict[str, Any]:
        """Require a note for a status that needs one."""
        values = super().clean() or {}
        _require_note(self, values, values.get("status", ""))
        return values


class ItemOnBehalfForm(OnBehalfForm):
    """An update of an item that someone gave staff in another way."""

    NEW_DATE = "new_date"
    what = forms.ChoiceField(widget=forms.RadioSelect, label=_("What is the update?"))
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        validators=[validate_single_line],
        help_text=_("Explain what is blocking it."),
    )
    due_on = forms.DateField(
        label=_("New due date"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ["said_by", "how", "what", "note", "due_on"]

    def __init__(self, *args: Any, item: ActionItem, **kwargs: Any) -> None:
        super().__init__(*args, people=status_editors_of(item), **kwargs)
        self._set_choices(item)

    def _set_choices(self, item: ActionItem) -> None:
        statuses = [status for status in ActionItemStatus if can_transition(item.status, status)]
        choices = [(status.value, str(status.label)) for status in statuses if status != ActionItemStatus.CANCELED]
        if item.is_open:
            choices.append((self.NEW_DATE, gettext("New due date")))
        cast(forms.ChoiceField, self.fields["what"]).choices = choices

    def show_conflict(self, current: Versioned) -> None:
        """Add the conflict error, and offer the updates that the current version allows."""
        super().show_conflict(current)
        self._set_choices(cast(ActionItem, current))

    def clean(self) -> dict[str, Any]:
        """Require the new date, or a note for a status that needs one."""
        values = super().clean() or {}
        what = values.get("what", "")
        if what != self.NEW_DATE:
            _require_note(self, values, what)
        elif not values.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", gettext("Enter the new due date."))
        return values


class FilterForm(PlainForm):
    """The filter of the list. Invalid values are ignored."""

    whose = forms.ChoiceField(
        label=_("Owner"),
        choices=[("", _("Everyone")), ("mine", _("Me")), ("organization", _("My organization"))],
        required=False,
    )
    body = forms.ModelChoiceField(
        Body.objects.standing(), label=_("Body"), to_field_name="slug", required=False, empty_label=_("All bodies")
    )
    status = forms.ChoiceField(
        label=_("Status"),
        choices=[("", _("Not finished")), *ActionItemStatus.choices, ("all", _("All"))],
        required=False,
    )
    overdue = forms.BooleanField(required=False, label=_("Only overdue"))


def _require_note(form: forms.Form, values: dict[str, Any], status: str) -> None:
    """Add an error to `note` if the status needs a note but has none."""
    if status and ActionItemStatus(status).note_error and not values.get("note") and "note" not in form.errors:
        form.add_error("note", ActionItemStatus(status).note_error)
