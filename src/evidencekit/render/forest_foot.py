"""Beneath the rows of a forest plot: the axis, which side favours what, the notes."""

from __future__ import annotations

from evidencekit.language import Words
from evidencekit.render.axis import (
    FEWEST_TICKS,
    MOST_TICKS,
    AxisScale,
    choose_ticks,
    tick_decimals,
)
from evidencekit.render.forest_columns import MARGIN, Grid
from evidencekit.render.forest_types import Forest
from evidencekit.render.shapes import (
    Canvas,
    LineShape,
    Mark,
    PolygonShape,
    TextShape,
    arrow_head,
)
from evidencekit.render.style import RAISED, SUPERSCRIPT, Ink, Sizes
from evidencekit.render.text import CAP_HEIGHT, block_width, text_width, wrap

TICK = 3.6
LEAST_SIDE = 96.0


def draw_axis(
    canvas: Canvas,
    forest: Forest,
    axis: AxisScale,
    sizes: Sizes,
    words: Words,
    *,
    top: float,
    width: float,
) -> float:
    """The axis line with ticks and labels, and the favours arrows; returns the y beneath."""
    mark = Mark(role="axis")
    canvas.add(LineShape(x1=axis.left, y1=top, x2=axis.right, y2=top, width=0.8, mark=mark))
    y = top + TICK + 2.2 + CAP_HEIGHT * sizes.text
    for value, label in tick_labels(axis, words, sizes.text):
        x = axis.place(value)
        tick = Mark(role="tick", key=label)
        canvas.add(
            LineShape(x1=x, y1=top, x2=x, y2=top + TICK, width=0.8, mark=tick),
            TextShape(text=label, x=x, y=y, size=sizes.text, anchor="centre", mark=tick),
        )
    y += 0.5 * sizes.text
    if forest.favours_left or forest.favours_right:
        y = _favours(canvas, forest, axis, sizes, top=y, width=width)
    return y


def tick_labels(axis: AxisScale, words: Words, size: float) -> list[tuple[float, str]]:
    """As many ticks as fit without touching, with their labels; one at least."""
    labels: list[tuple[float, str]] = []
    for most in range(MOST_TICKS, FEWEST_TICKS - 1, -1):
        ticks = choose_ticks(axis.low, axis.high, log=axis.log, most=most)
        labels = [
            (tick, words.number(tick, decimals=tick_decimals(tick, ticks, log=axis.log)))
            for tick in ticks
        ]
        if _apart(labels, axis, size):
            return labels
    return labels[len(labels) // 2 :][:1]


def _apart(labels: list[tuple[float, str]], axis: AxisScale, size: float) -> bool:
    """Whether neighbouring labels keep at least half an em between them."""
    end = float("-inf")
    for value, label in labels:
        half = text_width(label, size) / 2
        if axis.place(value) - half < end + 0.5 * size:
            return False
        end = axis.place(value) + half
    return True


def _favours(
    canvas: Canvas, forest: Forest, axis: AxisScale, sizes: Sizes, *, top: float, width: float
) -> float:
    """An arrow to each side of the null, with what it means beneath it, wrapped to fit."""
    assert forest.null is not None  # nothing is favoured without one
    null = axis.clip(forest.null)
    arrow_y = top + 0.62 * sizes.text
    gap, clear = 3.5, 6.0
    bottom = arrow_y
    sides = (
        (forest.favours_left, axis.left, null - gap, MARGIN, null - clear, False),
        (forest.favours_right, null + gap, axis.right, null + clear, width - MARGIN, True),
    )
    for text, x1, x2, leftmost, rightmost, right in sides:
        if not text:
            continue
        if x2 - x1 > 8:
            _arrow(canvas, x1, x2, arrow_y, right=right)
        room = min(max(x2 - x1, LEAST_SIDE), rightmost - leftmost)
        lines = wrap(text, room, size=sizes.text)
        half = block_width(lines, sizes.text) / 2
        middle = min(max((x1 + x2) / 2, leftmost + half), rightmost - half)
        y = arrow_y + 0.62 * sizes.text + CAP_HEIGHT * sizes.text
        for line in lines:
            mark = Mark(role="favours", key="right" if right else "left")
            canvas.add(
                TextShape(text=line, x=middle, y=y, size=sizes.text, anchor="centre", mark=mark)
            )
            y += sizes.leading
        bottom = max(bottom, y - sizes.leading + 0.25 * sizes.text)
    return bottom


def _arrow(canvas: Canvas, x1: float, x2: float, y: float, *, right: bool) -> None:
    mark = Mark(role="favours-arrow", key="right" if right else "left")
    tip = x2 if right else x1
    shaft = (x1, x2 - 3.5) if right else (x1 + 3.5, x2)
    canvas.add(
        LineShape(x1=shaft[0], y1=y, x2=shaft[1], y2=y, ink="muted", width=0.8, mark=mark),
        PolygonShape(
            points=arrow_head(tip, y, 5.0, right=right), fill="muted", width=0.0, mark=mark
        ),
    )


def draw_foot(
    canvas: Canvas,
    forest: Forest,
    grid: Grid,
    sizes: Sizes,
    *,
    top: float,
    extra: tuple[str, ...],
) -> float:
    """Rule, footer lines and footnotes over the full width; returns the y beneath."""
    y = top + 0.45 * sizes.pitch
    mark = Mark(role="rule")
    right = grid.width - MARGIN
    canvas.add(LineShape(x1=MARGIN, y1=y, x2=right, y2=y, ink="ink", width=0.9, mark=mark))
    y += 0.25 * sizes.pitch
    paragraphs: list[tuple[str, str, Ink, str]] = [
        *(("", line, "ink", "footer") for line in forest.footer),
        *((sign, text, "muted", "footnote") for sign, text in forest.footnotes),
        *(("", line, "muted", "remark") for line in extra),
    ]
    for sign, text, ink, role in paragraphs:
        y = _paragraph(canvas, (sign, text), (ink, role), grid, sizes, y)
    return y


def _paragraph(
    canvas: Canvas,
    texts: tuple[str, str],
    look: tuple[Ink, str],
    grid: Grid,
    sizes: Sizes,
    y: float,
) -> float:
    """One wrapped paragraph, hanging from its footnote mark when it has one."""
    (sign, text), (ink, role) = texts, look
    size = sizes.small
    hang = text_width(sign, SUPERSCRIPT * size) + 0.2 * size if sign else 0.0
    for number, line in enumerate(wrap(text, grid.full_width - hang, size=size)):
        y += 1.28 * size
        baseline = y - 0.2 * size
        if sign and number == 0:
            canvas.add(
                TextShape(
                    text=sign,
                    x=MARGIN,
                    y=baseline - RAISED * size,
                    size=SUPERSCRIPT * size,
                    ink=ink,
                    mark=Mark(role="footnote-mark", key=sign),
                )
            )
        canvas.add(
            TextShape(
                text=line,
                x=MARGIN + hang,
                y=baseline,
                size=size,
                ink=ink,
                mark=Mark(role=role, key=sign),
            )
        )
    return y
