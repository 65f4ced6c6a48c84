"""doi.org: which agency registered a DOI, whether it exists, and records of small agencies.

Only the Handle System's response code 100 says that a DOI does not exist; a missing record
at Crossref or PubMed does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evidencekit.sources.cleaning import date_from_parts, page_range, unique
from evidencekit.sources.crossref import batches
from evidencekit.sources.crossref_record import author_from_csl
from evidencekit.sources.identifiers import doi_path, normalise_doi, normalise_issn
from evidencekit.sources.plain import language_code, mapping, objects, raw, text, texts
from evidencekit.sources.record import BibliographicRecord, Container, RecordDate, Title
from evidencekit.sources.request import Answer, Found, Request
from evidencekit.sources.transport import Transport
from evidencekit.sources.unanswered import Unanswered

AGENCY_BATCH: Final = 100
"""DOIs of one request, besides the length of its address."""

CSL = "application/vnd.citationstyles.csl+json"

NOT_A_DOI: Final = frozenset(("Invalid DOI",))
ABSENT: Final = frozenset(("DOI does not exist",))


@dataclass(frozen=True, kw_only=True, slots=True)
class Agency:
    """What doi.org says of the registration of a DOI.

    Parameters
    ----------
    agency
        ``Crossref``, ``DataCite``, ``mEDRA``, ``JaLC``, ...; empty when there is none.
    status
        doi.org's own words where there is no agency.
    """

    agency: str
    status: str
    answer: Answer

    @property
    def denied(self) -> bool:
        """Whether doi.org says that there is no such DOI (which the handle must confirm)."""
        return self.status in ABSENT | NOT_A_DOI


@dataclass(frozen=True, kw_only=True, slots=True)
class Handle:
    """What the Handle System says: code 1 or 200 registered, 100 does not exist."""

    code: int
    answer: Answer

    @property
    def registered(self) -> bool:
        """Whether the DOI exists."""
        return self.code != 100


def agencies(transport: Transport, dois: Sequence[str]) -> dict[str, Agency | Unanswered]:
    """The registration agency of each DOI, many in one request.

    Parameters
    ----------
    dois
        In normal form. One with a comma is asked for by itself, as commas part the list.

    Returns
    -------
    dict
        By DOI, in the order given.
    """
    plain = [doi for doi in dois if "," not in doi]
    lists = [*batches(plain, most=AGENCY_BATCH), *([doi] for doi in dois if "," in doi)]
    found: dict[str, Agency | Unanswered] = {}
    for batch in lists:
        try:
            found |= _agencies(transport, batch)
        except Unanswered as failure:
            found |= dict.fromkeys(batch, failure)
    return {doi: found[doi] for doi in dois}


def _agencies(transport: Transport, dois: list[str]) -> dict[str, Agency | Unanswered]:
    path = "/ra/" + ",".join(doi_path(doi, "agency") for doi in dois)
    answer = transport.ask(Request(service="doi", path=path, kind="agency"))
    entries = objects(answer.json())
    found = {
        normalise_doi(raw(entry.get("DOI"))): Agency(
            agency=text(entry.get("RA")), status=text(entry.get("status")), answer=answer
        )
        for entry in entries
    }
    missing = Unanswered(
        "not_believed", service="doi", url=answer.url, detail="the list does not hold this DOI"
    )
    return {doi: found.get(doi, missing) for doi in dois}


def handle(transport: Transport, doi: str) -> Handle:
    """Whether a DOI exists, by the Handle System.

    Raises
    ------
    Unanswered
        doi.org gave no answer that can be believed, or answered for another handle.
    """
    path = f"/api/handles/{doi_path(doi, 'handle')}"
    answer = transport.ask(
        Request(service="doi", path=path, parameters=(("type", "URL"),), kind="agency")
    )
    data = mapping(answer.json())
    if normalise_doi(raw(data.get("handle"))) != doi:
        raise Unanswered(
            "not_believed", service="doi", url=answer.url, detail="an answer for another handle"
        )
    return Handle(code=int(data["responseCode"]), answer=answer)


def negotiated(transport: Transport, doi: str) -> Found:
    """The record by content negotiation, for agencies without an interface that is known here.

    Raises
    ------
    Unanswered
        No answer that can be believed; a missing record is answered by a web page, which
        cannot be told from a proxy's.
    """
    path = f"/{doi_path(doi, 'resolver')}"
    answer = transport.ask(Request(service="doi", path=path, accept=CSL))
    record = record_from_csl(mapping(answer.json()))
    if record.doi != doi:
        raise Unanswered(
            "not_believed",
            service="doi",
            url=answer.url,
            detail=f"a record with DOI {record.doi or 'none'}",
        )
    return Found(record=record, answer=answer)


def record_from_csl(item: object) -> BibliographicRecord:
    """The record in a CSL item as doi.org's agencies send it: texts where Crossref has lists."""
    data = mapping(item)
    first, last = page_range(text(data.get("page")))
    date = date_from_parts(mapping(data.get("issued")).get("date-parts"))
    return BibliographicRecord(
        doi=normalise_doi(raw(data.get("DOI"))),
        titles=tuple(Title(text=title) for title in texts(data.get("title"))[:1]),
        authors=tuple(filter(None, map(author_from_csl, objects(data.get("author"))))),
        container=Container(
            title=next(iter(texts(data.get("container-title"))), ""),
            abbreviations=unique(texts(data.get("container-title-short"))),
            issn=unique(normalise_issn(issn) for issn in texts(data.get("ISSN"))),
            publisher=text(data.get("publisher")),
        ),
        dates=(RecordDate(kind="issued", date=date),) if date else (),
        volume=text(data.get("volume")),
        issue=text(data.get("issue")),
        first_page=first,
        last_page=last,
        type=CSL_TYPES.get(text(data.get("type")), text(data.get("type"))),
        language=language_code(text(data.get("language"))),
    )


CSL_TYPES: Final = {
    "article-journal": "journal-article",
    "chapter": "book-chapter",
    "paper-conference": "proceedings-article",
    "article": "posted-content",
    "thesis": "dissertation",
}
"""CSL's types as Crossref names them, where the two differ."""
