"""Where a citation and the record of its work differ, field by field.

``FIELDS`` is the one list. A field compares as

- ``equal``: the same, up to case, accents, punctuation and leading zeros;
- ``equivalent``: another right way of writing it (abbreviation, year in print or online,
  article number in place of pages, an author list that ends early);
- ``translated``: the same in another language;
- ``missing``: the record has it, the citation does not;
- ``different``: neither of these;
- ``unchecked``: the record does not have it, or marks it as unverified or recalled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from evidencekit.audit.matching.cited import CitedWork, digits
from evidencekit.audit.matching.evidence import (
    bare_title,
    locator_spellings,
    locators,
    same_number,
    title_likeness,
    titles_of,
)
from evidencekit.audit.matching.names import (
    folded,
    ratio,
    record_names,
    same_author,
    same_container,
    swapped_author,
    translated_container,
)
from evidencekit.audit.matching.words import language_of
from evidencekit.sources.record import BibliographicRecord

Verdict = Literal["equal", "equivalent", "translated", "missing", "different", "unchecked"]

SPELLING: Final = 0.90
"""Likeness (0 to 1) above which two titles differ in spelling only."""
COGNATES: Final = 0.4
"""Share (0 to 1) of a title's long words that resemble words of the other title."""
COGNATE: Final = 0.70
"""How alike (0 to 1) two words must be to be taken for one word in two languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One field of a citation beside the record's.

    Parameters
    ----------
    field
        A row of ``FIELDS``.
    verdict
        See the module.
    cited, found
        Both values as text; empty when not stated.
    note
        What the difference is, where the values do not show it.
    apart
        For years: how many years they are apart.
    """

    field: str
    verdict: Verdict
    cited: str
    found: str
    note: str = ""
    apart: int = 0


def compare(cited: CitedWork, record: BibliographicRecord) -> tuple[Comparison, ...]:
    """Every field of a citation beside the record of its work, in the order of ``FIELDS``."""
    found = []
    for row in FIELDS:
        comparison = row.compare(cited, record)
        if any(record.marks.get(mark) for mark in row.marks) and comparison.verdict != "equal":
            comparison = Comparison(
                field=row.field,
                verdict="unchecked",
                cited=comparison.cited,
                found=comparison.found,
                note="the record's value was not seen independently",
            )
        found.append(comparison)
    return tuple(found)


def compare_authors(cited: CitedWork, record: BibliographicRecord) -> Comparison:
    """Every cited name must be an author; a list may end early, and may be in another order."""
    names = tuple(record_names(author) for author in record.authors)
    shown, known = "; ".join(cited.authors), "; ".join(names)

    def verdict(name: Verdict, note: str = "") -> Comparison:
        return Comparison(field="authors", verdict=name, cited=shown, found=known, note=note)

    if not names:
        return verdict("unchecked")
    if not cited.authors:
        return verdict("missing")
    strangers = [
        name
        for name in cited.authors
        if not any(same_author(name, a) or swapped_author(name, a) for a in record.authors)
    ]
    if strangers and record.authors_complete:
        return verdict("different", f"not among the authors: {', '.join(strangers)}")
    if strangers:
        return verdict("unchecked", f"the record's list is incomplete: {', '.join(strangers)}")
    in_order = all(
        same_author(name, author)
        for name, author in zip(cited.authors, record.authors, strict=False)
    )
    if in_order and (cited.et_al or len(cited.authors) == len(names)):
        return verdict("equal")
    if in_order:
        return verdict(
            "equivalent", f"{len(cited.authors)} of {len(names)} authors, without et al."
        )
    return verdict("equivalent", "in another order")


def compare_year(cited: CitedWork, record: BibliographicRecord) -> Comparison:
    """Equal to the year in print; equivalent to that online; apart by so many years."""
    found = "" if record.year is None else str(record.year)
    shown = "" if cited.year is None else str(cited.year)
    if record.year is None:
        return Comparison(field="year", verdict="unchecked", cited=shown, found=found)
    if cited.year is None:
        return Comparison(field="year", verdict="missing", cited=shown, found=found)
    apart = min(abs(cited.year - year) for year in record.years)
    verdict: Verdict = "different" if apart else "equivalent"
    if cited.year == record.year:
        verdict = "equal"
    return Comparison(field="year", verdict=verdict, cited=shown, found=found, apart=apart)


def compare_title(cited: CitedWork, record: BibliographicRecord) -> Comparison:
    """Folded equality, with or without the subtitle; else a translation, or another title."""
    shown, found = cited.title, record.title
    spelling = bare_title(folded(cited.title))

    def verdict(name: Verdict, note: str = "") -> Comparison:
        return Comparison(field="title", verdict=name, cited=shown, found=found, note=note)

    likeness = title_likeness(cited.title, record)
    if not titles_of(record):
        return verdict("unchecked")
    if not spelling or likeness is None:
        return verdict("missing")
    known = [bare_title(title) for title in titles_of(record)]
    if spelling in known or any(_begins(spelling, title) for title in known):
        return verdict("equal")
    if likeness >= SPELLING:
        return verdict("equivalent", f"spelt otherwise ({likeness:.0%} alike)")
    if _translated(spelling, known, cited, record):
        return verdict("translated")
    return verdict("different", f"{likeness:.0%} alike")


def compare_container(cited: CitedWork, record: BibliographicRecord) -> Comparison:
    """The journal's title, an abbreviation of it, or its name in another language."""
    shown, found = cited.container, record.container.title

    def verdict(name: Verdict, note: str = "") -> Comparison:
        return Comparison(field="container", verdict=name, cited=shown, found=found, note=note)

    if not found and not record.container.abbreviations:
        return verdict("unchecked")
    if not shown:
        return verdict("missing")
    if folded(shown) == folded(found):
        return verdict("equal")
    if same_container(shown, record):
        return verdict("equivalent", "an abbreviation or another spelling")
    if translated_container(shown, record):
        return verdict("translated")
    return verdict("different")


def compare_volume(cited: CitedWork, record: BibliographicRecord) -> Comparison:
    """Equal as numbers, Roman ones included."""
    return _numbers("volume", cited.volume, record.volume)


def compare_issue(cited: CitedWork, record: BibliographicRecord) -> Comparison:
    """Equal as numbers."""
    return _numbers("issue", cited.issue, record.issue)


def compare_locator(cited: CitedWork, record: BibliographicRecord) -> Comparison:
    """The first page decides; an article number may stand in for pages, not be torn in two."""
    shown, found = cited.pages, record.pages

    def verdict(name: Verdict, note: str = "") -> Comparison:
        return Comparison(field="locator", verdict=name, cited=shown, found=found, note=note)

    if not record.first_page and not record.article_number:
        return verdict("unchecked")
    if not cited.locator:
        return verdict("missing")
    if folded(shown) == folded(found):
        return verdict("equal")
    if locator_spellings(cited) & locators(record):
        return verdict("equivalent")
    number = digits(record.article_number or record.first_page)
    if "-" in shown.replace("–", "-") and digits(shown) == number:
        return verdict("different", f"article number {number} written as a range of pages")
    return verdict("different")


def _numbers(field: str, cited: str, found: str) -> Comparison:
    if not found:
        verdict: Verdict = "unchecked"
    elif not cited:
        verdict = "missing"
    else:
        verdict = "equal" if same_number(cited, found) else "different"
    return Comparison(field=field, verdict=verdict, cited=cited, found=found)


def _begins(one: str, other: str) -> bool:
    """Whether a title is the other one without its subtitle (at least three words of it)."""
    short, long = sorted((one, other), key=len)
    return len(short.split()) >= 3 and long.startswith(f"{short} ")


def _translated(
    spelling: str, known: list[str], cited: CitedWork, record: BibliographicRecord
) -> bool:
    """Whether a title is this one in another language: by small words, cognates or journal."""
    language = language_of(spelling)
    theirs = {language_of(title) for title in known} - {""}
    if language and theirs:
        return language not in theirs
    if max(cognates(spelling, title) for title in known) >= COGNATES:
        return True
    return translated_container(cited.container, record)


def cognates(one: str, other: str) -> float:
    """Share (0 to 1) of the long words of a folded title with a similar word in the other.

    Examples
    --------
    >>> cognates("moduleren menselijke status", "modulate human status")
    0.6666666666666666
    """
    words = [word for word in one.split() if len(word) >= 5]
    others = [word for word in other.split() if len(word) >= 4]
    if not words or not others:
        return 0.0
    return sum(any(ratio(word, o) >= COGNATE for o in others) for word in words) / len(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A row of ``FIELDS``: a name, the marks of a record that leave it unchecked, a comparison."""

    field: str
    marks: tuple[str, ...]
    compare: Callable[[CitedWork, BibliographicRecord], Comparison]


FIELDS: Final[tuple[Field, ...]] = (
    Field(field="authors", marks=("authors",), compare=compare_authors),
    Field(field="year", marks=("dates",), compare=compare_year),
    Field(field="title", marks=("titles",), compare=compare_title),
    Field(field="container", marks=("container",), compare=compare_container),
    Field(field="volume", marks=("volume",), compare=compare_volume),
    Field(field="issue", marks=("issue",), compare=compare_issue),
    Field(
        field="locator",
        marks=("first_page", "last_page", "article_number"),
        compare=compare_locator,
    ),
)
