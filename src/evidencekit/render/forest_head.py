"""The head of a forest plot: title, group headings, column headings, rules."""

from __future__ import annotations

from collections.abc import Sequence

from evidencekit.render.forest_columns import MARGIN, Grid, TableColumn, group_spans
from evidencekit.render.forest_types import Forest
from evidencekit.render.shapes import Anchor, Canvas, LineShape, Mark, TextShape
from evidencekit.render.style import Sizes
from evidencekit.render.text import CAP_HEIGHT, wrap


def draw_head(canvas: Canvas, forest: Forest, grid: Grid, sizes: Sizes, *, top: float) -> float:
    """Draw the head; returns the y beneath the rule under it.

    All headings stand on one last line; groups stand above those of their columns.
    """
    y = _title(canvas, forest, grid, sizes, top)
    _rule(canvas, grid, y, width=0.9)
    y += 0.35 * sizes.pitch + CAP_HEIGHT * sizes.text
    heads = _column_heads(grid)
    deepest = max((len(lines) for lines, _, _ in heads), default=0)
    grouped = max((len(c.header) for c in grid.columns if c.group), default=0)
    groups = _wrapped_groups(grid, sizes)
    # from the last line of the groups to the last line of their columns
    drop = 0.85 * sizes.text + CAP_HEIGHT * sizes.text + max(grouped - 1, 0) * sizes.leading
    above = max((len(lines) - 1 for lines, _, _ in groups), default=0) * sizes.leading
    last = y + max((deepest - 1) * sizes.leading, above + drop if groups else 0.0)
    for lines, x, anchor in heads:
        _stack(canvas, lines, x, last, sizes, anchor=anchor, role="header")
    for group, left, right in groups:
        base = last - drop
        _stack(canvas, group, (left + right) / 2, base, sizes, anchor="centre", role="group")
        under = base + 0.4 * sizes.text
        mark = Mark(role="group-rule")
        canvas.add(
            LineShape(x1=left, y1=under, x2=right, y2=under, ink="rule", width=0.5, mark=mark)
        )
    y = last + 0.42 * sizes.pitch
    _rule(canvas, grid, y, width=0.6)
    return y


def _stack(
    canvas: Canvas,
    lines: Sequence[str],
    x: float,
    last: float,
    sizes: Sizes,
    *,
    anchor: Anchor,
    role: str,
) -> None:
    """Bold lines, the last one with its baseline at *last*."""
    for number, line in enumerate(lines):
        canvas.add(
            TextShape(
                text=line,
                x=x,
                y=last - (len(lines) - 1 - number) * sizes.leading,
                size=sizes.text,
                face="bold",
                anchor=anchor,
                mark=Mark(role=role),
            )
        )


def _title(canvas: Canvas, forest: Forest, grid: Grid, sizes: Sizes, top: float) -> float:
    if not forest.title:
        return top
    size = sizes.text + 1.5
    y = top
    for line in wrap(forest.title, grid.full_width, size=size, face="bold"):
        y += 1.22 * size
        canvas.add(
            TextShape(
                text=line,
                x=MARGIN,
                y=y - 0.25 * size,
                size=size,
                face="bold",
                mark=Mark(role="title"),
            )
        )
    return y + 0.45 * sizes.pitch


def _rule(canvas: Canvas, grid: Grid, y: float, *, width: float) -> None:
    mark = Mark(role="rule")
    right = grid.width - MARGIN
    canvas.add(LineShape(x1=MARGIN, y1=y, x2=right, y2=y, ink="ink", width=width, mark=mark))


def _wrapped_groups(grid: Grid, sizes: Sizes) -> list[tuple[list[str], float, float]]:
    """Headings over several columns: their lines, left and right edge."""
    wrapped = []
    for group, first, last in group_spans(grid.columns):
        left, right = grid.columns[first].left, grid.columns[last].right
        lines = wrap(group, right - left + 1.0, size=sizes.text, face="bold")
        wrapped.append((lines, left, right))
    return wrapped


def _column_heads(grid: Grid) -> list[tuple[tuple[str, ...], float, Anchor]]:
    heads: list[tuple[tuple[str, ...], float, Anchor]] = [
        (grid.study_header, grid.label_left, "left")
    ]
    for column in grid.columns:
        heads.append(_head(column))
    if grid.weight is not None:
        heads.append(_head(grid.weight))
    heads.append((grid.estimate.header, grid.estimate.left, "left"))
    return heads


def _head(column: TableColumn) -> tuple[tuple[str, ...], float, Anchor]:
    if column.align == "left":
        return column.header, column.left, "left"
    return column.header, column.middle, "centre"
