"""Membership requirements of a body: staff add, edit and remove them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import get_person, staff_only
from core.dates import site_today
from core.pages import report_errors
from taskforces import operations
from taskforces.forms import MinimumForm, RequirementForm
from taskforces.models import Body, Requirement
from taskforces.queries.requirements import requirements_of


@staff_only
@require_http_methods(["GET", "POST"])
def requirement_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the requirements of a body and which are met, with a form to add one."""
    body, today = get_object_or_404(Body, slug=slug), site_today()
    form = RequirementForm(request.POST or None, instance=Requirement(body=body, since_on=today))
    if request.method == "POST" and form.is_valid():
        added = operations.add_requirement(actor=get_person(request), body=body, today=today, **form.values)
        messages.success(request, _("Requirement added: %(requirement)s.") % {"requirement": added})
        return redirect("taskforces:requirement_list", slug)
    context = {"body": body, "form": form, "needs": requirements_of([body]).get(body.pk, [])}
    return render(request, "taskforces/requirements.html", context)


@staff_only
@require_http_methods(["GET", "POST"])
def requirement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the minimum of a requirement."""
    requirement = get_object_or_404(Requirement.objects.select_related("body", "sector"), pk=pk)
    form = MinimumForm(request.POST or None, instance=requirement)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.change_requirement(
                actor=get_person(request), requirement=requirement, version=form.seen_version, **form.values
            )
        if not form.errors:
            messages.success(request, _("Changes saved."))
            return redirect("taskforces:requirement_list", requirement.body.slug)
    context = {"requirement": requirement, "form": form}
    return render(request, "taskforces/requirement_edit.html", context, status=form.http_status)


@staff_only
@require_POST
def requirement_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a requirement."""
    requirement = get_object_or_404(Requirement.objects.select_related("body", "sector"), pk=pk)
    with report_errors(request) as report:
        operations.end_requirement(actor=get_person(request), requirement=requirement, today=site_today())
    if report.ok:
        messages.success(
            request, _("Requirement removed: %(group)s. It stays in the records.") % {"group": requirement.group}
        )
    return redirect("taskforces:requirement_list", requirement.body.slug)
