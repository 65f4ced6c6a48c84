"""Whether each service answers: one small question to each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from evidencekit.sources import crossref, datacite, doi, europepmc, openalex
from evidencekit.sources.answers import reason_text
from evidencekit.sources.pubmed import PubMedClient
from evidencekit.sources.services import SERVICES
from evidencekit.sources.transport import Transport
from evidencekit.sources.unanswered import Unanswered

PROBE_DOI: Final = "10.5555/12345678"
"""A DOI of the prefix that Crossref keeps for tests; that a service has no such record is an
answer too."""
PROBE_PMID: Final = "1"

PROBES: Final[dict[str, Callable[[Transport], object]]] = {
    "crossref": lambda transport: crossref.work(transport, PROBE_DOI, kind="status"),
    "doi": lambda transport: doi.agencies(transport, [PROBE_DOI])[PROBE_DOI],
    "datacite": lambda transport: datacite.dataset(transport, PROBE_DOI),
    "pubmed": lambda transport: PubMedClient(transport, kind="status").fetch([PROBE_PMID])[
        PROBE_PMID
    ],
    "europepmc": lambda transport: europepmc.by_doi(transport, [PROBE_DOI])[PROBE_DOI],
    "openalex": lambda transport: openalex.by_doi(transport, [PROBE_DOI])[PROBE_DOI],
}
"""A question to each service that is asked by its own address."""

BEHIND_DOI_ORG: Final = frozenset({"crosscite"})
"""Services that only doi.org leads to; nothing is asked of them directly."""


def probe(transport: Transport) -> dict[str, str]:
    """Why each service that a run would ask does not answer; empty where it does."""
    wanted = [
        name
        for name, service in SERVICES.items()
        if (name not in BEHIND_DOI_ORG and not service.optional)
        or name in transport.settings.sources
    ]
    return {name: _probed(transport, name) for name in wanted}


def _probed(transport: Transport, name: str) -> str:
    try:
        answer = PROBES[name](transport)
    except Unanswered as failure:
        answer = failure
    return reason_text(answer) if isinstance(answer, Unanswered) else ""
