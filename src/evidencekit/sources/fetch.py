"""Identifiers to entries of the lock: agency, record, and status from every source asked.

Every identifier ends answered or ``unchecked`` with a reason. Work goes in portions, and what
is complete is saved every few seconds and whenever a run ends, interrupted or not; whatever
was answered is in the cache as well, so that the next run asks for the rest only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from evidencekit.errors import UsageError
from evidencekit.sources import crossref, datacite, doi, europepmc, openalex
from evidencekit.sources.answers import (
    at_crossref_after_all,
    best_record,
    record_answer,
    registration_answer,
    status_answers,
)
from evidencekit.sources.doi import Agency, Handle
from evidencekit.sources.entry import Entry, RecordAnswer
from evidencekit.sources.limits import Clock
from evidencekit.sources.pubmed import PubMedClient
from evidencekit.sources.request import Found
from evidencekit.sources.retraction_watch import read_retraction_watch
from evidencekit.sources.services import SERVICES
from evidencekit.sources.status import StatusAnswer
from evidencekit.sources.transport import Transport
from evidencekit.sources.unanswered import Unanswered
from evidencekit.sources.updates import state_of_notices

PORTION = 50
"""Identifiers that are asked for together."""

SAVE_EVERY = 10.0
"""Seconds between two savings at least: each writes the whole lock."""

Asked = Found | Unanswered
ByDoi = Callable[[Transport, Sequence[str]], dict[str, Asked]]


def _ask_pubmed(transport: Transport, dois: Sequence[str]) -> dict[str, Asked]:
    return PubMedClient(transport, kind="status").by_doi(dois)


WITNESSES: dict[str, ByDoi] = {
    "pubmed": _ask_pubmed,
    "europepmc": europepmc.by_doi,
    "openalex": openalex.by_doi,
}
"""Sources that are asked about every DOI, whichever agency registered it."""

AGENCIES: dict[str, tuple[str, Callable[[Transport, str], Found]]] = {
    "DataCite": ("datacite", datacite.dataset),
    "": ("doi", doi.negotiated),
}
"""Where the record of a DOI is had, by agency; all others by content negotiation.

Crossref is not in it: it answers for many DOIs at once.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a run is.

    Parameters
    ----------
    done, total
        Identifiers.
    requests
        Requests sent so far; answers from the cache are none.
    """

    done: int
    total: int
    requests: int


def fetch(
    transport: Transport,
    keys: Iterable[str],
    *,
    save: Callable[[Mapping[str, Entry]], object],
    progress: Callable[[Progress], object] | None = None,
    retraction_watch: Path | None = None,
    clock: Clock | None = None,
) -> dict[str, Entry]:
    """Ask for all identifiers.

    Parameters
    ----------
    transport
        Whose settings say which optional sources are asked.
    keys
        As `evidencekit.sources.lock.entry_key` gives them; each is asked for once.
    save
        Is given what is complete, each entry once; writing the lock is its business.
    progress
        Is told after every portion.
    retraction_watch
        The Retraction Watch file, when it is to be consulted.
    clock
        Time.

    Returns
    -------
    dict
        An entry for every key, in the order given.

    Raises
    ------
    UsageError
        A key is neither of a DOI nor of a PMID.
    FileError
        The Retraction Watch file cannot be read.
    """
    wanted = list(dict.fromkeys(keys))
    for key in wanted:
        if key.partition(":")[0] not in ("doi", "pmid"):
            raise UsageError(f"not a DOI or PMID: {key!r}")
    listed = _listed_notices(retraction_watch, wanted)
    time = clock or Clock()
    entries: dict[str, Entry] = {}
    unsaved: dict[str, Entry] = {}
    saved_at = time.monotonic()
    try:
        for portion in portions(wanted):
            found = _portion(transport, portion, datetime.fromtimestamp(int(time.wall()), UTC))
            for key, answer in listed.items():
                if key in found:
                    found[key] = replace(found[key], status={**found[key].status, **answer})
            entries |= found
            unsaved |= found
            if time.monotonic() - saved_at >= SAVE_EVERY:
                unsaved, complete = {}, unsaved
                save(complete)
                saved_at = time.monotonic()
            if progress:
                sent = sum(transport.requests.values())
                progress(Progress(done=len(entries), total=len(wanted), requests=sent))
    finally:
        # Also when a person or an error ends the run here.
        if unsaved:
            save(unsaved)
    return entries


def portions(keys: Sequence[str]) -> list[Sequence[str]]:
    """The keys in the portions that `fetch` works in."""
    return [keys[start : start + PORTION] for start in range(0, len(keys), PORTION)]


def _portion(transport: Transport, keys: Sequence[str], now: datetime) -> dict[str, Entry]:
    dois = [key.removeprefix("doi:") for key in keys if key.startswith("doi:")]
    pmids = [key.removeprefix("pmid:") for key in keys if key.startswith("pmid:")]
    entries = {f"doi:{name}": entry for name, entry in _dois(transport, dois, now).items()}
    found = PubMedClient(transport, kind="status").fetch(pmids)
    for pmid, answer in found.items():
        entries[f"pmid:{pmid}"] = Entry(
            record=record_answer("pubmed", answer, now=now),
            status=status_answers({"pubmed": answer}, now=now),
        )
    return {key: entries[key] for key in keys}


def _dois(transport: Transport, dois: list[str], now: datetime) -> dict[str, Entry]:
    agencies = doi.agencies(transport, dois)
    # Where doi.org is silent, Crossref is asked all the same: it can say yes.
    at_crossref = [d for d in dois if _may_be_crossref(agencies[d])]
    records = crossref.works(transport, at_crossref, kind="status") if at_crossref else {}
    known = [d for d in dois if not _denied(agencies[d])]
    names = [n for n in WITNESSES if not SERVICES[n].optional or n in transport.settings.sources]
    witnesses = {name: WITNESSES[name](transport, known) if known else {} for name in names}
    return {
        d: _entry(
            transport,
            d,
            agencies[d],
            records.get(d),
            {name: witnesses[name][d] for name in names if d in witnesses[name]},
            now,
        )
        for d in dois
    }


def _denied(agency: Agency | Unanswered) -> bool:
    return isinstance(agency, Agency) and agency.denied


def _may_be_crossref(agency: Agency | Unanswered) -> bool:
    return isinstance(agency, Unanswered) or agency.agency == "Crossref"


def _entry(
    transport: Transport,
    name: str,
    agency: Agency | Unanswered,
    at_crossref: Asked | None,
    witnesses: dict[str, Asked],
    now: datetime,
) -> Entry:
    handle = _handle(transport, name, agency, at_crossref)
    registration = registration_answer(agency, handle, now=now)
    asked: dict[str, Asked] = dict(witnesses)
    if at_crossref is not None:
        asked["crossref"] = at_crossref
    if isinstance(at_crossref, Found) and at_crossref.record:
        if not isinstance(agency, Agency):
            # Crossref holds it, so it is registered there although doi.org was silent.
            registration = at_crossref_after_all(registration, at_crossref.answer)
    elif registration.state == "registered" and registration.agency != "Crossref":
        source, ask = AGENCIES.get(registration.agency, AGENCIES[""])
        asked[source] = _asked(ask, transport, name)
    if registration.state in ("not_registered", "invalid"):
        absent = RecordAnswer(
            outcome="absent",
            source="doi.org",
            on=registration.on,
            urls=registration.urls,
            http_status=404,
        )
        return Entry(record=absent, registration=registration)
    # Content negotiation gives a record and no word on its status.
    speaking = {source: answer for source, answer in asked.items() if source != "doi"}
    return Entry(
        record=best_record(asked, registration.state == "unchecked", now),
        registration=registration,
        status=status_answers(speaking, now=now),
    )


def _handle(
    transport: Transport, name: str, agency: Agency | Unanswered, at_crossref: Asked | None
) -> Handle | Unanswered | None:
    """Ask the Handle System where there is doubt whether the DOI exists."""
    doubt = isinstance(agency, Agency) and not agency.agency
    doubt |= isinstance(at_crossref, Found) and at_crossref.record is None
    if not doubt:
        return None
    try:
        return doi.handle(transport, name)
    except Unanswered as failure:
        return failure


def _asked(ask: Callable[[Transport, str], Found], transport: Transport, name: str) -> Asked:
    try:
        return ask(transport, name)
    except Unanswered as failure:
        return failure


def _listed_notices(path: Path | None, keys: list[str]) -> dict[str, dict[str, StatusAnswer]]:
    if path is None:
        return {}
    dois = [key.removeprefix("doi:") for key in keys if key.startswith("doi:")]
    # The file's own age is what its silence is worth.
    notices = read_retraction_watch(path, dois)
    on = datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
    return {
        f"doi:{name}": {
            "retraction-watch": StatusAnswer(
                state=state_of_notices(found), on=on, notices=found, note=f"file {path.name}"
            )
        }
        for name, found in notices.items()
    }
