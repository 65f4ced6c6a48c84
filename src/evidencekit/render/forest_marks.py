"""The marks of a forest plot: squares, intervals, arrows, diamonds, prediction bars.

Area of a square is proportional to weight down to a smallest size; the ends of
a diamond are the limits of its interval; what reaches beyond the axis ends in
an arrow, and an estimate beyond it is an arrow: nothing is dropped.
"""

from __future__ import annotations

import math

from evidencekit.render.axis import AxisScale
from evidencekit.render.forest_types import ForestPrediction, ForestRow, ForestSummary
from evidencekit.render.shapes import (
    Canvas,
    LineShape,
    Mark,
    PolygonShape,
    arrow_head,
    diamond,
    rectangle,
    square,
)
from evidencekit.render.style import Ink

SMALLEST_SQUARE = 2.6
LARGEST_SQUARE = 0.72
"""Of the row pitch."""
CI_WIDTH = 0.9
ARROW = 5.0
STUB = 9.0


def square_side(weight: float | None, largest: float, pitch: float) -> float:
    """Side of a study's square: area proportional to weight, never below the smallest."""
    if weight is None or largest <= 0 or weight <= 0:
        return SMALLEST_SQUARE
    return max(SMALLEST_SQUARE, LARGEST_SQUARE * pitch * math.sqrt(weight / largest))


def draw_interval(
    canvas: Canvas,
    axis: AxisScale,
    limits: tuple[float, float],
    y: float,
    *,
    key: str,
    ink: Ink = "ink",
) -> bool:
    """A confidence interval as a line, with arrows where it is cut off; True when it was.

    An interval wholly beyond one end of the axis is a short arrow at that end.
    """
    low, high = (axis.place(value) for value in limits)
    left, right = axis.left, axis.right
    cut_left, cut_right = not axis.covers(limits[0]), not axis.covers(limits[1])
    cut_left, cut_right = cut_left and low < left, cut_right and high > right
    x1, x2 = max(low, left), min(high, right)
    if high <= left:
        x1, x2, cut_left = left, left + STUB, True
    elif low >= right:
        x1, x2, cut_right = right - STUB, right, True
    mark = Mark(role="ci", key=key)
    # the line stops inside the arrow head, so that the tip stays sharp
    start = x1 + 0.6 * ARROW if cut_left else x1
    end = x2 - 0.6 * ARROW if cut_right else x2
    if end > start:
        canvas.add(LineShape(x1=start, y1=y, x2=end, y2=y, ink=ink, width=CI_WIDTH, mark=mark))
    for cut, x in ((cut_left, left), (cut_right, right)):
        if cut:
            head = arrow_head(x, y, ARROW, right=x == right)
            arrow = Mark(role="arrow", key=key)
            canvas.add(PolygonShape(points=head, fill=ink, width=0.0, over=True, mark=arrow))
    return cut_left or cut_right


def draw_row(
    canvas: Canvas, axis: AxisScale, row: ForestRow, y: float, *, largest: float, pitch: float
) -> bool:
    """The marks of one row; True when something was cut off at the axis."""
    if row.estimate is None:
        return False
    if row.kind == "published":
        return draw_diamond(canvas, axis, row, y, height=0.52 * pitch, fill=None)
    cut = False
    if row.ci_low is not None and row.ci_high is not None:
        cut = draw_interval(canvas, axis, (row.ci_low, row.ci_high), y, key=row.key)
    if not axis.covers(row.estimate):
        _estimate_beyond(canvas, axis, row.estimate, y, key=row.key)
        return True
    pooled = row.kind == "study" and row.weight is not None
    side = square_side(row.weight, largest, pitch) if pooled else 0.36 * pitch
    canvas.add(
        PolygonShape(
            points=square(axis.place(row.estimate), y, side),
            fill="square" if pooled else "background",
            edge=None if pooled else "square",
            width=0.0 if pooled else 1.0,
            over=not pooled,
            mark=Mark(role="square", key=row.key),
        )
    )
    return cut


def _estimate_beyond(
    canvas: Canvas, axis: AxisScale, estimate: float, y: float, *, key: str
) -> None:
    """A larger arrow in the colour of the squares, where the estimate lies beyond the axis."""
    right = axis.place(estimate) > axis.right
    x = axis.right if right else axis.left
    head = arrow_head(x, y, 1.5 * ARROW, right=right)
    mark = Mark(role="estimate-beyond", key=key)
    canvas.add(PolygonShape(points=head, fill="square", width=0.0, over=True, mark=mark))


def draw_diamond(
    canvas: Canvas,
    axis: AxisScale,
    result: ForestRow | ForestSummary,
    y: float,
    *,
    height: float,
    fill: Ink | None,
) -> bool:
    """A diamond whose ends are the confidence limits; True when it was cut off."""
    if result.estimate is None:
        return False
    low = result.estimate if result.ci_low is None else result.ci_low
    high = result.estimate if result.ci_high is None else result.ci_high
    far = 10 * (axis.right - axis.left)
    x1 = max(axis.place(low), axis.left - far)
    x2 = min(axis.place(high), axis.right + far)
    points = diamond(
        x1, axis.place(result.estimate), x2, y, height, left=axis.left, right=axis.right
    )
    edges: dict[Ink | None, Ink] = {None: "ink", "subgroup": "pooled"}
    edge = edges.get(fill)
    if len(points) > 2:
        mark = Mark(role="diamond", key=result.key)
        canvas.add(PolygonShape(points=points, fill=fill, edge=edge, width=0.8, mark=mark))
    cut = False
    for beyond, x in (
        (not axis.covers(low) and x1 < axis.left, axis.left),
        (not axis.covers(high) and x2 > axis.right, axis.right),
    ):
        if beyond:
            cut = True
            head = arrow_head(x, y, ARROW, right=x == axis.right)
            arrow = Mark(role="arrow", key=result.key)
            canvas.add(PolygonShape(points=head, fill="ink", width=0.0, over=True, mark=arrow))
    return cut


def draw_prediction(
    canvas: Canvas,
    axis: AxisScale,
    prediction: ForestPrediction,
    y: float,
    *,
    key: str,
    height: float,
) -> bool:
    """The hollow bar of a prediction interval; True when it was cut off."""
    if prediction.low is None or prediction.high is None:
        return False
    x1, x2 = axis.clip(prediction.low), axis.clip(prediction.high)
    mark = Mark(role="prediction", key=key)
    points = rectangle(x1, x2, y, height)
    canvas.add(PolygonShape(points=points, fill=None, edge="ink", width=0.8, mark=mark))
    cut = False
    for limit, x in ((prediction.low, axis.left), (prediction.high, axis.right)):
        if not axis.covers(limit):
            cut = True
            head = arrow_head(x, y, ARROW, right=x == axis.right)
            arrow = Mark(role="arrow", key=key)
            canvas.add(PolygonShape(points=head, fill="ink", width=0.0, over=True, mark=arrow))
    return cut
