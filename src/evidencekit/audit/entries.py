"""Splitting the text of a reference list into entries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from evidencekit.audit.parsing.authors import read_authors
from evidencekit.sources.identifiers import DOI_PATTERN

LONGEST_STEP = 10
"""A line that begins with a number this far beyond the last one is a year or a page."""
LONGEST_ENTRY = 40
"""Lines of one entry at most; what follows them belongs to no entry."""

_LABEL = re.compile(
    r"""[ \t>]*(?:[-*+•–][ \t]+)?\**
    (?:
        [\[【［](?P<bracket>\d{1,4})[\]】］][:.]?
      | \((?P<round>\d{1,3})\)[.:]?
      | \[\^(?P<note>[\w-]{1,40})\]:?
      | \\bibitem(?:\[[^\]\n]{0,80}\])?\{(?P<key>[^}\s]{1,80})\}
      | (?P<plain>\d{1,4})(?:[.)](?!\d)|[ \t]{2,}(?=\S)|[ \t](?=[^\W\d_][\w'’-]+,?[ \t]))
    )\**[ \t]*(?=\S)""",
    re.VERBOSE,
)
_BULLET = re.compile(r"[ \t]{0,3}[-*+•–][ \t]+(?=\S)")
_YEAR = re.compile(r"(?<![\d.])(?:1[89]|20)\d\d[a-z]?(?!\d)")
_NAME = re.compile(r"[^\W\d_]\.|\bet al\b|[^\W\d_]{2,}[ ,]+[A-Z]{1,3}(?=[\s,.;])")
_FINISHED = re.compile(r"(?:[.)\]]|10\.\d{4,9}/\S+|https?://\S+|\d)\s*$")
_GROUP = re.compile(r"\s*[A-Z][^.()]{2,80}\s\((?:1[89]|20)\d\d")


class Entry(NamedTuple):
    """An entry: its key, the number printed before it, and where its own text stands."""

    key: str
    number: int | None
    start: int
    end: int
    footnote: bool = False


class Line(NamedTuple):
    """A line of the text: where it stands, and what it says."""

    start: int
    text: str

    @property
    def end(self) -> int:
        """Offset after its last character."""
        return self.start + len(self.text)


class Label(NamedTuple):
    """A label at the beginning of a line, and the length it takes up."""

    key: str
    number: int | None
    length: int
    sure: bool
    footnote: bool = False


def lines_of(text: str, start: int, end: int) -> list[Line]:
    """The lines of a stretch of text."""
    found, at = [], start
    for piece in text[start:end].split("\n"):
        found.append(Line(at, piece))
        at += len(piece) + 1
    return found


def label_of(line: str) -> Label | None:
    """The number or key that begins a line, if any."""
    match = _LABEL.match(line)
    if not match:
        return None
    kind = match.lastgroup or ""
    value = match[kind]
    number = int(value) if value.isdecimal() and kind != "key" else None
    key = str(number) if number is not None else value
    sure = kind in {"bracket", "note", "key"}
    return Label(key, number, match.end(), sure, kind == "note")


def looks_like_reference(text: str) -> bool:
    """A DOI, or a year together with what looks like a name with initials."""
    head = text[:3000]
    if DOI_PATTERN.search(head):
        return True
    return bool(_YEAR.search(head) and _NAME.search(head))


def numbered(lines: Sequence[Line]) -> list[Entry]:
    """Entries that begin with a number, in brackets or not, or with a key."""
    found: list[tuple[Label, int]] = []
    for index, line in enumerate(lines):
        label = label_of(line.text)
        if label and _continues(found, label):
            found.append((label, index))
    stops = [*(index for _, index in found[1:]), len(lines)][: len(found)]
    entries = [
        Entry(
            label.key,
            label.number,
            lines[index].start + label.length,
            _end(lines[index:stop]),
            label.footnote,
        )
        for (label, index), stop in zip(found, stops, strict=True)
    ]
    if len(entries) > 1 and all(entry.number == 1 for entry in entries):
        # Markdown counts a list of nothing but ones by itself.
        return [e._replace(key=str(n), number=n) for n, e in enumerate(entries, 1)]
    return entries


def _continues(found: list[tuple[Label, int]], label: Label) -> bool:
    """A label in brackets always begins an entry; a bare number only where it may come next."""
    if not found or label.sure:
        return True
    last = found[-1][0].number
    if last is None or label.number is None:
        return False
    # Markdown numbers lists of nothing but ones by itself.
    return last < label.number <= last + LONGEST_STEP or last == label.number == 1


def _end(text: Sequence[Line]) -> int:
    """Where an entry ends: at a blank line, unless it stands in the middle of it."""
    end = text[0].end
    said = text[0].text
    for before, line in pairwise(text[:LONGEST_ENTRY]):
        if not line.text.strip():
            continue
        if not before.text.strip() and not _unfinished(said):
            break
        end = line.end
        said = f"{said} {line.text}"
    return end


def _unfinished(text: str) -> bool:
    """No year and no DOI yet: a page or column ended here."""
    return not (_YEAR.search(text) or DOI_PATTERN.search(text))


def bulleted(lines: Sequence[Line]) -> list[Entry]:
    """Entries that begin with a bullet."""
    return _counted(lines, lambda line, _: bool(_BULLET.match(line.text)), strip=_BULLET)


def hanging(lines: Sequence[Line]) -> list[Entry]:
    """Entries whose first line stands out to the left of the others."""
    return _counted(lines, lambda line, _: not line.text[:1].isspace())


def paragraphs(lines: Sequence[Line]) -> list[Entry]:
    """Entries between blank lines."""
    return _counted(lines, lambda _, before: not before.strip())


def one_a_line(lines: Sequence[Line]) -> list[Entry]:
    """One entry on each line; a line that cannot begin one continues the entry before."""
    filled = [line for line in lines if line.text.strip()]
    if not any(_unfinished(line.text) for line in filled):
        return _counted(lines, lambda _line, _before: True)
    return _counted(lines, _begins_anew)


def _begins_anew(line: Line, before: str) -> bool:
    """A name begins the line, and the line before may end an entry."""
    if not before.strip():
        return True
    named = read_authors(line.text[:300]).authors or _GROUP.match(line.text)
    return bool(named and _FINISHED.search(before))


def _counted(
    lines: Sequence[Line],
    begins: Callable[[Line, str], bool],
    *,
    strip: re.Pattern[str] | None = None,
) -> list[Entry]:
    """Entries without numbers, called by their position."""
    firsts: list[Line] = []
    before = ""
    for line in lines:
        if line.text.strip() and (begins(line, before) or not firsts):
            firsts.append(line)
        before = line.text
    found = []
    for index, first in enumerate(firsts):
        match = strip.match(first.text) if strip else None
        start = first.start + (match.end() if match else 0)
        end = firsts[index + 1].start if index + 1 < len(firsts) else lines[-1].end
        found.append(Entry(str(index + 1), None, start, end))
    return found


def split(lines: Sequence[Line]) -> list[Entry]:
    """The entries of a list, by the first way of setting it out that fits."""
    filled = [line for line in lines if line.text.strip()]
    if not filled:
        return []
    return next(way(lines) for way, fits in LAYOUTS if fits(lines, filled))


def _fits_numbers(lines: Sequence[Line], filled: Sequence[Line]) -> bool:
    labels = [label for line in filled if (label := label_of(line.text))]
    if not labels or not label_of(filled[0].text):
        # A sentence may come between the heading and the first entry.
        labels = labels if len(labels) > 1 else []
    return len(numbered(lines)) >= min(2, len(labels)) > 0


def _fits_bullets(_: Sequence[Line], filled: Sequence[Line]) -> bool:
    return bool(_BULLET.match(filled[0].text))


def _fits_indents(_: Sequence[Line], filled: Sequence[Line]) -> bool:
    indented = sum(line.text[:1].isspace() for line in filled)
    return not filled[0].text[:1].isspace() and 0 < indented < len(filled)


def _fits_blanks(lines: Sequence[Line], filled: Sequence[Line]) -> bool:
    blocks = list(_blocks(lines))
    # One block per entry, not a list that a page break or picture cuts in two.
    return len(blocks) > 1 and 2 * len(blocks) > len(filled) - len(blocks)


def _blocks(lines: Sequence[Line]) -> Iterator[Line]:
    before = ""
    for line in lines:
        if line.text.strip() and not before.strip():
            yield line
        before = line.text


def _always(_: Sequence[Line], __: Sequence[Line]) -> bool:
    return True


Way = Callable[[Sequence[Line]], list[Entry]]
Test = Callable[[Sequence[Line], Sequence[Line]], bool]

LAYOUTS: tuple[tuple[Way, Test], ...] = (
    (numbered, _fits_numbers),
    (bulleted, _fits_bullets),
    (hanging, _fits_indents),
    (paragraphs, _fits_blanks),
    (one_a_line, _always),
)
"""Ways of setting out a list, and how each is recognised; the first that fits is taken."""
