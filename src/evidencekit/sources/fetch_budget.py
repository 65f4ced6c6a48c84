"""What a run would ask for, and how many requests that takes: known before the first one."""

from __future__ import annotations

import math
from collections.abc import Sequence

from evidencekit.sources import crossref, europepmc, openalex
from evidencekit.sources.doi import AGENCY_BATCH
from evidencekit.sources.entry import Entry
from evidencekit.sources.fetch import portions
from evidencekit.sources.pubmed import DOI_BATCH
from evidencekit.sources.settings import Settings


def incomplete(entry: Entry | None) -> bool:
    """Whether a key should be asked for again: never asked, unanswered, or only transcribed."""
    if entry is None or entry.record is None:
        return True
    registration = entry.registration
    states: set[str] = {entry.record.outcome, *(answer.state for answer in entry.status.values())}
    origins = {entry.record.origin}
    if registration:
        states, origins = states | {registration.state}, origins | {registration.origin}
    return "unchecked" in states or "transcribed" in origins


def expected_requests(keys: Sequence[str], settings: Settings) -> dict[str, int]:
    """About how many requests a run will send, by service, when nothing is kept.

    Parameters
    ----------
    keys
        What will be asked for.
    settings
        Which optional sources are turned on.
    """
    sizes = [len(portion) for portion in portions(keys)]

    def lists(size: int) -> int:
        return sum(math.ceil(n / size) for n in sizes)

    expected = {"doi": lists(AGENCY_BATCH), "crossref": lists(crossref.BATCH)}
    expected["pubmed"] = 2 * lists(DOI_BATCH)
    optional = {"europepmc": lists(europepmc.BATCH), "openalex": lists(openalex.BATCH)}
    return expected | {name: optional[name] for name in settings.sources}
