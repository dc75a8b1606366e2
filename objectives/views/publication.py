"""The publication queue: what was submitted, read in full and published or returned."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person
from core.operations import EditConflictError, OperationNotAllowedError
from objectives import operations, queries
from objectives.forms import ReturnForm
from objectives.permissions import can_open_queue, can_publish, updates_published_by, updates_visible_to
from objectives.rules import UpdateState
from objectives.views.posted import parse_int


@require_safe
def publication_queue(request: HttpRequest) -> HttpResponse:
    """Every submitted update that one may publish, beside what is published now."""
    if not can_open_queue(request.user):
        raise Http404
    return render(request, "objectives/publication_queue.html", {"queue": queries.publication_queue(request.user)})


@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the updates named as "id:version": all of them, or none when one was changed meanwhile."""
    if not can_open_queue(request.user):
        raise Http404
    seen = _seen_versions(request.POST.getlist("update"))
    if not seen:
        messages.error(request, "Nothing was published: no update was chosen.")
        return redirect("objectives:publication_queue")
    visible = list(updates_visible_to(request.user).filter(pk__in=seen))
    if len(visible) < len(seen):
        raise Http404
    allowed = updates_published_by(request.user).filter(pk__in=seen).count()
    try:
        if allowed < sum(update.state == UpdateState.SUBMITTED for update in visible):
            raise PermissionDenied("This body's setting leaves publishing to Workgroup staff.")
        done = operations.publish_updates(
            actor=get_person(request), updates=[(update, seen[update.pk]) for update in visible], now=timezone.now()
        )
    except (OperationNotAllowedError, EditConflictError):
        messages.error(request, "Nothing was published: the list has changed meanwhile. This is how it stands now.")
    else:
        messages.success(request, "Published 1 update." if len(done) == 1 else f"Published {len(done)} updates.")
    return redirect("objectives:publication_queue")


@require_http_methods(["GET", "POST"])
def return_update(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a submitted update back to its author, with the reason."""
    if not can_open_queue(request.user):
        raise Http404
    update = get_object_or_404(
        updates_visible_to(request.user).select_related("strategy__body", "strategy__objective__plan", "author"), pk=pk
    )
    if update.state != UpdateState.SUBMITTED:
        messages.error(request, f"This update is {update.get_state_display().lower()} by now. Nothing was changed.")
        return redirect("objectives:publication_queue")
    if not can_publish(request.user, update):
        raise PermissionDenied("Only those who publish for this body return a submitted update.")
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.return_update(
                actor=get_person(request),
                update=update,
                reason=form.cleaned_data["reason"],
                version=parse_int(request.POST.get("version", "")),
            )
        except OperationNotAllowedError as refused:
            form.add_error(None, str(refused))
        except EditConflictError:
            messages.error(request, "Somebody changed this update meanwhile. Read it again.")
            return redirect("objectives:publication_queue")
        else:
            messages.success(request, f"Returned to {update.author}.")
            return redirect("objectives:publication_queue")
    return render(request, "objectives/return_update.html", {"form": form, "update": update})


def _seen_versions(pairs: list[str]) -> dict[int, int]:
    """Update id -> the version that was seen, from "id:version"; raises Http404 on anything else."""
    seen = {}
    for pair in pairs:
        pk, version = (parse_int(part) for part in [*pair.split(":"), ""][:2])
        if pk is None or version is None:
            raise Http404
        seen[pk] = version
    return seen
