"""A reference as cited: each field with its value, its place, and how sure the reading is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from evidencekit.audit.document import Span

T_co = TypeVar("T_co", covariant=True)

RECORDED = 1.0
"""Confidence of a value that its format delimits, such as a BibTeX field."""
CLEAR = 0.95
"""Confidence of a value between the delimiters of a citation style."""
LIKELY = 0.8
"""Confidence of a value whose limits follow from its words."""
GUESSED = 0.5
"""Confidence of what remained when everything else was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited(Generic[T_co]):
    """One value of a reference.

    Parameters
    ----------
    value
        As cited, without markup and with single blanks.
    span
        Where it stands; None when the format does not say.
    confidence
        0 to 1: ``RECORDED``, ``CLEAR``, ``LIKELY`` or ``GUESSED``.
    """

    value: T_co
    span: Span | None
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A cited author. A group has a family name only; ``given`` is as cited, often initials."""

    family: str
    given: str = ""
    group: bool = False

    def __str__(self) -> str:
        return f"{self.family}, {self.given}" if self.given else self.family


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One entry of a reference list.

    Parameters
    ----------
    key
        What marks in the text call it: ``"7"`` in a numbered list, a citation
        key, or its position in a list without numbers.
    position
        Position in the list, from 1.
    number
        The number printed before it; None in lists without numbers.
    raw
        The whole entry as it stands in the file, without its number.
    span
        Where the entry stands.
    style
        The row of ``STYLES`` that read it; ``"record"`` for structured formats,
        ``"unread"`` when none did.
    authors
        In the order cited.
    et_al
        The author list says that it is incomplete.
    year_suffix
        The letter that tells works of one year apart, as in 2014a.
    pages
        A range, a first page or an article number, as cited.
    """

    key: str
    position: int
    raw: str
    span: Span
    style: str
    number: int | None = None
    authors: Cited[tuple[Author, ...]] | None = None
    et_al: bool = False
    year: Cited[int] | None = None
    year_suffix: str = ""
    title: Cited[str] | None = None
    container: Cited[str] | None = None
    volume: Cited[str] | None = None
    issue: Cited[str] | None = None
    pages: Cited[str] | None = None
    doi: Cited[str] | None = None
    pmid: Cited[str] | None = None
    url: Cited[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One citation mark in the text.

    Parameters
    ----------
    marker
        As it stands in the text: ``[1-3,5]``.
    system
        A row of ``MARKERS``: ``"bracketed"``, ``"superscript"``, ``"key"``,
        ``"author-year"``, ...
    keys
        What it points at, in the order given: numbers as text, keys, or
        ``"family|year"`` for author and year.
    span
        Where the mark stands.
    """

    marker: str
    system: str
    keys: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceList:
    """The references of a document and how they were found.

    Parameters
    ----------
    found_by
        ``"heading"``, ``"numbers"`` (a run of numbered entries), ``"identifiers"``
        (nothing but DOIs), ``"records"`` (a structured format) or ``"nothing"``.
    start, end
        The stretch of text the list takes up; marks are looked for outside it.
    """

    references: tuple[Reference, ...]
    found_by: str
    start: int
    end: int
    notes: tuple[str, ...] = ()
