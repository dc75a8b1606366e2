"""Tags that show progress on the pages of other apps. Each shows only what the reader may see."""

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import local_today
from core.templatetags.ui import badge
from members.models import Organization
from objectives.models import Measure, ProgressUpdate, Strategy
from objectives.queries import measures, strategies, updates
from objectives.queries.objectives import ObjectiveRow
from objectives.rules import ProgressStatus, is_stale
from objectives.templatetags.chart import draw_chart
from taskforces.models import Body
from taskforces.permissions import leads

register = template.Library()
UPDATE_HISTORY_LIMIT = 8


@register.simple_tag
def progress_badge(update: ProgressUpdate | None, strategy: Strategy) -> SafeString:
    """Return the status of an update as a badge. It is gray and shows its age once the next update is overdue."""
    if update is None:
        return badge(_("Not reported yet"))
    status, today = update.get_status_display() or _("No status selected"), local_today()
    if update.status and is_stale(strategy.reporting_frequency, update.status, update.last_reported_on, today):
        days = (today - update.last_reported_on).days
        text = ngettext(
            "%(status)s, last confirmed %(count)d day ago", "%(status)s, last confirmed %(count)d days ago", days
        )
        return badge(text % {"status": status, "count": days}, "stale")
    return badge(status, update.tone)


@register.simple_tag
def objective_badge(row: ObjectiveRow) -> SafeString:
    """Return the worst published status of an objective's strategies as a badge."""
    if row.worst_row is None:
        return badge(_("Not reported yet")) if row.total else badge(_("No strategies yet"))
    return progress_badge(row.worst_row.update, row.worst_row.strategy)


@register.inclusion_tag("objectives/tags/status_bar.html")
def status_bar(row: ObjectiveRow) -> dict[str, object]:
    """Render a thin bar of an objective's strategies by status. The sentence next to it has the same counts."""
    parts, start = [], 0.0
    for status in ProgressStatus.by_bar_position():
        width = 100 * row.counts.get(status, 0) / row.total if row.total else 0
        if width:
            parts.append({"x": round(start, 2), "width": round(width, 2), "tone": status.tone})
        start += width
    return {"parts": parts}


@register.inclusion_tag("objectives/tags/strategies.html", takes_context=True)
def strategies_of(context: dict[str, Any], body: Body) -> dict[str, object]:
    """Render the strategies of a body in the order of the objectives."""
    person = context["request"].user
    return {
        "rows": strategies.strategy_rows(local_today(), body=body, person=person),
        "title": _("Strategies"),
        "show_objective": True,
        "add_for": body if body.dissolved_on is None and leads(person, body) else None,
        "empty_text": _("The %(body)s has no strategies yet. Its chair can add the first one.") % {"body": body.title},
    }


@register.inclusion_tag("objectives/tags/strategies.html", takes_context=True)
def strategies_supported_by(context: dict[str, Any], organization: Organization) -> dict[str, object]:
    """Render the strategies that an organization leads or supports, or nothing if there are none."""
    person = context["request"].user
    return {
        "rows": strategies.strategy_rows(local_today(), organization=organization, person=person),
        "title": _("Strategies it supports"),
        "show_objective": True,
        "show_body": True,
        "organization": organization,
    }


@register.inclusion_tag("objectives/tags/update_history.html", takes_context=True)
def update_history(context: dict[str, Any], body: Body, limit: int = UPDATE_HISTORY_LIMIT) -> dict[str, object]:
    """Render the latest published updates of a body's strategies and, for members, those submitted."""
    person = context["request"].user
    return {"updates": updates.update_history(body, person, limit), "body": body}


@register.inclusion_tag("objectives/tags/attention.html", takes_context=True)
def strategy_attention(context: dict[str, Any], body: Body) -> dict[str, object]:
    """Render what the chair should look at: drafts, and strategies with a bad, outdated or missing status."""
    person, today = context["request"].user, local_today()
    rows = strategies.strategy_rows(today, body=body, person=person)
    return {
        "rows": [
            row
            for row in rows
            if row.update is None or row.is_stale or ProgressStatus(row.update.status).needs_attention
        ],
        "drafts": [draft for draft in updates.open_drafts(person) if draft.strategy.body_id == body.pk],
    }


@register.inclusion_tag("objectives/tags/measures.html")
def outcome_measures() -> dict[str, object]:
    """Render the measures of the whole Workgroup as charts and figures."""
    return {"measures": measures.outcome_measures()}


@register.inclusion_tag("objectives/tags/measure.html")
def measure_chart(measure: Measure) -> dict[str, object]:
    """Render a measure: a chart if there are at least two data points, else the figure; with sources and a table."""
    points = list(measure.points.all())
    return {
        "measure": measure,
        "points": points,
        "only_point": points[0] if len(points) == 1 else None,
        "chart": draw_chart(measure, points) if len(points) > 1 else None,
        "has_break": any(point.break_before for point in points[1:]),
        "sources": list(dict.fromkeys(point.source for point in points)),
    }
