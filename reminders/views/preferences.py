"""How a person is reminded: signed in, or by the signed link of an email."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.decorators import get_person
from accounts.models import Person
from reminders import links, operations, queries
from reminders.forms import PreferencesForm
from reminders.permissions import colleagues_of
from reminders.rules import Frequency, ReminderKind

_SAVED = _("Changes saved.")


def _form(person: Person, now: dt.datetime, data: QueryDict | None = None) -> PreferencesForm:
    return PreferencesForm(
        data,
        choices=queries.preference_choices(person),
        settings=queries.notification_settings_of(person),
        colleagues=colleagues_of(person),
        today=now.astimezone(person.zone).date(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """How the signed-in person is reminded."""
    person, now = get_person(request), timezone.now()
    form = _form(person, now, request.POST if request.method == "POST" else None)
    if form.is_valid():
        operations.save_preferences(actor=person, choice=form.choice, now=now)
        messages.success(request, _SAVED)
        return redirect("reminders:preferences")
    return render(request, "reminders/preferences.html", {"form": form, "person": person})


@login_not_required
@never_cache
@csrf_exempt  # the signed link is the authority, and an email program's one-click POST (RFC 8058) carries no token
@require_http_methods(["GET", "HEAD", "POST"])
def preferences_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show and save the preferences of the person of the link, without signing in.

    GET changes nothing; one click in an email program unsubscribes the person from the kinds. Raises Http404 if the
    token is invalid.
    """
    known = links.read_preferences(token)
    if known is None:
        raise Http404
    person, kinds = known
    now = timezone.now()
    if request.method == "POST":
        is_one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        if is_one_click or "stop" in request.POST:
            operations.unsubscribe(actor=person, kinds=kinds, now=now)
            if is_one_click:
                return HttpResponse(_("You are unsubscribed."), content_type="text/plain")
        else:
            form = _form(person, now, request.POST)
            if not form.is_valid():
                return _link_page(request, form, person, kinds, status=400)
            operations.save_preferences(actor=person, choice=form.choice, now=now)
        messages.success(request, _SAVED)
        return redirect("reminders:preferences_link", token)
    return _link_page(request, _form(person, now), person, kinds)


def _link_page(
    request: HttpRequest, form: PreferencesForm, person: Person, kinds: list[str], status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "person": person,
        "kinds": [ReminderKind(kind).label for kind in kinds],
        "is_on": any(form.initial.get(kind, Frequency.OFF) != Frequency.OFF for kind in kinds),
    }
    return render(request, "reminders/preferences_link.html", context, status=status)
