"""Saved searches run again: what PubMed has added since, and what nobody has decided on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from evidencekit.sources.answers import reason_text
from evidencekit.sources.cited import keys_of
from evidencekit.sources.lock import Lock
from evidencekit.sources.pubmed import PubMedClient
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.request import Found
from evidencekit.sources.transport import Transport
from evidencekit.sources.unanswered import Unanswered
from evidencekit.watch.memory import Candidate, Searched
from evidencekit.workspace.plan import Search
from evidencekit.workspace.study import Study

OVERLAP = timedelta(days=1)
"""PubMed's days end later than ours; what is found twice is known already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOutcome:
    """What the search of one analysis has to say.

    Parameters
    ----------
    analysis
        Id of the plan.
    since
        Day from which PubMed's new records were asked for; None: all, or not asked.
    new
        PMIDs that this run found for the first time.
    waiting
        Candidates on which nobody has decided, the new ones among them.
    beyond
        Records that the search finds and PubMed does not list.
    failed
        Why the search, or a title, was not had.
    searched
        What to remember; None when there was no search before and none now.
    """

    analysis: str
    since: date | None = None
    new: tuple[str, ...] = ()
    waiting: tuple[Candidate, ...] = ()
    beyond: int = 0
    failed: tuple[str, ...] = ()
    searched: Searched | None = None


def known_papers(studies: Iterable[Study], lock: Lock) -> frozenset[str]:
    """Keys of every paper that studies cite, under its DOI and its PMID where both are known."""
    keys = {key for study in studies for key in keys_of(study)}
    for key in tuple(keys):
        entry = lock.entries.get(key)
        if entry and entry.record and entry.record.data:
            keys |= _keys(entry.record.data.doi, entry.record.data.pmid)
    return frozenset(keys)


def _keys(doi: str, pmid: str) -> set[str]:
    return {f"{kind}:{name}" for kind, name in (("doi", doi), ("pmid", pmid)) if name}


def begin_at(search: Search, before: Searched | None, since: date | None) -> date | None:
    """The day whose records are asked for first; None asks for all there are."""
    if since is not None:
        return since
    if before is not None and before.query == search.query:
        return date.fromisoformat(before.on) - OVERLAP
    return search.screened_to


def dated(query: str, since: date | None) -> str:
    """A search for what was added to PubMed since a day.

    The day on which a record was created counts, not the Entrez date: that one is set to the
    day of publication when a record comes more than a year late.

    Examples
    --------
    >>> dated("colds OR flu", date(2026, 1, 31))
    '(colds OR flu) AND 2026/01/31:3000/12/31[crdt]'
    """
    return f"({query}) AND {since:%Y/%m/%d}:3000/12/31[crdt]" if since else query


def not_run(analysis: str, before: Searched | None, known: frozenset[str]) -> SearchOutcome:
    """What is left of earlier runs, where none is made now."""
    waiting = _waiting(before.candidates if before else (), known)
    return SearchOutcome(analysis=analysis, waiting=waiting, searched=before)


def run_search(
    transport: Transport,
    analysis: str,
    search: Search,
    *,
    before: Searched | None,
    known: frozenset[str],
    since: date | None,
    today: date,
) -> SearchOutcome:
    """Ask PubMed for what is new to one analysis.

    Parameters
    ----------
    before
        The run before.
    known
        As `known_papers` gives them: no candidates.
    since
        Asked for instead of the day of the run before.
    today
        In UTC.

    Returns
    -------
    SearchOutcome
        When PubMed gave no whole list, the day of the run before is kept, so that the next
        run asks for the same days again.
    """
    client = PubMedClient(transport, kind="query")
    start = begin_at(search, before, since)
    candidates = {item.pmid: item for item in (before.candidates if before else ())}
    try:
        hits = client.search(dated(search.query, start))
    except Unanswered as failure:
        left = not_run(analysis, before, known)
        return replace(left, since=start, failed=(reason_text(failure),))
    fresh = [p for p in hits.pmids if p not in candidates and f"pmid:{p}" not in known]
    nameless = [p for p, c in candidates.items() if not c.title and not c.decision]
    described = client.fetch([*fresh, *nameless])
    for pmid in fresh:
        candidates[pmid] = Candidate(pmid=pmid, found=today.isoformat())
    for pmid, answer in described.items():
        if isinstance(answer, Found) and answer.record:
            candidates[pmid] = _described(candidates[pmid], answer.record)
    waiting = _waiting(candidates.values(), known)
    # What a study cites by now need not be remembered; what somebody decided does.
    kept = [item for item in candidates.values() if item.decision or item in waiting]
    kept.sort(key=lambda item: int(item.pmid))
    beyond = hits.total - len(hits.pmids)
    failures = [reason_text(a) for a in described.values() if isinstance(a, Unanswered)]
    return SearchOutcome(
        analysis=analysis,
        since=start,
        new=tuple(item.pmid for item in waiting if item.pmid in fresh),
        waiting=waiting,
        beyond=beyond,
        failed=tuple(dict.fromkeys(failures)),
        searched=_remembered(search.query, before, tuple(kept), today=today, whole=not beyond),
    )


def _described(candidate: Candidate, record: BibliographicRecord) -> Candidate:
    day = record.date("print", "issued", "online")
    year = str(day.year) if day else ""
    return replace(candidate, doi=record.doi, title=record.title, year=year)


def _waiting(candidates: Iterable[Candidate], known: frozenset[str]) -> tuple[Candidate, ...]:
    left = (c for c in candidates if not c.decision and not _keys(c.doi, c.pmid) & known)
    return tuple(sorted(left, key=lambda item: int(item.pmid)))


def _remembered(
    query: str,
    before: Searched | None,
    candidates: tuple[Candidate, ...],
    *,
    today: date,
    whole: bool,
) -> Searched | None:
    if whole:
        return Searched(query=query, on=today.isoformat(), candidates=candidates)
    return replace(before, candidates=candidates) if before else None


def outcomes_by_analysis(outcomes: Iterable[SearchOutcome]) -> Mapping[str, Searched]:
    """What to remember of each."""
    return {o.analysis: o.searched for o in outcomes if o.searched is not None}
