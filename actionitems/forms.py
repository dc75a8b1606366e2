"""What is typed about action items. Forms check; operations write."""

from typing import Any

from django import forms

from accounts.models import Person
from actionitems.models import ActionItem
from actionitems.permissions import status_editors_of
from actionitems.queries import owner_choices
from actionitems.rules import ActionItemStatus, can_transition, needs_note
from core.forms import PlainForm, VersionedForm
from core.validators import validate_single_line
from meetings.models import MeetingQuerySet
from members.forms import OnBehalfForm
from members.models import Organization
from objectives.models import Objective
from taskforces.models import Body, BodyQuerySet


class OwnerField(forms.ModelChoiceField):
    """A person with the organizations that the person speaks for."""

    def label_from_instance(self, obj: Person) -> str:  # type: ignore[override]
        organizations = ", ".join(right.organization.short_name for right in obj.rights_now)  # type: ignore[attr-defined]
        return f"{obj.name} ({organizations})" if organizations else obj.name


class ItemForm(VersionedForm):
    """What is promised, by whom and by when."""

    class Meta:
        model = ActionItem
        fields = ["text", "owner_person", "owner_organization", "due_on", "objective", "detail"]
        field_classes = {"owner_person": OwnerField}
        labels = {"text": "What will be done?", "due_on": "Due", "detail": "Details"}
        help_texts = {
            "owner_organization": "Filled in by itself for a person who speaks for one organization.",
        }
        widgets = {
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "detail": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people, organizations = owner_choices(), Organization.objects.active()
        item = self.instance
        # Who owns the item now stays a choice, also after leaving.
        if item.owner_person_id:
            people = people | Person.objects.filter(pk=item.owner_person_id)
        if item.owner_organization_id:
            organizations = organizations | Organization.objects.filter(pk=item.owner_organization_id)
        self.fields["owner_person"].queryset = people.distinct()  # type: ignore[attr-defined]
        self.fields["owner_organization"].queryset = organizations  # type: ignore[attr-defined]
        self.fields["owner_person"].empty_label = "No one person"  # type: ignore[attr-defined]
        self.fields["owner_organization"].empty_label = "The person's own"  # type: ignore[attr-defined]
        self.fields["objective"].empty_label = "None"  # type: ignore[attr-defined]
        self.fields["objective"].queryset = Objective.objects.current()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("owner_person") and not values.get("owner_organization"):
            self.add_error("owner_person", "Name an owner: a person, an organization, or both.")
        return values


class NewItemForm(ItemForm):
    """A new item of one of the bodies to which the person may add."""

    body = forms.ModelChoiceField(Body.objects.none(), empty_label=None)
    field_order = ["text", "owner_person", "owner_organization", "due_on", "body", "objective", "detail"]

    class Meta(ItemForm.Meta):
        fields = [*ItemForm.Meta.fields, "origin_meeting"]
        widgets = ItemForm.Meta.widgets | {"origin_meeting": forms.HiddenInput()}

    def __init__(self, *args: Any, bodies: BodyQuerySet, meetings: MeetingQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = bodies  # type: ignore[attr-defined]
        self.fields["origin_meeting"].queryset = meetings  # type: ignore[attr-defined]


class ItemStatusForm(PlainForm):
    """Another status, and why."""

    status = forms.ChoiceField(widget=forms.RadioSelect, label="The item is now")
    note = forms.CharField(
        max_length=300,
        required=False,
        validators=[validate_single_line],
        help_text="Say what is in the way, or why it is dropped. Others read it.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, statuses: list[ActionItemStatus], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [(status.value, status.label) for status in statuses]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        status = values.get("status", "")
        if status and needs_note(status) and not values.get("note") and "note" not in self.errors:
            self.add_error("note", f"Say why this is {ActionItemStatus(status).label.lower()}: others count on it.")
        return values


class ToldForm(OnBehalfForm):
    """What somebody who answers for an item told staff of it."""

    NEW_DATE = "new_date"
    what = forms.ChoiceField(widget=forms.RadioSelect, label="What did they say?")
    note = forms.CharField(
        max_length=300, required=False, validators=[validate_single_line], help_text="What is in the way."
    )
    due_on = forms.DateField(
        label="New date", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ["said_by", "how", "what", "note", "due_on"]

    def __init__(self, *args: Any, item: ActionItem, **kwargs: Any) -> None:
        super().__init__(*args, people=status_editors_of(item), **kwargs)
        moves = [
            status
            for status in ActionItemStatus
            if status != ActionItemStatus.CANCELED and can_transition(item.status, status)
        ]
        choices = [(status.value, f"It is {status.label.lower()}") for status in moves]
        if item.is_unfinished:
            choices.append((self.NEW_DATE, "It needs a new date"))
        self.fields["what"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        what = values.get("what", "")
        if what == self.NEW_DATE and not values.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", "Choose the date that they asked for.")
        if what != self.NEW_DATE and what and needs_note(what) and not values.get("note") and "note" not in self.errors:
            self.add_error("note", "Say what is in the way: others count on it.")
        return values


class FilterForm(PlainForm):
    """Which items the list shows; what cannot be is ignored."""

    whose = forms.ChoiceField(
        choices=[("", "Everybody's"), ("mine", "Mine"), ("organization", "My organization's")], required=False
    )
    body = forms.ModelChoiceField(
        Body.objects.standing(), to_field_name="slug", required=False, empty_label="All bodies"
    )
    status = forms.ChoiceField(
        choices=[("", "Not finished"), *ActionItemStatus.choices, ("all", "All")], required=False
    )
    overdue = forms.BooleanField(required=False, label="Only overdue")
