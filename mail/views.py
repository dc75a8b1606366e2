"""The outbox of a demonstration, for the person at the machine itself."""

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

from mail.display import sanitize_html
from mail.outbox import list_message_names, read_headers, read_message


def _is_local(request: HttpRequest) -> bool:
    """Return whether the request comes from this machine, without a proxy."""
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip"))
    try:
        return not forwarded and ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def demonstration_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Respond with 404 unless this is a demonstration and the request is local: emails contain sign-in links."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (settings.DEMO and _is_local(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return wrapper


@login_not_required
@never_cache
@require_safe
@demonstration_only
def outbox(request: HttpRequest) -> HttpResponse:
    """List the stored emails, newest first."""
    page = Paginator(list_message_names(), 25).get_page(request.GET.get("page"))
    return render(request, "mail/outbox.html", {"page": page, "emails": read_headers(list(page))})


@login_not_required
@never_cache
@require_safe
@demonstration_only
def outbox_message(request: HttpRequest, name: str) -> HttpResponse:
    """Show an email: text, HTML without styles, calendar entry and files."""
    mail = read_message(name)
    if mail is None:
        raise Http404
    return render(request, "mail/outbox_message.html", {"mail": mail, "html": sanitize_html(mail.html)})
