"""Staff enter an update that a member gave by phone, by email or in person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import get_person
from accounts.permissions import is_staff
from core.dates import local_today
from core.operations import require_permission
from core.pages import get_next_url
from objectives.forms import UpdateOnBehalfForm
from objectives.models import ProgressUpdate, Strategy
from objectives.operations import updates as operations
from objectives.permissions import authors_for
from objectives.queries.strategies import strategy_page
from objectives.queries.updates import own_draft


@require_http_methods(["GET", "POST"])
def update_on_behalf(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that nothing has changed, or enter a new update, on behalf of a member."""
    strategy = get_object_or_404(Strategy.objects.select_related("body", "objective__plan"), pk=pk)
    require_permission(is_staff(request.user), _("Only Workgroup staff can enter updates for other people."))
    row = strategy_page(pk, request.user, local_today()).row
    initial = {
        "said_by": request.GET.get("person") or strategy.responsible_person_id,
        "update": row.update.pk if row.update else None,
        "version": row.update.version if row.update else None,
    }
    form = UpdateOnBehalfForm(
        request.POST or None,
        people=authors_for(strategy).distinct(),
        can_confirm=row.update is not None and row.pending is None,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            _enter(request, strategy, form)
        if not form.errors:
            text = _("Update entered for %(person)s: %(strategy)s.")
            messages.success(request, text % {"person": form.cleaned_data["said_by"].name, "strategy": strategy.title})
            return redirect(get_next_url(request, reverse("objectives:strategy", args=[pk])))
    context = {"form": form, "strategy": strategy, "row": row, "draft": own_draft(get_person(request), strategy)}
    return render(request, "objectives/on_behalf.html", context, status=form.http_status)


def _enter(request: HttpRequest, strategy: Strategy, form: UpdateOnBehalfForm) -> ProgressUpdate:
    values, now, actor = form.cleaned_data, timezone.now(), get_person(request)
    on_behalf, today = form.on_behalf(now), local_today(now)
    if values["what"] == form.NO_CHANGE:
        seen = ProgressUpdate.objects.published().filter(strategy=strategy, pk=values["update"] or 0).first()
        return operations.confirm_status(
            actor=actor, strategy=strategy, today=today, update=seen, version=values["version"], on_behalf=on_behalf
        )
    draft = own_draft(actor, strategy)
    return operations.write_and_submit(
        actor=actor,
        strategy=strategy,
        status=values["what"],
        narrative=values["narrative"],
        update=draft,
        version=draft.version if draft else None,
        now=now,
        today=today,
        on_behalf=on_behalf,
    )
