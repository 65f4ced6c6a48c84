"""The marks say what the numbers say: squares, diamonds, lines, arrows, at their values."""

from __future__ import annotations

import math
import re

import pytest

from evidencekit.render.forest import Forest
from evidencekit.render.forest_layout import lay_out
from evidencekit.render.forest_marks import LARGEST_SQUARE, SMALLEST_SQUARE
from evidencekit.render.shapes import PolygonShape
from render.examples import aad, urti
from render.invented import all_clipped, awkward, difference, synthetic


def test_area_of_squares_is_proportional_to_weight() -> None:
    for forest in (urti(), aad(), synthetic(30)):
        layout = lay_out(forest)
        weights = {r.key: r.weight for r in forest.study_rows}
        sides = {
            s.mark.key: s.points[1][0] - s.points[0][0]
            for s in layout.canvas.polygons
            if s.mark.role == "square" and s.mark.key in weights
        }
        assert sides.keys() == weights.keys()
        largest = max(w for w in weights.values() if w is not None)
        full = LARGEST_SQUARE * layout.sizes.pitch
        for key, weight in weights.items():
            assert weight is not None
            expected = max(SMALLEST_SQUARE, full * math.sqrt(weight / largest))
            assert sides[key] == pytest.approx(expected, rel=1e-9)


def polygon(forest: Forest, role: str, key: str) -> PolygonShape:
    (found,) = [
        s for s in lay_out(forest).canvas.polygons if s.mark.role == role and s.mark.key == key
    ]
    return found


@pytest.mark.parametrize("forest", [urti(), aad(), difference(), synthetic(2)])
def test_diamond_ends_are_the_confidence_limits(forest: Forest) -> None:
    layout = lay_out(forest)
    published = [r for r in forest.all_rows if r.kind == "published"]
    for result in (*forest.all_summaries, *published):
        shape = polygon(forest, "diamond", result.key)
        xs = [x for x, _ in shape.points]
        assert layout.axis.value(min(xs)) == pytest.approx(result.ci_low, rel=1e-9)
        assert layout.axis.value(max(xs)) == pytest.approx(result.ci_high, rel=1e-9)
        top = min(shape.points, key=lambda point: point[1])
        assert layout.axis.value(top[0]) == pytest.approx(result.estimate, rel=1e-9)


def test_squares_and_lines_stand_at_their_values() -> None:
    forest = urti()
    layout = lay_out(forest)
    for item in forest.study_rows:
        shape = polygon(forest, "square", item.key)
        centre = sum(x for x, _ in shape.points) / 4
        assert layout.axis.value(centre) == pytest.approx(item.estimate, rel=1e-9)
        (line,) = [s for s in layout.canvas.lines if s.mark.role == "ci" and s.mark.key == item.key]
        assert layout.axis.value(line.x1) == pytest.approx(item.ci_low, rel=1e-9)
        assert layout.axis.value(line.x2) == pytest.approx(item.ci_high, rel=1e-9)


@pytest.mark.parametrize("lang", ["en", "nl", "de"])
def test_printed_estimates_read_back_to_the_model(lang: str) -> None:
    forest = urti(lang)
    for item in forest.all_results:
        values = (item.estimate, item.ci_low, item.ci_high)
        printed = re.findall(r"−?\d+[.,]\d+", item.text)
        assert len(printed) == 3
        for text, value in zip(printed, values, strict=True):
            decimals = len(re.split("[.,]", text)[1])
            assert value is not None
            assert float(text.replace(",", ".")) == pytest.approx(
                value, abs=0.5 * 10**-decimals + 1e-12
            )


def test_clipped_intervals_end_in_arrows_and_say_so() -> None:
    layout = lay_out(awkward())
    arrows = [s.mark.key for s in layout.canvas.polygons if s.mark.role == "arrow"]
    assert arrows.count("endless") == 2
    assert "tiny" in arrows
    assert "huge" in arrows
    beyond = {s.mark.key for s in layout.canvas.polygons if s.mark.role == "estimate-beyond"}
    assert beyond == {"tiny", "huge"}
    remarks = [t.text for t in layout.canvas.texts if t.mark.role == "remark"]
    assert " ".join(remarks) == (
        "Arrows mark intervals that extend beyond the axis; the numbers are complete."
    )
    assert not [t for t in lay_out(synthetic(3)).canvas.texts if t.mark.role == "remark"]


def test_everything_beyond_the_axis_is_still_drawn() -> None:
    forest = all_clipped()
    canvas = lay_out(forest).canvas
    for item in forest.study_rows:
        roles = {s.mark.role for s in canvas.polygons if s.mark.key == item.key}
        assert roles >= {"arrow", "estimate-beyond"}


def test_published_and_shown_rows_are_hollow() -> None:
    canvas = lay_out(urti()).canvas
    roles = {s.mark.key: s for s in canvas.polygons if s.mark.role in {"square", "diamond"}}
    assert roles["published-li-2020"].fill is None
    assert roles["laursen-2017"].fill == "background"
    assert roles["shida-2017"].fill == "square"
    assert roles["overall"].fill == "pooled"


def test_null_line_and_dashed_line() -> None:
    forest = urti()
    layout = lay_out(forest)
    (null,) = [s for s in layout.canvas.lines if s.mark.role == "null"]
    (dashed,) = [s for s in layout.canvas.lines if s.mark.role == "pooled-line"]
    assert layout.axis.value(null.x1) == pytest.approx(1.0)
    assert not null.dashed
    assert forest.main is not None
    assert layout.axis.value(dashed.x1) == pytest.approx(forest.main.estimate)
    assert dashed.dashed
    diamond = polygon(forest, "diamond", "overall")
    assert dashed.y2 == pytest.approx(sum(y for _, y in diamond.points) / 4)
