"""The list of objectives, the page of an objective, and its form."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import get_person
from core.dates import local_today
from core.operations import require_permission
from objectives.forms import ObjectiveForm
from objectives.models import Objective, Plan
from objectives.operations import objectives as operations
from objectives.permissions import can_edit_objective
from objectives.queries import measures, objectives, strategies


@login_not_required
@require_safe
def objective_list(request: HttpRequest) -> HttpResponse:
    """List the objectives of the current plan, with links to those of older plans."""
    context = {
        "rows": objectives.objective_rows(local_today(), request.user),
        "older_plans": Plan.objects.filter(is_current=False).prefetch_related("objectives"),
    }
    return render(request, "objectives/list.html", context)


@login_not_required
@require_safe
def objective_detail(request: HttpRequest, number: int, plan: str | None = None) -> HttpResponse:
    """Show an objective: status, strategies, measures, contributing organizations and milestones."""
    in_plan = {"plan__slug": plan} if plan else {"plan__is_current": True}
    objective = get_object_or_404(Objective.objects.select_related("plan"), number=number, **in_plan)
    if plan and objective.plan.is_current:
        return redirect("objectives:detail", number=number)
    today = local_today()
    context = {
        "objective": objective,
        "row": objectives.objective_row(objective, today, request.user),
        "closed_strategies": strategies.closed_strategies(objective),
        "measures": measures.measures_of(objective),
        "contributors": objectives.contributing_organizations(objective, request.user),
        "milestones": objectives.milestones_of(objective),
        "can_edit": can_edit_objective(request.user),
        "today": today,
    }
    return render(request, "objectives/detail.html", context)


@require_http_methods(["GET", "POST"])
def objective_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Edit the title and description of an objective of the current plan."""
    objective = get_object_or_404(Objective.objects.current(), number=number)
    require_permission(can_edit_objective(request.user), _("Only Workgroup staff can edit objectives."))
    form = ObjectiveForm(request.POST or None, instance=objective)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.edit_objective(
                actor=get_person(request), objective=objective, version=form.seen_version, **form.values
            )
        if not form.errors:
            messages.success(request, _("Changes saved."))
            return redirect("objectives:detail", number=number)
    return render(request, "objectives/edit.html", {"form": form, "number": number}, status=form.http_status)
