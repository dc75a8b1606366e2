"""Progress on the pages of other apps: badges, strategies, diary, measures. Only what the reader may see."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from core.dates import local_today
from core.templatetags.ui import badge
from members.models import Organization
from objectives import queries
from objectives.models import ProgressUpdate, Strategy
from objectives.rules import STATUS_TONES, ProgressStatus, is_stale
from objectives.templatetags.chart import Chart, draw
from taskforces.models import Body
from taskforces.permissions import leads

register = template.Library()
UPDATE_HISTORY_LIMIT = 8
BAR_ORDER = (
    ProgressStatus.DONE,
    ProgressStatus.ON_TRACK,
    ProgressStatus.AT_RISK,
    ProgressStatus.OFF_TRACK,
    ProgressStatus.NOT_STARTED,
)


@register.simple_tag
def progress_badge(update: ProgressUpdate | None, strategy: Strategy) -> SafeString:
    """The status of an update as a badge; gray and dashed with its age once it is past the strategy's rhythm."""
    if update is None:
        return badge("Not reported yet")
    word, today = update.get_status_display() or "No status chosen", local_today()
    if update.status and is_stale(strategy.reporting_frequency, update.status, update.last_reported_on, today):
        return badge(f"{word}, last confirmed {(today - update.last_reported_on).days} days ago", "stale")
    return badge(word, STATUS_TONES.get(update.status, "neutral"))


@register.simple_tag
def objective_badge(row: queries.ObjectiveRow) -> SafeString | str:
    """The worst published status of an objective's strategies as a badge."""
    if row.worst_row is None:
        return badge("Not reported yet") if row.total else badge("No strategy yet")
    return progress_badge(row.worst_row.update, row.worst_row.strategy)


@register.inclusion_tag("objectives/tags/status_bar.html")
def status_bar(row: queries.ObjectiveRow) -> dict[str, object]:
    """A thin bar of an objective's strategies by status; the sentence beside it says the same in words."""
    parts, start = [], 0.0
    for status in BAR_ORDER:
        width = 100 * row.counts.get(status, 0) / row.total if row.total else 0
        if width:
            parts.append({"x": round(start, 2), "width": round(width, 2), "tone": STATUS_TONES[status]})
        start += width
    return {"parts": parts}


@register.inclusion_tag("objectives/tags/strategies.html", takes_context=True)
def strategies_of(context: dict[str, Any], body: Body) -> dict[str, object]:
    """The strategies of a body by objective."""
    person = context["request"].user
    return {
        "rows": queries.strategy_rows(local_today(), body=body, person=person),
        "title": "Strategies",
        "show_objective": True,
        "add_for": body if body.dissolved_on is None and leads(person, body) else None,
        "empty_text": f"The {body.title} has not taken on a strategy yet. Its chair adds the first one.",
    }


@register.inclusion_tag("objectives/tags/strategies.html", takes_context=True)
def strategies_supported_by(context: dict[str, Any], organization: Organization) -> dict[str, object]:
    """The strategies that an organization leads or supports; nothing when there is none."""
    person = context["request"].user
    return {
        "rows": queries.strategy_rows(local_today(), organization=organization, person=person),
        "title": "Strategies it carries",
        "show_objective": True,
        "show_body": True,
        "responsibilities_of": organization,
    }


@register.inclusion_tag("objectives/tags/update_history.html", takes_context=True)
def update_history(context: dict[str, Any], body: Body, limit: int = UPDATE_HISTORY_LIMIT) -> dict[str, object]:
    """The latest published updates of a body's strategies, and for members those submitted."""
    person = context["request"].user
    return {"updates": queries.update_history(body, person, limit), "body": body}


@register.inclusion_tag("objectives/tags/attention.html", takes_context=True)
def strategy_attention(context: dict[str, Any], body: Body) -> dict[str, object]:
    """What a chair must look at: strategies off track or at risk, stale ones, and drafts that wait."""
    person, today = context["request"].user, local_today()
    rows = queries.strategy_rows(today, body=body, person=person)
    return {
        "rows": [
            row
            for row in rows
            if row.update is None
            or row.stale
            or row.update.status in {ProgressStatus.OFF_TRACK, ProgressStatus.AT_RISK}
        ],
        "drafts": [draft for draft in queries.open_drafts(person) if draft.strategy.body_id == body.pk],
    }


@register.inclusion_tag("objectives/tags/measures.html")
def outcome_measures() -> dict[str, object]:
    """The measures of the whole Workgroup as charts and figures."""
    return {"measures": queries.outcome_measures()}


@register.inclusion_tag("objectives/tags/measure.html")
def measure_chart(measure: Any) -> dict[str, object]:
    """One measure: a chart in time where there are two points or more, else the figure; sources and table beside."""
    points = list(measure.points.all())
    chart: Chart | None = draw(measure, points) if len(points) > 1 else None
    return {
        "measure": measure,
        "points": points,
        "only": points[0] if len(points) == 1 else None,
        "chart": chart,
        "has_break": any(point.break_before for point in points[1:]),
        "sources": list(dict.fromkeys(point.source for point in points)),
    }
