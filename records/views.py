"""Records for staff: retention schedule, legal holds, and contact data past its retention period."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import get_person, staff_only
from accounts.models import Person
from core.dates import site_today
from core.pages import paginate
from records import operations
from records.forms import HoldForm, LiftForm, RemoveContactForm
from records.queries import hold_rows, holds_on, people_past_retention
from records.rules import SCHEDULES


@staff_only
@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """Show the holds, the people whose contact data may be removed, and the retention schedule."""
    context = {
        "schedules": SCHEDULES.values(),
        "holds": hold_rows(),
        "page": paginate(request, people_past_retention(site_today())),
    }
    return render(request, "records/records.html", context)


@staff_only
@require_http_methods(["GET", "POST"])
def hold_add(request: HttpRequest) -> HttpResponse:
    """Place a hold."""
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hold = operations.place_hold(actor=get_person(request), now=timezone.now(), **form.values)
        messages.success(request, _("Hold placed: %(matter)s.") % {"matter": hold.matter})
        return redirect("records:records")
    return render(request, "records/hold_add.html", {"form": form})


@staff_only
@require_http_methods(["GET", "POST"])
def hold_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift a hold, with the reason."""
    hold = get_object_or_404(hold_rows(), pk=pk)
    form = LiftForm(request.POST or None, initial={"version": hold.version})
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.lift_hold(actor=get_person(request), hold=hold, now=timezone.now(), **form.cleaned_data)
        if not form.errors:
            messages.success(request, _("Hold lifted: %(matter)s.") % {"matter": hold.matter})
            return redirect("records:records")
    return render(request, "records/hold_lift.html", {"form": form, "hold": hold}, status=form.http_status)


@staff_only
@require_http_methods(["GET", "POST"])
def remove_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the contact data of a person who left."""
    person = get_object_or_404(Person, pk=pk)
    form = RemoveContactForm(request.POST or None, initial={"version": person.version})
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.remove_contact(
                actor=get_person(request), person=person, now=timezone.now(), today=site_today(), **form.cleaned_data
            )
        if not form.errors:
            messages.success(request, _("Contact information of %(name)s removed.") % {"name": person.name})
            return redirect("records:records")
    context = {"form": form, "person": person, "holds": holds_on(person)}
    return render(request, "records/remove_contact.html", context, status=form.http_status)
