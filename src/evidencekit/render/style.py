"""Themes, type sizes and the matplotlib settings a figure is drawn and saved with.

All lengths are points (1/72 inch). Shape carries the meaning, colour only
helps: every figure must survive a greyscale printer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any, Literal

import matplotlib as mpl

from evidencekit.errors import UsageError

Ink = Literal["ink", "muted", "square", "pooled", "subgroup", "rule", "background"]

POINTS_PER_MM = 72 / 25.4
PRINT_WIDTH = 170 * POINTS_PER_MM
"""Width of the text block of an A4 journal page: what type sizes are judged at."""
SMALLEST_PRINT = 8.0
"""No text may be smaller than this once the figure is set to ``PRINT_WIDTH``."""
SUPERSCRIPT, RAISED = 0.72, 0.34
"""Size and lift of a raised footnote mark, in terms of the text it follows."""
PNG_DPI = 192
"""Twice the 96 CSS pixels to the inch: sharp on dense screens, 192 dpi in print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colours by role: text at least 7:1 with the background, graphics at least 3:1.

    ``subgroup`` is a fill only; its outline is ``pooled``.
    """

    name: str
    background: str
    ink: str
    muted: str
    rule: str
    square: str
    pooled: str
    subgroup: str

    def colour(self, ink: Ink) -> str:
        """The colour of a role, as #RRGGBB."""
        return str(getattr(self, ink))

    @property
    def all_colours(self) -> tuple[str, ...]:
        """Every colour, for encoders that reduce the number of colours."""
        return tuple(str(getattr(self, f.name)) for f in fields(self) if f.name != "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Type size and row pitch. ``text`` shrinks as the table grows, never below 8 pt in print."""

    text: float
    pitch: float

    @property
    def small(self) -> float:
        """Footnotes: one step down, but not below the smallest print size."""
        return max(self.text - 0.5, SMALLEST_PRINT)

    @property
    def leading(self) -> float:
        """Baseline to baseline of one wrapped text."""
        return 1.22 * self.text

    @property
    def max_width(self) -> float:
        """Widest canvas at which the smallest text still prints at 8 pt on an A4 page."""
        return PRINT_WIDTH * self.small / SMALLEST_PRINT


THEMES: dict[str, Theme] = {
    "light": Theme(
        name="light",
        background="#FFFFFF",
        ink="#1A1A1A",
        muted="#595959",
        rule="#8C8C8C",
        square="#0072B2",
        pooled="#D55E00",
        subgroup="#F7D3B5",
    ),
    "dark": Theme(
        name="dark",
        background="#121212",
        ink="#E8E8E8",
        muted="#B0B0B0",
        rule="#767676",
        square="#56B4E9",
        pooled="#E69F00",
        subgroup="#5C430C",
    ),
}


def theme_named(name: str) -> Theme:
    """The theme called *name*.

    Raises
    ------
    UsageError
        When there is no such theme; the message lists those there are.
    """
    if name not in THEMES:
        raise UsageError(f"no theme {name!r}: choose one of {', '.join(THEMES)}")
    return THEMES[name]


def sizes_for(rows: int) -> Sizes:
    """Type size and pitch for a table of *rows* study rows."""
    if rows <= 40:
        return Sizes(text=9.0, pitch=15.3)
    if rows <= 80:
        return Sizes(text=8.5, pitch=12.0)
    return Sizes(text=8.0, pitch=11.0)


# The families an SVG names: the bundled one, then those with the same widths.
SVG_FAMILIES = ["Liberation Sans", "Arial", "Helvetica"]


# Which window system a session uses, and where it has read its settings from.
_NOT_OURS = ("backend", "backend_fallback", "toolbar", "interactive", "timezone")


@contextmanager
def drawing_settings(figure_id: str) -> Iterator[None]:
    """Matplotlib's settings while a figure is drawn or saved, restored afterwards.

    A user's own settings (a matplotlibrc, ``savefig.bbox: tight``, TeX text) would move
    what was laid out to the point, so all start from matplotlib's defaults.
    """
    defaults = {k: v for k, v in mpl.rcParamsDefault.items() if k not in _NOT_OURS}
    settings: Any = {
        **defaults,
        "svg.hashsalt": figure_id,
        "svg.fonttype": "none",
        "svg.image_inline": True,
        "svg.id": None,
        "pdf.fonttype": 42,
        "pdf.compression": 6,
        "pdf.use14corefonts": False,
        "font.sans-serif": SVG_FAMILIES,
        "text.usetex": False,
        "text.parse_math": False,
        "text.hinting": "none",
        "text.antialiased": True,
        "lines.scale_dashes": True,
        "lines.antialiased": True,
        "patch.antialiased": True,
        "path.simplify": True,
        "path.sketch": None,
        "path.effects": [],
        "axes.unicode_minus": True,
        "savefig.bbox": None,
        "savefig.pad_inches": 0.0,
        "savefig.dpi": "figure",
        "savefig.facecolor": "auto",
        "savefig.edgecolor": "auto",
        "savefig.transparent": False,
        "figure.constrained_layout.use": False,
        "figure.autolayout": False,
    }
    with mpl.rc_context(settings):
        yield
