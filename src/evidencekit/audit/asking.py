"""The services as a library: cited DOIs fetched in batches, candidates searched for.

A search asks what says most first, and stops at a match: at most three questions to
Crossref and one to PubMed. Only names, numbers, journal and title of the reference leave
the machine. What a service did not answer is named, and nothing is concluded from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from evidencekit.audit.locked import LockedLibrary
from evidencekit.audit.matching.cited import CitedWork
from evidencekit.audit.matching.identify import THRESHOLDS, rank
from evidencekit.audit.matching.library import DoiAnswer, SearchAnswer
from evidencekit.audit.matching.names import translations
from evidencekit.sources import crossref
from evidencekit.sources.cleaning import fold
from evidencekit.sources.entry import Entry
from evidencekit.sources.fetch import fetch
from evidencekit.sources.lock import Lock
from evidencekit.sources.pubmed import PubMedClient
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.request import Answer
from evidencekit.sources.status import EditorialStatus
from evidencekit.sources.transport import Transport
from evidencekit.sources.unanswered import Unanswered

ROWS = 5
"""Hits looked at of each question."""
Question = tuple[str, tuple[int, int] | None]


class AskingLibrary:
    """Answers from the services, and from a lock what they do not answer.

    Parameters
    ----------
    transport
        How the services are reached.
    lock
        What was seen before; what is answered now is merged in and stands in `lock`.
    """

    def __init__(self, transport: Transport, lock: Lock) -> None:
        self._transport = transport
        self.lock = lock
        self._locked = LockedLibrary(lock)
        self._asked: set[str] = set()

    def prepare(self, dois: Iterable[str]) -> None:
        """Ask for all these DOIs at once, in batches."""
        keys = [f"doi:{doi}" for doi in dict.fromkeys(dois) if doi]
        self._fetch([key for key in keys if key not in self._asked])

    def by_doi(self, doi: str) -> DoiAnswer:
        """The record and the registration of a DOI."""
        self.prepare([doi])
        return self._locked.by_doi(doi)

    def status(self, record: BibliographicRecord) -> EditorialStatus:
        """The editorial status of a paper by all sources asked."""
        if record.doi and "doi" not in record.marks:
            self.prepare([record.doi])
        return self._locked.status(record)

    def search(self, cited: CitedWork) -> SearchAnswer:
        """Candidates of the services, and the records of the lock."""
        records: list[BibliographicRecord] = list(self._locked.search(cited).records)
        searched: dict[str, None] = {}
        unanswered: dict[str, None] = {}
        for source, found in self._answers(cited):
            if isinstance(found, Unanswered):
                unanswered[f"{source}: {found}"] = None
                continue
            hits, answer = found
            searched[f"{source} on {answer.fetched.date()}"] = None
            records += hits
            if _settled(cited, records):
                break
        return SearchAnswer(
            records=tuple(records), searched=tuple(searched), unanswered=tuple(unanswered)
        )

    def _answers(
        self, cited: CitedWork
    ) -> Iterator[tuple[str, tuple[list[BibliographicRecord], Answer] | Unanswered]]:
        """Each question with what came back, until the caller has enough."""
        for text, years in questions(cited):
            try:
                hits, answer = crossref.search(self._transport, text, rows=ROWS, years=years)
            except Unanswered as failure:
                yield "Crossref", failure
                break
            yield "Crossref", ([hit.record for hit in hits], answer)
        term = pubmed_term(cited)
        if term:
            client = PubMedClient(self._transport)
            try:
                hits_found = client.search(term, most=ROWS)
                found = client.fetch(hits_found.pmids)
            except Unanswered as failure:
                yield "PubMed", failure
                return
            kept = [f.record for f in found.values() if not isinstance(f, Unanswered) and f.record]
            yield "PubMed", (kept, hits_found.answer)

    def _fetch(self, keys: list[str]) -> None:
        if not keys:
            return
        self._asked |= set(keys)
        found: dict[str, Entry] = {}

        def save(portion: Mapping[str, Entry]) -> None:
            found.update(portion)

        fetch(self._transport, keys, save=save)
        self.lock = self.lock.merged(found)
        self._locked = LockedLibrary(self.lock)


def questions(cited: CitedWork) -> tuple[Question, ...]:
    """What Crossref is asked, in order: without the title, with it, and without the years.

    The title stands last because it is what a translation changes; years because a wrong
    one would hide the work.
    """
    names = " ".join(cited.authors[:6])
    english = translations(fold(cited.container))
    journal = english[0] if english else cited.container
    numbers = " ".join(filter(None, (str(cited.year or ""), cited.volume, cited.locator)))
    years = None if cited.year is None else (cited.year - 1, cited.year + 1)
    texts: list[Question] = []
    if names and (journal or numbers):
        texts.append((_joined(names, journal, numbers), years))
    if cited.title:
        texts.append((_joined(names, cited.title, journal, numbers), years))
        if years is not None:
            texts.append((_joined(names, cited.title), None))
    return tuple(dict.fromkeys(texts))


def pubmed_term(cited: CitedWork) -> str:
    """The first two authors and the year in PubMed's syntax; empty without both."""
    names = [" ".join(fold(name).split()) for name in cited.authors[:2]]
    if not names or cited.year is None:
        return ""
    return " AND ".join([*(f'"{name}"[AU]' for name in names if name), f"{cited.year}[DP]"])


def _joined(*parts: str) -> str:
    return " ".join(" ".join(parts).split())


def _settled(cited: CitedWork, records: list[BibliographicRecord]) -> bool:
    """Whether a clear match is among the candidates, so that no more need be asked."""
    ranked = rank(cited, records)
    if not ranked or ranked[0].score.total < THRESHOLDS.accept:
        return False
    lead = ranked[0].score.total - ranked[1].score.total if len(ranked) > 1 else float("inf")
    return lead >= THRESHOLDS.margin
