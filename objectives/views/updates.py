"""Progress updates: what one owes, writing one, submitting it, and "still true"."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import drafts
from accounts.decorators import get_person
from core.dates import format_time, local_today, timezone_abbreviation
from core.operations import EditConflictError, OperationNotAllowedError
from core.pages import get_next_url
from objectives import operations, queries
from objectives.forms import UpdateForm
from objectives.models import ProgressUpdate, Strategy
from objectives.permissions import (
    can_edit_update,
    can_lead_strategy,
    can_open_queue,
    can_write_update,
    updates_visible_to,
)
from objectives.rules import UpdateState
from objectives.views.posted import parse_int
from taskforces.permissions import is_member

_WHO_SEES_IT = "Only you, the chair and Workgroup staff see it."


@require_safe
def updates_due(request: HttpRequest) -> HttpResponse:
    """All that one owes on one page, one's drafts, and what else one may write for."""
    if not is_member(request.user):
        raise Http404
    page = queries.updates_page(get_person(request), local_today())
    owed = [
        (owed, UpdateForm(instance=page.drafts.get(owed.strategy.pk), auto_id=f"id_{owed.strategy.pk}_%s"))
        for owed in page.owed
    ]
    context = {"owed": owed, "page": page, "may_open_queue": can_open_queue(request.user)}
    return render(request, "objectives/updates_due.html", context)


@require_http_methods(["GET", "POST"])
def write_update(request: HttpRequest, pk: int) -> HttpResponse:
    """Write one's own update for a strategy, beside the last one."""
    strategy = _written_strategy(request, pk)
    return _write(request, strategy, queries.own_draft(get_person(request), strategy), None)


@require_http_methods(["GET", "POST"])
def edit_update(request: HttpRequest, pk: int) -> HttpResponse:
    """Finish an open update: one's own, or as chair or staff somebody else's."""
    update = _open_update(request, pk, typed=request.method == "POST")
    return _write(request, update.strategy, update, update)


@require_POST
def submit_update(request: HttpRequest, pk: int) -> HttpResponse:
    """Submit an open update as it stands, with one press."""
    update = _open_update(request, pk)
    try:
        operations.submit_update(
            actor=get_person(request),
            update=update,
            now=timezone.now(),
            today=local_today(),
            version=parse_int(request.POST.get("version", "")),
        )
    except OperationNotAllowedError as refused:
        messages.error(request, str(refused))
        return redirect("objectives:edit_update", pk=pk)
    except EditConflictError:
        messages.error(request, "Somebody changed this draft meanwhile. Read it again, then submit.")
        return redirect("objectives:edit_update", pk=pk)
    messages.success(request, "Submitted. Members see it now; Workgroup staff publish it.")
    return redirect(_back(request, update.strategy))


@require_POST
def confirm_status(request: HttpRequest, pk: int) -> HttpResponse:
    """Renew the date of what is published, with one press."""
    strategy = _written_strategy(request, pk)
    seen = ProgressUpdate.objects.published().filter(
        strategy=strategy, pk=parse_int(request.POST.get("update", "")) or 0
    )
    try:
        operations.confirm_status(
            actor=get_person(request),
            strategy=strategy,
            today=local_today(),
            update=seen.first(),
            version=parse_int(request.POST.get("version", "")),
        )
    except OperationNotAllowedError as refused:
        messages.error(request, str(refused))
    except EditConflictError:
        messages.error(request, "Something newer was published meanwhile. Read it, then press again.")
        return redirect("objectives:strategy", pk=pk)
    else:
        messages.success(request, f"Confirmed today: {strategy.title}.")
    return redirect(_back(request, strategy))


def _write(
    request: HttpRequest, strategy: Strategy, draft: ProgressUpdate | None, update: ProgressUpdate | None
) -> HttpResponse:
    """The update form over `draft`; `update` is given when it is not simply the person's own for the strategy."""
    submitting, autosave = request.POST.get("act") == "submit", drafts.HEADER in request.headers
    form, status = UpdateForm(request.POST or None, instance=draft, submitting=submitting), 200
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, strategy, update, form)
        except OperationNotAllowedError as refused:
            form.add_error(None, str(refused))
            status = 422
        except EditConflictError as stale:
            form.show_conflict(stale.current)
            status = 409
        else:
            if autosave:
                return _answer_autosave(saved)
            messages.success(
                request,
                "Submitted. Members see it now; Workgroup staff publish it."
                if submitting
                else f"Draft saved. {_WHO_SEES_IT}",
            )
            return redirect(
                _back(request, strategy) if submitting or _came_from_updates_page(request) else request.path
            )
    if autosave:
        return JsonResponse({"error": form.non_field_errors()}, status=status if status != 200 else 422)
    context = {
        "form": form,
        "strategy": strategy,
        "draft": draft,
        "page": queries.strategy_page(strategy.pk, request.user, local_today()),
        "from_owed": _came_from_updates_page(request),
        "back": _back(request, strategy),
    }
    return render(request, "objectives/write_update.html", context, status=status)


def _save(request: HttpRequest, strategy: Strategy, update: ProgressUpdate | None, form: UpdateForm) -> ProgressUpdate:
    actor, today = get_person(request), local_today()
    typed = {"status": form.cleaned_data["status"], "narrative": form.cleaned_data["narrative"]}
    if form.submitting:
        return operations.write_and_submit(
            actor=actor,
            strategy=strategy,
            update=update,
            version=form.seen_version,
            now=timezone.now(),
            today=today,
            **typed,
        )
    return operations.save_draft(
        actor=actor, strategy=strategy, update=update, version=form.seen_version, today=today, **typed
    )


def _answer_autosave(saved: ProgressUpdate) -> JsonResponse:
    at = timezone.localtime(saved.updated_at)
    return JsonResponse(
        {
            "version": saved.version,
            "said": f"Draft saved at {format_time(at)} {timezone_abbreviation(at)}. {_WHO_SEES_IT}",
        }
    )


def _written_strategy(request: HttpRequest, pk: int) -> Strategy:
    strategy = get_object_or_404(Strategy.objects.select_related("body", "objective__plan"), pk=pk)
    if not can_write_update(request.user, strategy):
        raise PermissionDenied(
            f"Those who sit on the {strategy.body.title}, the responsible person and Workgroup staff "
            "write this strategy's updates while it is open."
        )
    return strategy


def _open_update(request: HttpRequest, pk: int, typed: bool = False) -> ProgressUpdate:
    """The open update `pk`; with `typed`, also one submitted meanwhile, so that no text is lost."""
    visible = updates_visible_to(request.user).select_related("strategy__body", "strategy__objective__plan", "author")
    update = get_object_or_404(visible, pk=pk)
    meanwhile = typed and update.state == UpdateState.SUBMITTED
    its_own = update.author_id == request.user.pk and can_write_update(request.user, update.strategy)
    if meanwhile and (its_own or can_lead_strategy(request.user, update.strategy)):
        return update
    if not can_edit_update(request.user, update):
        raise PermissionDenied("This update is no open draft of yours or of a body that you chair.")
    return update


def _came_from_updates_page(request: HttpRequest) -> bool:
    return request.POST.get("from", request.GET.get("from")) == "updates"


def _back(request: HttpRequest, strategy: Strategy) -> str:
    if _came_from_updates_page(request):
        return reverse("objectives:updates_due")
    return get_next_url(request, reverse("objectives:strategy", args=[strategy.pk]))
