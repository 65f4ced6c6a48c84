"""NBIB, the format that PubMed exports, read.

Tags are those of the MEDLINE/PubMed data element descriptions of the U.S. National
Library of Medicine.
"""

from __future__ import annotations

import re
from typing import Final

from evidencekit.sources.cleaning import page_range, partial_date, plain_text, unique
from evidencekit.sources.dois_in_text import find_dois
from evidencekit.sources.identifiers import normalise_doi, normalise_pmcid, normalise_pmid
from evidencekit.sources.interchange import (
    Imported,
    ImportedReference,
    container,
    person,
    too_large,
)
from evidencekit.sources.plain import language_code
from evidencekit.sources.record import (
    Author,
    BibliographicRecord,
    Direction,
    PartialDate,
    RecordDate,
    Title,
    Update,
)
from evidencekit.sources.tagged import TaggedRecord, read_tagged

NOTICES: Final[dict[str, tuple[Direction, str]]] = {
    "RIN": ("affected", "retraction"),
    "ROF": ("notice", "retraction"),
    "EIN": ("affected", "erratum"),
    "EFR": ("notice", "erratum"),
    "ECI": ("affected", "expression_of_concern"),
    "ECF": ("notice", "expression_of_concern"),
    "CRI": ("affected", "corrected_and_republished"),
    "CRF": ("notice", "corrected_and_republished"),
    "RRI": ("affected", "retracted_and_republished"),
    "RRF": ("notice", "retracted_and_republished"),
    "UIN": ("affected", "update"),
    "UOF": ("notice", "update"),
}
"""Tags of editorial notices: direction and type."""


def read_nbib(text: str) -> Imported:
    """The references of a file in PubMed's format."""
    if refused := too_large(text):
        return refused
    records, problems = read_tagged(text, begins="PMID")
    return Imported(
        references=tuple(_reference(record) for record in records), problems=tuple(problems)
    )


def _reference(tags: TaggedRecord) -> ImportedReference:
    first, last = page_range(tags.first("PG"))
    pmid = normalise_pmid(tags.first("PMID"))
    language = language_code(tags.first("LA"))
    record = BibliographicRecord(
        doi=_doi(tags),
        pmid=pmid,
        pmcid=normalise_pmcid(tags.first("PMC")),
        titles=_titles(tags, language),
        authors=_authors(tags),
        container=container(
            tags.first("JT"),
            tags.all("TA"),
            [re.sub(r"\(.*", "", text) for text in tags.all("IS")],
        ),
        dates=_dates(tags),
        volume=tags.first("VI"),
        issue=tags.first("IP"),
        first_page=first,
        last_page=last,
        type="journal-article" if tags.first("JT", "TA") else "",
        publication_types=unique(tags.all("PT")),
        language=language,
        updates=tuple(_update(tag, value) for tag in NOTICES for value in tags.values.get(tag, [])),
    )
    return ImportedReference(record=record, key=pmid, line=tags.line)


def _doi(tags: TaggedRecord) -> str:
    values = (text.removesuffix("[doi]") for text in tags.all("LID", "AID") if "[doi]" in text)
    return next(filter(None, map(normalise_doi, values)), "")


def _titles(tags: TaggedRecord, language: str) -> tuple[Title, ...]:
    """PubMed puts a title it translated into brackets, and the original into TT."""
    text, vernacular = plain_text(tags.first("TI")), plain_text(tags.first("TT"))
    bracketed = re.fullmatch(r"\[(.+?)\.?\]\.?", text)
    original = [Title(text=vernacular.rstrip("."), language=language)] if vernacular else []
    if bracketed:
        return (*original, Title(text=bracketed[1], kind="translated", language="en"))
    return (*([Title(text=text.removesuffix("."), language=language)] if text else []), *original)


def _authors(tags: TaggedRecord) -> tuple[Author, ...]:
    names = [person(name) for name in tags.all("FAU") or tags.all("AU")]
    groups = [Author(group=name) for name in tags.all("CN")]
    return tuple(author for author in (*names, *groups) if author != Author())


def _dates(tags: TaggedRecord) -> tuple[RecordDate, ...]:
    """DP is in print ("2014 Mar 27", "1993 Sep-Oct"), DEP online ("20140327")."""
    found: list[RecordDate] = []
    parts = re.split(r"[\s/-]+", tags.first("DP"))
    # Of a range of months the first counts; what follows is no day then.
    day = parts[2:3] if len(parts) > 2 and parts[2].isdecimal() else []
    printed = partial_date(parts[0], *parts[1:2], *day)
    online = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", tags.first("DEP"), re.ASCII)
    dates: dict[str, PartialDate | None] = {
        "print": printed,
        "online": partial_date(*online.groups()) if online else None,
    }
    if dates["print"]:
        found.append(RecordDate(kind="print", date=dates["print"]))
    if dates["online"]:
        found.append(RecordDate(kind="online", date=dates["online"]))
    return tuple(found)


def _update(tag: str, value: str) -> Update:
    direction, kind = NOTICES[tag]
    pmid = re.search(r"PMID:\s*(\d+)", value, re.ASCII)
    dois = find_dois(value)
    return Update(
        direction=direction,
        type=kind,
        doi=dois[0].doi if dois else "",
        pmid=normalise_pmid(pmid[1]) if pmid else "",
        source="pubmed",
        note=value,
    )
