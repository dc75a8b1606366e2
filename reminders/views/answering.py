"""The page behind a link that answers an email. GET changes nothing; the button works once."""

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.dates import format_datetime, local_today
from core.operations import EditConflictError, OperationNotAllowedError
from reminders import links
from reminders.link_actions import AnswerForm, LinkAction, LinkUsedError, find_used_link, use_link
from reminders.subjects import LINK_ACTIONS

_CLOSED = _(
    "This account is closed, so its links no longer work. If you think this is a mistake, contact Workgroup staff."
)
_EXPIRED = _("This link has expired. Sign in to respond, or use the link in a more recent email.")
_CHANGED = _("Someone else just changed this. Review it and try again.")


@login_not_required
@never_cache
@csrf_exempt  # the signed link is the authority, and an email program's own browser may keep no cookie
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
        return _page(request, link, action, now, reason=gettext("This link was just used."), status=410)
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
    reason: str | Promise = "",
    warning: str | Promise = "",
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
    text = gettext("You already used this link (%(when)s). %(result)s A link works only once, so nothing changed now.")
    return text % {"when": format_datetime(local, local.date()), "result": result}
