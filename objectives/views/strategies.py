"""Strategies: the page of one, what its body's chair changes, and its milestones."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person
from core.dates import local_today
from core.operations import EditConflictError, OperationNotAllowedError
from objectives import operations, queries
from objectives.forms import CloseForm, MilestoneForm, StrategyForm
from objectives.models import Milestone, Objective, Strategy
from objectives.permissions import can_lead_strategy
from objectives.views.posted import parse_int
from taskforces.models import Body
from taskforces.permissions import leads


@login_not_required
@require_safe
def strategy_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One strategy: its facts, milestones and the diary of its updates as far as the reader may see them."""
    today = local_today()
    page = queries.strategy_page(get_object_or_404(Strategy, pk=pk).pk, request.user, today)
    return render(request, "objectives/strategy.html", {"page": page, "strategy": page.row.strategy, "today": today})


@require_http_methods(["GET", "POST"])
def strategy_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a strategy to a body that one leads."""
    body = get_object_or_404(Body.objects.standing(), slug=slug)
    if not leads(request.user, body):
        raise PermissionDenied(f"The chair of the {body.title} and Workgroup staff add its strategies.")
    asked = Objective.objects.current().filter(number=parse_int(request.GET.get("objective", "")) or 0).first()
    initial = {"objective": asked.pk if asked else None, "starts_on": local_today()}
    form = StrategyForm(request.POST or None, actor=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            strategy = operations.add_strategy(actor=get_person(request), body=body, today=local_today(), **form.values)
        except OperationNotAllowedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Strategy added.")
            return redirect("objectives:strategy", pk=strategy.pk)
    return render(request, "objectives/strategy_add.html", {"form": form, "body": body})


@require_http_methods(["GET", "POST"])
def strategy_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a strategy and who supports it."""
    strategy = _led_strategy(request, pk)
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
            messages.success(request, "Strategy saved.")
            return redirect("objectives:strategy", pk=pk)
    return render(request, "objectives/strategy_edit.html", {"form": form, "pk": pk}, status=form.http_status)


@require_http_methods(["GET", "POST"])
def strategy_close(request: HttpRequest, pk: int) -> HttpResponse:
    """End a strategy, with the reason."""
    strategy = _led_strategy(request, pk)
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
            messages.success(request, "Strategy closed. Its updates stay on record.")
            return redirect("objectives:strategy", pk=pk)
    return render(
        request, "objectives/strategy_close.html", {"form": form, "strategy": strategy}, status=form.http_status
    )


@require_http_methods(["GET", "POST"])
def milestone_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a dated step to a strategy."""
    strategy = _led_strategy(request, pk)
    form = MilestoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.add_milestone(actor=get_person(request), strategy=strategy, **form.values)
        except OperationNotAllowedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Milestone added.")
            return redirect("objectives:strategy", pk=pk)
    return render(request, "objectives/milestone_add.html", {"form": form, "strategy": strategy})


@require_POST
def milestone_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a milestone reached, with one press."""
    milestone = _led_milestone(request, pk)
    try:
        operations.complete_milestone(
            actor=get_person(request),
            milestone=milestone,
            today=local_today(),
            version=parse_int(request.POST.get("version", "")),
        )
    except EditConflictError:
        messages.error(request, "Somebody changed this milestone meanwhile. Look at it and press again.")
    else:
        messages.success(request, f"Reached: {milestone.title}.")
    return redirect("objectives:strategy", pk=milestone.strategy_id)


@require_POST
def milestone_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back that a milestone was reached."""
    milestone = _led_milestone(request, pk)
    try:
        operations.reopen_milestone(
            actor=get_person(request), milestone=milestone, version=parse_int(request.POST.get("version", ""))
        )
    except EditConflictError:
        messages.error(request, "Somebody changed this milestone meanwhile. Look at it and press again.")
    else:
        messages.success(request, f"Still ahead: {milestone.title}.")
    return redirect("objectives:strategy", pk=milestone.strategy_id)


def _led_strategy(request: HttpRequest, pk: int) -> Strategy:
    strategy = get_object_or_404(Strategy.objects.select_related("body", "objective__plan"), pk=pk)
    if not can_lead_strategy(request.user, strategy):
        raise PermissionDenied(
            f"The chair of the {strategy.body.title} and Workgroup staff change its strategies while they are open."
        )
    return strategy


def _led_milestone(request: HttpRequest, pk: int) -> Milestone:
    milestone = get_object_or_404(Milestone.objects.select_related("strategy__body"), pk=pk)
    if not can_lead_strategy(request.user, milestone.strategy):
        raise PermissionDenied(
            f"The chair of the {milestone.strategy.body.title} and Workgroup staff mark its milestones."
        )
    return milestone
