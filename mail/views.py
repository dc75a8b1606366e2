"""The outbox of a demonstration, for whoever sits at the machine itself."""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mail import outbox as kept
from mail.showing import sanitize_html


def _is_at_the_machine(request: HttpRequest) -> bool:
    """Whether the request comes from this machine and through no proxy."""
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip"))
    try:
        return not forwarded and ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def demonstration_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answers 404 unless this is a demonstration and the reader is at the machine: mails hold links that sign in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (settings.DEMO and _is_at_the_machine(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@login_not_required
@never_cache
@require_safe
@demonstration_only
def outbox(request: HttpRequest) -> HttpResponse:
    """The kept mails, the newest first."""
    page = Paginator(kept.names(), 25).get_page(request.GET.get("page"))
    return render(request, "mail/outbox.html", {"page": page, "mails": kept.heads(list(page))})


@login_not_required
@never_cache
@require_safe
@demonstration_only
def outbox_message(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: its text, its HTML without style, its calendar entry and its files."""
    mail = kept.read(name)
    if mail is None:
        raise Http404
    return render(request, "mail/outbox_message.html", {"mail": mail, "html": sanitize_html(mail.html)})
