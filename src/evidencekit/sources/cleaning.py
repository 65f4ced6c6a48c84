"""What records of every service need: markup out, blanks squeezed, dates and names read."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from evidencekit.sources.identifiers import ENTITY
from evidencekit.sources.record import PartialDate

# Only what is known as markup: "p<b and c>d" has no tag.
_TAG = re.compile(
    r"</?(?:\w+:[\w.-]+|a|alternatives|b|bold|br|em|ext-link|font|i|inf|inline-formula|italic|math"
    r"|m[a-z]{1,5}|p|sans-serif|sc|scp|sec|semantics|small|span|strong|sub|sup|title|tt|u|underline"
    r"|xref)(?:\s+[\w:.-]+\s*=[^<>]*)?\s*/?>|<!--.*?-->|<!\[CDATA\[|\]\]>",
    re.DOTALL | re.IGNORECASE | re.ASCII,
)
# A formula is deposited twice: as MathML and as TeX; the TeX goes.
_TEX = re.compile(
    r"<((?:\w+:)?annotation|(?:\w+:)?tex-math)\b[^<>]*>.*?</\1>",
    re.DOTALL | re.IGNORECASE | re.ASCII,
)
_BLANKS = re.compile(r"[\s\u2060\ufeff]+")
_NOTHING = re.compile("[\u00ad\u200b]")
PARTICLES = frozenset(
    "al de del della der di du el la le ten ter van vom von zu zur".split()  # noqa: SIM905
)
# Letters that no decomposition turns into ASCII.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
)
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), 1)}


def squeeze(text: str) -> str:
    """One blank where there were several (line breaks, no-break spaces), none at the ends."""
    return _BLANKS.sub(" ", _NOTHING.sub("", text)).strip()


def plain_text(text: str) -> str:
    """A title or name without tags (JATS, HTML, MathML) and entities, blanks squeezed.

    Entities are decoded more than once, since deposits hold ``&amp;lt;``; tags that appear
    only then are removed as well.
    """
    for _ in range(3):
        stripped = _TAG.sub("", _TEX.sub("", text))
        decoded = ENTITY.sub(lambda found: html.unescape(found[0]), stripped)
        if decoded == text:
            break
        text = decoded
    return squeeze(unicodedata.normalize("NFC", text))


def fold(text: str) -> str:
    """For comparison only: lower case, no accents, words of letters and digits."""
    lowered = text.casefold().translate(_LETTERS)
    decomposed = unicodedata.normalize("NFKD", lowered)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", bare))


def family_keys(family: str) -> frozenset[str]:
    """The spellings under which a family name may be cited: whole, without particles, last part.

    Examples
    --------
    >>> sorted(family_keys("van der Waaij"))
    ['van der waaij', 'waaij']
    >>> sorted(family_keys("Mahdavi-Roshan"))
    ['mahdavi roshan', 'roshan']
    """
    words = fold(family).split()
    core = [word for word in words if word not in PARTICLES] or words
    keys = {" ".join(words), " ".join(core), *core[-1:]}
    return frozenset(key for key in keys if key)


def date_from_parts(parts: Any) -> PartialDate | None:
    """A date from Crossref's ``date-parts`` (``[[2014, 3, 27]]``, ``[[null]]``), or None.

    A part that is missing, zero or impossible ends the date there: a month 13 leaves the
    year.
    """
    if isinstance(parts, Sequence) and not isinstance(parts, str) and len(parts):
        first = parts[0]
        if isinstance(first, Sequence) and not isinstance(first, str):
            parts = first
        return partial_date(*[*parts, None, None, None][:3])
    return None


def partial_date(year: Any, month: Any = None, day: Any = None) -> PartialDate | None:
    """A date from its parts as numbers or texts ("Mar", "03"), cut where a part is impossible."""
    known_year = _whole(year)
    if known_year is None or not 1000 <= known_year <= 9999:
        return None
    known_month = _MONTHS.get(str(month).strip().casefold()[:3], _whole(month))
    if known_month is None or not 1 <= known_month <= 12:
        return PartialDate(year=known_year)
    known_day = _whole(day)
    try:
        return PartialDate(year=known_year, month=known_month, day=known_day)
    except ValueError:
        return PartialDate(year=known_year, month=known_month)


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    text = str(value).strip()
    return int(text) if re.fullmatch(r"\d{1,4}", text, re.ASCII) else None


def page_range(text: str) -> tuple[str, str]:
    """First and last page of a range as printed: ``"121-41"`` is 121 to 141.

    A single page gives an empty last page; a text that is no range (``"e1-e10; quiz e3"``,
    ``"e00095-18"``) keeps its first part, and as last page only what continues it.
    """
    head = re.split(r"[;,]", squeeze(text))[0].strip()
    halves = re.split(r"\s*[-‐‑–—−]+\s*", head, maxsplit=1)
    first, last = halves[0], halves[1] if len(halves) == 2 else ""
    return first, completed_page(first, last)


def completed_page(first: str, last: str) -> str:
    """The last page in full, where only its changing digits were printed: 1425, 37 is 1437."""
    if not (first.isdecimal() and last.isdecimal()) or len(last) >= len(first):
        return last
    full = first[: len(first) - len(last)] + last
    return full if int(full) >= int(first) else last


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Each non-empty text once, in order of first appearance."""
    return tuple(dict.fromkeys(value for value in values if value))
