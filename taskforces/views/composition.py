"""Which sectors and regions a body needs: staff add, change and take away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import get_person, staff_only
from core.dates import local_today
from core.operations import OperationNotAllowedError
from taskforces import operations
from taskforces.forms import MinimumForm, RequirementForm
from taskforces.models import Body, Requirement
from taskforces.queries import composition as composition_of


@staff_only
@require_http_methods(["GET", "POST"])
def composition(request: HttpRequest, slug: str) -> HttpResponse:
    """What a body needs and what fills it, with a form for one more."""
    body = get_object_or_404(Body, slug=slug)
    form = RequirementForm(request.POST or None, instance=Requirement(body=body, since_on=local_today()))
    if request.method == "POST" and form.is_valid():
        added = operations.add_requirement(actor=get_person(request), body=body, today=local_today(), **form.values)
        messages.success(request, f"{body.title} now needs {added.what}: at least {added.minimum}.")
        return redirect("taskforces:composition", slug)
    context = {"body": body, "form": form, "needs": composition_of([body]).get(body.pk, [])}
    return render(request, "taskforces/composition.html", context)


@staff_only
@require_http_methods(["GET", "POST"])
def requirement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change how many are needed."""
    requirement = get_object_or_404(Requirement.objects.select_related("body", "sector"), pk=pk)
    form = MinimumForm(request.POST or None, instance=requirement)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.change_requirement(
                actor=get_person(request), requirement=requirement, version=form.seen_version, **form.values
            )
        if not form.errors:
            messages.success(request, "Requirement saved.")
            return redirect("taskforces:composition", requirement.body.slug)
    context = {"requirement": requirement, "form": form}
    return render(request, "taskforces/requirement_edit.html", context, status=form.http_status)


@staff_only
@require_POST
def requirement_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a requirement away."""
    requirement = get_object_or_404(Requirement.objects.select_related("body", "sector"), pk=pk)
    try:
        operations.end_requirement(actor=get_person(request), requirement=requirement, today=local_today())
    except OperationNotAllowedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{requirement.what} is no longer required. It stays in the records.")
    return redirect("taskforces:composition", requirement.body.slug)
