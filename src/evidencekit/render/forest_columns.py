"""The columns of a forest plot: widths from content, then places from widths.

Left to right: study label, the forest's own columns, the plot, weight, estimate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evidencekit.render.forest_types import Align, Forest, ForestRow, ForestSummary
from evidencekit.render.style import PRINT_WIDTH, Sizes
from evidencekit.render.text import Face, block_width, text_width, wrap, wrap_heading

MARGIN = 8.0
GAP, TIGHT_GAP = 11.0, 7.5
LABEL_CHARACTERS = 32
LEAST_HEADER = 40.0
LEAST_LABEL = 76.0
LEAST_SPAN = 158.0
SUMMARY_LABEL = 112.0
LEAST_PLOT, GOOD_PLOT, MOST_PLOT = 112.0, 160.0, 330.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """One column with its place.

    ``split`` is where the slash (or the opening bracket of an estimate) stands;
    the right edge of the numbers for right-aligned ones.
    """

    left: float
    width: float
    header: tuple[str, ...]
    align: Align = "right"
    split: float = 0.0
    group: str = ""

    @property
    def right(self) -> float:
        """Right edge."""
        return self.left + self.width

    @property
    def middle(self) -> float:
        """Centre."""
        return self.left + self.width / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Where every column stands, in points from the left."""

    width: float
    label_left: float
    label_width: float
    study_header: tuple[str, ...]
    columns: tuple[TableColumn, ...]
    plot_left: float
    plot_right: float
    weight: TableColumn | None
    estimate: TableColumn
    gap: float

    @property
    def span_width(self) -> float:
        """Room from the label's left edge to the plot: what a label without cells may fill."""
        return self.plot_left - self.gap - self.label_left

    @property
    def full_width(self) -> float:
        """Room for titles and footers."""
        return self.width - 2 * MARGIN


def split_at(text: str, mark: str) -> tuple[str, str]:
    """*text* before and from *mark*; all of it before when the mark is absent."""
    at = text.find(mark)
    return (text, "") if at < 0 else (text[:at], text[at:])


def _face(row: ForestRow | ForestSummary) -> Face:
    return "bold" if isinstance(row, ForestSummary) else "regular"


def _split_widths(
    texts: Sequence[tuple[str, Face]], mark: str, size: float
) -> tuple[float, float, float]:
    """Widest part before the mark, widest from the mark, widest text without one."""
    before = after = plain = 0.0
    for text, face in texts:
        left, right = split_at(text, mark)
        if right:
            before = max(before, text_width(left, size, face))
            after = max(after, text_width(right, size, face))
        else:
            plain = max(plain, text_width(left, size, face))
    return before, after, plain


def _header(text: str, content: float, size: float) -> tuple[str, ...]:
    """Wrap a heading to its content, but never through a word; brackets start a line."""
    longest = max((text_width(word, size, "bold") for word in text.split(" ")), default=0.0)
    width = max(content, longest, LEAST_HEADER) + 0.5
    return tuple(wrap_heading(text, width, size=size))


def _own_column(forest: Forest, index: int, size: float) -> TableColumn:
    """A column between label and plot, at left = 0."""
    column = forest.columns[index]
    rows = forest.all_results
    texts = [(row.cells[index], _face(row)) for row in rows if row.cells]
    if column.align == "slash":
        before, after, plain = _split_widths(texts, "/", size)
        content = max(before + after, plain)
    else:
        content = before = max((text_width(t, size, f) for t, f in texts), default=0.0)
    header = _header(column.header, content, size) if column.header else ()
    width = max(content, block_width(list(header), size, "bold"))
    inset = (width - content) / 2
    return TableColumn(
        left=0.0,
        width=width,
        header=header,
        align=column.align,
        split=inset + before,
        group=column.group,
    )


def _weight_column(forest: Forest, size: float) -> TableColumn | None:
    if not forest.weight_header:
        return None
    rows = forest.all_results
    content = max((text_width(r.weight_text, size, _face(r)) for r in rows), default=0.0)
    header = _header(forest.weight_header, content, size)
    width = max(content, block_width(list(header), size, "bold"))
    return TableColumn(left=0.0, width=width, header=header, split=(width + content) / 2)


def _estimate_column(forest: Forest, size: float) -> TableColumn:
    rows = forest.all_results
    before, after, plain = _split_widths([(r.text, _face(r)) for r in rows], "(", size)
    bracket = text_width("(", size)
    intervals = [s.prediction.text for s in forest.all_summaries if s.prediction]
    after = max([after, *(bracket + text_width(t, size) for t in intervals)])
    header = _header(forest.estimate_header, max(before + after, plain, 76.0), size)
    width = max(before + after, plain, block_width(list(header), size, "bold"))
    return TableColumn(left=0.0, width=width, header=header, align="left", split=before)


def _shifted(column: TableColumn, left: float) -> TableColumn:
    return TableColumn(
        left=left,
        width=column.width,
        header=column.header,
        align=column.align,
        split=left + column.split,
        group=column.group,
    )


def group_spans(columns: Sequence[TableColumn]) -> list[tuple[str, int, int]]:
    """Runs of neighbouring columns with the same group: (group, first, last)."""
    spans: list[tuple[str, int, int]] = []
    for index, column in enumerate(columns):
        if column.group and spans and spans[-1][0] == column.group and spans[-1][2] == index - 1:
            spans[-1] = (column.group, spans[-1][1], index)
        elif column.group:
            spans.append((column.group, index, index))
    return spans


def _widen_for_groups(columns: list[TableColumn], size: float, gap: float) -> list[TableColumn]:
    """Give columns the room their group's longest word needs."""
    wide = list(columns)
    for group, first, last in group_spans(columns):
        have = sum(c.width for c in wide[first : last + 1]) + gap * (last - first)
        need = max(text_width(word, size, "bold") for word in group.split(" "))
        extra = max(0.0, need - have) / (last - first + 1)
        for index in range(first, last + 1):
            old = wide[index]
            wide[index] = TableColumn(
                left=0.0,
                width=old.width + extra,
                header=old.header,
                align=old.align,
                split=old.split + extra / 2,
                group=old.group,
            )
    return wide


def _label_width(forest: Forest, sizes: Sizes, cells: float) -> float:
    """Natural width of the label column, at most 32 characters' worth."""
    cap = LABEL_CHARACTERS * 0.52 * sizes.text
    labels = [(row.label, "regular", bool(row.superscript)) for row in forest.all_rows]
    need = text_width(forest.study_header, sizes.text, "bold")
    for label, _, marked in labels:
        # two letters' room: one for a duplicate's letter, one for a footnote mark
        spare = (1.2 if marked else 0.6) * sizes.text
        need = max(need, text_width(label, sizes.text) + spare)
    for summary in forest.all_summaries:
        if summary.cells:
            name, bracket, rest = summary.label.partition(" (")
            parts = (name, f"({rest}") if bracket else (name,)
            widest = max(text_width(part, sizes.text, "bold") for part in parts)
            need = max(need, min(widest, SUMMARY_LABEL))
    need = min(need, cap)
    return max(need, LEAST_SPAN - cells)


def make_grid(forest: Forest, sizes: Sizes) -> Grid:
    """Place the columns.

    The plot takes what is left of a 170 mm canvas; when that is too little the
    canvas grows to the widest that still prints at 8 pt, then the gaps tighten
    and the labels wrap more narrowly, and only then the canvas grows beyond.
    """
    grid = _grid(forest, sizes, GAP)
    return grid if grid.width <= sizes.max_width + 0.5 else _grid(forest, sizes, TIGHT_GAP)


def _grid(forest: Forest, sizes: Sizes, gap: float) -> Grid:
    size = sizes.text
    own = [_own_column(forest, index, size) for index in range(len(forest.columns))]
    own = _widen_for_groups(own, size, gap)
    weight = _weight_column(forest, size)
    estimate = _estimate_column(forest, size)
    cells = sum(column.width + gap for column in own)
    label = _label_width(forest, sizes, cells)
    plot_gap = gap + 2.0
    right = plot_gap + estimate.width + (weight.width + gap if weight else 0.0)
    width, label, plot = _share(2 * MARGIN + cells + plot_gap + right, label, sizes)

    x = MARGIN + label
    placed: list[TableColumn] = []
    for column in own:
        placed.append(_shifted(column, x + gap))
        x += gap + column.width
    plot_left = x + plot_gap
    x = plot_left + plot + plot_gap
    if weight:
        weight = _shifted(weight, x)
        x += weight.width + gap
    return Grid(
        width=width,
        label_left=MARGIN,
        label_width=label,
        study_header=tuple(wrap(forest.study_header, label, size=size, face="bold")),
        columns=tuple(placed),
        plot_left=plot_left,
        plot_right=plot_left + plot,
        weight=weight,
        estimate=_shifted(estimate, x),
        gap=plot_gap,
    )


def _share(fixed: float, label: float, sizes: Sizes) -> tuple[float, float, float]:
    """Canvas width, label width and plot width, given what the other columns need."""
    width = PRINT_WIDTH
    if width - fixed - label < GOOD_PLOT:
        width = min(sizes.max_width, fixed + label + GOOD_PLOT)
    if width - fixed - label < LEAST_PLOT:
        label = max(LEAST_LABEL, width - fixed - LEAST_PLOT)
    plot = min(max(width - fixed - label, LEAST_PLOT), MOST_PLOT)
    # whole pixels at 192 dpi are multiples of three eighths of a point: take whole 3 points
    width = 3 * math.ceil((fixed + label + plot) / 3 - 1e-9)
    return width, label, width - fixed - label
