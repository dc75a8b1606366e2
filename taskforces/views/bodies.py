"""Task forces: their list, the sections of one's page, and its settings."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import get_person, staff_only
from core.dates import site_today
from taskforces import operations
from taskforces.forms import BodyForm, NewBodyForm
from taskforces.models import Body, Workgroup
from taskforces.permissions import belongs_to, can_edit_body, is_member, leads
from taskforces.queries.roster_views import roster_for
from taskforces.queries.rosters import body_cards
from taskforces.rules import BodyKind


@dataclass(frozen=True)
class Section:
    """A section of a task force's page with an address of its own: its URL name and its label."""

    url_name: str
    label: Promise
    is_for_members: bool = False


SECTIONS = (
    Section("detail", gettext_lazy("Overview")),
    Section("meetings", gettext_lazy("Meetings")),
    Section("action_items", gettext_lazy("Action items"), is_for_members=True),
    Section("members", gettext_lazy("Members")),
)


@login_not_required
@require_safe
def body_list(request: HttpRequest) -> HttpResponse:
    """Show all active task forces as cards."""
    context = {"cards": body_cards(site_today()), "may_add": can_edit_body(request.user)}
    return render(request, "taskforces/list.html", context)


@login_not_required
@require_safe
def body_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a task force: what it is for, what needs attention, its strategies and charter."""
    return _render_section(request, slug, "detail")


@login_not_required
@require_safe
def body_meetings(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the meetings of a task force."""
    return _render_section(request, slug, "meetings")


@require_safe
def body_action_items(request: HttpRequest, slug: str) -> HttpResponse:
    """Show members the open action items of a task force."""
    return _render_section(request, slug, "action_items")


@login_not_required
@require_safe
def body_members(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the organizations of a task force, and to members the people and their terms."""
    return _render_section(request, slug, "members")


def _render_section(request: HttpRequest, slug: str, url_name: str) -> HttpResponse:
    """Render a section of a task force's page; the full Workgroup has a page of its own."""
    body = get_object_or_404(Body, slug=slug)
    reader_is_member = is_member(request.user)
    sections = [section for section in SECTIONS if reader_is_member or not section.is_for_members]
    current = next((section for section in sections if section.url_name == url_name), None)
    if current is None:
        raise PermissionDenied(_("Only members can see action items."))
    if body.kind == BodyKind.FULL:
        return redirect("overview:workgroup")
    is_active = body.dissolved_on is None or body.dissolved_on > site_today()
    can_lead = leads(request.user, body)
    context = {
        "body": body,
        "section": current,
        "sections": [
            (section, reverse(f"taskforces:{section.url_name}", args=[slug]), section == current)
            for section in sections
        ],
        "roster": roster_for(body, request.user, site_today()) if url_name in {"detail", "members"} else None,
        "is_active": is_active,
        "leads": can_lead and is_active,
        "belongs": belongs_to(request.user, body) and is_active,
        "may_edit": can_edit_body(request.user),
    }
    return render(request, f"taskforces/{url_name}.html", context)


@staff_only
@require_http_methods(["GET", "POST"])
def body_add(request: HttpRequest) -> HttpResponse:
    """Add a task force."""
    workgroup = Workgroup.objects.first()
    if workgroup is None:
        messages.error(request, _("There is no Workgroup yet. Ask your administrator to load its records first."))
        return redirect("overview:console")
    form = NewBodyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        body = operations.add_body(actor=get_person(request), workgroup=workgroup, **form.values)
        messages.success(request, _("%(body)s added. Now add its seats.") % {"body": body.title})
        return redirect("taskforces:roster", slug=body.slug)
    return render(request, "taskforces/add.html", {"form": form})


@require_http_methods(["GET", "POST"])
def body_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the description, charter and settings of a body."""
    body = get_object_or_404(Body, slug=slug)
    if not can_edit_body(request.user):
        raise PermissionDenied(_("Only staff can change a task force's description, charter, and settings."))
    form = BodyForm(request.POST or None, instance=body)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            body = operations.edit_body(actor=get_person(request), body=body, version=form.seen_version, **form.values)
        if not form.errors:
            messages.success(request, _("Changes saved."))
            return redirect("taskforces:detail", slug=body.slug)
    return render(request, "taskforces/edit.html", {"form": form, "body": body}, status=form.http_status)
