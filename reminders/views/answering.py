"""The page behind a link that answers an email. GET changes nothing; the button works once."""

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.dates import format_date, format_time, local_today, timezone_abbreviation
from core.operations import EditConflictError, OperationNotAllowedError
from reminders import links
from reminders.link_actions import AnswerForm, LinkAction, LinkUsedError, find_used_link, use_link
from reminders.subjects import LINK_ACTIONS

_CLOSED = "The account of this link is closed, so it no longer answers. If that surprises you, write to the staff."
_EXPIRED = "This link has expired. Sign in to say how it stands, or answer from a newer mail."
_CHANGED = "Somebody changed this just now. Look at how it stands, then press again."


@login_not_required
@never_cache
@csrf_exempt  # the signed link is the authority, and a mail program's own browser may keep no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str, purpose: str) -> HttpResponse:
    """Show the question with one button, or store the answer; else show the state of the subject now."""
    link, action, now = links.read_answer(purpose, token), LINK_ACTIONS.get(purpose), timezone.now()
    if link is None or action is None:
        raise Http404
    if not link.person.is_active:
        return _page(request, link, action, now, reason=_CLOSED, status=403)
    if earlier := find_used_link(link):
        return _page(
            request, link, action, now, reason=_used_reason(link, earlier.used_at, earlier.result_message), status=410
        )
    if link.expires_at <= now:
        return _page(request, link, action, now, reason=_EXPIRED, status=410)
    form = action.form(request.POST if request.method == "POST" else None, today=local_today(now, link.person.zone))
    if not form.is_valid():
        return _page(request, link, action, now, form=form, status=400 if form.is_bound else 200)
    try:
        done = use_link(link=link, action=action, values=form.cleaned_data, now=now)
    except LinkUsedError:
        return _page(request, link, action, now, reason="This link was used just now.", status=410)
    except OperationNotAllowedError as error:
        return _page(request, link, action, now, reason=str(error), status=409)
    except EditConflictError:
        return _page(request, link, action, now, form=form, warning=_CHANGED, status=409)
    return _page(request, link, action, now, done=done)


def _page(
    request: HttpRequest,
    link: links.Link,
    action: LinkAction,
    now: dt.datetime,
    *,
    form: AnswerForm | None = None,
    reason: str = "",
    warning: str = "",
    done: str = "",
    status: int = 200,
) -> HttpResponse:
    state = action.load_state(link, now) if link.person.is_active else None
    if form is not None and state and state.closed_reason:
        form, reason, status = None, state.closed_reason, 409
    context = {
        "link": link,
        "action": action,
        "state": state,
        "form": form,
        "reason": reason,
        "warning": warning,
        "done": done,
    }
    return render(request, "reminders/answer.html", context, status=status)


def _used_reason(link: links.Link, used_at: dt.datetime, result: str) -> str:
    local = used_at.astimezone(link.person.zone)
    when = f"{format_date(local.date(), local.date())} at {format_time(local)} {timezone_abbreviation(local)}"
    return f"You used this link on {when}. {result} A link works once, so nothing happened now."
