"""OpenAlex, asked only when turned on: it repeats other sources, so it corroborates at most.

Its mark of retraction is read from Retraction Watch, is set on notices too, and may sit on
a record merged from two works.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evidencekit.sources.identifiers import normalise_doi, normalise_pmid
from evidencekit.sources.plain import mapping, objects, raw, text
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.request import Found, Request
from evidencekit.sources.transport import Transport
from evidencekit.sources.unanswered import Unanswered

BATCH = 40
"""DOIs of one request; 50 are allowed in one filter."""

RETRACTED = "Retracted Publication"


def by_doi(transport: Transport, dois: Sequence[str]) -> dict[str, Found | Unanswered]:
    """Whether OpenAlex marks each DOI as retracted; ``record`` is None where it has none.

    Parameters
    ----------
    dois
        In normal form. One with a comma or a bar is not asked for: both part filters.

    Returns
    -------
    dict
        By DOI, in the order given. The records hold identifiers and the mark only.
    """
    found: dict[str, Found | Unanswered] = {}
    unaskable = Unanswered("not_asked", service="openalex", detail="a comma or bar in the DOI")
    plain = [doi for doi in dict.fromkeys(dois) if not {",", "|"} & set(doi)]
    for start in range(0, len(plain), BATCH):
        batch = plain[start : start + BATCH]
        try:
            found |= _by_doi(transport, batch)
        except Unanswered as failure:
            found |= dict.fromkeys(batch, failure)
    return {doi: found.get(doi, unaskable) for doi in dois}


def _by_doi(transport: Transport, dois: list[str]) -> dict[str, Found | Unanswered]:
    parameters = (
        ("filter", f"doi:{'|'.join(dois)}"),
        ("select", "id,doi,display_name,type,is_retracted,ids"),
        ("per-page", str(len(dois))),
    )
    answer = transport.ask(
        Request(service="openalex", path="/works", parameters=parameters, kind="status")
    )
    records = {
        record.doi: record
        for record in map(record_from_openalex, objects(answer.json()["results"]))
        if record.doi
    }
    return {doi: Found(record=records.get(doi), answer=answer) for doi in dois}


def record_from_openalex(work: Mapping[str, Any]) -> BibliographicRecord:
    """Identifiers and the mark of retraction of one work."""
    marked = work.get("is_retracted") is True and text(work.get("type")) != "retraction"
    return BibliographicRecord(
        doi=normalise_doi(raw(work.get("doi"))),
        pmid=normalise_pmid(raw(mapping(work.get("ids")).get("pmid"))),
        publication_types=(RETRACTED,) if marked else (),
    )
