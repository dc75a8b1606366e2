"""The yearly question: answered by the link of a mail or signed in, and followed by staff."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import get_person, staff_only
from accounts.models import Person
from core.dates import local_today
from core.operations import EditConflictError, OperationNotAllowedError
from core.pages import get_next_url, paginate
from members import operations
from members.forms import ConfirmationFilter, OnBehalfForm, ProposalForm
from members.models import Confirmation, Organization
from members.permissions import can_propose, organizations_visible_to
from members.queries import confirmation_case, confirmation_rows, last_answers
from members.rules import CONFIRMING_KINDS, ConfirmationLinkStatus, ConfirmedVia, RepresentationKind
from members.tokens import read_confirmation_token

# Who speaks for it stands first.
SHOWN_FIRST = (
    RepresentationKind.PRIMARY,
    RepresentationKind.ALTERNATE,
    RepresentationKind.REPRESENTATIVE,
    RepresentationKind.EXECUTIVE_CONTACT,
)


@never_cache
@login_not_required
@csrf_exempt  # the signed link is the authority, and a mail program's own browser may keep no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a question's link. Looking changes nothing; a press answers for that organization, once."""
    known = read_confirmation_token(token)
    if known is None:
        raise Http404
    confirmation, person = known
    case = confirmation_case(confirmation, person, timezone.now())
    if case != ConfirmationLinkStatus.OPEN:
        context = {"confirmation": confirmation, "person": person, "case": case}
        return render(request, "members/confirmation_case.html", context, status=410)
    here = reverse("members:confirm_link", args=[token])
    return _question(request, person, confirmation.organization, confirmation, ConfirmedVia.LINK, here)


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """The primary representative or an alternate confirms the record, asked or not."""
    actor = get_person(request)
    found = get_object_or_404(organizations_visible_to(actor).select_related("sector"), key=key)
    if not can_propose(actor, found):
        raise PermissionDenied("The primary representative and the alternates of an organization confirm its record.")
    standing = found.confirmations.open().first()
    back = get_next_url(request, reverse("members:organization", args=[key]))
    return _question(request, actor, found, standing, ConfirmedVia.SIGNED_IN, back)


def _question(
    request: HttpRequest,
    person: Person,
    organization: Organization,
    confirmation: Confirmation | None,
    via: ConfirmedVia,
    back: str,
) -> HttpResponse:
    """The record with its two answers: still right, or what is to be changed."""
    is_change = request.method == "POST" and request.POST.get("act") == "change"
    form = ProposalForm(request.POST if is_change else None, instance=organization)
    status = 200
    if request.method == "POST" and (not is_change or form.is_valid()):
        try:
            said = _answer(person, organization, form if is_change else None, via)
        except EditConflictError as stale:
            form.show_conflict(stale.current)
            status = 409
        except OperationNotAllowedError as refused:
            if not is_change:
                messages.error(request, str(refused))
                return redirect(back)
            form.add_error(None, str(refused))
        else:
            messages.success(request, said)
            return redirect(back)
    context: dict[str, Any] = {
        # As it stands: the form has put what was typed into its own copy.
        "organization": Organization.objects.select_related("sector").get(pk=organization.pk),
        "person": person,
        "confirmation": confirmation,
        "form": form,
        "people": sorted(
            organization.representations.current().select_related("person").order_by("person__name"),
            key=lambda row: SHOWN_FIRST.index(row.kind),
        ),
        "by_link": via == ConfirmedVia.LINK,
        "last": last_answers([organization.pk]).get(organization.pk),
    }
    return render(request, "members/confirm.html", context, status=status)


def _answer(person: Person, organization: Organization, form: ProposalForm | None, via: ConfirmedVia) -> str:
    """Carry out the button that was pressed and say what happened."""
    now = timezone.now()
    who: dict[str, Any] = {
        "actor": person,
        "organization": organization,
        "via": via,
        "now": now,
        "today": local_today(now),
    }
    if form is None:
        operations.confirm_organization(**who)
        return f"Thank you. The record of {organization.short_name} is confirmed."
    operations.confirm_with_changes(version=form.seen_version, values=form.proposed, **form.notes, **who)
    return "Thank you. Your changes are with staff; the record changes once they accept."


@staff_only
@require_http_methods(["GET", "POST"])
def confirm_on_behalf(request: HttpRequest, key: str) -> HttpResponse:
    """Staff enter that somebody who speaks for an organization said its record is still right."""
    found = get_object_or_404(Organization.objects.standing(), key=key)
    voices = found.representations.current().filter(kind__in=CONFIRMING_KINDS).values("person")
    form = OnBehalfForm(request.POST or None, people=Person.objects.filter(pk__in=voices, is_active=True))
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            answer = operations.confirm_organization(
                actor=get_person(request),
                organization=found,
                via=ConfirmedVia.STAFF,
                now=now,
                today=local_today(now),
                on_behalf=form.on_behalf(now),
            )
        except OperationNotAllowedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"Entered for {answer.confirmed_by}: the record is still right.")
            return redirect(get_next_url(request, reverse("members:staff_organization", args=[key])))
    return render(request, "members/confirm_on_behalf.html", {"form": form, "organization": found})


@staff_only
@require_safe
def confirmations(request: HttpRequest) -> HttpResponse:
    """Which organization confirmed its record when and by whom, which is asked, at which stage, and who is silent."""
    form = ConfirmationFilter(request.GET)
    rows = confirmation_rows(local_today(), form.cleaned_data["state"] if form.is_valid() else "")
    return render(request, "members/confirmations.html", {"page": paginate(request, rows, 50), "form": form})
