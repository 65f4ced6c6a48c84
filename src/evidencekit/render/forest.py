"""``draw_forest``: a forest plot from its description.

>>> figure = draw_forest(forest)                       # doctest: +SKIP
>>> save(figure, "figures/urti.forest.en.svg")         # doctest: +SKIP
"""

from __future__ import annotations

from evidencekit.render.alt import forest_alt, forest_description
from evidencekit.render.forest_layout import lay_out
from evidencekit.render.forest_types import (
    Forest,
    ForestAxis,
    ForestColumn,
    ForestPrediction,
    ForestQuestion,
    ForestRow,
    ForestSection,
    ForestSummary,
)
from evidencekit.render.paint import EvidenceFigure, FigureRecord, paint
from evidencekit.render.style import theme_named

__all__ = [
    "Forest",
    "ForestAxis",
    "ForestColumn",
    "ForestPrediction",
    "ForestQuestion",
    "ForestRow",
    "ForestSection",
    "ForestSummary",
    "draw_forest",
]


def draw_forest(forest: Forest, *, theme: str = "light") -> EvidenceFigure:
    """Draw a forest plot.

    Parameters
    ----------
    forest
        What is to be seen; see :class:`Forest`.
    theme
        "light" or "dark".

    Returns
    -------
    EvidenceFigure
        A matplotlib figure, sized by its content; ``save`` writes it. Texts and
        shapes carry what they stand for as their label ("estimate:hart-2019").

    Raises
    ------
    UsageError
        For an unknown theme or language.
    """
    colours = theme_named(theme)
    alt = forest_alt(forest)
    record = FigureRecord(
        figure_id=forest.figure_id,
        lang=forest.lang,
        title=forest.title or alt,
        alt=alt,
        description=forest_description(forest),
        theme=colours,
        provenance=forest.provenance,
    )
    return paint(lay_out(forest).canvas, record)
