"""Citation styles: each row of ``STYLES`` knows one place of the year and reads the rest by it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from evidencekit.audit.parsing.authors import AuthorList, read_authors, whole_list
from evidencekit.audit.parsing.clean import Clean
from evidencekit.audit.parsing.heads import split_head
from evidencekit.audit.parsing.tails import PAGES, YEAR, Piece, pieces_of, read_tail
from evidencekit.audit.reference import CLEAR, GUESSED, LIKELY

_MONTH = r"(?:[^\W\d_]{3,9}\.?(?:\s?[-–/]\s?[^\W\d_]{3,9}\.?)?(?:\s\d{1,2})?)"
_IN_BRACKETS = re.compile(
    rf"[(\[]\s*(?:c(?:irca)?\.?\s*)?{YEAR}\s*(?:[,;/]\s*[^()\[\]]{{0,40}})?[)\]]"
)
_UNDATED = re.compile(
    r"\(\s*(?:n\.\s?d\.|z\.\s?d\.|o\.\s?J\.|s\.\s?f\.|in press|in druk|im Druck)\s*\)", re.I
)
_SEMICOLON = re.compile(
    rf"{YEAR}(?:[\s,]+{_MONTH})?\s*"
    r"(?:;\s*(?P<volume>[^;:()\s][^;:()]{0,25}?)?\s*"
    r"(?:\(\s*(?P<issue>[^()]{1,40}(?:\([^()]{0,20}\))?)\s*\))?\s*)?"
    rf"(?::\s*(?:pp?\.\s*)?{PAGES})?\s*[.;]?(?:\s[A-Z][a-z]{{3,14}}\.?)?\s*$"
)
_VOLUME_YEAR = re.compile(
    r"\s(?P<volume>\d{1,4}(?:[-–/]\d{1,4})?)(?:\s*\((?P<issue>[^()]{1,20})\))?"
    rf"\s*\({YEAR}\)\s*[,:]?\s*(?:(?:S|pp?|blz)\.\s*)?{PAGES}\s*\.?\s*$"
)
_YEAR_VOLUME = re.compile(
    rf"[\s.,]{YEAR}\s*(?:,|\.(?=\s*Vol))\s*(?:(?:Vol(?:ume)?\.?\s*)?(?P<volume>\d{{1,4}}[A-Z]?(?!\s?[-–])|\d{{1,4}}[-–]\d{{1,4}}(?=\s*,))"
    rf"(?:\s*\(\s*(?P<issue>[^()]{{1,30}})\s*\))?(?:\s*,\s*(?:[Pp]{{1,2}}\.\s*)?{PAGES})?"
    r"|(?:pp?\.\s*)?(?P<range>\w{1,10}\s?[-–]\s?\w{1,10}))\s*\.?\s*$"
)
_MONTH_NAME = (
    r"(?:(?:Jan|Feb|Mar|Mär|Maa|Mrt|Apr|Avr|May|Mei|Mai|Jun|Juin|Jul|Aug|Sep|Oct|Okt|Nov|Dec|Dez|Déc)"
    r"[^\W\d_]{0,7}\.?(?:\s\d{1,2})?,?\s)"
)
_LAST_YEAR = re.compile(rf"[\s.,(]{_MONTH_NAME}?{YEAR}\)?\s*\.?\s*$")
_ANY_YEAR = re.compile(rf"(?<![\d.\-–]){YEAR}(?![\d\-–])")


class Reading(NamedTuple):
    """What a style read: stretches of the cleaned entry by field, and its authors."""

    authors: AuthorList
    pieces: dict[str, Piece]


def _author_date(body: Clean) -> Reading | None:
    """APA, Cell, Harvard: authors (year). Title. Container ..."""
    match = _IN_BRACKETS.search(body.text) or _UNDATED.search(body.text)
    if not match or not body.text[: match.start()].strip():
        return None
    before = body.text[: match.start()]
    authors = whole_list(before)
    rest = body.text[match.end() :].strip(" .,;:")
    ends_here = len(rest) < 3
    if ends_here and re.search(r"[.?!]\s+\S", before[read_authors(before).end :].strip(" .,")):
        return None
    named = read_authors(before)
    if named.authors and re.search(r"[.?!:]\s", before[named.end :].lstrip(" .,")):
        return None  # A title stands between the authors and the year.
    if authors.confidence == GUESSED and len(before) > 200 and not rest:
        return None
    if len(before) > 150 and not read_authors(before).authors:
        return None
    pieces = _year_pieces(match)
    pieces.update(_title_and_on(body, match.end()))
    return Reading(authors, pieces)


def _year_last(body: Clean) -> Reading | None:
    """Nature: authors title. Container volume, pages (year)."""
    matches = list(_IN_BRACKETS.finditer(body.text))
    if not matches or body.text[matches[-1].end() :].strip(" .,;"):
        return None
    match = matches[-1]
    shorter = body.cut(0, match.start())
    return _names_first(shorter.cut(0, len(shorter.text.rstrip(" ,"))), _year_pieces(match))


def _year_in_tail(body: Clean) -> Reading | None:
    """Elsevier, German: authors, title, container volume (year) pages."""
    match = _VOLUME_YEAR.search(body.text, max(len(body.text) - 80, 0))
    if not match:
        return None
    return _names_first(
        body.cut(0, match.start()), pieces_of(match, CLEAR), tail=False, by_comma=True
    )


def _semicolon(body: Clean) -> Reading | None:
    """Vancouver, AMA: authors. Title. Container. Year;volume(issue):pages."""
    for year in _ANY_YEAR.finditer(body.text):
        match = _SEMICOLON.match(body.text, year.start())
        if match and (match["volume"] or match["pages"] or match["issue"]):
            return _names_first(
                body.cut(0, year.start()), pieces_of(match, CLEAR), tail=False, stop_ends=True
            )
    return None


def _year_volume(body: Clean) -> Reading | None:
    """MDPI, ACS: authors. Title. Container year, volume, pages."""
    match = _YEAR_VOLUME.search(body.text, max(len(body.text) - 100, 0))
    if not match:
        return None
    pieces = pieces_of(match, CLEAR)
    if "range" in pieces:
        pieces["pages"] = pieces.pop("range")
    return _names_first(body.cut(0, match.start("year")), pieces, tail=False)


def _year_between(body: Clean) -> Reading | None:
    """Chicago: authors. Year. Title. Container ..., the year without brackets."""
    authors = read_authors(body.text)
    match = re.compile(rf"[\s.,]*{YEAR}\s*[.,:]\s*").match(body.text, authors.end)
    if not match or not authors.authors:
        return None
    pieces = _year_pieces(match)
    pieces.update(_title_and_on(body, match.end()))
    return Reading(authors, pieces)


def _year_at_end(body: Clean) -> Reading | None:
    """IEEE and books: authors, title, container or publisher, year."""
    match = _LAST_YEAR.search(body.text, max(len(body.text) - 40, 0))
    if not match:
        return None
    return _names_first(body.cut(0, match.start()), _year_pieces(match))


def _no_year(body: Clean) -> Reading | None:
    """Whatever remains: authors if there are any, a title, perhaps a tail."""
    if not body.text.strip():
        return None
    match = _ANY_YEAR.search(body.text)
    pieces = {}
    if match:
        pieces = {n: p._replace(confidence=GUESSED) for n, p in _year_pieces(match).items()}
    return _names_first(body, pieces)


STYLES: dict[str, Callable[[Clean], Reading | None]] = {
    "author-date": _author_date,
    "year-last": _year_last,
    "year-in-tail": _year_in_tail,
    "semicolon": _semicolon,
    "year-volume": _year_volume,
    "year-between": _year_between,
    "year-at-end": _year_at_end,
    "loose": _no_year,
}
"""Styles by where they put the year, the most distinct first; each gives up on other styles."""


def _year_pieces(match: re.Match[str]) -> dict[str, Piece]:
    found = pieces_of(match, CLEAR)
    return {name: piece for name, piece in found.items() if name in {"year", "suffix"}}


def _title_and_on(body: Clean, at: int) -> dict[str, Piece]:
    """Title, container and tail of what stands from an offset to the end."""
    tail = read_tail(body.text, at)
    start = at + len(body.text[at : tail.start]) - len(body.text[at : tail.start].lstrip(" .,;:"))
    head = body.cut(start, max(tail.start, start))
    found = split_head(head, has_tail="volume" in tail.pieces)
    moved = {n: p._replace(start=p.start + start, end=p.end + start) for n, p in found.items()}
    return {**moved, **tail.pieces}


def _names_first(
    body: Clean,
    pieces: dict[str, Piece],
    *,
    tail: bool = True,
    stop_ends: bool = False,
    by_comma: bool = False,
) -> Reading:
    """Authors, then title and container, then a tail unless it was read already."""
    authors = read_authors(body.text)
    if not authors.authors:
        group = re.match(r"(?P<name>[^.?!]{2,120}?)\.\s+(?=[^\W_])", body.text)
        more = group and re.search(r"[.?!]\s", body.text[group.end() :])
        if group and more:
            found = whole_list(group["name"])
            authors = found._replace(end=group.end(), confidence=min(found.confidence, LIKELY))
    editors = re.compile(r"[\s,]*\(?(?:eds?|editors?|Hrsg|red)\b\.?\)?", re.I).match(
        body.text, authors.end
    )
    at = editors.end() if editors and authors.authors else authors.end
    if tail:
        return Reading(authors, {**_title_and_on(body, at), **pieces})
    start = at + len(body.text[at:]) - len(body.text[at:].lstrip(" .,;:"))
    head = body.cut(start)
    found_pieces = split_head(head, has_tail=True, stop_ends=stop_ends, by_comma=by_comma)
    moved = {
        n: p._replace(start=p.start + start, end=p.end + start) for n, p in found_pieces.items()
    }
    return Reading(authors, {**moved, **pieces})
