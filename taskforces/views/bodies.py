"""Task forces: their cards, the page of one, and its settings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import get_person, staff_only
from core.dates import local_today
from taskforces import operations
from taskforces.forms import BodyForm, NewBodyForm
from taskforces.models import Body, Workgroup
from taskforces.permissions import belongs_to, can_edit_body, is_member, leads
from taskforces.queries import body_cards, roster_for
from taskforces.rules import BodyKind


@login_not_required
@require_safe
def body_list(request: HttpRequest) -> HttpResponse:
    """All standing task forces as cards."""
    return render(request, "taskforces/list.html", {"cards": body_cards(), "may_add": can_edit_body(request.user)})


@login_not_required
@require_safe
def body_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One task force; the full Workgroup has a page of its own."""
    body = get_object_or_404(Body, slug=slug)
    if body.kind == BodyKind.FULL:
        return redirect("overview:workgroup")
    context = {
        "body": body,
        "roster": roster_for(body, request.user, local_today()),
        "leads": leads(request.user, body),
        "belongs": belongs_to(request.user, body),
        "is_member": is_member(request.user),
        "may_edit": can_edit_body(request.user),
    }
    return render(request, "taskforces/detail.html", context)


@staff_only
@require_http_methods(["GET", "POST"])
def body_add(request: HttpRequest) -> HttpResponse:
    """Add a task force."""
    workgroup = Workgroup.objects.first()
    if workgroup is None:
        messages.error(request, "Load the Workgroup's records first.")
        return redirect("overview:console")
    form = NewBodyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        body = operations.add_body(actor=get_person(request), workgroup=workgroup, **form.values)
        messages.success(request, f"{body.title} added. Its seats come next.")
        return redirect("taskforces:roster", slug=body.slug)
    return render(request, "taskforces/add.html", {"form": form})


@require_http_methods(["GET", "POST"])
def body_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what is said of a body and how it works."""
    body = get_object_or_404(Body, slug=slug)
    if not can_edit_body(request.user):
        raise PermissionDenied("Workgroup staff keep a task force's focus, charter and settings. Write to them.")
    form = BodyForm(request.POST or None, instance=body)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            body = operations.edit_body(actor=get_person(request), body=body, version=form.seen_version, **form.values)
        if not form.errors:
            messages.success(request, f"{body.title} saved.")
            return redirect("taskforces:detail", slug=body.slug)
    return render(request, "taskforces/edit.html", {"form": form, "body": body}, status=form.http_status)
