"""Measuring and wrapping text with the bundled font, so that layout follows content.

Widths are the font's own advance widths and kerning pairs, as matplotlib,
PDF readers and browsers apply them.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.ft2font import FT2Font, Kerning, LoadFlags

Face = Literal["regular", "bold", "italic"]

FONT_FOLDER = Path(__file__).parent / "fonts"
FONT_FILES: dict[Face, str] = {
    "regular": "LiberationSans-Regular.ttf",
    "bold": "LiberationSans-Bold.ttf",
    "italic": "LiberationSans-Italic.ttf",
}
UNITS_PER_EM = 2048
# Heights of the face in em: figures and capitals, and the depth of g, p, q.
CAP_HEIGHT = 0.69
DESCENT = 0.212
_RELATIONS = {"=", "<", ">", "≤", "≥"}


@cache
def _font(face: Face) -> FT2Font:
    # A font object keeps the kerning setting it was opened with: never the user's.
    with mpl.rc_context({"text.kerning_factor": mpl.rcParamsDefault["text.kerning_factor"]}):
        return get_font(str(FONT_FOLDER / FONT_FILES[face]))


@lru_cache(maxsize=4096)
def _advance(character: str, face: Face) -> float:
    """Advance width of one character in em; a letter the font lacks counts as one em."""
    font = _font(face)
    if not font.get_char_index(ord(character)):
        return 0.0 if unicodedata.combining(character) else 1.0
    glyph = font.load_char(ord(character), flags=LoadFlags.NO_SCALE)
    return glyph.horiAdvance / UNITS_PER_EM


@lru_cache(maxsize=16384)
def _kerning(left: str, right: str, face: Face) -> float:
    """What the font takes off (or adds) between two letters, in em."""
    font = _font(face)
    pair = font.get_char_index(ord(left)), font.get_char_index(ord(right))
    return font.get_kerning(*pair, Kerning.UNSCALED) / UNITS_PER_EM


@lru_cache(maxsize=8192)
def text_width(text: str, size: float, face: Face = "regular") -> float:
    """Width of one line of *text* in points."""
    advances = sum(_advance(character, face) for character in text)
    return size * (advances + sum(_kerning(a, b, face) for a, b in pairwise(text)))


@lru_cache(maxsize=64)
def font_properties(face: Face, size: float) -> FontProperties:
    """The bundled face as matplotlib wants it: by file, with the family an SVG names."""
    return FontProperties(
        family="sans-serif",
        weight="bold" if face == "bold" else "normal",
        style="italic" if face == "italic" else "normal",
        size=size,
        fname=str(FONT_FOLDER / FONT_FILES[face]),
    )


def clean(text: str) -> str:
    """One line: every run of white space (line breaks too) becomes a space, NFC letters.

    No-break spaces stay. Control characters would end up in the SVG as errors.
    """
    text = unicodedata.normalize("NFC", text)
    kept = ("\u00a0" if c == "\u00a0" else " " if c.isspace() else c for c in text)
    line = "".join(c for c in kept if c == " " or unicodedata.category(c) not in {"Cc", "Cs"})
    return " ".join(part for part in line.split(" ") if part)


def wrap(text: str, width: float, *, size: float, face: Face = "regular") -> list[str]:
    """Break *text* into lines no wider than *width* points, at spaces, then hyphens.

    A single word wider than the line is cut, with a hyphen between letters, as
    nothing may run into the next column.

    Returns
    -------
    list of str
        At least one line; a text of white space gives one empty line.
    """
    lines: list[str] = []
    line = ""
    for word in _units(clean(text), width, size=size, face=face):
        trial = f"{line} {word}" if line else word
        if text_width(trial, size, face) <= width:
            line = trial
            continue
        if line:
            lines.append(line)
        *full, line = _cut(word, width, size=size, face=face)
        lines.extend(full)
    return [*lines, line]


def wrap_heading(text: str, width: float, *, size: float, face: Face = "bold") -> list[str]:
    """Like :func:`wrap`, but a bracket at the end gets its own line when that costs none."""
    plain = wrap(text, width, size=size, face=face)
    name, bracket, rest = clean(text).partition(" (")
    if not bracket or len(plain) == 1:
        return plain
    apart = [
        *wrap(name, width, size=size, face=face),
        *wrap(f"({rest}", width, size=size, face=face),
    ]
    return apart if len(apart) <= len(plain) else plain


def _units(text: str, width: float, *, size: float, face: Face) -> list[str]:
    """Words, with "P = 0.013" and its like kept whole where the line has room for it."""
    units: list[str] = []
    for word in text.split(" "):
        joins = bool(units) and (word in _RELATIONS or units[-1][-1:] in _RELATIONS)
        whole = f"{units[-1]} {word}" if joins else word
        if joins and text_width(whole, size, face) <= width:
            units[-1] = whole
        else:
            units.append(word)
    return units


def _cut(word: str, width: float, *, size: float, face: Face) -> list[str]:
    """Cut one word to pieces that fit: after a hyphen or slash, else between letters with one."""
    pieces: list[str] = []
    rest = word
    while text_width(rest, size, face) > width and len(rest) > 1:
        end = 1
        while end < len(rest) and text_width(f"{rest[: end + 1]}-", size, face) <= width:
            end += 1
        soft = max(rest.rfind(mark, 0, end) for mark in "-/–") + 1
        end = soft if soft > 1 else end
        hyphen = "-" if rest[end - 1].isalpha() and rest[end].isalpha() else ""
        pieces.append(rest[:end] + hyphen)
        rest = rest[end:]
    return [*pieces, rest]


def block_width(lines: list[str], size: float, face: Face = "regular") -> float:
    """Width of the widest line."""
    return max((text_width(line, size, face) for line in lines), default=0.0)
