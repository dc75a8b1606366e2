"""What a person is reminded of: signed in, or by the signed link of a mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from members.guards import person_of
from reminders import links, operations, queries
from reminders.forms import ChoiceForm
from reminders.rules import ReminderKind

_SAVED = "Your choice is saved."


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """The kinds of reminder that the signed-in person gets."""
    person = person_of(request)
    form = ChoiceForm(request.POST if request.method == "POST" else None, choices=queries.choices_of(person))
    if form.is_valid():
        operations.choose(actor=person, wanted=form.cleaned_data["wanted"], now=timezone.now())
        messages.success(request, _SAVED)
        return redirect("reminders:preferences")
    return render(request, "reminders/preferences.html", {"form": form})


@login_not_required
@never_cache
@csrf_exempt  # the signed link is the authority, and a mail program's one-click POST (RFC 8058) carries no token
@require_http_methods(["GET", "HEAD", "POST"])
def preferences_link(request: HttpRequest, token: str) -> HttpResponse:
    """The same without signing in. Looking changes nothing; a mail program's one click stops the mail's kind."""
    known = links.read(token)
    if known is None:
        raise Http404
    person, kind = known
    if request.method == "POST":
        if request.POST.get("List-Unsubscribe") == "One-Click" or "stop" in request.POST:
            operations.stop(actor=person, kind=kind, now=timezone.now())
            if "stop" not in request.POST:
                return HttpResponse("Stopped.", content_type="text/plain")
        else:
            form = ChoiceForm(request.POST, choices=queries.choices_of(person))
            if not form.is_valid():
                return _link_page(request, form, person, kind, status=400)
            operations.choose(actor=person, wanted=form.cleaned_data["wanted"], now=timezone.now())
        messages.success(request, _SAVED)
        return redirect("reminders:preferences_link", token)
    return _link_page(request, ChoiceForm(choices=queries.choices_of(person)), person, kind)


def _link_page(request: HttpRequest, form: ChoiceForm, person: object, kind: str, status: int = 200) -> HttpResponse:
    is_on = kind in form.initial["wanted"]
    context = {"form": form, "person": person, "kind": ReminderKind(kind).label.lower(), "is_on": is_on}
    return render(request, "reminders/preferences_link.html", context, status=status)
