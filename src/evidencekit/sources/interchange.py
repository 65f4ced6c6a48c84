"""What the formats of reference managers share: kinds of work, names, and what an import gives."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from evidencekit.sources.cleaning import squeeze, unique
from evidencekit.sources.identifiers import normalise_issn
from evidencekit.sources.record import Author, BibliographicRecord, Container

LARGEST_FILE: Final = 32 * 2**20
"""Characters of a reference list; 20,000 references with abstracts need less."""


class Kind(NamedTuple):
    """One row of `KINDS`: the same kind of work in the words of each format."""

    csl: str
    bibtex: str
    ris: str


KINDS: Final[dict[str, Kind]] = {
    "journal-article": Kind("article-journal", "article", "JOUR"),
    "posted-content": Kind("article", "unpublished", "UNPB"),
    "book-chapter": Kind("chapter", "incollection", "CHAP"),
    "book": Kind("book", "book", "BOOK"),
    "proceedings-article": Kind("paper-conference", "inproceedings", "CPAPER"),
    "report": Kind("report", "techreport", "RPRT"),
    "dissertation": Kind("thesis", "phdthesis", "THES"),
    "dataset": Kind("dataset", "dataset", "DATA"),
    "": Kind("document", "misc", "GEN"),
}
"""Kinds of work by Crossref's name; the last row stands for every other kind."""

ALIASES: Final[dict[str, str]] = {
    "EJOUR": "journal-article",
    "MGZN": "journal-article",
    "ABST": "journal-article",
    "CONF": "proceedings-article",
    "conference": "proceedings-article",
    "inbook": "book-chapter",
    "mastersthesis": "dissertation",
    "thesis": "dissertation",
    "report": "report",
    "online": "posted-content",
}
"""Other words that files use for a kind."""


def kind_of(record: BibliographicRecord) -> Kind:
    """The row of `KINDS` of a record; without a type, what has a journal is an article."""
    kind = record.type or ("journal-article" if record.container.title else "")
    return KINDS.get(kind, KINDS[""])


def type_of(word: str, form: Literal["csl", "bibtex", "ris"]) -> str:
    """Crossref's name of a kind from a format's word; empty when unknown."""
    found = next((name for name, kind in KINDS.items() if getattr(kind, form) == word), "")
    return found or ALIASES.get(word, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedReference:
    """A reference of a file.

    Parameters
    ----------
    key
        What the file calls it; may be empty.
    line
        Where it begins, from 1; 0 when unknown.
    """

    record: BibliographicRecord
    key: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProblem:
    """A part of a file that could not be read as a reference, or a value that was left out."""

    text: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Everything found in a file; problems never hide the references that could be read."""

    references: tuple[ImportedReference, ...]
    problems: tuple[ImportProblem, ...] = ()


def too_large(text: str) -> Imported | None:
    """The answer to a file that is too large to be a reference list, else None."""
    if len(text) <= LARGEST_FILE:
        return None
    problem = ImportProblem(text=f"larger than {LARGEST_FILE >> 20} million characters: split it")
    return Imported(references=(), problems=(problem,))


_OTHERS: Final = frozenset({"others", "et al", "et al."})
_SUFFIX: Final = re.compile(r"(?:jr|sr|junior|senior|[ivx]{2,4})\.?", re.IGNORECASE)


def is_others(name: str) -> bool:
    """Whether a name stands for authors that are not listed."""
    return squeeze(name).casefold().strip(".") in {word.strip(".") for word in _OTHERS}


def person(name: str) -> Author:
    """An author from ``Family, Given, Suffix`` or ``Family, Suffix, Given``, or a bare name.

    A name without a comma is a family name with initials (``Berg AB``), a single family
    name, or, when it has several words, a group. A comma at the end marks a group.
    """
    name = squeeze(name)
    if name.endswith(",") or "," not in name:
        return _bare(name)
    family, *rest = [part.strip() for part in name.split(",", 2)]
    if len(rest) == 2 and _SUFFIX.fullmatch(rest[0]):
        rest = [rest[1], rest[0]]
    given, suffix = [*rest, ""][:2]
    if not family:
        return _bare(given)
    return Author(family=family, given=given, suffix=suffix)


def _bare(name: str) -> Author:
    if name.endswith(","):
        return Author(group=name.rstrip(", "))
    initials = re.fullmatch(r"(\S.*?) ([A-Z]{1,4}(?:-[A-Z])?)", name)
    if initials and not initials[1].isupper():
        return Author(family=initials[1], given=initials[2])
    return Author(group=name) if " " in name else Author(family=name)


def person_text(author: Author) -> str:
    """An author as ``Family, Given, Suffix``; a group, or a person without given name, as it is."""
    if author.group:
        return author.group
    return ", ".join(part for part in (author.family, author.given, author.suffix) if part)


def container(
    title: str, abbreviations: Iterable[str], issn: Iterable[str], publisher: str = ""
) -> Container:
    """A container from what a file gives: blanks squeezed, ISSNs only when their check holds."""
    return Container(
        title=squeeze(title),
        abbreviations=unique(squeeze(text) for text in abbreviations),
        issn=unique(normalise_issn(text) for text in issn),
        publisher=squeeze(publisher),
    )
