"""Where the parts of a measure's chart stand: values over real time, from zero, each labeled beside its dot."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from objectives.models import DataPoint, Measure
from objectives.rules import QualifiedValue, Qualifier, format_amount, format_qualified_value, format_trend

WIDTH, HEIGHT = 440, 240
LEFT, RIGHT, TOP, BASE = 30, 410, 52, 184
LETTER, LINE = 7.6, 17  # the room that a letter and a line of the labels take


@dataclass(frozen=True)
class Box:
    """The room of one label, so that no two lie on one another."""

    left: float
    top: float
    right: float
    bottom: float

    def hits(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True)
class Mark:
    """One value: its dot, the label beside it and its period under the axis."""

    x: float
    y: float
    label: str
    label_x: float
    label_y: float
    when: str
    when_x: float
    when_y: float
    is_exact: bool


@dataclass(frozen=True)
class Chart:
    """A measure drawn: its message, its description and the places of all parts."""

    title: str
    description: str
    height: float
    marks: list[Mark]
    lines: list[str]
    """Points of each unbroken line, as SVG writes them."""
    breaks: list[float]
    target_y: float | None = None
    target_label: str = ""
    width: int = field(default=WIDTH)
    base: int = field(default=BASE)
    left: int = field(default=LEFT)
    right: int = field(default=RIGHT)
    top: int = field(default=TOP)


def stated(point: DataPoint) -> QualifiedValue:
    return QualifiedValue(point.period, point.value, point.qualifier)


def draw(measure: Measure, points: Sequence[DataPoint]) -> Chart:
    """The chart of two points or more, oldest first; a point with `break_before` begins a new line."""
    middles = [(point.starts_on.toordinal() + point.ends_on.toordinal()) / 2 for point in points]
    first, span = middles[0], (middles[-1] - middles[0]) or 1
    top_value = max([point.value for point in points] + ([measure.target] if measure.target else [])) or 1
    xs = [round(LEFT + 12 + (middle - first) / span * (RIGHT - LEFT - 24), 1) for middle in middles]
    ys = [_height(float(point.value / top_value)) for point in points]
    runs = _runs(points)
    breaks = [round((xs[run[0] - 1] + xs[run[0]]) / 2, 1) for run in runs[1:]]
    told = [stated(points[index]) for index in runs[-1]]
    marks = _place(points, xs, ys)
    return Chart(
        title=format_trend(measure.name, measure.unit, told),
        description="; ".join(
            f"{point.period}: {format_qualified_value(stated(point))} {measure.unit}" for point in points
        )
        + ".",
        height=max(mark.when_y for mark in marks) + 8,
        marks=marks,
        lines=[" ".join(f"{xs[index]},{ys[index]}" for index in run) for run in runs if len(run) > 1],
        breaks=breaks,
        target_y=_height(float(measure.target / top_value)) if measure.target else None,
        target_label=f"Target {format_amount(measure.target)}" if measure.target else "",
    )


def short_period(point: DataPoint) -> str:
    """The period in as few words as an axis has room for; the table says it in full."""
    start, end = point.starts_on, point.ends_on
    circa = "c. " if point.is_circa else ""
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return f"{circa}{start.year}" if start.year == end.year else f"{circa}{start.year}–{end.year % 100:02d}"
    if (start.year, start.month) == (end.year, end.month):
        return f"{circa}{start:%b} {start.year}"
    return f"{circa}to {end:%b} {end.year}"


def _height(share: float) -> float:
    return round(BASE - share * (BASE - TOP), 1)


def _runs(points: Sequence[DataPoint]) -> list[list[int]]:
    runs: list[list[int]] = []
    for index, point in enumerate(points):
        if not runs or point.break_before:
            runs.append([])
        runs[-1].append(index)
    return runs


def _place(points: Sequence[DataPoint], xs: list[float], ys: list[float]) -> list[Mark]:
    taken = [Box(x - 6, y - 6, x + 6, y + 6) for x, y in zip(xs, ys, strict=True)]
    marks = []
    for point, x, y in zip(points, xs, ys, strict=True):
        label, when = format_qualified_value(stated(point)), short_period(point)
        label_x, label_y = _free(label, x, [y - 12, y + 23, y - 29, y - 46], taken, BASE)
        when_x, when_y = _free(when, x, [BASE + 18, BASE + 35, BASE + 52], taken, HEIGHT)
        exact = point.qualifier == Qualifier.EXACT
        marks.append(Mark(x, y, label, label_x, label_y, when, when_x, when_y, exact))
    return marks


def _free(text: str, x: float, heights: list[float], taken: list[Box], floor: float) -> tuple[float, float]:
    """The first place for a text near `x` that hits nothing; it is then taken."""
    half = len(text) * LETTER / 2
    middle = round(min(max(x, half + 2), WIDTH - half - 2), 1)
    boxes = [Box(middle - half, height - LINE + 4, middle + half, height + 4) for height in heights]
    fits = [
        (height, box)
        for height, box in zip(heights, boxes, strict=True)
        if box.bottom <= floor + 4 and box.top >= 0 and not any(box.hits(other) for other in taken)
    ]
    height, box = fits[0] if fits else (heights[0], boxes[0])
    taken.append(box)
    return middle, round(height, 1)
