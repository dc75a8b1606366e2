"""Rosters: the seats of a body, and the terms of the people in them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person, staff_only
from accounts.permissions import is_staff
from core.dates import site_today
from core.pages import report_errors
from members.permissions import organizations_visible_to
from taskforces import operations
from taskforces.forms import SeatForm, TermEndForm, TermForm, TermRenewForm
from taskforces.models import Body, Seat, Term
from taskforces.permissions import leads, people_for, seats_visible_to, terms_visible_to
from taskforces.queries.requirements import requirements_of
from taskforces.queries.roster_views import roster_for
from taskforces.queries.rosters import past_terms, rosters
from taskforces.views.loaders import load_body, requested_day


@require_safe
def roster(request: HttpRequest, slug: str) -> HttpResponse:
    """Show members the roster of a body, today or on a past day; to those who manage it with actions for each seat."""
    body, today = load_body(request, slug), site_today()
    form, on = requested_day(request.GET, today)
    context = {
        "body": body,
        "roster": roster_for(body, request.user, today, on=on, with_representatives=True),
        "form": form,
        "on": on,
        "leads": leads(request.user, body) and on is None,
        "past_terms": past_terms(body, today) if on is None else [],
        "is_staff": is_staff(request.user),
        "kept": {"on": on.isoformat()} if on else {},
    }
    return render(request, "taskforces/roster.html", context)


@staff_only
@require_safe
def all_rosters(request: HttpRequest) -> HttpResponse:
    """Show every roster, those with vacant seats first."""
    rows = rosters(site_today())
    needs = requirements_of([row.body for row in rows])
    return render(request, "taskforces/rosters.html", {"rosters": rows, "needs": needs})


@require_http_methods(["GET", "POST"])
def seat_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a seat to a body."""
    body = get_object_or_404(Body, slug=slug)
    _check_leads(request, body)
    form = SeatForm(request.POST or None, actor=get_person(request))
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            seat = operations.add_seat(actor=get_person(request), body=body, **form.values)
        if not form.errors:
            messages.success(request, _("Seat added. Now choose the person."))
            return redirect("taskforces:term_start", pk=seat.pk)
    return render(request, "taskforces/seat_add.html", {"form": form, "body": body}, status=form.http_status)


@require_POST
def seat_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a vacant seat."""
    seat = _load_seat(request, pk)
    with report_errors(request) as report:
        operations.close_seat(actor=get_person(request), seat=seat, version=None, today=site_today())
    if report.ok:
        messages.success(request, _("Seat closed. It stays in the records."))
    return redirect("taskforces:roster", slug=seat.body.slug)


@require_http_methods(["GET", "POST"])
def term_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill a vacant seat with a person."""
    seat, today = _load_seat(request, pk), site_today()
    form = TermForm(request.POST or None, seat=seat, today=today)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            term = operations.fill_seat(actor=get_person(request), seat=seat, today=today, **form.cleaned_data)
        if not form.errors:
            values = {"name": term.person.name, "body": seat.body.title}
            messages.success(request, _("%(name)s is now a member of %(body)s.") % values)
            return redirect("taskforces:roster", slug=seat.body.slug)
    context = {
        "form": form,
        "seat": seat,
        "body": seat.body,
        "has_candidates": people_for(seat).exists(),
        "may_invite": is_staff(request.user),
        "sees_organization": seat.organization is not None
        and organizations_visible_to(request.user).filter(pk=seat.organization.pk).exists(),
    }
    return render(request, "taskforces/term_start.html", context, status=form.http_status)


@require_http_methods(["GET", "POST"])
def term_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a term a later planned end."""
    term, today = _load_term(request, pk), site_today()
    form = TermRenewForm(request.POST or None, instance=term, today=today)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.renew_term(
                actor=get_person(request), term=term, version=form.seen_version, today=today, **form.values
            )
        if not form.errors:
            messages.success(request, _("Term renewed."))
            return redirect("taskforces:roster", slug=term.seat.body.slug)
    return render(request, "taskforces/term_renew.html", {"form": form, "term": term}, status=form.http_status)


@require_http_methods(["GET", "POST"])
def term_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a term with its last day and reason; the seat stays, vacant."""
    term, today = _load_term(request, pk), site_today()
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
            messages.success(request, _("Term ended. The seat is vacant."))
            return redirect("taskforces:roster", slug=term.seat.body.slug)
    return render(request, "taskforces/term_end.html", {"form": form, "term": term}, status=form.http_status)


def _check_leads(request: HttpRequest, body: Body) -> None:
    if not leads(request.user, body):
        message = _("Only the chair of %(body)s and staff can change its roster.")
        raise PermissionDenied(message % {"body": body.title})


def _load_seat(request: HttpRequest, pk: int) -> Seat:
    seats = seats_visible_to(request.user).select_related("body", "organization")
    seat = get_object_or_404(seats, pk=pk)
    _check_leads(request, seat.body)
    return seat


def _load_term(request: HttpRequest, pk: int) -> Term:
    terms = terms_visible_to(request.user).select_related("person", "seat__body", "seat__organization")
    term = get_object_or_404(terms, pk=pk)
    _check_leads(request, term.seat.body)
    return term
