"""What must hold for any forest plot: nothing lost, nothing overlapping, nothing outside."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.text import Text

from evidencekit.errors import UsageError
from evidencekit.render.forest import (
    Forest,
    ForestColumn,
    ForestRow,
    ForestSection,
    draw_forest,
)
from evidencekit.render.forest_layout import lay_out
from evidencekit.render.style import POINTS_PER_MM, drawing_settings
from render.examples import aad, urti
from render.invented import all_clipped, awkward, difference, row, synthetic, with_cells

LONG = "Collaborative Group for the Study of Very Long Names and Their Consequences 2013"


def all_infinite() -> Forest:
    rows = tuple(row(f"r{i}", f"Synthetic {2000 + i}", 1.0, 0.0, math.inf) for i in range(4))
    return replace(synthetic(0), sections=(ForestSection(rows=rows),))


def none_estimable() -> Forest:
    rows = tuple(ForestRow(key=f"r{i}", label=f"A {i}", text="not estimable") for i in range(3))
    return replace(synthetic(0), sections=(ForestSection(rows=rows),))


def long_everything(lang: str) -> Forest:
    base = with_cells(synthetic(5, lang))
    rows = tuple(
        replace(r, label=f"{LONG} {i}", note="a note of several words, which wraps")
        for i, r in enumerate(base.sections[0].rows)
    )
    columns = tuple(
        ForestColumn(header=f"Verschlimmbesserungsgruppe {i}", group="Ereignisse/gesamt")
        for i in range(2)
    )
    return replace(
        base,
        title=f"{LONG}: {LONG}: {LONG}",
        sections=(ForestSection(rows=rows, title=LONG),),
        columns=columns,
        favours_left=f"Favours {LONG}",
        favours_right=f"Favours {LONG}",
        footer=(LONG * 4,),
    )


def many_columns() -> Forest:
    base = synthetic(4)
    columns = tuple(ForestColumn(header=f"Heading {i}", align="centre") for i in range(7))
    rows = tuple(replace(r, cells=("1234567",) * 7) for r in base.sections[0].rows)
    return replace(base, columns=columns, sections=(ForestSection(rows=rows),))


def far_from_null(low: float) -> Forest:
    rows = tuple(
        row(f"r{i}", f"Synthetic {i}", low + i, low + i - 0.5, low + i + 0.5, weight=0.2)
        for i in range(5)
    )
    base = replace(synthetic(0), log=False, null=0.0)
    return replace(base, sections=(ForestSection(rows=rows),), favours_right="Favours Y " * 6)


SHAPES = {
    **{f"synthetic-{k}": synthetic(k) for k in (0, 1, 2, 3, 13, 42, 80, 200)},
    **{f"cells-{k}": with_cells(synthetic(k, "de")) for k in (1, 30)},
    **{f"urti-{lang}": urti(lang) for lang in ("en", "nl", "de")},
    **{f"aad-{lang}": aad(lang) for lang in ("en", "nl", "de")},
    **{f"difference-{lang}": difference(lang) for lang in ("en", "nl", "de")},
    **{f"awkward-{lang}": awkward(lang) for lang in ("en", "nl", "de")},
    **{f"long-{lang}": long_everything(lang) for lang in ("en", "de")},
    "narrow": synthetic(8, spread=0.02),
    "wide": synthetic(8, spread=6.0),
    "all clipped": all_clipped(),
    "all infinite": all_infinite(),
    "none estimable": none_estimable(),
    "many columns": many_columns(),
    "all negative": far_from_null(-1000.0),
    "all positive": far_from_null(20.0),
}


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def forest(request: pytest.FixtureRequest) -> Forest:
    found: Forest = request.param
    return found


def test_no_two_texts_overlap_and_all_lie_inside(forest: Forest) -> None:
    figure = draw_forest(forest)
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    texts = [artist for artist in figure.get_children() if isinstance(artist, Text)]
    with drawing_settings(forest.figure_id):  # as save does: without hinting, which widens
        boxes = np.array([text.get_window_extent(renderer).extents for text in texts])
    width, height = figure.get_size_inches() * figure.dpi
    assert boxes[:, :2].min() >= 0
    assert boxes[:, 2].max() <= width
    assert boxes[:, 3].max() <= height
    # extents are those of the ink plus a pixel of rounding
    boxes[:, :2] += 1.0
    boxes[:, 2:] -= 1.0
    apart_x = (boxes[:, None, 0] >= boxes[None, :, 2]) | (boxes[None, :, 0] >= boxes[:, None, 2])
    apart_y = (boxes[:, None, 1] >= boxes[None, :, 3]) | (boxes[None, :, 1] >= boxes[:, None, 3])
    meet = ~(apart_x | apart_y)
    np.fill_diagonal(meet, False)
    pairs = [(texts[i].get_text(), texts[j].get_text()) for i, j in np.argwhere(meet) if i < j]
    assert pairs == []


def test_no_text_runs_into_the_plot(forest: Forest) -> None:
    layout = lay_out(forest)
    axis = layout.axis
    allowed = {"tick", "favours", "footer", "footnote", "remark", "title"}
    for text in layout.canvas.texts:
        if text.mark.role not in allowed:
            left, _, right, _ = text.box
            assert right <= axis.left - 2 or left >= axis.right + 2, text


def test_every_mark_lies_inside_the_axis(forest: Forest) -> None:
    layout = lay_out(forest)
    axis = layout.axis
    for line in layout.canvas.lines:
        if line.mark.role == "ci":
            assert axis.left - 0.01 <= line.x1 <= line.x2 <= axis.right + 0.01
    for shape in layout.canvas.polygons:
        spare = 6.0 if shape.mark.role == "square" else 0.01
        xs = [x for x, _ in shape.points]
        assert axis.left - spare <= min(xs)
        assert max(xs) <= axis.right + spare
        assert all(math.isfinite(v) for point in shape.points for v in point)


def test_every_study_is_one_row_in_order(forest: Forest) -> None:
    canvas = lay_out(forest).canvas
    seen: dict[str, float] = {}
    for text in canvas.texts:
        if text.mark.role == "label":
            seen.setdefault(text.mark.key, text.y)
    keys = [r.key for r in forest.all_rows]
    assert [key for key in seen if key in set(keys)] == keys
    heights = [seen[key] for key in keys]
    assert heights == sorted(heights)
    assert len(set(heights)) == len(heights)
    marked = {s.mark.key for s in canvas.polygons} | {s.mark.key for s in canvas.lines}
    for item in forest.all_rows:
        assert (item.key in marked) == item.estimable, item.key


def test_every_printed_text_is_drawn_once(forest: Forest) -> None:
    texts = lay_out(forest).canvas.texts
    for item in forest.all_results:
        drawn = [t.text for t in texts if t.mark.key == item.key and t.mark.role == "estimate"]
        assert drawn == ([item.text] if item.text else [])
        cells = [t.text for t in texts if t.mark.key == item.key and t.mark.role == "cell"]
        assert cells == [cell for cell in item.cells if cell]


def letters(text: str) -> str:
    """Without spaces and hyphens, which wrapping may take and add."""
    return text.replace(" ", "").replace("-", "")


def test_labels_are_whole_and_distinct(forest: Forest) -> None:
    texts = lay_out(forest).canvas.texts
    joined: dict[str, str] = {}
    for text in texts:
        if text.mark.role == "label":
            joined[text.mark.key] = joined.get(text.mark.key, "") + text.text
    rows = [joined[r.key] for r in forest.all_rows]
    assert len(set(rows)) == len(rows)
    for item, label in zip(forest.all_rows, rows, strict=True):
        assert letters(label).startswith(letters(item.label))


EVERYDAY = [
    name
    for name in SHAPES
    if name.startswith(("synthetic", "cells", "urti", "aad", "awkward", "difference-en"))
]


@pytest.mark.parametrize("name", EVERYDAY)
def test_text_is_at_least_8_points_at_170_mm(name: str) -> None:
    layout = lay_out(SHAPES[name])
    scale = min(1.0, 170 * POINTS_PER_MM / layout.canvas.width)
    raised = {"superscript", "footnote-mark"}
    sizes = [t.size for t in layout.canvas.texts if t.mark.role not in raised]
    assert min(sizes) * scale >= 7.95


def test_equal_labels_are_told_apart() -> None:
    texts = lay_out(awkward()).canvas.texts
    labels = {t.mark.key: t.text for t in texts if t.mark.role == "label"}
    assert labels["same-1"] == "Smith 2010a"
    assert labels["same-2"] == "Smith 2010c"
    assert labels["same-3"] == "Smith 2010b"


def test_dollar_signs_and_markup_are_text() -> None:
    figure = draw_forest(awkward())
    texts = [t.get_text() for t in figure.get_children() if isinstance(t, Text)]
    assert any("$\\alpha$_Collaborative" in text for text in texts)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"ci_low": 0.5, "ci_high": None}, "row 'x' has one confidence limit only"),
        ({"ci_low": 1.5, "ci_high": 0.5}, "row 'x' has the interval 1.5 to 0.5"),
        (
            {"estimate": math.nan},
            "row 'x' has estimate nan: use None when not estimable",
        ),
        (
            {"estimate": None, "ci_low": 0.5, "ci_high": 1.0},
            "row 'x' has an interval without an estimate",
        ),
    ],
)
def test_impossible_rows_are_refused(more: dict[str, float | None], message: str) -> None:
    values = {"estimate": 1.0, "ci_low": 0.5, "ci_high": 2.0, **more}
    with pytest.raises(UsageError) as caught:
        ForestRow(key="x", label="X", **values)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_impossible_forests_are_refused() -> None:
    base = synthetic(2)
    rows = base.sections[0].rows
    with pytest.raises(UsageError) as caught:
        replace(base, sections=(ForestSection(rows=(rows[0], rows[0])),))
    assert str(caught.value) == "synthetic-2.en: key used twice: s0"
    with pytest.raises(UsageError) as caught:
        replace(base, sections=(ForestSection(rows=(replace(rows[0], cells=("1",)),)),))
    assert str(caught.value) == "synthetic-2.en: row 's0' has 1 cells for 0 columns"
    with pytest.raises(UsageError) as caught:
        replace(base, sections=(ForestSection(rows=(row("z", "Z", -1.0, -2.0, 1.0),)),))
    assert str(caught.value) == "synthetic-2.en: row 'z' has -1.0 on a log axis"
