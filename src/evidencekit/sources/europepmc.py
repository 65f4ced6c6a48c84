"""Europe PMC, asked only when turned on: a second witness for editorial notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evidencekit.sources.identifiers import normalise_doi, normalise_pmid
from evidencekit.sources.plain import mapping, objects, raw, text, texts
from evidencekit.sources.record import BibliographicRecord, Update
from evidencekit.sources.request import Found, Request
from evidencekit.sources.transport import Transport
from evidencekit.sources.unanswered import Unanswered
from evidencekit.sources.updates import UPDATE_STATES, update_type

BATCH = 20
"""DOIs of one search."""


def by_doi(transport: Transport, dois: Sequence[str]) -> dict[str, Found | Unanswered]:
    """What Europe PMC knows of each DOI; ``record`` is None where it has none.

    Parameters
    ----------
    dois
        In normal form.

    Returns
    -------
    dict
        By DOI, in the order given. The records hold identifiers and notices only.
    """
    found: dict[str, Found | Unanswered] = {}
    dois = list(dict.fromkeys(dois))
    for start in range(0, len(dois), BATCH):
        batch = dois[start : start + BATCH]
        try:
            found |= _by_doi(transport, batch)
        except Unanswered as failure:
            found |= dict.fromkeys(batch, failure)
    return found


def _by_doi(transport: Transport, dois: list[str]) -> dict[str, Found | Unanswered]:
    # A quotation mark would end the phrase; the search drops punctuation anyway.
    query = " OR ".join(f'DOI:"{doi.replace(chr(34), " ")}"' for doi in dois)
    parameters = (
        ("query", query),
        ("format", "json"),
        ("resultType", "core"),
        ("pageSize", str(5 * len(dois))),
    )
    answer = transport.ask(
        Request(service="europepmc", path="/search", parameters=parameters, kind="status")
    )
    results = objects(mapping(answer.json()["resultList"]).get("result"))
    records = {record.doi: record for record in map(record_from_europepmc, results) if record.doi}
    return {doi: Found(record=records.get(doi), answer=answer) for doi in dois}


def record_from_europepmc(result: Mapping[str, Any]) -> BibliographicRecord:
    """Identifiers, publication types and notices of one result."""
    types = mapping(result.get("pubTypeList")).get("pubType")
    corrections = mapping(result.get("commentCorrectionList")).get("commentCorrection")
    return BibliographicRecord(
        doi=normalise_doi(raw(result.get("doi"))),
        pmid=normalise_pmid(raw(result.get("pmid"))),
        publication_types=tuple(texts(types)),
        updates=tuple(dict.fromkeys(filter(None, map(_update, objects(corrections))))),
    )


def _update(entry: Mapping[str, Any]) -> Update | None:
    kind, direction = update_type(text(entry.get("type")))
    if direction is None or kind not in UPDATE_STATES:
        return None
    from_medline = text(entry.get("source")) == "MED"
    return Update(
        direction=direction,
        type=kind,
        pmid=normalise_pmid(raw(entry.get("id"))) if from_medline else "",
        source="europepmc",
        note=text(entry.get("reference")),
    )
