"""Tables of references (CSV): columns by their names, one reference in each row."""

from __future__ import annotations

import csv
import io
import re

from evidencekit.audit.document import Document, starts_of_lines
from evidencekit.audit.readers.decoding import decode
from evidencekit.audit.readers.records import record_reference
from evidencekit.audit.reference import Reference
from evidencekit.errors import FileError
from evidencekit.sources.cleaning import fold, partial_date
from evidencekit.sources.identifiers import normalise_doi, normalise_pmid
from evidencekit.sources.interchange import person
from evidencekit.sources.record import BibliographicRecord, Container, RecordDate, Title

COLUMNS: dict[str, tuple[str, ...]] = {
    "doi": ("doi", "study doi", "report doi", "doi link"),
    "pmid": ("pmid", "pubmed id", "pubmed"),
    "title": ("title", "article title", "titel"),
    "authors": ("authors", "author", "auteurs", "autoren", "authors full"),
    "year": ("year", "publication year", "pubyear", "jaar", "jahr"),
    "container": ("journal", "container", "source title", "tijdschrift", "journal book"),
    "volume": ("volume", "vol", "jaargang"),
    "issue": ("issue", "number", "nummer"),
    "pages": ("pages", "page", "pagina s", "seiten", "article number"),
    "key": ("key", "id", "study", "study id", "label", "citation key"),
}
"""Names of columns by what they hold, compared without case and punctuation."""


def read_columns(data: bytes, file: str) -> Document:
    """A table whose rows cite works, by DOI, PMID or title.

    Raises
    ------
    FileError
        No column of identifiers or titles, or no row with one.
    """
    text, doubts = decode(data, file)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    document = Document(
        file=file, kind="csv", text=text, line_starts=starts_of_lines(text), doubts=doubts
    )
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        header = next(reader)
        known = _known(header)
        if not known.keys() & {"doi", "pmid", "title"}:
            names = ", ".join(name for name in ("doi", "pmid", "title"))
            raise FileError(f"{file}: no column is named {names}. Name one of them so.")
        rows, before = [], reader.line_num
        for row in reader:
            rows.append((row, before, reader.line_num))
            before = reader.line_num
    except csv.Error as error:
        line = reader.line_num
        raise FileError(f"{file}:{line}: the table cannot be read ({error}). Check it.") from error
    references: list[Reference] = []
    for row, first, last in rows:
        cells = {name: row[at].strip() for name, at in known.items() if at < len(row)}
        if cells.get("doi") or cells.get("pmid") or cells.get("title"):
            region = _region(document, first, last)
            references.append(
                record_reference(
                    document,
                    _record(cells),
                    region,
                    position=len(references) + 1,
                    key=cells.get("key", ""),
                )
            )
    if not references:
        raise FileError(f"{file}: no row gives a DOI, a PMID or a title. Fill in one of them.")
    return document.with_records(tuple(references))


def _known(header: list[str]) -> dict[str, int]:
    """The first column of each kind."""
    names = {alias: kind for kind, aliases in COLUMNS.items() for alias in aliases}
    known: dict[str, int] = {}
    for at, name in enumerate(header):
        kind = names.get(fold(name))
        if kind:
            known.setdefault(kind, at)
    return known


def _region(document: Document, first: int, last: int) -> tuple[int, int]:
    """The stretch of the lines of a row, the first one counted from 0."""
    starts = document.line_starts
    end = starts[last] if last < len(starts) else len(document.text)
    return starts[min(first, len(starts) - 1)], end


def _record(cells: dict[str, str]) -> BibliographicRecord:
    year = partial_date((re.findall(r"\d{4}", cells.get("year", "")) or [""])[0])
    names = re.split(r"\s*;\s*|\s+and\s+", cells.get("authors", ""))
    first, _, last = re.sub(r"\s", "", cells.get("pages", "")).replace("–", "-").partition("-")
    return BibliographicRecord(
        doi=normalise_doi(cells.get("doi", "")),
        pmid=normalise_pmid(cells.get("pmid", "")),
        titles=(Title(text=cells["title"]),) if cells.get("title") else (),
        authors=tuple(person(name) for name in names if name),
        container=Container(title=cells.get("container", "")),
        dates=(RecordDate(kind="issued", date=year),) if year else (),
        volume=cells.get("volume", ""),
        issue=cells.get("issue", ""),
        first_page=first,
        last_page=last,
    )
