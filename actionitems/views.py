"""Pages of action items, for members."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person
from accounts.permissions import is_staff
from actionitems import operations, queries
from actionitems.forms import FilterForm, ItemForm, ItemOnBehalfForm, ItemStatusForm, NewItemForm
from actionitems.models import ActionItem
from actionitems.permissions import (
    allowed_statuses,
    bodies_allowing_items_from,
    can_change_status,
    can_edit,
    editors_only,
    items_visible_to,
    items_with_status_editable_by,
    members_only,
    owners_only,
)
from actionitems.rules import ActionItemStatus
from core.dates import format_date, local_today
from core.operations import require_permission
from core.pages import get_next_url, paginate, report_errors
from meetings.permissions import meetings_visible_to
from taskforces.models import Body
from taskforces.permissions import is_member


@require_safe
def item_list(request: HttpRequest) -> HttpResponse:
    """List the items, the open ones by default."""
    require_permission(
        is_member(request.user), _("Only people of member organizations can see action items. Ask staff for access.")
    )
    today = local_today()
    form = FilterForm(request.GET)
    form.is_valid()
    page = paginate(request, queries.items_listed(request.user, today, **form.cleaned_data))
    changeable = items_with_status_editable_by(request.user).filter(pk__in=[item.pk for item in page])
    context = {
        "form": form,
        "page": page,
        "changeable": set(changeable.values_list("pk", flat=True)),
        "can_add": bodies_allowing_items_from(request.user).exists(),
        "is_filtered": any(form.cleaned_data.values()),
    }
    return render(request, "actionitems/list.html", context)


@require_safe
def item_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an item, its status and its history."""
    item, today = _load_item(request, pk), local_today()
    statuses = allowed_statuses(request.user, item)
    context = {
        "item": item,
        "can_complete": ActionItemStatus.DONE in statuses,
        "can_change_status": bool(statuses),
        "can_edit": can_edit(request.user, item),
        "can_enter_on_behalf": is_staff(request.user),
        "shows_meeting": _can_see_meeting(request, item),
        "history": queries.history_of(item, today),
    }
    return render(request, "actionitems/detail.html", context)


@require_http_methods(["GET", "POST"])
def item_add(request: HttpRequest) -> HttpResponse:
    """Add an item; `?body=` or `?meeting=` preselects its body and meeting."""
    bodies, meetings = bodies_allowing_items_from(request.user), meetings_visible_to(request.user)
    meeting_pk, slug = request.GET.get("meeting", ""), request.GET.get("body", "")
    meeting = get_object_or_404(meetings, pk=meeting_pk) if meeting_pk.isdecimal() else None
    if meeting:
        body: Body | None = meeting.body
    else:
        body = get_object_or_404(Body, slug=slug) if slug else bodies.first()
    if body is None or not bodies.filter(pk=body.pk).exists():
        raise PermissionDenied(members_only())
    initial = {"body": body, "origin_meeting": meeting}
    form = NewItemForm(request.POST or None, bodies=bodies, meetings=meetings, initial=initial)
    if request.method == "POST" and form.is_valid():
        today = local_today()
        with form.collect_errors():
            item = operations.add(actor=get_person(request), today=today, **form.values)
        if not form.errors:
            messages.success(
                request, _("Action item added. It is due %(date)s.") % {"date": format_date(item.due_on, today)}
            )
            if item.origin_meeting:
                return redirect("meetings:detail", pk=item.origin_meeting.pk)
            return redirect("actionitems:detail", pk=item.pk)
    return render(request, "actionitems/add.html", {"form": form, "body": body, "meeting": meeting})


@require_http_methods(["GET", "POST"])
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an item's text, owner, due date or details."""
    item = _load_item(request, pk)
    require_permission(can_edit(request.user, item), editors_only(item.body))
    form = ItemForm(request.POST or None, instance=item)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.edit(
                actor=get_person(request), item=item, version=form.seen_version, today=local_today(), **form.values
            )
        if not form.errors:
            messages.success(request, _("Action item saved."))
            return redirect("actionitems:detail", pk=pk)
    return render(request, "actionitems/edit.html", {"form": form, "item": item}, status=form.http_status)


@require_http_methods(["GET", "POST"])
def item_change_status(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an item's status; `?status=` preselects one."""
    item = _load_item_to_change(request, pk)
    statuses = allowed_statuses(request.user, item)
    wanted = request.GET.get("status", "")
    initial = {"version": item.version, "status": wanted if wanted in statuses else statuses[0]}
    form = ItemStatusForm(request.POST or None, person=request.user, item=item, initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            saved = operations.change_status(
                actor=get_person(request), item=item, today=local_today(), **form.cleaned_data
            )
        if not form.errors:
            messages.success(request, _("Status changed to “%(status)s”.") % {"status": saved.get_status_display()})
            return redirect("actionitems:detail", pk=pk)
        item.refresh_from_db()
    return render(request, "actionitems/change_status.html", {"form": form, "item": item}, status=form.http_status)


@require_POST
def item_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark an item done, from its page, a list or home (`next`)."""
    item = _load_item_to_change(request, pk)
    with report_errors(request) as report:
        operations.complete(actor=get_person(request), item=item, today=local_today())
    if report.ok:
        messages.success(request, _("Marked done: %(item)s") % {"item": item.text})
    return redirect(get_next_url(request, reverse("actionitems:detail", args=[pk])))


@require_http_methods(["GET", "POST"])
def item_on_behalf(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter as staff an update that someone gave in another way."""
    item = _load_item(request, pk)
    require_permission(is_staff(request.user), _("Only staff can enter an update for someone else."))
    initial = {"version": item.version, "said_by": request.GET.get("person") or item.owner_person_id}
    form = ItemOnBehalfForm(request.POST or None, item=item, initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            _save_on_behalf(request, item, form)
        if not form.errors:
            values = {"name": form.cleaned_data["said_by"].name, "item": item.text}
            messages.success(request, _("Update saved for %(name)s: %(item)s") % values)
            return redirect(get_next_url(request, reverse("actionitems:detail", args=[pk])))
        item.refresh_from_db()
    return render(request, "actionitems/on_behalf.html", {"form": form, "item": item}, status=form.http_status)


def _save_on_behalf(request: HttpRequest, item: ActionItem, form: ItemOnBehalfForm) -> ActionItem:
    """Run the operation that the form asks for: a new due date or a new status."""
    values, on_behalf = form.cleaned_data, form.on_behalf(timezone.now())
    shared = {
        "actor": get_person(request),
        "item": item,
        "today": local_today(),
        "version": values["version"],
        "note": values["note"],
        "on_behalf": on_behalf,
    }
    if values["what"] == form.NEW_DATE:
        return operations.postpone(due_on=values["due_on"], **shared)
    return operations.change_status(status=values["what"], **shared)


def _load_item(request: HttpRequest, pk: int) -> ActionItem:
    """Return an item that the person can see, with all that its page shows. Raises Http404."""
    items = items_visible_to(request.user).select_related(
        "body", "owner_organization", "owner_person", "origin_meeting", "objective"
    )
    return get_object_or_404(items, pk=pk)


def _load_item_to_change(request: HttpRequest, pk: int) -> ActionItem:
    """Return an item whose status the person may change. Raises Http404 and PermissionDenied."""
    item = _load_item(request, pk)
    require_permission(can_change_status(request.user, item), owners_only())
    return item


def _can_see_meeting(request: HttpRequest, item: ActionItem) -> bool:
    """Return True if the item was assigned at a meeting that the person can see."""
    meeting = item.origin_meeting
    return meeting is not None and meetings_visible_to(request.user).filter(pk=meeting.pk).exists()
