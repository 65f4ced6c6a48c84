"""The headings under which reference lists stand, and those that end them."""

from __future__ import annotations

import re

from evidencekit.sources.cleaning import fold

LIST_HEADINGS: dict[str, tuple[str, ...]] = {
    "en": (
        "References",
        "Reference list",
        "References and notes",
        "References cited",
        "Cited references",
        "Bibliography",
        "Works cited",
        "Literature",
        "Literature cited",
        "Sources",
    ),
    "nl": (
        "Referenties",
        "Referentielijst",
        "Literatuur",
        "Literatuurlijst",
        "Literatuurverwijzingen",
        "Geraadpleegde literatuur",
        "Bronnen",
        "Bronnenlijst",
        "Bronvermelding",
        "Geraadpleegde bronnen",
        "Bibliografie",
    ),
    "de": (
        "Literatur",
        "Literaturverzeichnis",
        "Literaturangaben",
        "Quellen",
        "Quellenangaben",
        "Quellenverzeichnis",
        "Einzelnachweise",
        "Referenzen",
        "Bibliographie",
    ),
    "fr": (
        "Références",
        "Références bibliographiques",
        "Notes et références",
        "Bibliographie",
        "Ouvrages cités",
        "Sources",
    ),
    "es": (
        "Referencias",
        "Referencias bibliográficas",
        "Bibliografía",
        "Bibliografía citada",
        "Obras citadas",
        "Fuentes",
    ),
}
"""Headings of reference lists by language; compared without case, accents and markup."""

_LIST_NAMES = frozenset(fold(name) for names in LIST_HEADINGS.values() for name in names)
_LONGEST = 80
_MARKUP = re.compile(r"^[\s#>*_=]+|[\s#*_:.=]+$")
_SECTION = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5})[.)]?\s+")
_MARKED = re.compile(r"\s{0,3}#{1,6}\s+\S")
_BOLD_LINE = re.compile(r"\s{0,3}(?P<sign>\*\*|__)(?!\s)(?:(?!\*\*|__).){1,80}(?P=sign)\s*:?\s*")
_RULE_LINE = re.compile(r"\s{0,3}(?:-{3,}|\*{3,}|_{3,}|={3,})\s*")


def is_list_heading(line: str) -> bool:
    """The line is a heading such as ``## Referenties`` or ``7. References:``."""
    if len(line) > _LONGEST or not line.strip():
        return False
    bare = _MARKUP.sub("", line)
    bare = _SECTION.sub("", bare).strip("*_ ")
    return fold(bare) in _LIST_NAMES and len(bare) < 40


def ends_a_list(line: str) -> bool:
    """The line is some heading or a rule, so what follows is no reference."""
    if is_list_heading(line):
        return False
    return bool(_MARKED.match(line) or _BOLD_LINE.fullmatch(line) or _RULE_LINE.fullmatch(line))
