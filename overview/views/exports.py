"""Records as files, for whoever asks by law."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import get_person, staff_only
from core.dates import local_today
from core.uploads import attachment
from overview import operations
from overview.forms.staff import ExportForm


@staff_only
@require_http_methods(["GET", "POST"])
def export_records(request: HttpRequest) -> HttpResponse:
    """Everything about an organization, a body or a period in one zip."""
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
        return attachment(content, name=f"records-{scope.word}.zip", media_type="application/zip")
    return render(request, "overview/export_records.html", {"form": form})
