"""A damaged DOI and the one it may have been.

Spelling alone repairs nothing: a variant or a skeleton only supports a record that has
been identified by the citation's other fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from evidencekit.sources.identifiers import clean_doi

TYPO: Final = 0.9
"""How alike (0 to 1) two DOIs of one prefix must be for one to be a misspelling of the other."""
SKELETON_DIGITS: Final = 4
"""Digits a suffix must have for its skeleton to support a record."""


def skeleton(doi: str) -> tuple[str, str]:
    """Prefix and digits of the suffix, which translations and typing of words leave alone.

    Examples
    --------
    >>> skeleton("10.3390/biomedicijnen13020329") == skeleton("10.3390/biomedicines13020329")
    True
    """
    prefix, _, suffix = doi.partition("/")
    return prefix, "".join(re.findall(r"\d", suffix, re.ASCII))


def same_skeleton(one: str, other: str) -> bool:
    """Whether two DOIs have one prefix and the same digits, at least four of them."""
    first = skeleton(one)
    return len(first[1]) >= SKELETON_DIGITS and first == skeleton(other)


def misspelling(one: str, other: str) -> bool:
    """Whether one DOI is the other with a letter or two wrong, left out or put in."""
    from rapidfuzz import fuzz

    return one != other and fuzz.ratio(one, other) / 100 >= TYPO


def supports(cited: str, record: str) -> bool:
    """Whether a cited DOI supports a record's: same digits, or nearly the same spelling."""
    return bool(cited and record) and (same_skeleton(cited, record) or misspelling(cited, record))


def variants(cited: str) -> tuple[str, ...]:
    """Valid DOIs that the cited text may stand for, most likely first, itself left out.

    Examples
    --------
    >>> variants("10,1016/j.cell.2014.03.011")
    ('10.1016/j.cell.2014.03.011',)
    """
    own = clean_doi(cited).doi
    found: dict[str, None] = {}
    for change in VARIANTS:
        doi = clean_doi(change(cited)).doi
        if doi and doi != own:
            found[doi] = None
    return tuple(found)


def with_point(text: str) -> str:
    """``10,1016`` and ``10 .1016`` as ``10.1016``."""
    return re.sub(r"10\s*[.,]\s*(?=\d{4})", "10.", text, count=1)


def without_blanks(text: str) -> str:
    """Blanks and hyphens of line breaks taken out."""
    return re.sub(r"\s+", "", re.sub(r"-\s*\n\s*", "", text))


def with_digits(text: str) -> str:
    """O and l between digits as 0 and 1."""
    text = re.sub(r"(?<=\d)[oO](?=\d|$)|(?<=\d)[oO](?=[oO]*\d)", "0", text)
    return re.sub(r"(?<=\d)[lI](?=\d|$)", "1", text)


def without_tail(text: str) -> str:
    """Without what publishers' addresses put after a DOI: ``/full``, ``.pdf``, ``?via=``, ``#``."""
    text = re.split(r"[?#]", text, maxsplit=1)[0]
    tail = r"(?:/(?:full|abstract|pdf|epdf|html|meta|fulltext)|\.pdf|\.full|v\d+(?:\.full)?)+$"
    return re.sub(tail, "", text, flags=re.IGNORECASE)


VARIANTS: Final[tuple[Callable[[str], str], ...]] = (
    with_point,
    without_blanks,
    with_digits,
    without_tail,
)
