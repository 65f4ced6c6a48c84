"""From a forest's description to shapes in points: the table, from top to bottom.

Nothing is placed by hand: columns come from ``forest_columns``, marks from
``forest_marks``, the axis and the foot from ``forest_foot``; this module runs
down the rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from evidencekit.language import Words
from evidencekit.render.axis import AxisScale, choose_domain
from evidencekit.render.forest_columns import MARGIN, Grid, make_grid
from evidencekit.render.forest_foot import draw_axis, draw_foot
from evidencekit.render.forest_head import draw_head
from evidencekit.render.forest_labels import distinct_labels
from evidencekit.render.forest_marks import draw_diamond, draw_prediction, draw_row
from evidencekit.render.forest_text import Flow, write_cells, write_label, write_numbers
from evidencekit.render.forest_types import (
    Forest,
    ForestPrediction,
    ForestRow,
    ForestSection,
    ForestSummary,
)
from evidencekit.render.shapes import Canvas, LineShape, Mark, TextShape
from evidencekit.render.style import Ink, Sizes, sizes_for
from evidencekit.render.text import text_width, wrap, wrap_heading


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestLayout:
    """A finished layout: the shapes, and the axis they were placed on."""

    canvas: Canvas
    axis: AxisScale
    grid: Grid
    sizes: Sizes


def lay_out(forest: Forest) -> ForestLayout:
    """Place everything a forest plot shows.

    Parameters
    ----------
    forest
        The description; see :class:`Forest`.

    Returns
    -------
    ForestLayout
        Shapes in points, y downwards. Pure: the same forest gives the same shapes.
    """
    sizes = sizes_for(len(forest.all_rows))
    grid = make_grid(forest, sizes)
    low, high = _domain(forest)
    axis = AxisScale(low=low, high=high, log=forest.log, left=grid.plot_left, right=grid.plot_right)
    flow = Flow(
        forest=forest,
        grid=grid,
        sizes=sizes,
        axis=axis,
        labels=distinct_labels(forest.all_rows),
        words=Words(forest.lang),
    )
    flow.y = draw_head(flow.canvas, forest, grid, sizes, top=flow.y)
    top = flow.y
    flow.y += 0.2 * sizes.pitch
    dashed_to = _body(flow)
    flow.y += 0.35 * sizes.pitch
    _vertical_lines(flow, top, dashed_to)
    flow.y = draw_axis(flow.canvas, forest, axis, sizes, flow.words, top=flow.y, width=grid.width)
    notes = (flow.words.text("forest.clipped"),) if flow.cut else ()
    flow.y = draw_foot(flow.canvas, forest, grid, sizes, top=flow.y, extra=notes)
    flow.canvas.width = grid.width
    flow.canvas.height = 3 * math.ceil((flow.y + MARGIN) / 3)
    return ForestLayout(canvas=flow.canvas, axis=axis, grid=grid, sizes=sizes)


def _domain(forest: Forest) -> tuple[float, float]:
    if forest.axis is not None:
        return forest.axis.low, forest.axis.high
    rows = [row for row in forest.all_rows if row.kind != "published"]
    points = [row.estimate for row in rows if row.estimate is not None]
    limits = [v for row in rows for v in (row.ci_low, row.ci_high) if v is not None]
    published = [row for row in forest.all_rows if row.kind == "published"]
    pooled: list[float] = []
    results: list[ForestRow | ForestSummary] = [*published, *forest.all_summaries]
    for result in results:
        values = (result.estimate, result.ci_low, result.ci_high)
        pooled.extend(v for v in values if v is not None)
    for summary in forest.all_summaries:
        if summary.prediction is not None and summary.prediction.low is not None:
            assert summary.prediction.high is not None
            pooled.extend((summary.prediction.low, summary.prediction.high))
    assert forest.null is not None  # a forest without one names its axis
    return choose_domain(points, limits, pooled, null=forest.null, log=forest.log)


# -- the rows --------------------------------------------------------------


def _body(flow: Flow) -> float:
    """All rows; returns how far down the dashed line of the main estimate runs."""
    forest, pitch = flow.forest, flow.sizes.pitch
    weights = [row.weight for row in forest.study_rows if row.weight is not None]
    largest = max(weights, default=0.0)
    if not forest.study_rows:
        text = forest.empty_text or flow.words.text("forest.no_studies")
        write_label(flow, [text], key="empty", face="italic", ink="muted")
        flow.y += pitch
    for number, section in enumerate(forest.sections):
        _section(flow, section, largest, gap=number > 0, key=f"section-{number + 1}")
    dashed_to = flow.y
    if forest.summaries:
        flow.y += 0.45 * pitch if any(s.summary for s in forest.sections) else 0.2 * pitch
    for number, summary in enumerate(forest.summaries):
        if number:
            flow.y += 0.25 * pitch
        if number == 0:
            dashed_to = flow.middle()
        _summary(flow, summary, overall=True)
    for name, extra in (("shown", forest.shown), ("published", forest.published)):
        if extra is not None and extra.rows:
            _divider(flow)
            _section(flow, extra, largest, gap=False, key=name)
    return dashed_to


def _divider(flow: Flow) -> None:
    flow.y += 0.4 * flow.sizes.pitch
    grid = flow.grid
    for x1, x2 in (
        (grid.label_left, grid.plot_left - grid.gap / 2),
        (grid.plot_right + grid.gap / 2, grid.width - MARGIN),
    ):
        mark = Mark(role="divider")
        line = LineShape(x1=x1, y1=flow.y, x2=x2, y2=flow.y, ink="rule", width=0.4, mark=mark)
        flow.canvas.add(line)
    flow.y += 0.25 * flow.sizes.pitch


def _section(flow: Flow, section: ForestSection, largest: float, *, gap: bool, key: str) -> None:
    if gap:
        flow.y += 0.5 * flow.sizes.pitch
    if section.title:
        lines = wrap(section.title, flow.grid.span_width, size=flow.sizes.text, face="bold")
        write_label(flow, lines, key=key, face="bold", role="section")
        flow.y += _height(flow, len(lines))
    for row in section.rows:
        _row(flow, row, largest)
    if section.summary is not None:
        _summary(flow, section.summary, overall=False)


def _height(flow: Flow, lines: int) -> float:
    return flow.sizes.pitch + (max(lines, 1) - 1) * flow.sizes.leading


def _row(flow: Flow, row: ForestRow, largest: float) -> None:
    sizes, grid = flow.sizes, flow.grid
    mark_width = 0.75 * text_width(row.superscript, sizes.text)
    lines = wrap(flow.labels[row.key], grid.label_width - mark_width, size=sizes.text)
    write_label(flow, lines, key=row.key, superscript=row.superscript)
    write_cells(flow, row.cells, key=row.key, face="regular")
    used = len(lines)
    if row.note:
        used = _note(flow, row, used)
    write_numbers(flow, row.weight_text, row.text, key=row.key, face="regular")
    flow.cut |= draw_row(
        flow.canvas, flow.axis, row, flow.middle(), largest=largest, pitch=sizes.pitch
    )
    flow.y += _height(flow, used)


def _note(flow: Flow, row: ForestRow, used: int) -> int:
    """The note, beside the label where cells would stand, or beneath it; lines used in all."""
    grid, sizes = flow.grid, flow.sizes
    beside = not row.cells and bool(grid.columns)
    left = grid.columns[0].left if beside else grid.label_left
    width = grid.plot_left - grid.gap - left
    lines = wrap(row.note, width, size=sizes.small)
    first = 0 if beside else used
    for number, line in enumerate(lines):
        flow.canvas.add(
            TextShape(
                text=line,
                x=left,
                y=flow.baseline() + (first + number) * sizes.leading,
                size=sizes.small,
                ink="muted",
                mark=Mark(role="note", key=row.key),
            )
        )
    return max(used, first + len(lines))


def _summary(flow: Flow, summary: ForestSummary, *, overall: bool) -> None:
    sizes, grid = flow.sizes, flow.grid
    width = grid.label_width if summary.cells else grid.span_width
    lines = wrap_heading(summary.label, width, size=sizes.text)
    write_label(flow, lines, key=summary.key, face="bold", role="summary")
    write_cells(flow, summary.cells, key=summary.key, face="bold")
    write_numbers(flow, summary.weight_text, summary.text, key=summary.key, face="bold")
    fill: Ink = "pooled" if overall else "subgroup"
    height = (0.74 if overall else 0.64) * sizes.pitch
    flow.cut |= draw_diamond(
        flow.canvas, flow.axis, summary, flow.middle(), height=height, fill=fill
    )
    flow.y += _height(flow, len(lines))
    if summary.prediction is not None:
        _prediction(flow, summary.prediction, key=f"{summary.key}-prediction")
    if summary.heterogeneity:
        lines = wrap(summary.heterogeneity, grid.span_width, size=sizes.small)
        key = f"{summary.key}-heterogeneity"
        write_label(flow, lines, key=key, ink="muted", size=sizes.small, role="heterogeneity")
        flow.y += _height(flow, len(lines))


def _prediction(flow: Flow, prediction: ForestPrediction, *, key: str) -> None:
    sizes = flow.sizes
    lines = wrap(prediction.label, flow.grid.span_width, size=sizes.text)
    write_label(flow, lines, key=key, role="prediction-label")
    column = flow.grid.estimate
    flow.canvas.add(
        TextShape(
            text=prediction.text,
            x=column.split + text_width("(", sizes.text),
            y=flow.baseline(),
            size=sizes.text,
            mark=Mark(role="estimate", key=key),
        )
    )
    flow.cut |= draw_prediction(
        flow.canvas, flow.axis, prediction, flow.middle(), key=key, height=0.3 * sizes.pitch
    )
    flow.y += _height(flow, len(lines))


# -- lines through the rows ------------------------------------------------


def _vertical_lines(flow: Flow, top: float, dashed_to: float) -> None:
    """Null line (solid, to the axis) and the main estimate (dashed, to its diamond)."""
    axis, forest = flow.axis, flow.forest
    if forest.null is not None and axis.covers(forest.null):
        x = axis.place(forest.null)
        mark = Mark(role="null")
        flow.canvas.lines.insert(
            0, LineShape(x1=x, y1=top, x2=x, y2=flow.y, ink="muted", width=0.7, mark=mark)
        )
    main = forest.main
    if main is not None and main.estimate is not None and axis.covers(main.estimate):
        x = axis.place(main.estimate)
        mark = Mark(role="pooled-line", key=main.key)
        flow.canvas.lines.insert(
            0,
            LineShape(
                x1=x, y1=top, x2=x, y2=dashed_to, ink="pooled", width=0.7, dashed=True, mark=mark
            ),
        )
