"""The updates page of a person, and writing, submitting and confirming an update."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import drafts
from accounts.decorators import get_person
from core.dates import format_time, local_today, timezone_abbreviation
from core.operations import require_permission
from core.pages import get_next_url, report_errors
from objectives.forms import UpdateForm
from objectives.models import ProgressUpdate, Strategy
from objectives.operations import updates as operations
from objectives.permissions import (
    can_contribute,
    can_edit_update,
    can_open_queue,
    can_write_update,
    updates_visible_to,
)
from objectives.queries.strategies import strategy_page
from objectives.queries.updates import own_draft, updates_page
from objectives.rules import UpdateState
from objectives.views.parameters import parse_int
from taskforces.permissions import is_member


@require_safe
def updates_due(request: HttpRequest) -> HttpResponse:
    """Show the updates that are due from the person, the drafts, and the other strategies the person may update."""
    if not is_member(request.user):
        raise Http404
    page = updates_page(get_person(request), local_today())
    due = [
        (row, UpdateForm(instance=page.drafts.get(row.strategy.pk), auto_id=f"id_{row.strategy.pk}_%s"))
        for row in page.due
    ]
    context = {"due": due, "due_count": len(due), "page": page, "can_open_queue": can_open_queue(request.user)}
    return render(request, "objectives/updates_due.html", context)


@require_http_methods(["GET", "POST"])
def write_update(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the person's own update for a strategy."""
    strategy = _writable_strategy(request, pk)
    return _write(request, strategy, own_draft(get_person(request), strategy), None)


@require_http_methods(["GET", "POST"])
def edit_update(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit an open update: the person's own or, as chair or staff, one of someone else."""
    update = _open_update(request, pk, allow_submitted=request.method == "POST")
    return _write(request, update.strategy, update, update)


@require_POST
def submit_update(request: HttpRequest, pk: int) -> HttpResponse:
    """Submit an open update without changes."""
    update = _open_update(request, pk)
    with report_errors(request) as report:
        operations.submit_update(
            actor=get_person(request),
            update=update,
            now=timezone.now(),
            today=local_today(),
            version=parse_int(request.POST.get("version", "")),
        )
    if not report.ok:
        return redirect("objectives:edit_update", pk=pk)
    _add_submitted_message(request)
    return redirect(_next_url(request, update.strategy))


@require_POST
def confirm_status(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that the published status of a strategy has not changed."""
    strategy = _writable_strategy(request, pk)
    seen = ProgressUpdate.objects.published().filter(
        strategy=strategy, pk=parse_int(request.POST.get("update", "")) or 0
    )
    with report_errors(request) as report:
        operations.confirm_status(
            actor=get_person(request),
            strategy=strategy,
            today=local_today(),
            update=seen.first(),
            version=parse_int(request.POST.get("version", "")),
        )
    if report.ok:
        messages.success(request, _("Status confirmed today: %(strategy)s") % {"strategy": strategy.title})
    if report.http_status == 409:
        return redirect("objectives:strategy", pk=pk)
    return redirect(_next_url(request, strategy))


def _write(
    request: HttpRequest, strategy: Strategy, draft: ProgressUpdate | None, update: ProgressUpdate | None
) -> HttpResponse:
    """Handle the form of `draft`, for the page and for the script that saves it while the person types.

    `update` is the update to save to if it is not simply the person's own for the strategy.
    """
    is_autosave = drafts.HEADER in request.headers
    form = UpdateForm(request.POST or None, instance=draft, submitting=request.POST.get("act") == "submit")
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            saved = _save(request, strategy, update, form)
            return _autosave_response(saved) if is_autosave else _saved_response(request, strategy, form)
        if form.http_status == 200:  # refused by the operation
            form.http_status = 422
    if is_autosave:
        status = 422 if form.http_status == 200 else form.http_status
        return JsonResponse({"error": form.non_field_errors()}, status=status)
    context = {
        "form": form,
        "strategy": strategy,
        "draft": draft,
        "page": strategy_page(strategy.pk, request.user, local_today()),
        "is_from_updates": _is_from_updates(request),
        "next_url": _next_url(request, strategy),
    }
    return render(request, "objectives/write_update.html", context, status=form.http_status)


def _save(request: HttpRequest, strategy: Strategy, update: ProgressUpdate | None, form: UpdateForm) -> ProgressUpdate:
    actor, today = get_person(request), local_today()
    values = {"status": form.cleaned_data["status"], "narrative": form.cleaned_data["narrative"]}
    if form.submitting:
        return operations.write_and_submit(
            actor=actor,
            strategy=strategy,
            update=update,
            version=form.seen_version,
            now=timezone.now(),
            today=today,
            **values,
        )
    return operations.save_draft(
        actor=actor, strategy=strategy, update=update, version=form.seen_version, today=today, **values
    )


def _saved_response(request: HttpRequest, strategy: Strategy, form: UpdateForm) -> HttpResponse:
    if form.submitting:
        _add_submitted_message(request)
        return redirect(_next_url(request, strategy))
    messages.success(request, _("Draft saved. Only you, the chair and Workgroup staff can see it."))
    return redirect(_next_url(request, strategy) if _is_from_updates(request) else request.path)


def _autosave_response(saved: ProgressUpdate) -> JsonResponse:
    at = timezone.localtime(saved.updated_at)
    text = _("Draft saved at %(time)s. Only you, the chair and Workgroup staff can see it.")
    return JsonResponse(
        {"version": saved.version, "message": text % {"time": f"{format_time(at)} {timezone_abbreviation(at)}"}}
    )


def _add_submitted_message(request: HttpRequest) -> None:
    messages.success(request, _("Update submitted. Members can see it now, and it will be reviewed for publication."))


def _writable_strategy(request: HttpRequest, pk: int) -> Strategy:
    strategy = get_object_or_404(Strategy.objects.select_related("body", "objective__plan"), pk=pk)
    require_permission(can_write_update(request.user, strategy), operations.contribute_reason(strategy))
    return strategy


def _open_update(request: HttpRequest, pk: int, allow_submitted: bool = False) -> ProgressUpdate:
    """Return the open update `pk` if the person may edit it. Raises Http404 and PermissionDenied.

    With `allow_submitted` an update that someone has submitted in the meantime is returned too. The operation refuses
    it, and the page shows the text that the person typed.
    """
    visible = updates_visible_to(request.user).select_related("strategy__body", "strategy__objective__plan", "author")
    update = get_object_or_404(visible, pk=pk)
    if allow_submitted and update.state == UpdateState.SUBMITTED:
        if can_contribute(request.user, update.strategy, update):
            return update
    elif can_edit_update(request.user, update):
        return update
    raise PermissionDenied(operations.contribute_reason(update.strategy, update))


def _is_from_updates(request: HttpRequest) -> bool:
    return request.POST.get("from", request.GET.get("from")) == "updates"


def _next_url(request: HttpRequest, strategy: Strategy) -> str:
    """Return the page to go to next: the updates page if the person came from it, else `next` or the strategy."""
    if _is_from_updates(request):
        return reverse("objectives:updates_due")
    return get_next_url(request, reverse("objectives:strategy", args=[strategy.pk]))
