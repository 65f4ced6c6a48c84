"""RIS, the oldest common format of reference managers, written and read.

Tags as EndNote and Zotero read them. The article number goes into C7 and, where there is
no page, into SP as well; a group author ends in a comma, which tells readers not to
look for a given name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from evidencekit.sources.cleaning import page_range, partial_date, plain_text, squeeze, unique
from evidencekit.sources.identifiers import (
    doi_address,
    normalise_doi,
    normalise_isbn,
    normalise_pmcid,
    normalise_pmid,
)
from evidencekit.sources.interchange import (
    Imported,
    ImportedReference,
    container,
    is_others,
    kind_of,
    person,
    person_text,
    too_large,
    type_of,
)
from evidencekit.sources.record import Author, BibliographicRecord, RecordDate, Title
from evidencekit.sources.tagged import TaggedRecord, read_tagged


def write_ris(records: Iterable[tuple[str, BibliographicRecord]]) -> str:
    """A RIS file of records by key."""
    return "\n".join(_ris_lines(record, key) for key, record in records)


def _ris_lines(record: BibliographicRecord, key: str) -> str:
    issued = record.date()
    names = [f"{a.group}," if a.group else person_text(a) for a in record.authors]
    if record.authors and not record.authors_complete:
        names.append("et al.")
    lines = [
        ("TY", kind_of(record).ris),
        ("ID", key),
        ("TI", ": ".join(part for part in (record.title, record.subtitle) if part)),
        *(("AU", name) for name in names),
        ("T2", record.container.title),
        *(("J2", text) for text in record.container.abbreviations),
        ("PY", str(issued.year) if issued else ""),
        ("DA", str(issued).replace("-", "/") if issued and issued.month else ""),
        ("VL", record.volume),
        ("IS", record.issue),
        ("SP", record.first_page or record.article_number),
        ("EP", record.last_page),
        ("C7", record.article_number),
        *(("SN", text) for text in (*record.container.issn, *record.isbn)),
        ("PB", record.container.publisher),
        ("LA", record.language),
        ("DO", record.doi),
        ("AN", f"PMID: {record.pmid}" if record.pmid else ""),
        ("C2", record.pmcid),
        ("UR", doi_address(record.doi) if record.doi else ""),
    ]
    shown = [f"{tag}  - {squeeze(value)}" for tag, value in lines if value]
    return "\n".join([*shown, "ER  - ", ""])


def read_ris(text: str) -> Imported:
    """The references of a RIS file."""
    if refused := too_large(text):
        return refused
    records, problems = read_tagged(text, begins="TY", ends="ER")
    return Imported(
        references=tuple(_reference(record) for record in records), problems=tuple(problems)
    )


def _reference(tags: TaggedRecord) -> ImportedReference:
    names = tags.all("AU", "A1")
    listed = [name for name in names if not is_others(name)]
    kind = type_of(tags.first("TY"), "ris")
    # In chapters and papers of proceedings T2 is the book; older files use JF, JO, BT.
    journal = tags.first("T2", "JF", "JO", "BT")
    short = [text for text in tags.all("J2", "JA", "JO") if text != journal]
    first, last = page_range(tags.first("SP"))
    number = tags.first("C7")
    record = BibliographicRecord(
        doi=_doi(tags),
        pmid=_pmid(tags),
        pmcid=normalise_pmcid(tags.first("C2")),
        isbn=unique(normalise_isbn(text) for text in tags.all("SN")),
        titles=_titles(tags),
        authors=tuple(author for author in map(person, listed) if author != Author()),
        authors_complete=len(listed) == len(names),
        container=container(
            journal or tags.first("JA", "J2"), short, tags.all("SN"), tags.first("PB")
        ),
        dates=_dates(tags),
        volume=tags.first("VL"),
        issue=tags.first("IS"),
        first_page="" if number and first == number else first,
        last_page=tags.first("EP") or last,
        article_number=number,
        type=kind,
        language=tags.first("LA"),
    )
    return ImportedReference(record=record, key=tags.first("ID"), line=tags.line)


def _titles(tags: TaggedRecord) -> tuple[Title, ...]:
    title = plain_text(tags.first("TI", "T1", "CT"))
    return (Title(text=title),) if title else ()


def _doi(tags: TaggedRecord) -> str:
    candidates = tags.all("DO") or [url for url in tags.all("UR", "L3", "M3") if "10." in url]
    return next(filter(None, map(normalise_doi, candidates)), "")


def _pmid(tags: TaggedRecord) -> str:
    candidates = [text for text in tags.all("AN", "N1") if "pmid" in text.casefold()]
    if "pubmed" in tags.first("DB").casefold():
        candidates += tags.all("AN")
    return next(filter(None, map(normalise_pmid, candidates)), "")


def _dates(tags: TaggedRecord) -> tuple[RecordDate, ...]:
    for text in tags.all("DA", "PY", "Y1"):
        date = partial_date(*[part for part in re.split(r"[/-]", text) if part][:3] or [""])
        if date:
            return (RecordDate(kind="issued", date=date),)
    return ()
