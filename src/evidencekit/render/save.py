"""A drawn figure to files: SVG, PNG, PDF, the same bytes on every run.

No date, no software version, a salt from the figure's name: what is committed
changes only when the figure does.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG

from evidencekit.atomic import write_file
from evidencekit.errors import UsageError
from evidencekit.render.paint import EvidenceFigure
from evidencekit.render.style import PNG_DPI, drawing_settings
from evidencekit.render.svg import finish_svg


def render_bytes(figure: EvidenceFigure, format: str) -> bytes:
    """The bytes of *figure* as "svg", "png" or "pdf".

    Raises
    ------
    UsageError
        For another format; the message lists those there are.
    """
    if format not in FORMATS:
        raise UsageError(f"no figure format {format!r}: choose one of {', '.join(FORMATS)}")
    # The vector canvases set the figure's dpi to 72 and leave it so.
    figure.dpi = PNG_DPI
    try:
        with drawing_settings(figure.record.figure_id):
            return FORMATS[format](figure)
    finally:
        figure.dpi = PNG_DPI
        FigureCanvasAgg(figure)


def save(figure: EvidenceFigure, path: str | Path, *, format: str = "") -> Path:
    """Write *figure* to *path*, all or nothing.

    Parameters
    ----------
    figure
        From ``draw_forest`` or another row of ``PLOTS``.
    path
        Its folder is made when missing.
    format
        "svg", "png" or "pdf"; by default what the name ends in.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    UsageError
        For an unknown format.
    FileError
        When the file cannot be written.
    """
    path = Path(path)
    write_file(path, render_bytes(figure, format or path.suffix.lstrip(".").lower()))
    return path


def _svg(figure: EvidenceFigure) -> bytes:
    stream = BytesIO()
    metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
    canvas: Any = FigureCanvasSVG(figure)  # its methods are not typed
    canvas.print_svg(stream, metadata=metadata)
    return finish_svg(stream.getvalue(), figure.record)


def _pdf(figure: EvidenceFigure) -> bytes:
    stream = BytesIO()
    record = figure.record
    metadata = {
        "Title": record.title,
        "Subject": record.alt,
        "Creator": "evidencekit",
        "Producer": None,
        "CreationDate": None,
    }
    canvas: Any = FigureCanvasPdf(figure)
    canvas.print_pdf(stream, metadata=metadata)
    return stream.getvalue()


def _png(figure: EvidenceFigure) -> bytes:
    from evidencekit.render.png import encode

    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    return encode(
        np.asarray(canvas.buffer_rgba()), dpi=PNG_DPI, keep=figure.record.theme.all_colours
    )


FORMATS: dict[str, Callable[[EvidenceFigure], bytes]] = {"svg": _svg, "png": _png, "pdf": _pdf}
