"""Pages of action items, for members."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person
from accounts.permissions import is_staff
from actionitems import operations, queries
from actionitems.forms import FilterForm, ItemForm, ItemStatusForm, NewItemForm, ToldForm
from actionitems.models import ActionItem
from actionitems.permissions import (
    allowed_statuses,
    bodies_allowing_items_from,
    can_change,
    can_change_status,
    items_visible_to,
    items_with_status_editable_by,
)
from actionitems.rules import ActionItemStatus
from core.dates import local_today
from core.operations import EditConflictError, OperationNotAllowedError
from core.pages import get_next_url, paginate
from meetings.permissions import meetings_visible_to
from taskforces.models import Body
from taskforces.permissions import is_member


@require_safe
def item_list(request: HttpRequest) -> HttpResponse:
    """The items, unfinished ones unless asked otherwise."""
    if not is_member(request.user):
        raise PermissionDenied("Action items are for the people of member organizations. Ask staff for a place.")
    today = local_today()
    form = FilterForm(request.GET)
    form.is_valid()
    rows = queries.items_listed(request.user, today, **form.cleaned_data)
    page = paginate(request, rows)
    context = {
        "form": form,
        "page": page,
        "today": today,
        "movable": set(
            items_with_status_editable_by(request.user)
            .filter(pk__in=[item.pk for item in page])
            .values_list("pk", flat=True)
        ),
        "may_add": bodies_allowing_items_from(request.user).exists(),
        "is_filtered": any(form.cleaned_data.values()),
    }
    return render(request, "actionitems/list.html", context)


@require_safe
def item_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: the promise, where it stands, and who moved it when."""
    item, today = _seen(request, pk), local_today()
    statuses = allowed_statuses(request.user, item)
    context = {
        "item": item,
        "today": today,
        "may_finish": ActionItemStatus.DONE in statuses,
        "can_transition": bool(statuses),
        "may_change": can_change(request.user, item),
        "may_enter": is_staff(request.user),
        "shows_meeting": _sees_origin(request, item),
        "history": queries.history_of(item, today),
    }
    return render(request, "actionitems/detail.html", context)


@require_http_methods(["GET", "POST"])
def item_add(request: HttpRequest) -> HttpResponse:
    """Add an item; `?body=` and `?meeting=` fill in where it comes from."""
    bodies, meetings = bodies_allowing_items_from(request.user), meetings_visible_to(request.user)
    asked = request.GET.get("meeting", "")
    meeting = get_object_or_404(meetings, pk=asked) if asked.isdecimal() else None
    slug = request.GET.get("body", "")
    body = meeting.body if meeting else get_object_or_404(Body, slug=slug) if slug else bodies.first()
    if body is None or not bodies.filter(pk=body.pk).exists():
        raise PermissionDenied("Who holds a seat on a body adds its action items. Ask its chair to add this one.")
    form = NewItemForm(
        request.POST or None, bodies=bodies, meetings=meetings, initial={"body": body, "origin_meeting": meeting}
    )
    if request.method == "POST" and form.is_valid():
        try:
            item = operations.add(actor=get_person(request), today=local_today(), **form.values)
        except OperationNotAllowedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"Action item added, due {item.due_on:%B} {item.due_on.day}.")
            if item.origin_meeting:
                return redirect("meetings:detail", pk=item.origin_meeting.pk)
            return redirect("actionitems:detail", pk=item.pk)
    return render(request, "actionitems/add.html", {"form": form, "body": body, "meeting": meeting})


@require_http_methods(["GET", "POST"])
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what was promised."""
    item = _seen(request, pk)
    if not can_change(request.user, item):
        raise PermissionDenied(f"The chair of the {item.body.title} and staff change what was promised. Write to them.")
    form = ItemForm(request.POST or None, instance=item)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.edit(
                actor=get_person(request), item=item, version=form.seen_version, today=local_today(), **form.values
            )
        if not form.errors:
            messages.success(request, "Action item saved.")
            return redirect("actionitems:detail", pk=pk)
    return render(request, "actionitems/edit.html", {"form": form, "item": item}, status=form.http_status)


@require_http_methods(["GET", "POST"])
def item_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Say where an item stands."""
    item = _movable(request, pk)
    statuses = allowed_statuses(request.user, item)
    asked = request.GET.get("status", "")
    initial = {"version": item.version, "status": asked if asked in statuses else statuses[0]}
    form, status = ItemStatusForm(request.POST or None, statuses=statuses, initial=initial), 200
    if request.method == "POST" and form.is_valid():
        try:
            moved = operations.move(actor=get_person(request), item=item, today=local_today(), **form.cleaned_data)
        except OperationNotAllowedError as refused:
            form.add_error(None, str(refused))
        except EditConflictError:
            item = _movable(request, pk)
            messages.error(request, "Somebody moved this item meanwhile. Read where it stands, then choose again.")
            form = ItemStatusForm(statuses=allowed_statuses(request.user, item), initial={"version": item.version})
            status = 409
        else:
            messages.success(request, f"The item is now {moved.get_status_display().lower()}.")
            return redirect("actionitems:detail", pk=pk)
    return render(request, "actionitems/move.html", {"form": form, "item": item}, status=status)


@require_POST
def item_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark an item done with one press, from its page, a list or home (`next`)."""
    item = _movable(request, pk)
    try:
        operations.complete(actor=get_person(request), item=item, today=local_today())
    except OperationNotAllowedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Done: {item.text}")
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("actionitems:detail", pk=pk)


@require_http_methods(["GET", "POST"])
def item_on_behalf(request: HttpRequest, pk: int) -> HttpResponse:
    """Staff enter what somebody who answers for the item said elsewhere."""
    item = _seen(request, pk)
    if not is_staff(request.user):
        raise PermissionDenied("Only Workgroup staff enter what somebody else said. Ask them to, or ask the owner.")
    initial = {"version": item.version, "said_by": request.GET.get("person") or item.owner_person_id}
    form, status = ToldForm(request.POST or None, item=item, initial=initial), 200
    if request.method == "POST" and form.is_valid():
        try:
            _enter(request, item, form)
        except OperationNotAllowedError as refused:
            form.add_error(None, str(refused))
        except EditConflictError:
            item = _seen(request, pk)
            messages.error(request, "Somebody moved this item meanwhile. Read where it stands, then enter it again.")
            form = ToldForm(item=item, initial={**form.cleaned_data, "version": item.version})
            status = 409
        else:
            messages.success(request, f"Entered for {form.cleaned_data['said_by'].name}: {item.text}")
            return redirect(get_next_url(request, reverse("actionitems:detail", args=[pk])))
    return render(request, "actionitems/on_behalf.html", {"form": form, "item": item}, status=status)


def _enter(request: HttpRequest, item: ActionItem, form: ToldForm) -> ActionItem:
    values, today = form.cleaned_data, local_today()
    told = {"actor": get_person(request), "item": item, "today": today, "version": values["version"]}
    on_behalf = form.on_behalf(timezone.now())
    if values["what"] == form.NEW_DATE:
        return operations.postpone(due_on=values["due_on"], note=values["note"], on_behalf=on_behalf, **told)
    return operations.move(status=values["what"], note=values["note"], on_behalf=on_behalf, **told)


def _seen(request: HttpRequest, pk: int) -> ActionItem:
    items = items_visible_to(request.user).select_related(
        "body", "owner_organization", "owner_person", "origin_meeting", "objective"
    )
    return get_object_or_404(items, pk=pk)


def _sees_origin(request: HttpRequest, item: ActionItem) -> bool:
    meeting = item.origin_meeting
    return meeting is not None and meetings_visible_to(request.user).filter(pk=meeting.pk).exists()


def _movable(request: HttpRequest, pk: int) -> ActionItem:
    item = _seen(request, pk)
    if not can_change_status(request.user, item):
        raise PermissionDenied(
            "An item is moved by its owner, by its organization's primary and alternate, and by the body's chair."
        )
    return item
