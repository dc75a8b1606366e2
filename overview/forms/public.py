"""The directory's filter and the forms over the workgroup's profile and timeline."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import VersionedForm, date_input
from members.models import Organization, Sector
from members.rules import OrganizationStatus
from overview.queries.search import ORGANIZATION_FIELDS, filter_by_words
from taskforces.models import Body, HistoryEvent, Workgroup
from taskforces.permissions import organizations_on


def jurisdictions() -> list[tuple[str, str]]:
    """Return each jurisdiction of the public organizations once, as choices."""
    names = Organization.objects.public().exclude(jurisdiction="").order_by("jurisdiction")
    return [(name, name) for name in names.values_list("jurisdiction", flat=True).distinct()]


class DirectoryFilter(django_filters.FilterSet):
    """Search and filters of the public directory; invalid values are ignored."""

    q = django_filters.CharFilter(label=_("Name, former name, or description"), method="search", max_length=100)
    sector = django_filters.ModelChoiceFilter(
        label=_("Sector"), queryset=Sector.objects.all(), to_field_name="slug", empty_label=_("All sectors")
    )
    jurisdiction = django_filters.ChoiceFilter(
        label=_("Jurisdiction"), choices=jurisdictions, empty_label=_("All jurisdictions")
    )
    task_force = django_filters.ModelChoiceFilter(
        label=_("Task force"),
        queryset=Body.objects.task_forces().standing(),
        to_field_name="slug",
        empty_label=_("All task forces"),
        method="on_task_force",
    )
    membership = django_filters.ChoiceFilter(
        label=_("Membership"),
        choices=[("active", _("Active members")), ("other", _("Not active members"))],
        empty_label=_("All organizations"),
        method="by_membership",
    )

    class Meta:
        model = Organization
        fields: list[str] = []

    def search(self, rows: QuerySet[Organization], name: str, value: str) -> QuerySet[Organization]:
        """Filter by every word in the name, the acronym, a former name or the description."""
        return filter_by_words(rows, value, ORGANIZATION_FIELDS)

    def on_task_force(self, rows: QuerySet[Organization], name: str, value: Body) -> QuerySet[Organization]:
        """Filter by an open seat on the task force."""
        return rows.filter(pk__in=organizations_on(value).values("pk"))

    def by_membership(self, rows: QuerySet[Organization], name: str, value: str) -> QuerySet[Organization]:
        """Filter by the status active, or any other status."""
        active = {"status": OrganizationStatus.ACTIVE}
        return rows.filter(**active) if value == "active" else rows.exclude(**active)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.form.fields.items():
            field.widget.attrs["class"] = "form-control" if name == "q" else "form-select"


class WorkgroupForm(VersionedForm):
    """The workgroup's profile as its sponsor describes it."""

    class Meta:
        model = Workgroup
        fields = ["name", "short_name", "convened_by", "program", "convened_in", "overview", "confirmation_month"]
        help_texts = {
            "overview": _("Shown on the Workgroup's page. Leave an empty line between paragraphs."),
            "short_name": _("The name used within a sentence."),
        }


class HistoryEventForm(VersionedForm):
    """A dated event of the public timeline."""

    class Meta:
        model = HistoryEvent
        fields = ["when", "starts_on", "ends_on", "is_circa", "event", "source"]
        widgets = {"starts_on": date_input(), "ends_on": date_input()}
        labels = {
            "when": _("Date as shown"),
            "starts_on": _("First day"),
            "ends_on": _("Last day"),
            "is_circa": _("The date is approximate"),
            "event": _("What happened"),
            "source": _("Source"),
        }
        help_texts = {
            "when": _("What readers see, for example Oct 13, 2023 or Fall 2014."),
            "starts_on": _("Used to sort the timeline."),
            "ends_on": _("Leave empty if it is still going on."),
            "source": _("Where readers can check this, for example the title of a report."),
        }

    def clean(self) -> dict[str, Any]:
        """Add an error if the last day is before the first day."""
        values = super().clean() or self.cleaned_data
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error(
                "ends_on",
                gettext("The last day is before the first day. Enter %(date)s or later.")
                % {"date": date_format(starts)},
            )
        return values
