"""Crossref: works by DOI, many at once, by what a citation says, and notices about a work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from evidencekit.sources.cache import Kind
from evidencekit.sources.crossref_record import record_from_crossref
from evidencekit.sources.identifiers import doi_path, normalise_doi
from evidencekit.sources.plain import objects, raw
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.request import Answer, Found, Request
from evidencekit.sources.transport import Transport
from evidencekit.sources.unanswered import Unanswered

BATCH = 25
"""DOIs of one list request; longer addresses are refused by some proxies."""

LONGEST_ADDRESS = 3500
"""Characters of the DOIs in one address."""

MOST_ROWS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A record that a search found, and how well by the service's own measure (no percentage)."""

    record: BibliographicRecord
    score: float


def work(transport: Transport, doi: str, *, kind: Kind = "record") -> Found:
    """The work of one DOI.

    Parameters
    ----------
    doi
        In normal form.
    kind
        ``"status"`` when a fresher answer is wanted.

    Raises
    ------
    Unanswered
        Crossref gave no answer that can be believed, or answered for another DOI.
    """
    path = f"/works/{doi_path(doi, 'crossref')}"
    answer = transport.ask(Request(service="crossref", path=path, kind=kind))
    if answer.status == 404:
        return Found(record=None, answer=answer)
    record = record_from_crossref(answer.json()["message"])
    if record.doi != doi:
        raise Unanswered(
            "not_believed",
            service="crossref",
            url=answer.url,
            detail=f"a work with DOI {record.doi or 'none'}",
        )
    return Found(record=record, answer=answer)


def works(
    transport: Transport, dois: Sequence[str], *, kind: Kind = "record"
) -> dict[str, Found | Unanswered]:
    """The works of many DOIs: in lists, and one by one for those a list does not hold.

    A DOI that holds a comma would end the filter, so it is asked for by itself; and a list
    silently leaves out what it does not know, so that only a single request can say that
    there is no such work.

    Parameters
    ----------
    dois
        In normal form.

    Returns
    -------
    dict
        By DOI, in the order given: what was found, or why there is no answer.
    """
    listed: dict[str, Found | Unanswered] = {}
    for batch in batches([doi for doi in dois if "," not in doi]):
        listed |= _listed(transport, batch, kind) if len(batch) > 1 else {}
    return {doi: listed.get(doi) or _one(transport, doi, kind) for doi in dict.fromkeys(dois)}


def _one(transport: Transport, doi: str, kind: Kind) -> Found | Unanswered:
    try:
        return work(transport, doi, kind=kind)
    except Unanswered as failure:
        return failure


def _listed(transport: Transport, dois: Sequence[str], kind: Kind) -> dict[str, Found | Unanswered]:
    request = Request(
        service="crossref",
        path="/works",
        parameters=(
            ("filter", ",".join(f"doi:{doi}" for doi in dois)),
            ("rows", str(len(dois))),
        ),
        kind=kind,
    )
    try:
        answer = transport.ask(request)
    except Unanswered as failure:
        # One DOI may spoil the whole list; each gets its own answer then.
        return {} if failure.reason == "request_refused" else dict.fromkeys(dois, failure)
    records = _records(answer)
    return {doi: Found(record=records[doi], answer=answer) for doi in dois if doi in records}


def search(
    transport: Transport,
    citation: str,
    *,
    rows: int = 5,
    years: tuple[int, int] | None = None,
    types: Iterable[str] = (),
) -> tuple[tuple[Hit, ...], Answer]:
    """Works that look like a citation, best first.

    Parameters
    ----------
    citation
        Names, container, year, numbers, title: whatever is known, in one text.
    rows
        How many, 1 to 100.
    years
        First and last year of publication.
    types
        Types of works wanted, as Crossref names them; all when empty.

    Returns
    -------
    tuple
        The hits, and the answer they were read from.

    Raises
    ------
    Unanswered
        Crossref gave no answer that can be believed.

    Notes
    -----
    The score is relevance and grows with the length of the query; it says nothing about
    whether a hit is the work meant.
    """
    if not 1 <= rows <= MOST_ROWS:
        raise ValueError(f"rows must lie in 1-{MOST_ROWS}, not {rows}")
    filters = [f"type:{name}" for name in types]
    if years:
        filters += [f"from-pub-date:{years[0]}", f"until-pub-date:{years[1]}"]
    parameters = [("query.bibliographic", citation), ("rows", str(rows))]
    if filters:
        parameters.append(("filter", ",".join(filters)))
    answer = transport.ask(
        Request(service="crossref", path="/works", parameters=tuple(parameters), kind="query")
    )
    return hits_from_list(answer.json()["message"]), answer


def hits_from_list(message: Mapping[str, Any]) -> tuple[Hit, ...]:
    """Records and scores of a list of works; items without a DOI are left out."""
    found = [
        (record_from_crossref(item), item.get("score")) for item in objects(message.get("items"))
    ]
    return tuple(
        Hit(record=record, score=float(score) if isinstance(score, (int, float)) else 0.0)
        for record, score in found
        if record.doi
    )


def notices(transport: Transport, doi: str) -> tuple[tuple[BibliographicRecord, ...], Answer]:
    """Editorial notices that name this DOI as what they update.

    Raises
    ------
    Unanswered
        Crossref gave no answer that can be believed.
    ValueError
        The DOI holds a comma, which the filter cannot carry.
    """
    if "," in doi:
        raise ValueError(f"Crossref cannot filter by a DOI with a comma: {doi}")
    request = Request(
        service="crossref",
        path="/works",
        parameters=(("filter", f"updates:{doi}"), ("rows", str(MOST_ROWS))),
        kind="status",
    )
    answer = transport.ask(request)
    return tuple(_records(answer).values()), answer


def _records(answer: Answer) -> dict[str, BibliographicRecord]:
    items = objects(answer.json()["message"].get("items"))
    return {
        doi: record_from_crossref(item)
        for item in items
        if (doi := normalise_doi(raw(item.get("DOI"))))
    }


def batches(dois: Sequence[str], *, most: int = BATCH) -> list[list[str]]:
    """DOIs in lists of at most *most*, each short enough for one address.

    Order is kept; each DOI is in one list.
    """
    lists: list[list[str]] = []
    length = 0
    for doi in dois:
        # Each is led by "doi:" and parted by a comma, encoded.
        size = len(quote(doi, safe="")) + len("doi%3A") + len("%2C")
        if not lists or len(lists[-1]) >= most or length + size > LONGEST_ADDRESS:
            lists.append([])
            length = 0
        lists[-1].append(doi)
        length += size
    return lists
