"""The text of a forest plot's rows, written where the layout has got to.

``Flow`` is the layout in progress; the functions write a label, the cells, and
the numbers at the right of the row it stands at.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from evidencekit.language import Words
from evidencekit.render.axis import AxisScale
from evidencekit.render.forest_columns import MARGIN, Grid, TableColumn, split_at
from evidencekit.render.forest_types import Forest
from evidencekit.render.shapes import Canvas, Mark, TextShape
from evidencekit.render.style import RAISED, SUPERSCRIPT, Ink, Sizes
from evidencekit.render.text import Face, text_width


@dataclass(slots=True, kw_only=True)
class Flow:
    """The state of a layout in progress: the canvas and how far down it is filled."""

    forest: Forest
    grid: Grid
    sizes: Sizes
    axis: AxisScale
    labels: dict[str, str]
    words: Words
    canvas: Canvas = field(default_factory=Canvas)
    y: float = MARGIN
    cut: bool = False

    def baseline(self, pitch: float | None = None) -> float:
        """Baseline of a line of text centred in a row that starts at ``y``."""
        return self.y + (pitch or self.sizes.pitch) / 2 + 0.345 * self.sizes.text

    def middle(self, pitch: float | None = None) -> float:
        """Centre of that row: where marks stand."""
        return self.y + (pitch or self.sizes.pitch) / 2


def write_label(
    flow: Flow,
    lines: list[str],
    *,
    key: str,
    face: Face = "regular",
    ink: Ink = "ink",
    size: float | None = None,
    superscript: str = "",
    role: str = "label",
) -> None:
    size = size or flow.sizes.text
    x, y = flow.grid.label_left, flow.baseline()
    for line in lines:
        mark = Mark(role=role, key=key)
        flow.canvas.add(TextShape(text=line, x=x, y=y, size=size, face=face, ink=ink, mark=mark))
        y += flow.sizes.leading
    if superscript:
        flow.canvas.add(
            TextShape(
                text=superscript,
                x=x + text_width(lines[-1], size, face) + 0.08 * size,
                y=y - flow.sizes.leading - RAISED * size,
                size=SUPERSCRIPT * size,
                ink=ink,
                mark=Mark(role="superscript", key=key),
            )
        )


def write_cells(flow: Flow, cells: tuple[str, ...], *, key: str, face: Face) -> None:
    if not cells:
        return
    for column, cell in zip(flow.grid.columns, cells, strict=True):
        flow.canvas.add(_cell(column, cell, flow, key=key, face=face))


def _cell(column: TableColumn, cell: str, flow: Flow, *, key: str, face: Face) -> TextShape:
    size = flow.sizes.text
    mark = Mark(role="cell", key=key)
    y = flow.baseline()
    before, after = split_at(cell, "/") if column.align == "slash" else (cell, "")
    if column.align == "slash" and after:
        x = column.split - text_width(before, size, face)
        return TextShape(text=cell, x=x, y=y, size=size, face=face, mark=mark)
    if column.align == "left":
        return TextShape(text=cell, x=column.left, y=y, size=size, face=face, mark=mark)
    if column.align == "right":
        return TextShape(
            text=cell, x=column.split, y=y, size=size, face=face, anchor="right", mark=mark
        )
    return TextShape(
        text=cell, x=column.middle, y=y, size=size, face=face, anchor="centre", mark=mark
    )


def write_numbers(flow: Flow, weight: str, estimate: str, *, key: str, face: Face) -> None:
    """Weight and estimate; estimates stand with their brackets beneath each other."""
    size, y = flow.sizes.text, flow.baseline()
    if flow.grid.weight is not None:
        mark = Mark(role="weight", key=key)
        flow.canvas.add(
            TextShape(
                text=weight,
                x=flow.grid.weight.split,
                y=y,
                size=size,
                face=face,
                anchor="right",
                mark=mark,
            )
        )
    column = flow.grid.estimate
    before, after = split_at(estimate, "(")
    x = column.left
    if after:
        x = column.split - text_width(before, size, face)
    elif before and not before[0].isalpha():  # an estimate without its interval
        x = max(x, column.split - text_width(f"{before} ", size, face))
    mark = Mark(role="estimate", key=key)
    flow.canvas.add(TextShape(text=estimate, x=x, y=y, size=size, face=face, mark=mark))
