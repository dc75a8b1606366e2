"""Staff merge a duplicate into another organization."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import get_person, staff_only
from core.dates import site_today
from core.pages import report_errors
from members.models import Organization
from members.rules import OrganizationStatus, status_after_merge
from overview import operations
from overview.forms.staff import MergeTargetForm
from overview.queries.merge import merge_preview


@staff_only
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, key: str) -> HttpResponse:
    """Choose the organization to keep, review what moves there, then merge."""
    source = get_object_or_404(Organization.objects.standing(), key=key)
    others = Organization.objects.standing().exclude(pk=source.pk)
    form = MergeTargetForm(request.GET if "into" in request.GET else None, organizations=others)
    target = form.cleaned_data["into"] if form.is_bound and form.is_valid() else None
    status = 200
    if request.method == "POST" and target:
        with report_errors(request) as report:
            operations.merge_organizations(
                actor=get_person(request),
                source=source,
                source_version=_parse_version(request.POST.get("source_version")),
                target=target,
                target_version=_parse_version(request.POST.get("target_version")),
                today=site_today(),
            )
        if report.ok:
            names = {"source": source.name, "target": target.name}
            messages.success(request, _("%(source)s was merged into %(target)s.") % names)
            return redirect("members:staff_organization", key=target.key)
        status = report.http_status
        source.refresh_from_db()
        target.refresh_from_db()
    context = {
        "source": source,
        "target": target,
        "form": form,
        "moves": merge_preview(source),
        "new_status": _changed_status(source, target),
    }
    return render(request, "overview/merge.html", context, status=status)


def _changed_status(source: Organization, target: Organization | None) -> str:
    """Return the label of the status that a merge would give the target; empty if its status stays."""
    status = status_after_merge(source.status, target.status) if target else ""
    return str(OrganizationStatus(status).label) if target and status != target.status else ""


def _parse_version(text: str | None) -> int:
    """Return the posted version; 0, which no row has, if it is missing or not a number."""
    return int(text) if text and text.isdecimal() else 0
