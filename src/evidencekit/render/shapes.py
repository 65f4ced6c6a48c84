"""What a layout consists of: text and shapes placed in points, y downwards from the top.

The layout makes these, ``paint`` draws them, the tests read them. A shape
says what it stands for (``role``, ``key``), so that a row can be found again
in the figure and in the SVG.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from evidencekit.render.style import Ink
from evidencekit.render.text import CAP_HEIGHT, DESCENT, Face, text_width

Anchor = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a shape stands for: a role ("square", "ci", "label", ...) and the row's key."""

    role: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextShape:
    """One line of text; ``y`` is its baseline."""

    text: str
    x: float
    y: float
    size: float
    face: Face = "regular"
    ink: Ink = "ink"
    anchor: Anchor = "left"
    mark: Mark

    @property
    def width(self) -> float:
        """Measured width."""
        return text_width(self.text, self.size, self.face)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        shift = {"left": 0.0, "centre": 0.5, "right": 1.0}[self.anchor] * self.width
        left = self.x - shift
        top = self.y - CAP_HEIGHT * self.size
        return left, top, left + self.width, self.y + DESCENT * self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShape:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    ink: Ink = "ink"
    width: float = 0.8
    dashed: bool = False
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class PolygonShape:
    """A closed polygon: square, diamond, bar or arrow head. ``fill=None`` leaves it hollow."""

    points: tuple[tuple[float, float], ...]
    fill: Ink | None = "ink"
    edge: Ink | None = None
    width: float = 0.8
    over: bool = False
    mark: Mark


@dataclass(slots=True)
class Canvas:
    """The shapes of a figure and its size in points; a layout fills it from top to bottom."""

    width: float = 0.0
    height: float = 0.0
    texts: list[TextShape] = field(default_factory=list)
    lines: list[LineShape] = field(default_factory=list)
    polygons: list[PolygonShape] = field(default_factory=list)

    def add(self, *shapes: TextShape | LineShape | PolygonShape) -> None:
        """Put shapes on the canvas; empty text is left out."""
        for shape in shapes:
            if isinstance(shape, TextShape):
                if shape.text:
                    self.texts.append(shape)
            elif isinstance(shape, LineShape):
                self.lines.append(shape)
            else:
                self.polygons.append(shape)


def square(x: float, y: float, side: float) -> tuple[tuple[float, float], ...]:
    """Corners of a square centred on (x, y)."""
    half = side / 2
    return (
        (x - half, y - half),
        (x + half, y - half),
        (x + half, y + half),
        (x - half, y + half),
    )


def rectangle(x1: float, x2: float, y: float, height: float) -> tuple[tuple[float, float], ...]:
    """Corners of a bar from x1 to x2, centred on y."""
    half = height / 2
    return ((x1, y - half), (x2, y - half), (x2, y + half), (x1, y + half))


def arrow_head(x: float, y: float, size: float, *, right: bool) -> tuple[tuple[float, float], ...]:
    """A filled triangle whose tip is at (x, y)."""
    back = x - size if right else x + size
    return ((x, y), (back, y - 0.42 * size), (back, y + 0.42 * size))


def diamond(
    low: float, middle: float, high: float, y: float, height: float, *, left: float, right: float
) -> tuple[tuple[float, float], ...]:
    """A diamond from *low* to *high* with its points up and down at *middle*.

    Cut off straight at *left* and *right* where it reaches beyond the axis.
    """
    half = height / 2
    corners = [(low, y), (middle, y - half), (high, y), (middle, y + half)]
    corners = _cut_side(corners, left, keep_right=True)
    return tuple(_cut_side(corners, right, keep_right=False))


def _cut_side(
    corners: list[tuple[float, float]], edge: float, *, keep_right: bool
) -> list[tuple[float, float]]:
    """Sutherland-Hodgman for one vertical edge."""

    def inside(point: tuple[float, float]) -> bool:
        return point[0] >= edge if keep_right else point[0] <= edge

    kept: list[tuple[float, float]] = []
    for here, ahead in zip(corners, corners[1:] + corners[:1], strict=True):
        if inside(here):
            kept.append(here)
        if inside(here) != inside(ahead):
            share = (edge - here[0]) / (ahead[0] - here[0])
            kept.append((edge, here[1] + share * (ahead[1] - here[1])))
    return kept
