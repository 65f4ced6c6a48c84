"""One entry of a list to a `Reference`; the raw text is always kept."""

from __future__ import annotations

from bisect import bisect_left

from evidencekit.audit.document import Document, Span
from evidencekit.audit.entries import Entry
from evidencekit.audit.parsing.clean import Clean, clean
from evidencekit.audit.parsing.identifiers import Identifier, take_identifiers
from evidencekit.audit.parsing.styles import STYLES, Reading
from evidencekit.audit.parsing.tails import Piece
from evidencekit.audit.reference import CLEAR, Author, Cited, Reference
from evidencekit.sources.identifiers import DOI_PATTERN, clean_doi


def read_reference(document: Document, entry: Entry, position: int) -> Reference:
    """Parse an entry of the document's list.

    A field that is not found is None; nothing is supplied from elsewhere, and
    nothing is corrected. An entry that no style fits keeps its identifiers and
    its raw text, with the style ``"unread"``.
    """
    raw = document.text[entry.start : entry.end]
    lead = len(raw) - len(raw.lstrip())
    start, raw = entry.start + lead, raw.strip()
    cleaned = clean(raw, start)
    found = take_identifiers(cleaned)
    style, reading = _read(found.body)
    pieces = reading.pieces if reading else {}
    year = _text(document, found.body, pieces.get("year"))
    doi = _identifier(document, cleaned, found.doi) or _linked(document, start, start + len(raw))
    return Reference(
        key=entry.key,
        number=entry.number,
        position=position,
        raw=raw,
        span=document.span(start, start + len(raw)),
        style=style,
        authors=_authors(document, found.body, reading),
        et_al=bool(reading and reading.authors.et_al),
        year=None
        if year is None
        else Cited(value=int(year.value), span=year.span, confidence=year.confidence),
        year_suffix=_value(found.body, pieces.get("suffix")),
        title=_text(document, found.body, pieces.get("title")),
        container=_text(document, found.body, pieces.get("container")),
        volume=_text(document, found.body, pieces.get("volume")),
        issue=_text(document, found.body, pieces.get("issue")),
        pages=_text(document, found.body, pieces.get("pages")),
        doi=doi,
        pmid=_identifier(document, cleaned, found.pmid),
        url=_identifier(document, cleaned, found.url),
    )


def _read(body: Clean) -> tuple[str, Reading | None]:
    for name, style in STYLES.items():
        reading = style(body)
        if reading:
            return name, reading
    return "unread", None


def _span(document: Document, text: Clean, start: int, end: int) -> Span:
    return document.span(text.offsets[start], text.offsets[end - 1] + 1)


def _value(text: Clean, piece: Piece | None) -> str:
    return text.text[piece.start : piece.end].strip() if piece else ""


def _text(document: Document, text: Clean, piece: Piece | None) -> Cited[str] | None:
    value = _value(text, piece)
    if not piece or not value:
        return None
    span = _span(document, text, piece.start, piece.end)
    return Cited(value=value, span=span, confidence=piece.confidence)


def _identifier(document: Document, text: Clean, found: Identifier | None) -> Cited[str] | None:
    if not found:
        return None
    span = _span(document, text, found.start, found.end)
    return Cited(value=found.value, span=span, confidence=found.confidence)


def _linked(document: Document, start: int, end: int) -> Cited[str] | None:
    """The DOI that a link inside the entry leads to."""
    first = bisect_left(document.links, start, key=lambda link: link.start)
    for link in document.links[first:]:
        if link.start >= end:
            break
        match = DOI_PATTERN.search(link.target)
        doi = clean_doi(match.group()).doi if match else ""
        if doi:
            span = document.span(link.start, link.end)
            return Cited(value=doi, span=span, confidence=CLEAR)
    return None


def _authors(
    document: Document, text: Clean, reading: Reading | None
) -> Cited[tuple[Author, ...]] | None:
    if not reading or not reading.authors.authors:
        return None
    found = reading.authors
    span = _span(document, text, 0, max(len(text.text[: found.end].rstrip()), 1))
    return Cited(value=found.authors, span=span, confidence=found.confidence)
