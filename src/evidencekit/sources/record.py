"""What is known of a paper: one frozen record, whichever service it came from.

Nothing in a record is guessed. A field that no source gave is empty; `fields_from`
says which source gave a field, and `marks` which fields are to be taken with care.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from evidencekit.sources.codec import decode, encode

TitleKind = Literal["original", "translated", "subtitle"]
DateKind = Literal["print", "online", "published", "issued", "accepted", "posted", "entered"]
Direction = Literal["affected", "notice"]
Mark = Literal["unverified"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PartialDate:
    """A year, a month or a day; written ``2014``, ``2014-03`` or ``2014-03-27``.

    Raises
    ------
    ValueError
        When there is no such day.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not 1000 <= self.year <= 9999:
            raise ValueError(f"year {self.year} is not in 1000-9999")
        if self.month is None:
            if self.day is not None:
                raise ValueError("a day without a month")
            return
        if not 1 <= self.month <= 12:
            raise ValueError(f"there is no month {self.month}")
        last = calendar.monthrange(self.year, self.month)[1]
        if self.day is not None and not 1 <= self.day <= last:
            raise ValueError(f"there is no day {self.day} in {self.year}-{self.month:02}")

    def __str__(self) -> str:
        parts = [f"{self.year:04}"]
        parts += [f"{part:02}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    @classmethod
    def from_text(cls, text: str) -> PartialDate:
        """Read what ``str`` writes.

        Raises
        ------
        ValueError
            When the text is no such date.
        """
        if not re.fullmatch(r"\d{4}(-\d\d){0,2}", text, re.ASCII):
            raise ValueError(f"{text!r} is not a date as in 2014, 2014-03 or 2014-03-27")
        year, month, day = [*map(int, text.split("-")), None, None][:3]
        return cls(year=int(text[:4]) if year is None else year, month=month, day=day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A title in one language.

    Parameters
    ----------
    kind
        ``original`` as published, ``translated`` by a library or the authors, ``subtitle``.
    language
        ISO 639-1 code where known.
    """

    text: str
    kind: TitleKind = "original"
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A person (family, given, suffix, ORCID) or a group (group)."""

    family: str = ""
    given: str = ""
    suffix: str = ""
    orcid: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """What the paper is part of: a journal, a book, a preprint server."""

    title: str = ""
    abbreviations: tuple[str, ...] = ()
    issn: tuple[str, ...] = ()
    publisher: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDate:
    """A date and what happened on it."""

    kind: DateKind
    date: PartialDate


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """An editorial notice: this paper is affected by it, or this paper is the notice.

    Parameters
    ----------
    direction
        ``affected``: the notice is *doi* or *pmid*, and it is about this paper.
        ``notice``: this paper is the notice, and *doi* or *pmid* is what it is about.
    type
        The word of the source, lower case with underscores: ``retraction``, ``erratum``.
    doi, pmid
        The other paper, where known.
    date
        When the notice was published.
    source
        Who says so: ``publisher``, ``retraction-watch``, ``pubmed``, ...
    note
        Reason or reference as the source words it.
    """

    direction: Direction
    type: str
    doi: str = ""
    pmid: str = ""
    date: PartialDate | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Another work: ``is-preprint-of``, ``has-version``, ... as Crossref names them."""

    type: str
    identifier: str
    identifier_type: str = "doi"


@dataclass(frozen=True, slots=True, kw_only=True)
class BibliographicRecord:
    """What is known of one paper.

    Parameters
    ----------
    doi, pmid, pmcid, isbn
        In the normal form of `evidencekit.sources.identifiers`.
    titles
        In every language known; the first original one is `title`.
    authors
        In order; *authors_complete* is False when the list ends in "et al.".
    container
        Journal, book or server, with its abbreviations and ISSNs.
    dates
        Every date known, by kind.
    first_page, last_page, article_number
        Where in the volume; journals use pages or article numbers, some both.
    type
        As Crossref names it: ``journal-article``, ``posted-content``, ``book-chapter``.
    publication_types
        As PubMed names them: ``Randomized Controlled Trial``, ``Retracted Publication``.
    language
        ISO 639-1 code of the text.
    updates
        Editorial notices, with their direction.
    relations
        Other works this one is a version, part or preprint of.
    fields_from
        Source by field name, where a record was put together from several.
    marks
        ``unverified`` by field name: such a field compares as unchecked.
    """

    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    isbn: tuple[str, ...] = ()
    titles: tuple[Title, ...] = ()
    authors: tuple[Author, ...] = ()
    authors_complete: bool = True
    container: Container = Container()
    dates: tuple[RecordDate, ...] = ()
    volume: str = ""
    issue: str = ""
    first_page: str = ""
    last_page: str = ""
    article_number: str = ""
    type: str = ""
    publication_types: tuple[str, ...] = ()
    language: str = ""
    updates: tuple[Update, ...] = ()
    relations: tuple[Relation, ...] = ()
    fields_from: Mapping[str, str] = field(default_factory=dict, hash=False)
    marks: Mapping[str, Mark] = field(default_factory=dict, hash=False)

    @property
    def title(self) -> str:
        """The title to cite: the first original one, else the first translated one, else empty."""
        for kind in ("original", "translated"):
            for title in self.titles:
                if title.kind == kind:
                    return title.text
        return ""

    @property
    def subtitle(self) -> str:
        """The first subtitle, or empty."""
        return next((title.text for title in self.titles if title.kind == "subtitle"), "")

    def date(self, *kinds: DateKind) -> PartialDate | None:
        """The first date of the given kinds, in their order; without kinds in order of citation."""
        for kind in kinds or ("print", "published", "issued", "online", "posted"):
            for entry in self.dates:
                if entry.kind == kind:
                    return entry.date
        return None

    @property
    def year(self) -> int | None:
        """The year to cite: in print, else as published, issued, online or posted."""
        date = self.date()
        return date.year if date else None

    @property
    def years(self) -> frozenset[int]:
        """Every year under which the paper may rightly be cited."""
        kinds = {"print", "online", "published", "issued", "posted"}
        return frozenset(entry.date.year for entry in self.dates if entry.kind in kinds)

    @property
    def pages(self) -> str:
        """``first-last``, or the first page, or the article number, or empty."""
        if self.first_page and self.last_page:
            return f"{self.first_page}-{self.last_page}"
        return self.first_page or self.article_number

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; empty fields are left out."""
        data: dict[str, Any] = encode(self)
        return data

    @classmethod
    def from_dict(cls, data: Any, *, place: str = "record") -> BibliographicRecord:
        """Read what `to_dict` gives.

        Raises
        ------
        evidencekit.errors.FileError
            When a key is unknown or a value is of the wrong kind; the message says where.
        """
        return decode(cls, data, place)
