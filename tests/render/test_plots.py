"""The contract of every row in PLOTS."""

from __future__ import annotations

import matplotlib as mpl
import pytest

from evidencekit.render.paint import EvidenceFigure
from evidencekit.render.plots import PLOTS
from evidencekit.render.save import FORMATS, render_bytes
from render.invented import synthetic

EXAMPLES = {"forest": synthetic}


def test_every_plot_has_an_example() -> None:
    assert EXAMPLES.keys() == PLOTS.keys()
    assert all(name == plot.name for name, plot in PLOTS.items())


@pytest.mark.parametrize("k", [1, 2, 30])
@pytest.mark.parametrize("name", PLOTS)
def test_draws_any_number_of_studies_and_leaves_rcparams_alone(name: str, k: int) -> None:
    before = dict(mpl.rcParams)
    plot = PLOTS[name]
    example = EXAMPLES[name](k)
    assert isinstance(example, plot.describes)
    figure = plot.draw(example)
    assert isinstance(figure, EvidenceFigure)
    assert 0 < len(figure.record.alt) <= 250
    for format in FORMATS:
        assert render_bytes(figure, format)
    assert dict(mpl.rcParams) == before
