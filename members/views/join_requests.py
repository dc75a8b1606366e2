"""Requests to join: the public form, and the staff's queue."""

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person, staff_only
from accounts.models import Person
from core.pages import paginate, report_errors
from members import operations
from members.forms import AcceptRequestForm, DeclineRequestForm, JoinForm, JoinRequestFilter
from members.models import JoinRequest
from members.queries import join_request_rows, possible_duplicates
from members.rules import JoinRequestState


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Let an organization ask to join. The number of requests from one network is limited."""
    now, status = timezone.now(), 200
    form = JoinForm(request.POST or None, now=now)
    if request.method == "POST" and form.is_valid():
        if ratelimit.consume(request, action="join"):
            actor = request.user if isinstance(request.user, Person) else None
            operations.submit_join_request(actor=actor, now=now, is_spam=form.is_honeypot_filled, **form.values)
            return redirect("members:join_sent")
        text = _("We received too many requests from your network. Your answers are still here. Try again in an hour.")
        form.add_error(None, text)
        status = 429
    return render(request, "members/join.html", {"form": form}, status=status)


@login_not_required
@require_safe
def join_sent(request: HttpRequest) -> HttpResponse:
    """Explain what happens next with a request to join."""
    return render(request, "members/join_sent.html")


@staff_only
@require_safe
def join_requests(request: HttpRequest) -> HttpResponse:
    """List the requests to join in one state, by default those that are waiting."""
    form = JoinRequestFilter(request.GET)
    state = (form.is_valid() and form.cleaned_data["state"]) or JoinRequestState.WAITING
    form = JoinRequestFilter({"state": state})
    context = {"page": paginate(request, join_request_rows(state=state)), "form": form, "state": state}
    return render(request, "members/join_requests.html", context)


@staff_only
@require_http_methods(["GET", "POST"])
def join_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a request with possible duplicates of its organization, and accept it on POST."""
    join_request = _get_join_request(pk)
    form = AcceptRequestForm(request.POST) if request.method == "POST" else None
    if form is None or not form.is_valid():
        return _render_request(request, join_request, accept=form)
    with form.collect_errors():
        organization = operations.accept_join_request(
            actor=get_person(request),
            request=join_request,
            now=timezone.now(),
            address=get_adapter(request).get_client_ip(request),
            **form.cleaned_data,
        )
    if form.errors:
        join_request.refresh_from_db()
        return _render_request(request, join_request, accept=form, status=form.http_status)
    text = (
        _("%(name)s accepted. The invitation will be sent within a minute.")
        if form.cleaned_data["invites"]
        else _("%(name)s accepted.")
    )
    messages.success(request, text % {"name": organization.name})
    return redirect("members:staff_organization", organization.key)


@staff_only
@require_POST
def join_request_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline a request, with a reason that is emailed to the requester."""
    join_request, form = _get_join_request(pk), DeclineRequestForm(request.POST)
    if form.is_valid():
        with form.collect_errors():
            operations.decline_join_request(
                actor=get_person(request), request=join_request, now=timezone.now(), **form.cleaned_data
            )
    if form.errors:
        join_request.refresh_from_db()
        return _render_request(request, join_request, decline=form, status=form.http_status)
    text = _("Request declined. The reason will be sent to %(email)s within a minute.")
    messages.success(request, text % {"email": join_request.email})
    return redirect("members:join_requests")


@staff_only
@require_POST
def join_request_spam(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a request as spam, without an answer."""
    with report_errors(request) as report:
        operations.mark_join_request_spam(
            actor=get_person(request), request=_get_join_request(pk), version=None, now=timezone.now()
        )
    if report.ok:
        messages.success(request, _("Request marked as spam. No answer is sent. You can undo this in the spam list."))
    return redirect("members:join_requests")


@staff_only
@require_POST
def join_request_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a request that was marked as spam to the queue."""
    join_request = _get_join_request(pk)
    with report_errors(request) as report:
        operations.reopen_join_request(actor=get_person(request), request=join_request, version=None)
    if report.ok:
        messages.success(request, _("Request returned to the queue."))
    return redirect("members:join_request", join_request.pk)


def _get_join_request(pk: int) -> JoinRequest:
    return get_object_or_404(JoinRequest.objects.select_related("sector", "organization", "answered_by"), pk=pk)


def _render_request(
    request: HttpRequest,
    join_request: JoinRequest,
    *,
    accept: AcceptRequestForm | None = None,
    decline: DeclineRequestForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show a request. A form that had errors is shown as it was submitted.

    A request that someone else has just answered has no forms on its page, so the errors are shown as messages.
    """
    is_waiting = join_request.state == JoinRequestState.WAITING
    submitted = accept or decline
    if submitted is not None and not is_waiting:
        for error in submitted.non_field_errors():
            messages.error(request, str(error))
    duplicates = possible_duplicates(join_request.organization_name, join_request.acronym) if is_waiting else []
    same = next((item.organization for item in duplicates if item.is_same), None)
    initial = {"version": join_request.version}
    context = {
        "found": join_request,
        "is_waiting": is_waiting,
        "possible_duplicates": duplicates,
        "accept": accept or AcceptRequestForm(initial={**initial, "organization": same}),
        "decline": decline or DeclineRequestForm(initial=initial),
    }
    return render(request, "members/join_request.html", context, status=status)
