"""Staff pages that span apps: the console, a record's history, merging, handing over."""

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import get_person, staff_only
from core.dates import local_today, site_today
from core.history import changes_of
from core.operations import EditConflictError, OperationNotAllowedError
from core.pages import paginate
from members.models import Organization
from members.rules import OrganizationStatus, status_after_merge
from overview import operations
from overview.forms.staff import MergeTargetForm
from overview.queries.staff import console as console_of
from overview.queries.staff import find, merge_preview
from overview.queries.tracked import TRACKED


@staff_only
@require_safe
def console(request: HttpRequest) -> HttpResponse:
    """Six numbers, today's queue, and a search of people and organizations as one types."""
    words = request.GET.get("q", "")
    found = find(words)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "overview/console_found.html", {"found": found, "words": words})
    now = timezone.now()
    context = {"console": console_of(get_person(request), now, local_today(now)), "found": found, "words": words}
    return render(request, "overview/console.html", context)


@staff_only
@require_safe
def history(request: HttpRequest, model: str, pk: int) -> HttpResponse:
    """Who changed what of one record, and when."""
    tracked = TRACKED.get(model)
    if tracked is None:
        raise Http404
    row: models.Model = get_object_or_404(tracked, pk=pk)
    context = {
        "row": row,
        "kind": tracked._meta.verbose_name,
        "page": paginate(request, changes_of(row, local_today())),
    }
    return render(request, "overview/history.html", context)


@staff_only
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, key: str) -> HttpResponse:
    """Merge a duplicate into another organization: choose it, read what moves, then press."""
    source = get_object_or_404(Organization.objects.standing(), key=key)
    others = Organization.objects.standing().exclude(pk=source.pk)
    form = MergeTargetForm(request.GET if "into" in request.GET else None, organizations=others)
    target = form.cleaned_data["into"] if form.is_bound and form.is_valid() else None
    status = 200
    if request.method == "POST" and target:
        try:
            operations.merge_organizations(
                actor=get_person(request),
                source=source,
                source_version=_number(request.POST.get("source_version")),
                target=target,
                target_version=_number(request.POST.get("target_version")),
                today=site_today(),
            )
        except OperationNotAllowedError as refused:
            messages.error(request, str(refused))
        except EditConflictError as stale:
            messages.error(request, f"Somebody changed {stale.current} meanwhile. Read again what moves, then merge.")
            source.refresh_from_db()
            target.refresh_from_db()
            status = 409
        else:
            messages.success(request, f"{source.name} is now part of {target.name}.")
            return redirect("members:staff_organization", key=target.key)
    kept = status_after_merge(source.status, target.status) if target else ""
    context = {
        "source": source,
        "target": target,
        "form": form,
        "moves": merge_preview(source),
        "becomes": OrganizationStatus(kept).label if target and kept != target.status else "",
    }
    return render(request, "overview/merge.html", context, status=status)


def _number(word: str | None) -> int:
    return int(word) if word and word.isdecimal() else 0
