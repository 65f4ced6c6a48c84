"""Pixels to a small PNG: a palette of the colours a figure really has.

A figure has a handful of colours and their blends at the edges of letters and
shapes. Pillow's own reducers average rare colours away (the orange diamond
turned brown), so the palette is chosen here: the commonest colours exactly,
the others as the nearest of those.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import numpy as np
import numpy.typing as npt

PALETTE = 64


def encode(pixels: npt.NDArray[np.uint8], *, dpi: int, keep: Sequence[str] = ()) -> bytes:
    """PNG bytes of an opaque RGBA image, without time, software or other text chunks.

    Parameters
    ----------
    pixels
        Shape (height, width, 4), fully opaque.
    dpi
        Written into the file, so that it prints at its size.
    keep
        Colours (#RRGGBB) that must come out exactly, however rare.
    """
    from PIL import Image

    packed = (
        (pixels[..., 0].astype(np.uint32) << 16)
        | (pixels[..., 1].astype(np.uint32) << 8)
        | pixels[..., 2]
    )
    counts = np.bincount(packed.ravel(), minlength=1)
    colours = np.flatnonzero(counts)
    exact = [int(colour[1:], 16) for colour in keep]
    kept = _commonest(colours, counts[colours], exact)
    index = np.zeros(len(counts), dtype=np.uint8)
    index[colours] = _nearest(_unpack(colours), _unpack(kept))
    image = Image.fromarray(index[packed])
    image.putpalette(_unpack(kept).astype(np.uint8).ravel().tolist())
    stream = BytesIO()
    image.save(stream, format="png", optimize=True, dpi=(dpi, dpi))
    return stream.getvalue()


def _commonest(
    colours: npt.NDArray[np.int64], counts: npt.NDArray[np.int64], exact: Sequence[int]
) -> npt.NDArray[np.int64]:
    """The commonest colours, those in *exact* first, ties by value so that it never varies."""
    preferred = np.isin(colours, np.asarray(exact, dtype=np.int64))
    order = np.lexsort((colours, -counts, ~preferred))
    return np.sort(colours[order[:PALETTE]])


def _unpack(packed: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Packed 0xRRGGBB to rows of red, green, blue."""
    return np.stack([packed >> 16, (packed >> 8) & 255, packed & 255], axis=1)


def _nearest(
    colours: npt.NDArray[np.int64], palette: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint8]:
    """Index into *palette* of the nearest colour, by squared distance."""
    distance = ((colours[:, None, :] - palette[None, :, :]) ** 2).sum(axis=2)
    nearest: npt.NDArray[np.uint8] = distance.argmin(axis=1).astype(np.uint8)
    return nearest
