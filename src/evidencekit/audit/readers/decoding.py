"""Bytes to text, whatever they are: what had to be guessed or replaced is a doubt."""

from __future__ import annotations

import codecs
import re

from evidencekit.audit.document import Doubt
from evidencekit.errors import FileError

LARGEST = 64 * 1024 * 1024
"""Larger files are refused: an article is a few hundred kilobytes."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_ARROWS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def refuse_large(data: bytes, file: str) -> None:
    """Raise ``FileError`` for a file too large to be an article."""
    if len(data) > LARGEST:
        size, most = len(data) / 2**20, LARGEST // 2**20
        raise FileError(
            f"{file}: {size:.0f} MB; at most {most} MB are read. Audit its chapters one by one."
        )


def decode(data: bytes, file: str) -> tuple[str, tuple[Doubt, ...]]:
    """The text of a file with ``\\n`` line ends, and doubts about it.

    Parameters
    ----------
    data
        UTF-8, or UTF-16 or UTF-32 with byte order mark; anything else is read
        as Windows-1252, in which every byte but five is a character.
    file
        The name shown in errors.

    Raises
    ------
    FileError
        The file is empty, too large, or its bytes are not the encoding they announce.
    """
    refuse_large(data, file)
    if not data.strip():
        raise FileError(f"{file}: the file is empty. Give an article or a list of references.")
    text, doubts = _decoded(data, file)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _without_controls(text, doubts)


def _decoded(data: bytes, file: str) -> tuple[str, list[Doubt]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), []
            except UnicodeDecodeError as error:
                name = encoding.removesuffix("-sig").upper()
                raise FileError(
                    f"{file}: it announces {name}, but byte {error.start + 1} is not. "
                    "Save it as UTF-8."
                ) from error
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = (
            f"byte 0x{data[error.start]:02x} in line {line} is not UTF-8; "
            "the file was read as Windows-1252, so accented letters are a guess"
        )
        return data.decode("cp1252", "replace"), [Doubt(what=what)]


def _without_controls(text: str, doubts: list[Doubt]) -> tuple[str, tuple[Doubt, ...]]:
    """Control characters replaced, one for one so that columns stay; hidden directions told."""
    first = _UNREADABLE.search(text)
    if first:
        count = len(_UNREADABLE.findall(text))
        text = _UNREADABLE.sub("\ufffd", text)
        name = "NUL" if first.group() == "\x00" else f"U+{ord(first.group()):04X}"
        what = f"{count} control {_plural(count)} replaced, the first one {name}"
        doubts.append(Doubt(what=what, at=first.start()))
    turned = _ARROWS.search(text)
    if turned:
        what = "characters that turn the direction of writing; what is shown may differ"
        doubts.append(Doubt(what=what, at=turned.start()))
    return text, tuple(doubts)


def _plural(count: int) -> str:
    return "character" if count == 1 else "characters"
