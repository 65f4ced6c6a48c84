"""PDF with a text layer: words in the order the file draws them, so every reading is in doubt."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter

from evidencekit.audit.document import Document, Doubt, starts_of_lines
from evidencekit.audit.readers.decoding import refuse_large
from evidencekit.errors import FileError

_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB06: "st"}
_BROKEN_WORD = re.compile(r"(?<=[a-zà-ÿ])[-\u00ad]\n(?=[a-zà-ÿ])")
_REPEATS = 3
"""Pages on which a first or last line must return to be taken for a running head."""


def read_pdf(data: bytes, file: str) -> Document:
    """The text layer of a PDF; running heads and page numbers are left out.

    Raises
    ------
    FileError
        The file cannot be read, is encrypted, or is pictures only.
    """
    refuse_large(data, file)
    pages = [_cleaned(page) for page in _pages(data, file)]
    doubts = [
        Doubt(
            what="the text of a PDF has no sure order: columns, line ends, tables and raised "
            "numbers may be read wrongly"
        )
    ]
    empty = [number for number, page in enumerate(pages, 1) if not page.strip()]
    if len(empty) == len(pages):
        raise FileError(
            f"{file}: no page has a text layer; it may be a scan. "
            "Run text recognition on it, or give the text."
        )
    if empty:
        listed = ", ".join(str(number) for number in empty[:10])
        doubts.append(Doubt(what=f"pages without text, perhaps pictures: {listed}"))
    text = "\n".join(_without_running_heads(pages))
    joined = _BROKEN_WORD.findall(text)
    if joined:
        words = "1 word was" if len(joined) == 1 else f"{len(joined)} words were"
        doubts.append(Doubt(what=f"{words} joined where a hyphen ended a line"))
    text = _BROKEN_WORD.sub("", text)
    return Document(
        file=file,
        kind="pdf",
        text=text,
        line_starts=starts_of_lines(text),
        line_is="line of the extracted text",
        doubts=tuple(doubts),
    )


def _pages(data: bytes, file: str) -> list[str]:
    """The text of each page as the library extracts it."""
    import pypdf

    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # It remarks on every irregularity; ours are doubts.
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileError(f"{file}: the PDF is encrypted. Save it without a password.")
        return [page.extract_text() for page in reader.pages]
    except FileError:
        raise
    except (Exception, RecursionError) as error:
        # A broken PDF makes the library fail in any way: KeyError, TypeError, zlib.error, ...
        what = f"{type(error).__name__}: {error}".splitlines()[0][:120]
        raise FileError(f"{file}: the PDF cannot be read ({what}). Save it again.") from error
    finally:
        logger.setLevel(level)


def _cleaned(page: str) -> str:
    page = page.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    # Half of a character pair stands for nothing, and could not be written to any file.
    page = page.encode("utf-8", "replace").decode("utf-8")
    return "\n".join(line.strip() for line in page.translate(_LIGATURES).split("\n"))


def _without_running_heads(pages: list[str]) -> list[str]:
    """Pages without first and last lines that return, digits aside, on several of them."""
    split = [[line for line in page.split("\n") if line] for page in pages]
    ends = Counter(
        (position, re.sub(r"\d+", "#", lines[position]))
        for lines in split
        if len(lines) > 2
        for position in (0, -1)
    )
    kept = []
    for lines in split:
        for position in (0, -1):
            if len(lines) > 2 and ends[position, re.sub(r"\d+", "#", lines[position])] >= _REPEATS:
                del lines[position]
        kept.append("\n".join(lines))
    return kept
