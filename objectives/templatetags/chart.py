"""The layout of a measure's chart: values over time, on an axis from zero, each with a label next to its dot."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import formats
from django.utils.translation import gettext as _

from objectives.models import DataPoint, Measure
from objectives.rules import format_amount, format_trend

WIDTH, HEIGHT = 440, 240
LEFT, RIGHT, TOP, BASE = 30, 410, 52, 184
LETTER, LINE = 7.6, 17  # the width of a letter and the height of a line of the labels


@dataclass(frozen=True)
class Box:
    """The area of a label or dot, to keep labels from overlapping."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True)
class Mark:
    """A value: its dot, the label next to it, and its period under the axis."""

    x: float
    y: float
    label: str
    label_x: float
    label_y: float
    period: str
    period_x: float
    period_y: float
    is_exact: bool


@dataclass(frozen=True)
class Chart:
    """A chart: its title, its description and the positions of all parts."""

    title: str
    description: str
    height: float
    marks: list[Mark]
    lines: list[str]
    """The points of each unbroken line in the format of an SVG polyline."""
    breaks: list[float]
    target_y: float | None = None
    target_label: str = ""
    width: int = field(default=WIDTH)
    base: int = field(default=BASE)
    left: int = field(default=LEFT)
    right: int = field(default=RIGHT)
    top: int = field(default=TOP)


def draw_chart(measure: Measure, points: Sequence[DataPoint]) -> Chart:
    """Lay out the chart of at least two points, oldest first. A point with `break_before` starts a new line.

    Each value stands at the middle of its period. The title describes only the last unbroken line, since values
    before a break cannot be compared with it.
    """
    middles = [(point.starts_on.toordinal() + point.ends_on.toordinal()) / 2 for point in points]
    first, span = middles[0], (middles[-1] - middles[0]) or 1
    top_value = max([point.value for point in points] + ([measure.target] if measure.target else [])) or 1
    xs = [round(LEFT + 12 + (middle - first) / span * (RIGHT - LEFT - 24), 1) for middle in middles]
    ys = [_height(float(point.value / top_value)) for point in points]
    runs = _runs(points)
    breaks = [round((xs[run[0] - 1] + xs[run[0]]) / 2, 1) for run in runs[1:]]
    comparable = [points[index].qualified_value for index in runs[-1]]
    marks = _marks(points, xs, ys)
    values = [
        _("%(period)s: %(value)s %(unit)s")
        % {"period": point.period, "value": point.display_value, "unit": measure.unit}
        for point in points
    ]
    return Chart(
        title=format_trend(measure.name, measure.unit, comparable),
        description="; ".join(values) + ".",
        height=max(mark.period_y for mark in marks) + 8,
        marks=marks,
        lines=[" ".join(f"{xs[index]},{ys[index]}" for index in run) for run in runs if len(run) > 1],
        breaks=breaks,
        target_y=_height(float(measure.target / top_value)) if measure.target else None,
        target_label=_("Target: %(value)s") % {"value": format_amount(measure.target)} if measure.target else "",
    )


def short_period(point: DataPoint) -> str:
    """Return the period as a short label for the axis, such as "2018–20". The table shows it in full."""
    text = _short_dates(point)
    return _("about %(period)s") % {"period": text} if point.is_circa else text


def _short_dates(point: DataPoint) -> str:
    start, end = point.starts_on, point.ends_on
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return f"{start.year}" if start.year == end.year else f"{start.year}–{end.year % 100:02d}"
    if (start.year, start.month) == (end.year, end.month):
        return formats.date_format(start, "YEAR_MONTH_FORMAT")
    return _("to %(month)s") % {"month": formats.date_format(end, "YEAR_MONTH_FORMAT")}


def _height(share: float) -> float:
    return round(BASE - share * (BASE - TOP), 1)


def _runs(points: Sequence[DataPoint]) -> list[list[int]]:
    runs: list[list[int]] = []
    for index, point in enumerate(points):
        if not runs or point.break_before:
            runs.append([])
        runs[-1].append(index)
    return runs


def _marks(points: Sequence[DataPoint], xs: list[float], ys: list[float]) -> list[Mark]:
    used = [Box(x - 6, y - 6, x + 6, y + 6) for x, y in zip(xs, ys, strict=True)]
    marks = []
    for point, x, y in zip(points, xs, ys, strict=True):
        label, period = point.display_value, short_period(point)
        label_x, label_y = _free_position(label, x, [y - 12, y + 23, y - 29, y - 46], used, BASE)
        period_x, period_y = _free_position(period, x, [BASE + 18, BASE + 35, BASE + 52], used, HEIGHT)
        is_exact = point.qualified_value.is_exact
        marks.append(Mark(x, y, label, label_x, label_y, period, period_x, period_y, is_exact))
    return marks


def _free_position(text: str, x: float, heights: list[float], used: list[Box], floor: float) -> tuple[float, float]:
    """Return the first position near `x` where the text overlaps nothing, and add its area to `used`."""
    half = len(text) * LETTER / 2
    middle = round(min(max(x, half + 2), WIDTH - half - 2), 1)
    boxes = [Box(middle - half, height - LINE + 4, middle + half, height + 4) for height in heights]
    free = [
        (height, box)
        for height, box in zip(heights, boxes, strict=True)
        if box.bottom <= floor + 4 and box.top >= 0 and not any(box.overlaps(other) for other in used)
    ]
    height, box = free[0] if free else (heights[0], boxes[0])
    used.append(box)
    return middle, round(height, 1)
