"""The kinds of plot there are. A row here is drawn by the contract tests at k = 1, 2 and 30."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evidencekit.render.forest import draw_forest
from evidencekit.render.forest_types import Forest
from evidencekit.render.paint import EvidenceFigure


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """One kind of plot: its name in file names, what it draws, and the function."""

    name: str
    describes: type[Any]
    draw: Callable[..., EvidenceFigure]


PLOTS: dict[str, Plot] = {
    "forest": Plot(name="forest", describes=Forest, draw=draw_forest),
}
