"""Export records as files, for public records requests."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import get_person, staff_only
from core.dates import local_today
from core.uploads import attachment
from exchange import operations
from exchange.forms import ExportForm


@staff_only
@require_http_methods(["GET", "POST"])
def records_export(request: HttpRequest) -> HttpResponse:
    """Download everything about an organization, a body, or a period as one zip file."""
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        scope = form.scope
        content = operations.export_records(
            actor=get_person(request),
            scope=scope,
            now=now,
            today=local_today(now),
            address=get_adapter(request).get_client_ip(request),
        )
        return attachment(content, name=f"records-{scope.slug}.zip", media_type="application/zip")
    return render(request, "exchange/records_export.html", {"form": form})
