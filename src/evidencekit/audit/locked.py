"""The lock as a library: what was seen of cited papers, without asking anybody.

Its records are the candidates of a search offline; that nothing among them fits says
nothing, so a search of the lock alone never ends in "not found". Only a search of a
bibliographic service that is kept in the lock does; a transcribed search of web pages
is told, and leaves the reference unchecked.
"""

from __future__ import annotations

from collections.abc import Iterable

from evidencekit.audit.matching.cited import CitedWork
from evidencekit.audit.matching.library import DoiAnswer, Registration, SearchAnswer
from evidencekit.sources.entry import Entry
from evidencekit.sources.lock import Lock
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.status import EditorialStatus, merged_status


class LockedLibrary:
    """Answers from a lock.

    Parameters
    ----------
    lock
        As read from ``metadata.lock.json``.
    """

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self._records = tuple(
            entry.record.data
            for entry in lock.entries.values()
            if entry.record is not None and entry.record.data is not None and entry.record.confirms
        )

    def prepare(self, dois: Iterable[str]) -> None:
        """Nothing to do: the lock was read whole."""

    def by_doi(self, doi: str) -> DoiAnswer:
        """The record and the registration of a DOI, as far as the lock has them."""
        entry = self._lock.entry(f"doi:{doi}")
        if entry is None:
            return DoiAnswer(why="the lock has nothing about this DOI, and nobody was asked")
        record = entry.record.data if entry.record else None
        if entry.record is not None and entry.record.seeded_from:
            files = ", ".join(entry.record.seeded_from)
            return DoiAnswer(
                registration=_registration(entry),
                why=f"known only from {files}, which cannot confirm itself",
            )
        if record is not None and "doi" in record.marks:
            return DoiAnswer(why="the lock has this DOI from memory only")
        return DoiAnswer(registration=_registration(entry), record=record, why=_why(entry))

    def search(self, cited: CitedWork) -> SearchAnswer:
        """All records of the lock, and what services answered to an earlier search."""
        entry = self._lock.entry(f"doi:{cited.doi}") if cited.doi else None
        asked = tuple(s for s in entry.searches if s.origin == "fetched") if entry else ()
        searched = tuple(f"{place} on {s.on[:10]}" for s in asked for place in s.places)
        return SearchAnswer(records=self._records, searched=searched)

    def status(self, record: BibliographicRecord) -> EditorialStatus:
        """The status of a paper by all sources the lock knows of; unchecked when by none."""
        entry = self._lock.entry(f"doi:{record.doi}") or self._lock.entry(f"pmid:{record.pmid}")
        return merged_status(entry.status if entry else {})


def _registration(entry: Entry) -> Registration:
    """Whether the DOI exists: as the Handle System said, or as a service's own record shows."""
    known = entry.registration
    if known is not None and known.state in ("registered", "not_registered"):
        return "registered" if known.state == "registered" else "not_registered"
    record = entry.record
    if record is not None and record.outcome == "found" and record.origin == "fetched":
        return "registered"
    return "unchecked"


def _why(entry: Entry) -> str:
    """What the lock tells of an entry without a record."""
    told = [
        f"a search of {', '.join(search.places)} on {search.on[:10]} found "
        + ("nothing" if search.outcome == "nothing" else "only others")
        + (f": {search.note}" if search.note else "")
        for search in entry.searches
    ]
    reasons = [entry.record.reason] if entry.record and entry.record.reason else []
    return "; ".join([*told, *reasons])
