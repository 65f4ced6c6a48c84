"""Shapes in points to a matplotlib figure, with collections and without pyplot.

Texts stay separate artists (they must be found, read and selected); lines and
polygons of one look go together into one collection, which is what keeps a
plot of a hundred studies quick.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from evidencekit.render.shapes import Anchor, Canvas, LineShape, PolygonShape, TextShape
from evidencekit.render.style import PNG_DPI, Theme, drawing_settings
from evidencekit.render.text import font_properties

POINTS_PER_INCH = 72.0
_ALIGN: dict[Anchor, Literal["left", "center", "right"]] = {
    "left": "left",
    "centre": "center",
    "right": "right",
}
# Back to front.
_LINES_BEHIND, _POLYGONS, _LINES, _POLYGONS_OVER, _TEXTS = 1.0, 2.0, 3.0, 4.0, 5.0
_BEHIND_ROLES = {"null", "pooled-line"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRecord:
    """What a figure says in words, carried along for the files made of it.

    Parameters
    ----------
    figure_id
        Stable name; salts and prefixes ids.
    lang
        Language of the texts.
    title
        Short title, for the SVG's ``<title>`` and the PDF's.
    alt
        Alternative text, at most 250 characters.
    description
        Long description: every number in words.
    theme
        The theme it is drawn in.
    provenance
        JSON text; "" for none.
    """

    figure_id: str
    lang: str
    title: str
    alt: str
    description: str
    theme: Theme
    provenance: str = ""


class EvidenceFigure(Figure):
    """A matplotlib figure that knows what it says; ``save`` writes it to files."""

    record: FigureRecord

    def _repr_svg_(self) -> str:
        from evidencekit.render.save import render_bytes

        return render_bytes(self, "svg").decode()


def paint(canvas: Canvas, record: FigureRecord) -> EvidenceFigure:
    """Draw the shapes of *canvas*; the figure is as large as the canvas, to the point."""
    theme = record.theme
    with drawing_settings(record.figure_id):
        figure = EvidenceFigure(
            figsize=(canvas.width / POINTS_PER_INCH, canvas.height / POINTS_PER_INCH),
            dpi=PNG_DPI,
            facecolor=theme.background,
            edgecolor="none",
            linewidth=0.0,
        )
        FigureCanvasAgg(figure)
        figure.record = record
        # points with y downwards -> inches with y upwards -> pixels
        inches = Affine2D().scale(1 / POINTS_PER_INCH, -1 / POINTS_PER_INCH)
        transform = inches.translate(0, canvas.height / POINTS_PER_INCH) + figure.dpi_scale_trans
        _paint_lines(figure, canvas.lines, theme, transform)
        _paint_polygons(figure, canvas.polygons, theme, transform)
        for number, text in enumerate(canvas.texts, 1):
            figure.add_artist(_text(text, number, theme, transform))
    return figure


def _text(shape: TextShape, number: int, theme: Theme, transform: Any) -> Text:
    artist = Text(
        x=shape.x,
        y=shape.y,
        text=shape.text,
        color=theme.colour(shape.ink),
        fontproperties=font_properties(shape.face, shape.size),
        horizontalalignment=_ALIGN[shape.anchor],
        verticalalignment="baseline",
        transform=transform,
        zorder=_TEXTS,
        usetex=False,
        parse_math=False,
        clip_on=False,
    )
    artist.set_gid(f"t{number}")
    artist.set_label(f"{shape.mark.role}:{shape.mark.key}")
    return artist


S = TypeVar("S", LineShape, PolygonShape)


def _alike(shapes: Iterable[S], look: Any) -> list[tuple[Any, list[S]]]:
    """Group shapes by look, in order of first appearance."""
    groups: dict[Hashable, list[S]] = {}
    for shape in shapes:
        groups.setdefault(look(shape), []).append(shape)
    return list(groups.items())


def _paint_lines(figure: Figure, lines: list[LineShape], theme: Theme, transform: Any) -> None:
    def look(line: LineShape) -> tuple[Any, ...]:
        return line.mark.role, line.ink, line.width, line.dashed

    for number, (key, group) in enumerate(_alike(lines, look), 1):
        role, ink, width, dashed = key
        collection = LineCollection(
            [[(line.x1, line.y1), (line.x2, line.y2)] for line in group],
            colors=[theme.colour(ink)],
            linewidths=[width],
            linestyles=[(0, (4.0, 2.6)) if dashed else "solid"],
            transform=transform,
            zorder=_LINES_BEHIND if role in _BEHIND_ROLES else _LINES,
            capstyle="butt",
        )
        collection.set_gid(f"lines{number}-{role}")
        collection.set_label(role)
        figure.add_artist(collection)


def _paint_polygons(
    figure: Figure, polygons: list[PolygonShape], theme: Theme, transform: Any
) -> None:
    def look(shape: PolygonShape) -> tuple[Any, ...]:
        return shape.mark.role, shape.fill, shape.edge, shape.width, shape.over

    for number, (key, group) in enumerate(_alike(polygons, look), 1):
        role, fill, edge, width, over = key
        collection = PolyCollection(
            [shape.points for shape in group],
            facecolors=[theme.colour(fill)] if fill else "none",
            edgecolors=[theme.colour(edge)] if edge else "none",
            linewidths=[width],
            transform=transform,
            zorder=_POLYGONS_OVER if over else _POLYGONS,
            # a mitred outline would run past the ends of a flat diamond
            joinstyle="bevel" if role == "diamond" else "miter",
        )
        collection.set_gid(f"shapes{number}-{role}")
        collection.set_label(role)
        figure.add_artist(collection)
