"""Objectives: their list, the page of one, and its words."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import get_person
from core.dates import local_today
from objectives import operations, queries
from objectives.forms import ObjectiveForm
from objectives.models import Objective, Plan
from objectives.permissions import can_edit_objective


@login_not_required
@require_safe
def objective_list(request: HttpRequest) -> HttpResponse:
    """The objectives of the current plan as rows, and a way to older plans."""
    context = {
        "rows": queries.objective_rows(local_today(), request.user),
        "older": Plan.objects.filter(is_current=False).prefetch_related("objectives"),
    }
    return render(request, "objectives/list.html", context)


@login_not_required
@require_safe
def objective_detail(request: HttpRequest, number: int, plan: str | None = None) -> HttpResponse:
    """One objective: its state, strategies, measures, organizations and milestones."""
    objectives = Objective.objects.select_related("plan")
    chosen = {"plan__slug": plan} if plan else {"plan__is_current": True}
    objective = get_object_or_404(objectives, number=number, **chosen)
    if plan and objective.plan.is_current:
        return redirect("objectives:detail", number=number)
    today = local_today()
    context = {
        "objective": objective,
        "row": queries.objective_row(objective, today, request.user),
        "closed": queries.closed_strategies(objective),
        "measures": queries.measures_of(objective),
        "carriers": queries.contributing_organizations(objective, request.user),
        "milestones": queries.milestones_of(objective),
        "may_edit": can_edit_objective(request.user),
        "today": today,
    }
    return render(request, "objectives/detail.html", context)


@require_http_methods(["GET", "POST"])
def objective_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change the words of an objective of the current plan."""
    objective = get_object_or_404(Objective.objects.current(), number=number)
    if not can_edit_objective(request.user):
        raise PermissionDenied("Workgroup staff keep the words of the objectives. Write to them.")
    form = ObjectiveForm(request.POST or None, instance=objective)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.edit_objective(
                actor=get_person(request), objective=objective, version=form.seen_version, **form.values
            )
        if not form.errors:
            messages.success(request, f"Objective {number} saved.")
            return redirect("objectives:detail", number=number)
    return render(request, "objectives/edit.html", {"form": form, "number": number}, status=form.http_status)
