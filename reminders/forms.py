"""Preferences, pauses, filters of the delivery log, announcements."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from core.forms import PlainForm, VersionedForm
from core.validators import validate_single_line
from mail.rules import DeliveryState
from members.models import Sector
from members.rules import OrganizationStatus, RepresentationKind
from reminders.models import Announcement, NotificationSettings
from reminders.operations import PreferenceChoice
from reminders.queries import KindChoice, kind_choices
from reminders.rules import ReminderKind, ReminderState, frequencies_for
from taskforces.models import Body
from taskforces.rules import SeatRole

# The fields that choose an announcement's audience.
AUDIENCE = ("bodies", "roles", "sectors", "statuses")


class PreferencesForm(PlainForm):
    """How often a person wants what, how much in a week, and who is the delegate while they are away."""

    weekly_cap = forms.IntegerField(
        label=_("Maximum emails per week"),
        min_value=1,
        max_value=50,
        help_text=_(
            "After that, reminders wait for Monday's summary. You still get notices of changed and canceled meetings."
        ),
    )
    away_until = forms.DateField(
        label=_("Away until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Last day you are away. Until then, your delegate gets your reminders."),
    )
    delegate = forms.ModelChoiceField(
        Person.objects.none(),
        label=_("Delegate"),
        required=False,
        empty_label=_("An alternate of my organization, if there is one"),
        help_text=_("Someone who represents your organization."),
    )

    def __init__(
        self,
        *args: Any,
        choices: list[KindChoice],
        settings: NotificationSettings,
        colleagues: QuerySet[Person],
        today: dt.date,
        **kwargs: Any,
    ) -> None:
        initial = {
            "weekly_cap": settings.weekly_cap,
            "away_until": settings.away_until,
            "delegate": settings.delegate_id,
        }
        kwargs.setdefault("initial", initial | {choice.kind: choice.frequency for choice in choices})
        super().__init__(*args, **kwargs)
        self.today = today
        self.kinds = [choice.kind for choice in choices]
        delegate = self.fields["delegate"]
        assert isinstance(delegate, forms.ModelChoiceField)  # noqa: S101
        delegate.queryset = colleagues.order_by("name", "pk")
        for choice in choices:
            self.fields[choice.kind] = forms.ChoiceField(
                label=choice.label,
                help_text=choice.hint,
                choices=[(row.value, row.label) for row in frequencies_for(choice.kind)],
            )
        self.restore_data()

    def clean_away_until(self) -> dt.date | None:
        until = self.cleaned_data["away_until"]
        if until and until < self.today and until != self.initial["away_until"]:
            raise forms.ValidationError(
                gettext("This date has passed. Enter today or a later date, or leave it blank.")
            )
        return until

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("delegate") and not values.get("away_until") and "away_until" not in self.errors:
            self.add_error("away_until", gettext("Enter the last day you are away, or choose no delegate."))
        return values

    @property
    def choice(self) -> PreferenceChoice:
        """What was chosen, for the operation."""
        values = self.cleaned_data
        frequencies = {kind: values[kind] for kind in self.kinds}
        return PreferenceChoice(frequencies, values["weekly_cap"], values["away_until"], values["delegate"])

    @property
    def helper(self) -> FormHelper:
        """The kinds in two columns where there is room, then the weekly cap, then the absence."""
        helper = super().helper
        kinds = [Column(kind, css_class="col-12 col-md-6") for kind in self.kinds]
        helper.layout = Layout(
            Fieldset(_("Email types and frequency"), Row(*kinds)),
            Fieldset(_("Weekly limit"), "weekly_cap"),
            Fieldset(_("While you are away"), "away_until", "delegate"),
        )
        return helper


class PauseForm(PlainForm):
    """What to pause, and why."""

    kind = forms.ChoiceField(label=_("Email type"), required=False)
    address = forms.EmailField(
        label=_("Email address of one person"),
        required=False,
        help_text=_("Leave it blank to pause email to everyone."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        validators=[validate_single_line],
        help_text=_("Other staff can see it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("All email")), *kind_choices()]  # type: ignore[attr-defined]

    def clean_address(self) -> Person | None:
        address = self.cleaned_data["address"]
        person = Person.objects.filter(email__iexact=address).first() if address else None
        if address and person is None:
            raise forms.ValidationError(
                gettext("No one in the portal has this address. Check the address on the “People” page.")
            )
        return person

    @property
    def values(self) -> dict[str, Any]:
        """What the operation takes."""
        data = self.cleaned_data
        return {"kind": data["kind"], "person": data["address"], "reason": data["reason"]}


class ReminderFilter(forms.Form):
    """Which reminders to show, sent or not."""

    q = forms.CharField(label=_("Person or email address"), required=False, max_length=120)
    kind = forms.ChoiceField(label=_("Type"), required=False)
    state = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("All")), *ReminderState.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("All")), *ReminderKind.choices]  # type: ignore[attr-defined]
        style_filter(self)


def style_filter(form: forms.Form) -> None:
    """Give a row of filters the look of the portal's fields."""
    for field in form.fields.values():
        is_text = isinstance(field.widget, forms.TextInput)
        field.widget.attrs["class"] = "form-control" if is_text else "form-select"


class DeliveryLogFilter(forms.Form):
    """Which deliveries to show."""

    q = forms.CharField(label=_("Person or email address"), required=False, max_length=120)
    kind = forms.ChoiceField(label=_("Type"), required=False)
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All")), ("stuck", _("Failed or unknown")), *DeliveryState.choices],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101
        kind.choices = [("", _("All")), *kind_choices()]
        style_filter(self)


class AnnouncementForm(VersionedForm):
    """An announcement and its audience. Choices in one field are joined by "or", the fields by "and"."""

    bodies = forms.MultipleChoiceField(label=_("Members of"), required=False, widget=forms.CheckboxSelectMultiple)
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[*SeatRole.choices, *RepresentationKind.choices],
    )
    sectors = forms.MultipleChoiceField(label=_("Sectors"), required=False, widget=forms.CheckboxSelectMultiple)
    statuses = forms.MultipleChoiceField(
        label=_("Organization status"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=OrganizationStatus.choices,
        help_text=_("Leave all blank for active organizations. Select only “Active” to reach everyone."),
    )

    class Meta:
        model = Announcement
        fields = ["subject", "text", "bodies", "roles", "sectors", "statuses", "is_mandatory", "mandatory_reason"]
        widgets = {"text": forms.Textarea(attrs={"rows": 12})}
        help_texts = {
            "text": _(
                "Leave a blank line between paragraphs. Start list items with “- ”. Use **two asterisks** for bold. "
                "Write a link as [link text](https://…)."
            ),
            "is_mandatory": _(
                "Also sent to people who unsubscribed from announcements. Use only for required notices."
            ),
            "mandatory_reason": _("One sentence, shown at the end of the email."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = [(body.slug, body.title) for body in Body.objects.standing()]
        self.fields["bodies"].choices = bodies  # type: ignore[attr-defined]
        sectors = list(Sector.objects.values_list("slug", "name"))
        self.fields["sectors"].choices = sectors  # type: ignore[attr-defined]
        for name in AUDIENCE:
            self.fields[name].initial = self.instance.audience.get(name, [])
        self.order_fields(["version", *self.Meta.fields])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not any(values.get(name) for name in AUDIENCE) and not any(name in self.errors for name in AUDIENCE):
            self.add_error(None, gettext("Select at least one task force, role, sector, or status."))
        if values.get("is_mandatory") and not values.get("mandatory_reason") and "mandatory_reason" not in self.errors:
            self.add_error(
                "mandatory_reason", gettext("Explain why this notice is required. It is shown at the end of the email.")
            )
        return values

    @property
    def announcement(self) -> dict[str, Any]:
        """The values as an announcement stores them."""
        values = {name: value for name, value in self.values.items() if name not in AUDIENCE}
        return {**values, "audience": {name: self.cleaned_data[name] for name in AUDIENCE if self.cleaned_data[name]}}
