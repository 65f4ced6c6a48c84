"""Citations by author and year in running text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidencekit.sources.cleaning import family_keys, fold

_LETTER = r"[^\W\d_]"
_WORD = rf"{_LETTER}(?:{_LETTER}|['’‐-](?={_LETTER})){{0,40}}"
_PARTICLE = r"(?:(?:van|von|de|den|der|del|della|di|da|dos|du|la|le|ten|ter|el|al)\s){0,3}"
_NAME = rf"{_PARTICLE}(?!\d){_WORD}"
_OTHERS = (
    rf"(?:,?\s(?:et\s+al\.?|e\.\s?a\.|u\.\s?a\.|and\s+colleagues|en\s+collega['’]?s)"
    rf"|(?:,\s{_NAME}){{0,5}},?\s(?:and|&|en|und|et|y)\s{_NAME})?"
)
_YEAR = r"(?:1[89]|20)\d\d[a-z]?"
_YEARS = rf"(?P<years>{_YEAR}(?:\s?[,;&]\s?{_YEAR})*)"
_PAGES = r"(?:[,:]\s?(?:pp?\.|S\.|blz\.)?\s?\d[\d–-]*)?"
_BRACKETS = re.compile(r"\([^()]{4,400}\)")
_HAS_YEAR = re.compile(_YEAR)
_LEAD = (
    r"(?:(?:see(?:\salso)?|e\.g\.,?|cf\.|for\sexample,?|zie(?:\sook)?|bijv\.|vgl\.|z\.\s?B\.|siehe"
    r"|voir|véase)\s+)?"
)
_CITED = re.compile(
    rf"\s*{_LEAD}(?P<name>{_NAME}(?:\s{_WORD}){{0,4}}?){_OTHERS},?\s+{_YEARS}{_PAGES}\s*"
)
_NARRATIVE = re.compile(rf"(?<![\w'’-])(?P<name>{_NAME}){_OTHERS}\s\({_YEARS}{_PAGES}\)")
_NO_NAMES = frozenset(
    {"january", "february", "march", "april", "may", "june", "july", "august", "september"}
    | {"october", "november", "december", "januari", "februari", "maart", "mei", "juni", "juli"}
    | {"augustus", "oktober", "januar", "februar", "marz", "mai", "dezember", "since", "in"}
    | {"from", "until", "before", "after", "between", "year", "jaar", "jahr", "sinds", "vanaf"}
    | {"tot", "seit", "bis"}
)


def author_year(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Start, end and keys (``family|year``) of every citation by author and year."""
    for match in _BRACKETS.finditer(text):
        if not _HAS_YEAR.search(match.group()):
            continue
        keys: list[str] = []
        for part in match.group()[1:-1].split(";"):
            cited = _CITED.fullmatch(part)
            if cited:
                keys.extend(_keys(cited))
        if keys:
            yield match.start(), match.end(), tuple(keys)
    for match in _NARRATIVE.finditer(text):
        keys = _keys(match)
        if keys:
            yield match.start(), match.end(), tuple(keys)


def _keys(match: re.Match[str]) -> list[str]:
    name = match["name"]
    if fold(name) in _NO_NAMES or not any(letter.isupper() for letter in name):
        return []
    return [f"{name}|{year}" for year in re.findall(_YEAR, match["years"])]


def author_keys(family: str, year: int, suffix: str) -> frozenset[str]:
    """The keys, folded, under which a work of this first author and year may be cited."""
    years = {str(year), f"{year}{suffix}"}
    return frozenset(f"{name}|{y}" for name in family_keys(family) for y in years)


def folded_keys(key: str) -> frozenset[str]:
    """A key as found in the text, folded in the same way; a year without letter finds all."""
    name, _, year = key.partition("|")
    return frozenset(f"{spelling}|{year}" for spelling in family_keys(name))
