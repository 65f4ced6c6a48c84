"""An entry without markup and line breaks, each character knowing where it stood."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

LONGEST = 6000
"""Characters of an entry that are parsed; a list that could not be split may be longer."""

_TOKENS = re.compile(
    r"""(?P<blank>[\s\u00a0\u2009\u202f]+)
      | (?P<link>\[(?P<shown>[^\[\]\n]{1,500})\]\((?P<target>https?://[^\s<>]{1,500}?)\)(?=[\s.,;)]|$))
      | (?P<escaped>\\(?P<plain>[*_\[\]()#&.~-]))
      | (?P<emphasis>\*{1,3}|(?<![\w/.-])_{1,3}(?=\S)|(?<=[\w.,)])_{1,3}(?![\w/-]))
      | (?P<tag></?(?:i|em|b|strong|u|sup|sub|span|small|a|cite|p|br)\b[^<>]{0,300}>)
      | (?P<entity>&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,31});)
      | (?P<hidden>[\u00ad\u200b-\u200f\u2060\ufeff]+)""",
    re.VERBOSE,
)
_OPEN_IDENTIFIER = re.compile(r"(?:10\.\d{4,9}/|https?://)\S*[/\-._]$", re.IGNORECASE)
_OPEN_WORD = re.compile(r"[^\W\d_]-$")


@dataclass(frozen=True, slots=True)
class Clean:
    """Text, the offset in the document of every character of it, and its emphasised stretches."""

    text: str
    offsets: tuple[int, ...] = field(repr=False)
    emphasis: tuple[tuple[int, int], ...] = ()

    def cut(self, start: int, end: int | None = None) -> Clean:
        """A stretch of it."""
        stop = len(self.text) if end is None else end
        kept = tuple(
            (max(a - start, 0), min(b, stop) - start)
            for a, b in self.emphasis
            if a < stop and b > start
        )
        return Clean(self.text[start:stop], self.offsets[start:stop], kept)

    def without(self, pieces: list[tuple[int, int]]) -> Clean:
        """It without some stretches, given in order and apart from each other."""
        keep = [True] * len(self.text)
        for start, end in pieces:
            keep[start:end] = [False] * (end - start)
        moved = [0]
        for flag in keep:
            moved.append(moved[-1] + flag)
        text = "".join(c for c, flag in zip(self.text, keep, strict=True) if flag)
        offsets = tuple(o for o, flag in zip(self.offsets, keep, strict=True) if flag)
        emphasis = tuple((moved[a], moved[b]) for a, b in self.emphasis if moved[a] < moved[b])
        return Clean(text, offsets, emphasis)

    def stripped(self) -> Clean:
        """It without blanks and stray punctuation at its ends."""
        start = len(self.text) - len(self.text.lstrip(" ,;:"))
        end = len(self.text.rstrip(" ,;:"))
        return self.cut(start, max(end, start))


class _Collector:
    """Characters with their offsets, and emphasis that opens and closes."""

    def __init__(self) -> None:
        self.characters: list[str] = []
        self.offsets: list[int] = []
        self.emphasis: list[tuple[int, int]] = []
        self.opened: int | None = None

    def add(self, text: str, offset: int) -> None:
        self.characters.extend(text)
        self.offsets.extend(range(offset, offset + len(text)))

    def toggle(self) -> None:
        if self.opened is None:
            self.opened = len(self.characters)
        else:
            if len(self.characters) > self.opened:
                self.emphasis.append((self.opened, len(self.characters)))
            self.opened = None

    def tail(self) -> str:
        return "".join(self.characters[-300:])


def clean(raw: str, start: int) -> Clean:
    """Markup, line breaks and entities taken out of an entry that stands at offset *start*.

    Identifiers and words broken over two lines are joined; emphasis is
    remembered, as titles of journals are often set in it.
    """
    raw = raw[:LONGEST]
    out = _Collector()
    at = 0
    for match in _TOKENS.finditer(raw):
        out.add(raw[at : match.start()], start + at)
        at = match.end()
        _token(match, raw, start, out)
    out.add(raw[at:], start + at)
    text = "".join(out.characters)
    whole = Clean(text, tuple(out.offsets), tuple(out.emphasis))
    first = len(text) - len(text.lstrip())
    return whole.cut(first, max(len(text.rstrip()), first))


def _token(match: re.Match[str], raw: str, start: int, out: _Collector) -> None:
    kind = match.lastgroup
    if match["blank"]:
        if not _joins(match["blank"], out.tail(), raw[match.end() : match.end() + 1]):
            out.add(" ", start + match.start())
    elif match["link"]:
        out.add(match["shown"], start + match.start("shown"))
        if match["target"] not in match["shown"]:
            out.add(" ", start + match.end("shown"))
            out.add(match["target"], start + match.start("target"))
    elif match["escaped"]:
        out.add(match["plain"], start + match.start("plain"))
    elif match["emphasis"]:
        out.toggle()
    elif match["tag"]:
        if re.match(r"</?(?:i|em|cite)\b", match["tag"]):
            out.toggle()
    elif match["entity"]:
        text = html.unescape(match["entity"])
        out.characters.extend(text)
        out.offsets.extend([start + match.start()] * len(text))
    else:
        assert kind == "hidden"


def _joins(blank: str, tail: str, following: str) -> bool:
    """A blank that is no blank: a line break inside an identifier or after a hyphen."""
    if not tail or tail.endswith(" "):
        return True
    if "\n" not in blank:
        return False
    word = tail.rpartition(" ")[2]
    if _OPEN_IDENTIFIER.search(word) and following.isalnum():
        return True
    return bool(_OPEN_WORD.search(tail)) and following.islower()
