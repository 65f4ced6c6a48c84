"""References that a file gives field by field, with their places where they can be found again."""

from __future__ import annotations

import re
from typing import TypeVar

from evidencekit.audit.document import Document
from evidencekit.audit.reference import RECORDED, Author, Cited, Reference
from evidencekit.sources.record import BibliographicRecord

T = TypeVar("T")

LABELS = {
    "authors": "authors?|family|literal|FAU|AU|A1",
    "year": "year|date|issued|date-parts|PY|Y1|DA|DP",
    "title": "title|TI|T1",
    "container": "journal|journaltitle|booktitle|container-title|JO|JF|T2|JT|TA",
    "volume": "volume|VL|VI",
    "issue": "number|issue|IS|IP",
    "pages": "pages?|SP|PG",
    "doi": "doi|DO|LID|AID|M3|UR|L3|url",
    "pmid": "pmid|AN|ID|note",
}
"""How the formats call a field, to find its value among equal ones."""
_SURE_LENGTH = 6
"""A value this long is looked for without its label as well."""


def record_reference(
    document: Document,
    record: BibliographicRecord,
    region: tuple[int, int],
    *,
    position: int,
    key: str = "",
) -> Reference:
    """A record of a file as a `Reference`.

    Parameters
    ----------
    document
        The file; its text is searched for the values.
    record
        What the format's importer read.
    region
        The stretch of text the record takes up.
    position
        Position in the file, from 1; it is the key when the file gives none.
    key
        The citation key.
    """
    start, end = region
    raw = document.text[start:end].strip()
    start = document.text.find(raw, start) if raw else start

    def cited(field: str, value: T, shown: str) -> Cited[T] | None:
        if not shown:
            return None
        at = _find(raw, field, shown)
        span = document.span(start + at, start + at + len(shown)) if at >= 0 else None
        return Cited(value=value, span=span, confidence=RECORDED)

    authors = tuple(
        Author(family=a.group or a.family, given=a.given, group=bool(a.group))
        for a in record.authors
    )
    return Reference(
        key=key or str(position),
        position=position,
        raw=raw,
        span=document.span(start, start + len(raw)),
        style="record",
        authors=cited("authors", authors, authors[0].family) if authors else None,
        et_al=not record.authors_complete,
        year=None if record.year is None else cited("year", record.year, str(record.year)),
        title=cited("title", record.title, record.title),
        container=cited("container", record.container.title, record.container.title),
        volume=cited("volume", record.volume, record.volume),
        issue=cited("issue", record.issue, record.issue),
        pages=cited("pages", record.pages, record.pages),
        doi=cited("doi", record.doi, record.doi),
        pmid=cited("pmid", record.pmid, record.pmid),
    )


def _find(raw: str, field: str, shown: str) -> int:
    """Where a value stands in a record: behind its label, or anywhere if long; -1 if nowhere."""
    address = r"(?:https?://\S{1,20}/)?"
    labelled = re.compile(rf"\b(?:{LABELS[field]})\b\W{{1,12}}{address}", re.IGNORECASE)
    for match in labelled.finditer(raw):
        if raw[match.end() : match.end() + len(shown)].casefold() == shown.casefold():
            return match.end()
    return raw.lower().find(shown.lower()) if len(shown) >= _SURE_LENGTH else -1
