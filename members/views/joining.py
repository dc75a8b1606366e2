"""An organization asks to join, and staff answer."""

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person, staff_only
from accounts.models import Person
from core.operations import EditConflictError, OperationNotAllowedError
from core.pages import paginate
from members import operations
from members.forms import AcceptRequestForm, DeclineRequestForm, JoinForm, JoinRequestFilter
from members.models import JoinRequest
from members.queries import join_request_rows, possible_duplicates
from members.rules import JoinRequestState

_TOO_MANY = "Many requests came from your network just now. Nothing you typed is lost: send it again in an hour."


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """The public form by which an organization asks to join."""
    now, status = timezone.now(), 200
    form = JoinForm(request.POST or None, now=now)
    if request.method == "POST" and form.is_valid():
        if ratelimit.consume(request, action="join"):
            actor = request.user if isinstance(request.user, Person) else None
            operations.submit_join_request(actor=actor, now=now, is_spam=form.is_honeypot_filled, **form.values)
            return redirect("members:join_sent")
        form.add_error(None, _TOO_MANY)
        status = 429
    return render(request, "members/join.html", {"form": form}, status=status)


@login_not_required
@require_safe
def join_sent(request: HttpRequest) -> HttpResponse:
    """What happens next with a request to join."""
    return render(request, "members/join_sent.html")


@staff_only
@require_safe
def join_requests(request: HttpRequest) -> HttpResponse:
    """The requests to join, those that wait unless another state is asked for."""
    form = JoinRequestFilter(request.GET)
    state = (form.is_valid() and form.cleaned_data["state"]) or JoinRequestState.WAITING
    form = JoinRequestFilter({"state": state})
    context = {"page": paginate(request, join_request_rows(state=state)), "form": form, "state": state}
    return render(request, "members/join_requests.html", context)


@staff_only
@require_http_methods(["GET", "POST"])
def join_request(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with the organizations that may be meant; accepting it takes one press."""
    found = _load(pk)
    form = AcceptRequestForm(request.POST) if request.method == "POST" else None
    if form is None or not form.is_valid():
        return _show(request, found, accept=form)
    values = form.cleaned_data
    try:
        organization = operations.accept_join_request(
            actor=get_person(request),
            request=found,
            now=timezone.now(),
            address=get_adapter(request).get_client_ip(request),
            **values,
        )
    except EditConflictError:
        return _answered_meanwhile(request, found)
    except OperationNotAllowedError as error:
        form.add_error(None, str(error))
        return _show(request, found, accept=form)
    invited = " The invitation goes out within a minute." if values["invites"] else ""
    messages.success(request, f"Accepted for {organization.name}.{invited}")
    return redirect("members:staff_organization", organization.key)


@staff_only
@require_POST
def join_request_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline with a reason, which goes to the asker by mail."""
    found, form = _load(pk), DeclineRequestForm(request.POST)
    if not form.is_valid():
        return _show(request, found, decline=form)
    try:
        operations.decline_join_request(
            actor=get_person(request), request=found, now=timezone.now(), **form.cleaned_data
        )
    except EditConflictError:
        return _answered_meanwhile(request, found)
    except OperationNotAllowedError as error:
        form.add_error(None, str(error))
        return _show(request, found, decline=form)
    messages.success(request, f"Declined. The reason goes to {found.email} within a minute.")
    return redirect("members:join_requests")


@staff_only
@require_POST
def join_request_spam(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a request out of the queue without an answer."""
    found = _load(pk)
    try:
        operations.mark_join_request_spam(actor=get_person(request), request=found, version=None, now=timezone.now())
    except OperationNotAllowedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Moved to spam. Nobody gets an answer; you can take it back there.")
    return redirect("members:join_requests")


@staff_only
@require_POST
def join_request_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Put what was taken for spam back into the queue."""
    found = _load(pk)
    try:
        operations.reopen_join_request(actor=get_person(request), request=found, version=None)
    except OperationNotAllowedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Back in the queue.")
    return redirect("members:join_request", found.pk)


def _load(pk: int) -> JoinRequest:
    return get_object_or_404(JoinRequest.objects.select_related("sector", "organization", "answered_by"), pk=pk)


def _show(
    request: HttpRequest,
    found: JoinRequest,
    *,
    accept: AcceptRequestForm | None = None,
    decline: DeclineRequestForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a request, with the form that was not good yet as it was typed."""
    is_waiting = found.state == JoinRequestState.WAITING
    alike = possible_duplicates(found.organization_name, found.acronym) if is_waiting else []
    same = next((item.organization for item in alike if item.is_same), None)
    context = {
        "found": found,
        "is_waiting": is_waiting,
        "possible_duplicates": alike,
        "accept": accept or AcceptRequestForm(initial={"version": found.version, "organization": same}),
        "decline": decline or DeclineRequestForm(initial={"version": found.version}),
    }
    return render(request, "members/join_request.html", context, status=status)


def _answered_meanwhile(request: HttpRequest, found: JoinRequest) -> HttpResponse:
    found.refresh_from_db()
    messages.error(request, "Somebody changed this request meanwhile. See below how it stands.")
    return _show(request, found, status=409)
