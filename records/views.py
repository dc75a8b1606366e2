"""What staff do about keeping records: holds, and contact data whose time is over."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import get_person, staff_only
from accounts.models import Person
from core.dates import local_today
from core.operations import EditConflictError, OperationNotAllowedError
from core.pages import paginate
from records import operations
from records.forms import HoldForm, LiftForm, RemoveContactForm
from records.queries import hold_rows, holds_on, people_past_retention
from records.rules import SCHEDULES


@staff_only
@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """How long what is kept, what is on hold, and whose contact data need no longer be kept."""
    context = {
        "schedules": SCHEDULES.values(),
        "holds": hold_rows(),
        "page": paginate(request, people_past_retention(local_today())),
    }
    return render(request, "records/records.html", context)


@staff_only
@require_http_methods(["GET", "POST"])
def hold_add(request: HttpRequest) -> HttpResponse:
    """Place a hold."""
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hold = operations.place_hold(actor=get_person(request), now=timezone.now(), **form.values)
        messages.success(request, f"The hold for {hold.matter} is in force.")
        return redirect("records:records")
    return render(request, "records/hold_add.html", {"form": form})


@staff_only
@require_http_methods(["GET", "POST"])
def hold_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift a hold, with the reason."""
    hold = get_object_or_404(hold_rows(), pk=pk)
    form = LiftForm(request.POST or None, initial={"version": hold.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            operations.lift_hold(actor=get_person(request), hold=hold, now=timezone.now(), **form.cleaned_data)
        except EditConflictError:
            status = 409
            form.add_error(None, "Somebody changed this hold meanwhile. Go back and look at it.")
        except OperationNotAllowedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"The hold for {hold.matter} is lifted.")
            return redirect("records:records")
    return render(request, "records/hold_lift.html", {"form": form, "hold": hold}, status=status)


@staff_only
@require_http_methods(["GET", "POST"])
def remove_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the contact data of somebody who left long ago."""
    person = get_object_or_404(Person, pk=pk)
    form = RemoveContactForm(request.POST or None, initial={"version": person.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            operations.remove_contact(
                actor=get_person(request), person=person, now=timezone.now(), today=local_today(), **form.cleaned_data
            )
        except EditConflictError:
            status = 409
            form.add_error(None, "Somebody changed this person's record meanwhile. Go back and look at it.")
        except OperationNotAllowedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"The contact data of {person.name} are removed.")
            return redirect("records:records")
    context = {"form": form, "person": person, "holds": holds_on(person)}
    return render(request, "records/remove_contact.html", context, status=status)
