"""Who sits where: a body's seats, and the people put in them and let go."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person, staff_only
from accounts.permissions import is_staff
from core.dates import local_today
from core.operations import OperationNotAllowedError
from members.permissions import organizations_visible_to
from taskforces import operations
from taskforces.forms import SeatForm, TermEndForm, TermForm, TermRenewForm
from taskforces.models import Body, Term
from taskforces.permissions import leads, people_for, seats_visible_to, terms_visible_to
from taskforces.queries import composition, past_terms, roster_for, rosters
from taskforces.views.loading import asked_day, load_body


def _check_leads(request: HttpRequest, body: Body) -> None:
    if not leads(request.user, body):
        raise PermissionDenied(f"The chair of {body.title} and Workgroup staff keep its roster.")


@require_safe
def roster(request: HttpRequest, slug: str) -> HttpResponse:
    """Who sits on a body, today or on a day that has been, for members; with the act beside each for those who lead."""
    body, today = load_body(request, slug), local_today()
    form, on = asked_day(request.GET, today)
    context = {
        "body": body,
        "roster": roster_for(body, request.user, today, on=on, whole=True),
        "form": form,
        "on": on,
        "leads": leads(request.user, body) and on is None,
        "past_terms": past_terms(body) if on is None else [],
        "is_staff": is_staff(request.user),
        "kept": {"on": on.isoformat()} if on else {},
    }
    return render(request, "taskforces/roster.html", context)


@staff_only
@require_safe
def all_rosters(request: HttpRequest) -> HttpResponse:
    """Every roster, those with vacant seats first."""
    rows = rosters(local_today())
    needs = composition([row.body for row in rows])
    return render(request, "taskforces/rosters.html", {"rosters": rows, "needs": needs})


@require_http_methods(["GET", "POST"])
def seat_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a seat to a body."""
    body = get_object_or_404(Body, slug=slug)
    _check_leads(request, body)
    form = SeatForm(request.POST or None, actor=get_person(request))
    if request.method == "POST" and form.is_valid():
        try:
            seat = operations.add_seat(actor=get_person(request), body=body, **form.values)
        except OperationNotAllowedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Seat added. Now choose who sits in it.")
            return redirect("taskforces:term_start", pk=seat.pk)
    return render(request, "taskforces/seat_add.html", {"form": form, "body": body})


@require_POST
def seat_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a vacant seat."""
    seat = get_object_or_404(seats_visible_to(request.user).select_related("body"), pk=pk)
    _check_leads(request, seat.body)
    try:
        operations.close_seat(actor=get_person(request), seat=seat, version=None, today=local_today())
    except OperationNotAllowedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Seat closed. It stays in the records.")
    return redirect("taskforces:roster", slug=seat.body.slug)


@require_http_methods(["GET", "POST"])
def term_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a person in a vacant seat."""
    seat = get_object_or_404(seats_visible_to(request.user).select_related("body", "organization"), pk=pk)
    _check_leads(request, seat.body)
    today = local_today()
    form = TermForm(request.POST or None, seat=seat, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            term = operations.fill_seat(actor=get_person(request), seat=seat, today=today, **form.cleaned_data)
        except OperationNotAllowedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{term.person.name} sits on {seat.body.title} from now on.")
            return redirect("taskforces:roster", slug=seat.body.slug)
    context = {
        "form": form,
        "seat": seat,
        "body": seat.body,
        "anybody": people_for(seat).exists(),
        "may_invite": is_staff(request.user),
        "sees_organization": seat.organization is not None
        and organizations_visible_to(request.user).filter(pk=seat.organization.pk).exists(),
    }
    return render(request, "taskforces/term_start.html", context)


def _term(request: HttpRequest, pk: int) -> Term:
    terms = terms_visible_to(request.user).select_related("person", "seat__body", "seat__organization")
    term = get_object_or_404(terms, pk=pk)
    _check_leads(request, term.seat.body)
    return term


@require_http_methods(["GET", "POST"])
def term_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a term a later planned end."""
    term, today = _term(request, pk), local_today()
    form = TermRenewForm(request.POST or None, instance=term, today=today)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.renew_term(
                actor=get_person(request), term=term, version=form.seen_version, today=today, **form.values
            )
        if not form.errors:
            messages.success(request, "Term renewed.")
            return redirect("taskforces:roster", slug=term.seat.body.slug)
    return render(request, "taskforces/term_renew.html", {"form": form, "term": term}, status=form.http_status)


@require_http_methods(["GET", "POST"])
def term_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a term with its date and reason; the seat stays, vacant."""
    term, today = _term(request, pk), local_today()
    form = TermEndForm(request.POST or None, instance=term, initial={"ended_on": today})
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.end_term(
                actor=get_person(request),
                term=term,
                version=form.seen_version,
                ended_on=form.cleaned_data["ended_on"],
                reason=form.cleaned_data["end_reason"],
                today=today,
            )
        if not form.errors:
            messages.success(request, "Term ended. The seat is vacant.")
            return redirect("taskforces:roster", slug=term.seat.body.slug)
    return render(request, "taskforces/term_end.html", {"form": form, "term": term}, status=form.http_status)
