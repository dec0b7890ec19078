"""Charts as SVG text, for files: no window, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 760, 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 116, 52, 62
_COLOURS = ("#2456c7", "#b23c06", "#17693f", "#8452b8", "#0f8a96", "#8a6d1f", "#b8417c", "#6b7686")


@dataclass(frozen=True)
class Series:
    """One line, or dots where `dots`; points with y <= 0 are left out of a logarithmic axis."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    dots: bool = False


@dataclass(frozen=True)
class Chart:
    """`x_ticks` names places of the x axis; without them it is numbered. `marks` are vertical lines."""

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    x_ticks: tuple[tuple[float, str], ...] = ()
    marks: tuple[tuple[float, str], ...] = ()
    log_x: bool = False
    log_y: bool = False


@dataclass(frozen=True)
class _Axis:
    """Values to pixels."""

    low: float
    high: float
    start: float
    stop: float
    log: bool

    @classmethod
    def over(cls, values: Sequence[float], start: float, stop: float, log: bool) -> _Axis:
        usable = [value for value in values if value > 0] if log else list(values)
        low, high = (min(usable), max(usable)) if usable else (1.0, 1.0)
        if log:
            low, high = log10(low), log10(high)
        margin = 0.04 * (high - low) or 0.5
        return cls(low - margin, high + margin, start, stop, log)

    def at(self, value: float) -> float:
        place = log10(value) if self.log else value
        return self.start + (place - self.low) / (self.high - self.low) * (self.stop - self.start)

    def ticks(self) -> list[tuple[float, str]]:
        """About five round values within the axis."""
        if self.log:
            decades = range(ceil(self.low), floor(self.high) + 1)
            skip = max(1, ceil(len(decades) / 6))
            return [(10.0**power, f"{10.0**power:g}") for power in list(decades)[::skip]]
        step = _round_step((self.high - self.low) / 5)
        return [
            (i * step, f"{i * step:.4g}") for i in range(ceil(self.low / step), floor(self.high / step) + 1)
        ]


def document(charts: Sequence[Chart]) -> str:
    """The charts below each other in one SVG file."""
    height = HEIGHT * len(charts)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="DejaVu Sans, sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    for i, chart in enumerate(charts):
        parts += [f'<g transform="translate(0,{i * HEIGHT})">', *_drawn(chart), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _drawn(chart: Chart) -> list[str]:
    all_x = [value for series in chart.series for value in series.x] + [at for at, _ in chart.x_ticks]
    all_y = [value for series in chart.series for value in series.y]
    x = _Axis.over(all_x, _LEFT, WIDTH - _RIGHT, chart.log_x)
    y = _Axis.over(all_y, HEIGHT - _BOTTOM, _TOP, chart.log_y)
    lines = [_text(_LEFT, 24, chart.title, weight="bold")]
    lines += _frame(chart, x, y)
    for i, series in enumerate(chart.series):
        colour = _COLOURS[i % len(_COLOURS)]
        lines += _curve(series, x, y, colour, chart.log_y)
        lines.append(_text(WIDTH - _RIGHT + 12, _TOP + 12 + 18 * i, f"● {series.name}", colour))
    return lines


def _frame(chart: Chart, x: _Axis, y: _Axis) -> list[str]:
    left, right, bottom = _LEFT, WIDTH - _RIGHT, HEIGHT - _BOTTOM
    lines = []
    for value, name in y.ticks():
        lines.append(_line(left, y.at(value), right, y.at(value), "#e3e6ec"))
        lines.append(_text(left - 8, y.at(value) + 4, name, "#565e6c", anchor="end"))
    for value, name in chart.x_ticks or x.ticks():
        lines.append(_line(x.at(value), bottom, x.at(value), bottom + 5, "#848d9b"))
        lines.append(_text(x.at(value), bottom + 20, name, "#565e6c", anchor="middle"))
    for value, name in chart.marks:
        lines.append(_line(x.at(value), _TOP, x.at(value), bottom, "#b23c06", ' stroke-dasharray="5 4"'))
        late = x.at(value) > (left + right) / 2
        at = x.at(value) - 5 if late else x.at(value) + 5
        lines.append(_text(at, _TOP + 12, name, "#b23c06", anchor="end" if late else "start"))
    lines.append(_line(left, bottom, right, bottom, "#848d9b"))
    lines.append(_text((left + right) / 2, HEIGHT - 18, chart.x_label, "#565e6c", anchor="middle"))
    lines.append(_text(left, 42, chart.y_label, "#565e6c"))
    return lines


def _curve(series: Series, x: _Axis, y: _Axis, colour: str, log_y: bool) -> list[str]:
    points = [(x.at(a), y.at(b)) for a, b in zip(series.x, series.y, strict=True) if b > 0 or not log_y]
    dots = [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in points]
    if series.dots:
        return dots
    path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
    line = f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>'
    return [line, *(dots if len(points) <= 20 else [])]


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, extra: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{extra}/>'


def _text(
    x: float, y: float, text: str, colour: str = "#1b1f27", anchor: str = "start", weight: str = "normal"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" font-weight="{weight}">'
        f"{escape(text)}</text>"
    )


def _round_step(step: float) -> float:
    """The next of 1, 2, 5 · 10^n."""
    power = 10.0 ** floor(log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * 0.999)
