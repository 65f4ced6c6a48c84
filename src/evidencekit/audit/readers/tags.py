"""Splitting HTML into tags and text, in time linear in its length whatever is broken in it.

The standard library's parser takes quadratic time on some malformed pages and
stops at none; an audit has to survive both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_NAME = re.compile(r"</?([A-Za-z][^\s/>]{0,60})")
_ATTRIBUTE = re.compile(r"([^\s=\"'<>/]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))")
_STOP = re.compile(r"[<>\"']")
_UNSHOWN = frozenset({"script", "style", "template", "noscript", "head", "svg", "math"})


class Tag(NamedTuple):
    """An opening or closing tag, or a stretch of text (``name`` is empty)."""

    start: int
    end: int
    name: str = ""
    closing: bool = False


def attributes(source: str, tag: Tag) -> dict[str, str]:
    """The attributes of a tag, names in lower case, values as written."""
    found = _ATTRIBUTE.finditer(source[tag.start : tag.end])
    return {m[1].lower(): m[2] or m[3] or m[4] or "" for m in found}


def tokens(source: str) -> Iterator[Tag]:
    """Tags and stretches of text in order; comments and declarations are left out."""
    ahead = _Ahead(source)
    at = text_from = 0
    while True:
        at = source.find("<", at)
        if at < 0:
            break
        end, tag = _markup(ahead, at)
        if end < 0:
            at += 1
            continue
        if at > text_from:
            yield Tag(text_from, at)
        if tag:
            yield tag
        at = text_from = end
    if text_from < len(source):
        yield Tag(text_from, len(source))


def shown(source: str) -> Iterator[Tag]:
    """`tokens` without what a browser does not show, such as scripts.

    An element that never closes is taken to hold nothing, as otherwise one
    stray tag would hide the rest of the page.
    """
    closers = _closers(source)
    skip_to = -1
    for tag in tokens(source):
        if tag.start < skip_to:
            continue
        if tag.name in _UNSHOWN and not tag.closing:
            positions = closers.get(tag.name, [])
            while positions and positions[-1] < tag.end:
                positions.pop()
            if positions:
                skip_to = positions[-1]
                continue
        yield tag


def _closers(source: str) -> dict[str, list[int]]:
    """Offsets of the closing tags of elements that are not shown, the first one last."""
    found: dict[str, list[int]] = {}
    for match in re.finditer(rf"</({'|'.join(sorted(_UNSHOWN))})\b", source, re.IGNORECASE):
        found.setdefault(match[1].lower(), []).append(match.start())
    for positions in found.values():
        positions.reverse()
    return found


class _Ahead:
    """Searches that are not repeated once they have failed, so that broken pages stay linear."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.absent: dict[str, int] = {}

    def find(self, what: str, at: int) -> int:
        """The next occurrence, or -1."""
        if at >= self.absent.get(what, len(self.source) + 1):
            return -1
        found = self.source.find(what, at)
        if found < 0:
            self.absent[what] = at
        return found


def _markup(ahead: _Ahead, at: int) -> tuple[int, Tag | None]:
    """Where the markup at a ``<`` ends, and its tag; -1 when it is a mere sign."""
    source = ahead.source
    if source.startswith("<!--", at):
        end = ahead.find("-->", at + 4)
        return (end + 3, None) if end >= 0 else (-1, None)
    if source.startswith(("<!", "<?"), at):
        end = ahead.find(">", at)
        return (end + 1, None) if end >= 0 else (-1, None)
    match = _NAME.match(source, at)
    if not match:
        return -1, None
    end = _end_of_tag(ahead, match.end())
    if end < 0:
        return -1, None
    return end, Tag(at, end, match[1].lower(), source[at + 1] == "/")


def _end_of_tag(ahead: _Ahead, at: int) -> int:
    """The offset after the ``>`` that ends a tag, quotes respected; -1 when another tag begins."""
    while match := _STOP.search(ahead.source, at):
        sign = match.group()
        if sign == ">":
            return match.end()
        if sign == "<":
            return -1
        closing = ahead.find(sign, match.end())
        if closing < 0:
            return -1
        at = closing + 1
    return -1
