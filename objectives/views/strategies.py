"""The page of a strategy, its forms, and its milestones."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person
from core.dates import local_today
from core.operations import require_permission
from core.pages import report_errors
from objectives.forms import CloseForm, MilestoneForm, StrategyForm
from objectives.models import Milestone, Objective, Strategy
from objectives.operations import strategies as operations
from objectives.permissions import can_manage_strategy
from objectives.queries.strategies import strategy_page
from objectives.views.parameters import parse_int
from taskforces.models import Body
from taskforces.permissions import leads


@login_not_required
@require_safe
def strategy_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a strategy: its facts, milestones, measures, and the updates that the reader may see."""
    today = local_today()
    page = strategy_page(get_object_or_404(Strategy, pk=pk).pk, request.user, today)
    return render(request, "objectives/strategy.html", {"page": page, "strategy": page.row.strategy, "today": today})


@require_http_methods(["GET", "POST"])
def strategy_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a strategy to a body."""
    body = get_object_or_404(Body.objects.standing(), slug=slug)
    require_permission(leads(request.user, body), operations.add_reason(body))
    number = parse_int(request.GET.get("objective", "")) or 0
    objective = Objective.objects.current().filter(number=number).first()
    initial = {"objective": objective.pk if objective else None, "starts_on": local_today()}
    form = StrategyForm(request.POST or None, actor=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            strategy = operations.add_strategy(actor=get_person(request), body=body, today=local_today(), **form.values)
            messages.success(request, _("Strategy added."))
            return redirect("objectives:strategy", pk=strategy.pk)
    return render(request, "objectives/strategy_add.html", {"form": form, "body": body}, status=form.http_status)


@require_http_methods(["GET", "POST"])
def strategy_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a strategy and its supporting organizations."""
    strategy = _managed_strategy(request, pk)
    form = StrategyForm(request.POST or None, instance=strategy, actor=request.user)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.edit_strategy(
                actor=get_person(request),
                strategy=strategy,
                today=local_today(),
                version=form.seen_version,
                **form.values,
            )
        if not form.errors:
            messages.success(request, _("Changes saved."))
            return redirect("objectives:strategy", pk=pk)
    return render(request, "objectives/strategy_edit.html", {"form": form, "pk": pk}, status=form.http_status)


@require_http_methods(["GET", "POST"])
def strategy_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a strategy with a reason."""
    strategy = _managed_strategy(request, pk)
    form = CloseForm(request.POST or None, instance=strategy)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.close_strategy(
                actor=get_person(request),
                strategy=strategy,
                today=local_today(),
                reason=form.cleaned_data["close_reason"],
                version=form.seen_version,
            )
        if not form.errors:
            messages.success(request, _("Strategy closed. Its page and published updates stay available."))
            return redirect("objectives:strategy", pk=pk)
    context = {"form": form, "strategy": strategy}
    return render(request, "objectives/strategy_close.html", context, status=form.http_status)


@require_http_methods(["GET", "POST"])
def milestone_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a milestone to a strategy."""
    strategy = _managed_strategy(request, pk)
    form = MilestoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.add_milestone(actor=get_person(request), strategy=strategy, **form.values)
        if not form.errors:
            messages.success(request, _("Milestone added."))
            return redirect("objectives:strategy", pk=pk)
    context = {"form": form, "strategy": strategy}
    return render(request, "objectives/milestone_add.html", context, status=form.http_status)


@require_POST
def milestone_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a milestone as reached."""
    milestone = _milestone(pk)
    with report_errors(request) as report:
        operations.complete_milestone(
            actor=get_person(request),
            milestone=milestone,
            today=local_today(),
            version=parse_int(request.POST.get("version", "")),
        )
    if report.ok:
        messages.success(request, _("Milestone marked as reached: %(title)s") % {"title": milestone.title})
    return redirect("objectives:strategy", pk=milestone.strategy_id)


@require_POST
def milestone_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a milestone as not reached."""
    milestone = _milestone(pk)
    with report_errors(request) as report:
        operations.reopen_milestone(
            actor=get_person(request), milestone=milestone, version=parse_int(request.POST.get("version", ""))
        )
    if report.ok:
        messages.success(request, _("Milestone marked as not reached: %(title)s") % {"title": milestone.title})
    return redirect("objectives:strategy", pk=milestone.strategy_id)


def _managed_strategy(request: HttpRequest, pk: int) -> Strategy:
    strategy = get_object_or_404(Strategy.objects.select_related("body", "objective__plan"), pk=pk)
    require_permission(can_manage_strategy(request.user, strategy), operations.manage_reason(strategy))
    return strategy


def _milestone(pk: int) -> Milestone:
    """Return the milestone; its page is public, and the operation checks who may change it."""
    return get_object_or_404(Milestone.objects.select_related("strategy__body"), pk=pk)
