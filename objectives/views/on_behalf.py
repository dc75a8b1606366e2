"""Staff enter the word on a strategy that somebody gave by phone, by mail or across the table."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import get_person
from accounts.permissions import is_staff
from core.dates import local_today
from core.operations import EditConflictError, OperationNotAllowedError
from core.pages import get_next_url
from objectives import operations, queries
from objectives.forms import UpdateOnBehalfForm
from objectives.models import ProgressUpdate, Strategy
from objectives.permissions import authors_for


@require_http_methods(["GET", "POST"])
def update_on_behalf(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter "still true" or a new update as told."""
    strategy = get_object_or_404(Strategy.objects.select_related("body", "objective__plan"), pk=pk)
    if not is_staff(request.user):
        raise PermissionDenied("Only Workgroup staff enter what somebody else said.")
    row = queries.strategy_page(pk, request.user, local_today()).row
    may_confirm = row.update is not None and row.waiting is None
    initial = {
        "said_by": request.GET.get("person") or strategy.responsible_person_id,
        "update": row.update.pk if row.update else None,
        "version": row.update.version if row.update else None,
    }
    people = authors_for(strategy).distinct()
    form, status = (
        UpdateOnBehalfForm(request.POST or None, people=people, may_confirm=may_confirm, initial=initial),
        200,
    )
    if request.method == "POST" and form.is_valid():
        try:
            _enter(request, strategy, form)
        except OperationNotAllowedError as refused:
            form.add_error(None, str(refused))
        except EditConflictError:
            form.add_error(None, "Something newer was said meanwhile. Read it beside this form, then enter it again.")
            typed = request.POST.copy()
            typed["update"], typed["version"] = str(initial["update"] or ""), str(initial["version"] or "")
            form.data = typed
            status = 409
        else:
            messages.success(request, f"Entered for {form.cleaned_data['said_by'].name}: {strategy.title}")
            return redirect(get_next_url(request, reverse("objectives:strategy", args=[pk])))
    context = {
        "form": form,
        "strategy": strategy,
        "row": row,
        "draft": queries.own_draft(get_person(request), strategy),
    }
    return render(request, "objectives/on_behalf.html", context, status=status)


def _enter(request: HttpRequest, strategy: Strategy, form: UpdateOnBehalfForm) -> ProgressUpdate:
    values, now, actor = form.cleaned_data, timezone.now(), get_person(request)
    on_behalf, today = form.on_behalf(now), local_today(now)
    if values["what"] == form.STILL_TRUE:
        seen = ProgressUpdate.objects.published().filter(strategy=strategy, pk=values["update"] or 0).first()
        return operations.confirm_status(
            actor=actor, strategy=strategy, today=today, update=seen, version=values["version"], on_behalf=on_behalf
        )
    draft = queries.own_draft(actor, strategy)
    return operations.write_and_submit(
        actor=actor,
        strategy=strategy,
        status=values["what"],
        narrative=values["narrative"],
        update=draft,
        version=draft.version if draft else None,
        now=now,
        today=today,
        on_behalf=on_behalf,
    )
