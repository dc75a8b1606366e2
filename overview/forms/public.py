"""The directory's filter and the forms over the workgroup's own record."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from core.forms import VersionedForm
from members.models import Organization, Sector
from members.rules import OrganizationStatus
from overview.queries.public import ORGANIZATION_WORDS, matching
from taskforces.forms import date_input
from taskforces.models import Body, HistoryEvent, Workgroup
from taskforces.permissions import organizations_on


def jurisdictions() -> list[tuple[str, str]]:
    """The jurisdictions of the public organizations, each once, as choices."""
    names = Organization.objects.public().exclude(jurisdiction="").order_by("jurisdiction")
    return [(name, name) for name in names.values_list("jurisdiction", flat=True).distinct()]


class DirectoryFilter(django_filters.FilterSet):
    """Search and filters of the public directory; what cannot be read is left aside."""

    q = django_filters.CharFilter(label="Name, former name or work", method="search", max_length=100)
    sector = django_filters.ModelChoiceFilter(
        label="Sector", queryset=Sector.objects.all(), to_field_name="slug", empty_label="All sectors"
    )
    jurisdiction = django_filters.ChoiceFilter(
        label="Jurisdiction", choices=jurisdictions, empty_label="All jurisdictions"
    )
    task_force = django_filters.ModelChoiceFilter(
        label="Task force",
        queryset=Body.objects.task_forces().standing(),
        to_field_name="slug",
        empty_label="All task forces",
        method="on_task_force",
    )

    standing = django_filters.ChoiceFilter(
        label="Standing",
        choices=[("members", "Active members"), ("others", "Not active members")],
        empty_label="Members and others",
        method="by_standing",
    )

    class Meta:
        model = Organization
        fields: list[str] = []

    def search(self, rows: QuerySet[Organization], name: str, value: str) -> QuerySet[Organization]:
        """Every word in the name, the acronym, a former name or the work."""
        return matching(rows, value, ORGANIZATION_WORDS)

    def on_task_force(self, rows: QuerySet[Organization], name: str, value: Body) -> QuerySet[Organization]:
        """Those that hold an open seat on the task force."""
        return rows.filter(pk__in=organizations_on(value).values("pk"))

    def by_standing(self, rows: QuerySet[Organization], name: str, value: str) -> QuerySet[Organization]:
        """Those with the status active, or all others."""
        active = {"status": OrganizationStatus.ACTIVE}
        return rows.filter(**active) if value == "members" else rows.exclude(**active)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.form.fields.items():
            field.widget.attrs["class"] = "form-control" if name == "q" else "form-select"


class WorkgroupForm(VersionedForm):
    """The workgroup in its sponsor's words."""

    class Meta:
        model = Workgroup
        fields = ["name", "short_name", "convened_by", "program", "convened_in", "overview", "confirmation_month"]
        help_texts = {
            "overview": "Shown on the front page and on the workgroup's page. Leave an empty line between paragraphs.",
            "short_name": "The name as it stands in a sentence.",
        }


class HistoryEventForm(VersionedForm):
    """A dated event of the public timeline."""

    class Meta:
        model = HistoryEvent
        fields = ["when", "starts_on", "ends_on", "is_circa", "event", "source"]
        widgets = {"starts_on": date_input(), "ends_on": date_input()}
        labels = {
            "starts_on": "First day",
            "ends_on": "Last day",
            "event": "What happened",
            "source": "Source",
        }
        help_texts = {
            "when": "As readers see it, such as Nov 2014.",
            "starts_on": "Sorts the timeline.",
            "ends_on": "Leave empty while it goes on.",
        }

    def clean(self) -> dict[str, Any]:
        """Refuse an end that lies before the start."""
        values = super().clean() or self.cleaned_data
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts and ends and ends < starts:
            first = f"{starts:%b} {starts.day}, {starts.year}"
            self.add_error("ends_on", f"The last day is before the first. Choose {first} or later.")
        return values
