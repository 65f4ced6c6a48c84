"""Volume, issue and pages at the end of a citation, in the notations of the usual styles."""

from __future__ import annotations

import re
from typing import NamedTuple

from evidencekit.audit.reference import CLEAR, LIKELY

YEAR = r"(?P<year>(?:1[6-9]|20)\d\d)(?P<suffix>[a-z])?"
_PAGE = r"(?:[^\W\d_]{0,12}\d\w*(?:\.\w+)*|[ivxlc]{1,7}(?=\s?[-–]))"
_RANGE = rf"{_PAGE}\s?[-‐‑–—]{{1,2}}\s?(?:[^\W\d_]{{0,3}}\d\w*(?:\.\w+)*|[ivxlc]{{1,7}})"
PAGES = rf"(?P<pages>{_RANGE}(?:\s?,\s?{_RANGE})*|{_PAGE})"
_PREFIX = (
    r"(?:(?:pp?|pages?|pag|S|blz|art(?:icle|ikel)?|no|nr|ID)(?:\.\s*|\s+)"
    r"(?:(?:no|nr|ID)(?:\.\s*|\s+))?)?"
)
_VOLUME = (
    r"(?P<volume>\d{1,4}(?:\s?[-–/]\s?\d{1,4})?[A-Z]?(?:\s?Suppl\.?(?:\s?\d{1,3})?)?"
    r"|[IVXLC]{1,8}|[A-Z]\d{1,3})"
)
_VOLUME_WORD = r"(?:(?:vol(?:ume)?|Bd|jrg|jaargang|Jg|t(?:omo|ome)?)\.?\s*)?"
_ISSUE = r"\(\s*(?:no\.?\s*|nr\.?\s*)?(?P<issue>[^()]{1,40})\s*\)"
_CLOSE = r"\s*[.;,]?\s*$"

TAILS: dict[str, re.Pattern[str]] = {
    "volume(issue), pages": re.compile(
        rf"(?:\s*,\s*|\s+){_VOLUME_WORD}{_VOLUME}\s*{_ISSUE}\s*[,:;.]?\s*{_PREFIX}{PAGES}{_CLOSE}",
        re.IGNORECASE,
    ),
    "volume(issue)": re.compile(
        rf"(?:\s*,\s*|\s+){_VOLUME_WORD}{_VOLUME}\s*{_ISSUE}{_CLOSE}", re.IGNORECASE
    ),
    "vol. no. pp.": re.compile(
        rf"(?:\s*,\s*|\s+)vol\.?\s*{_VOLUME}(?:\s*,\s*(?:no|nr|iss(?:ue)?)\.?\s*"
        rf"(?P<issue>[\w-]{{1,12}}))?(?:\s*,\s*{_PREFIX}{PAGES})?{_CLOSE}",
        re.IGNORECASE,
    ),
    "volume, pages": re.compile(
        rf"(?:\s*,\s*|\s+){_VOLUME_WORD}{_VOLUME}\s*[,:]\s*{_PREFIX}{PAGES}{_CLOSE}"
    ),
    "pages": re.compile(
        rf"(?:\s*[,:]\s*|\s*\.\s*pp?\.\s*){_PREFIX}"
        rf"(?P<pages>{_RANGE}|[^\W\d_]{{1,4}}\d{{2,}}|\d{{5,}}){_CLOSE}"
    ),
    "volume": re.compile(rf"(?:\s*,\s*{_VOLUME_WORD}|\s+){_VOLUME}{_CLOSE}"),
}
"""Notations, the fullest first; each ends where the citation ends."""


class Piece(NamedTuple):
    """A stretch of the citation, and how sure it is what it is taken for."""

    start: int
    end: int
    confidence: float


class Tail(NamedTuple):
    """What the end of a citation holds, and where it begins."""

    start: int
    pieces: dict[str, Piece]


def read_tail(text: str, start: int = 0) -> Tail:
    """The tail of ``text[start:]``; it begins at the end of the text when there is none."""
    # A tail is short; looking at the end only keeps the time linear.
    lowest = max(start, len(text) - 120)
    for name, pattern in TAILS.items():
        match = pattern.search(text, lowest)
        if match and match.start() >= lowest:
            confidence = LIKELY if name in {"volume", "pages"} else CLEAR
            return Tail(match.start(), pieces_of(match, confidence))
    return Tail(len(text), {})


def pieces_of(match: re.Match[str], confidence: float) -> dict[str, Piece]:
    """The named groups of a match that hold something."""
    return {
        name: Piece(match.start(name), match.end(name), confidence)
        for name, value in match.groupdict().items()
        if value and value.strip()
    }
