"""The publication queue, where submitted updates are published or returned."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person
from core.operations import require_permission
from core.pages import report_errors
from objectives.forms import ReturnForm
from objectives.operations import updates as operations
from objectives.permissions import can_open_queue, can_publish, updates_visible_to
from objectives.queries import updates as queries
from objectives.rules import UpdateState
from objectives.views.parameters import parse_int


@require_safe
def publication_queue(request: HttpRequest) -> HttpResponse:
    """List the submitted updates that the person may publish, each with the current published update."""
    if not can_open_queue(request.user):
        raise Http404
    queue = queries.publication_queue(request.user)
    return render(request, "objectives/publication_queue.html", {"queue": queue, "queue_length": len(queue)})


@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the updates given as "id:version": all of them, or none if one has changed."""
    if not can_open_queue(request.user):
        raise Http404
    seen = _seen_versions(request.POST.getlist("update"))
    if not seen:
        messages.error(request, _("Select at least one update to publish."))
        return redirect("objectives:publication_queue")
    visible = list(updates_visible_to(request.user).filter(pk__in=seen).select_related("strategy__body"))
    if len(visible) < len(seen):
        raise Http404
    with report_errors(request) as report:
        operations.publish_updates(
            actor=get_person(request), updates=[(update, seen[update.pk]) for update in visible], now=timezone.now()
        )
    if report.ok:
        text = ngettext("%(count)d update published.", "%(count)d updates published.", len(visible))
        messages.success(request, text % {"count": len(visible)})
    else:
        messages.error(request, _("No updates were published. Review the list below, then try again."))
    return redirect("objectives:publication_queue")


@require_http_methods(["GET", "POST"])
def return_update(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a submitted update to its author for changes."""
    if not can_open_queue(request.user):
        raise Http404
    visible = updates_visible_to(request.user).select_related("strategy__body", "strategy__objective__plan", "author")
    update = get_object_or_404(visible, pk=pk)
    if update.state != UpdateState.SUBMITTED:
        text = _("Nothing was changed: this update is now marked “%(state)s”.")
        messages.error(request, text % {"state": update.get_state_display()})
        return redirect("objectives:publication_queue")
    require_permission(can_publish(request.user, update), operations.publish_reason(update.strategy.body))
    form = ReturnForm(request.POST or None, initial={"version": update.version})
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.return_update(actor=get_person(request), update=update, **form.cleaned_data)
        if not form.errors:
            messages.success(request, _("Update returned to %(author)s.") % {"author": update.author})
            return redirect("objectives:publication_queue")
    context = {"form": form, "update": update}
    return render(request, "objectives/return_update.html", context, status=form.http_status)


def _seen_versions(pairs: list[str]) -> dict[int, int]:
    """Return the version that the person saw by update id, from "id:version". Raises Http404 for anything else."""
    seen = {}
    for pair in pairs:
        pk, version = (parse_int(part) for part in [*pair.split(":"), ""][:2])
        if pk is None or version is None:
            raise Http404
        seen[pk] = version
    return seen
