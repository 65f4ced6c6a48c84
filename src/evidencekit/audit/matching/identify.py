"""Which paper a reference means: the first of three stages (identify, compare, judge).

A DOI that resolves proves nothing about the reference; its record must look like the
citation. A DOI that does not may be damaged: then the citation's other fields must find
the record, and the DOI must support it. Thresholds are calibrated on real articles
(``THRESHOLDS``); every decision keeps its score.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from evidencekit.audit.matching.cited import CitedWork
from evidencekit.audit.matching.compare import compare_title
from evidencekit.audit.matching.evidence import Score, score, title_likeness, titles_of
from evidencekit.audit.matching.library import DoiAnswer, Library, Registration, SearchAnswer
from evidencekit.audit.matching.names import same_author, same_container
from evidencekit.audit.matching.repair import supports, variants
from evidencekit.sources.record import BibliographicRecord

Verdict = Literal[
    "confirmed",
    "repaired",
    "wrong-coordinates",
    "wrong-work",
    "not-found",
    "ambiguous",
    "unchecked",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Points at which decisions are taken.

    Parameters
    ----------
    own, strange
        For the record of the cited DOI: from ``own`` it is the work, below ``strange`` another.
    accept, margin
        For a candidate found by search: its points, and its lead over the next work.
    possible
        From here a candidate is shown as possible.
    mend
        From here a correction may be made without asking.
    contents, coordinates
        Same work with wrong coordinates: contents at least, coordinates below.
    """

    own: float = 4.5
    strange: float = 1.0
    accept: float = 6.0
    margin: float = 1.5
    possible: float = 4.5
    mend: float = 7.0
    contents: float = 5.0
    coordinates: float = 1.0


THRESHOLDS: Final = Thresholds()
MOST_RANKED: Final = 20
"""Candidates told apart as works: only the best decide."""
SURE_TITLE: Final = 3.5
"""Points of a title (at 95 % alike) that outweigh wrong names and a wrong page."""
SAME_TITLE: Final = 0.70
"""Likeness (0 to 1) at which a title counts towards the same work with wrong coordinates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record and its points."""

    record: BibliographicRecord
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which paper a reference means.

    Parameters
    ----------
    verdict
        ``confirmed``: this paper; its DOI, if one is cited, is right.
        ``repaired``: this paper, by another DOI than the damaged one cited.
        ``wrong-coordinates``: this work exists, but year, volume, pages or DOI are another's.
        ``wrong-work``: the cited DOI is another paper's (`owner`); `match`, if any, is meant.
        ``not-found``: nothing like it in what was searched.
        ``ambiguous``: two works fit alike, or the DOI's own paper fits half.
        ``unchecked``: nobody could be asked.
    match
        The paper meant, where known.
    owner
        The paper the cited DOI belongs to, where that is another one.
    margin
        Lead of the match over the next work, in points; None where only one was looked at.
    registration
        Whether the cited DOI is registered.
    searched, unanswered
        As in `SearchAnswer`; empty when no search was needed.
    considered
        The best candidates, most points first.
    why
        Reasons for what is unchecked.
    """

    verdict: Verdict
    match: Candidate | None = None
    owner: Candidate | None = None
    margin: float | None = None
    registration: Registration = "unchecked"
    searched: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    considered: tuple[Candidate, ...] = ()
    why: str = ""

    @property
    def mendable(self) -> bool:
        """Whether a correction is sure enough to be made without asking."""
        if self.match is None or self.verdict not in ("repaired", "confirmed", "wrong-work"):
            return False
        found = self.match.score
        names = found.of("first_author") + found.of("authors") > 0
        place = found.of("locator") > 0 or found.of("volume") > 0
        return found.total >= THRESHOLDS.mend and names and place


def identify(cited: CitedWork, library: Library) -> Identity:
    """Which paper a citation means.

    Parameters
    ----------
    cited
        The citation; ``doi`` in normal form or empty.
    library
        Where DOIs and candidates are looked up; searched only when the DOI does not settle it.
    """
    answer = library.by_doi(cited.doi) if cited.doi else DoiAnswer()
    owner = None
    if answer.record is not None:
        owner = Candidate(record=answer.record, score=score(cited, answer.record))
        fits = owner.score.total >= THRESHOLDS.own and not is_stranger(cited, owner)
        if _says_nothing(cited) or fits:
            return Identity(
                verdict="confirmed",
                match=owner,
                registration=answer.registration,
                considered=(owner,),
            )
    search = library.search(cited)
    spelt = () if owner else _spelt_otherwise(cited, library)
    ranked = rank(cited, (*spelt, *search.records), without=cited.doi if owner else "")
    return _decide(cited, answer, owner, search, ranked)


def _spelt_otherwise(cited: CitedWork, library: Library) -> tuple[BibliographicRecord, ...]:
    """Records of the DOIs that the cited text may stand for; candidates like any other."""
    answers = (library.by_doi(doi) for doi in variants(cited.doi_text))
    return tuple(answer.record for answer in answers if answer.record is not None)


def _decide(
    cited: CitedWork,
    answer: DoiAnswer,
    owner: Candidate | None,
    search: SearchAnswer,
    ranked: tuple[Candidate, ...],
) -> Identity:
    """The verdict, once the cited DOI alone did not settle it."""
    best = ranked[0] if ranked else None
    margin = _margin(ranked)
    accepted = (
        best is not None and best.score.total >= THRESHOLDS.accept and not is_stranger(cited, best)
    )
    clear = margin is None or margin >= THRESHOLDS.margin
    sibling = next((c for c in ranked if same_work_elsewhere(cited, c)), None)

    def identity(verdict: Verdict, match: Candidate | None = None, why: str = "") -> Identity:
        return Identity(
            verdict=verdict,
            match=match,
            owner=owner if owner is not match else None,
            margin=margin,
            registration=answer.registration,
            searched=search.searched,
            unanswered=search.unanswered,
            considered=tuple(c for c in (owner, *ranked[:5]) if c is not None),
            why=why,
        )

    if accepted and clear:
        return identity(_accepted(cited, answer, owner, best), best, answer.why)
    if accepted:
        return identity("ambiguous", best)
    if sibling is not None:
        return identity("wrong-coordinates", sibling)
    if owner is not None and same_work_elsewhere(cited, owner):
        return identity("wrong-coordinates", owner)
    if (
        owner is not None
        and owner.score.total >= THRESHOLDS.strange
        and not is_stranger(cited, owner)
    ):
        return identity("ambiguous", owner)
    if owner is not None:
        return identity("wrong-work")
    if search.searched and not search.unanswered:
        return identity("not-found")
    return identity("unchecked", why=answer.why or "; ".join(search.unanswered) or "no search")


def _accepted(
    cited: CitedWork, answer: DoiAnswer, owner: Candidate | None, best: Candidate | None
) -> Verdict:
    """What an accepted candidate means for the cited DOI."""
    if owner is not None:
        return "wrong-work"
    if best is None or not cited.doi or cited.doi == best.record.doi:
        return "confirmed"
    if answer.registration == "registered":
        # The DOI exists, but its record could not be had: nothing is known against it.
        return "unchecked"
    if not best.record.doi:
        return "confirmed"
    agrees = supports(cited.doi, best.record.doi) or best.score.of("locator") > 0
    return "repaired" if agrees else "ambiguous"


def is_stranger(cited: CitedWork, candidate: Candidate) -> bool:
    """Whether a record is another work although its points add up.

    Works of one journal and year share four fields, and series share most of a title or the
    first author. A wrong page beside another title in the same language, or beside other
    authors, is not one mistake but another work.
    """
    points = candidate.score
    if points.of("locator") >= 0 or points.of("title") >= SURE_TITLE:
        return False
    if points.of("first_author") + points.of("authors") <= -2:
        return True
    return compare_title(cited, candidate.record).verdict == "different"


def same_work_elsewhere(cited: CitedWork, candidate: Candidate) -> bool:
    """Whether a record is the cited work although the coordinates are another's.

    All cited authors in their order, the contents strong, the coordinates weak, and the
    same title (or journal, when the titles are in two languages). A paper of the same
    authors with another title in the same language is a sibling, not the work.
    """
    record, points = candidate.record, candidate.score
    if points.contents < THRESHOLDS.contents or points.coordinates >= THRESHOLDS.coordinates:
        return False
    if len(cited.authors) > len(record.authors) or not all(
        same_author(name, author)
        for name, author in zip(cited.authors, record.authors, strict=False)
    ):
        return False
    if compare_title(cited, record).verdict == "different":
        return False
    likeness = title_likeness(cited.title, record) or 0.0
    return likeness >= SAME_TITLE or same_container(cited.container, record)


def rank(
    cited: CitedWork, records: Iterable[BibliographicRecord], *, without: str = ""
) -> tuple[Candidate, ...]:
    """Candidates with their points, most first; versions of one work count once."""
    scored = [
        Candidate(record=record, score=score(cited, record))
        for record in records
        if not without or record.doi != without
    ]
    scored.sort(key=_order)
    works: list[Candidate] = []
    for candidate in scored[:MOST_RANKED]:
        if not any(same_work(candidate.record, work.record) for work in works):
            works.append(candidate)
    return tuple(works)


def same_work(one: BibliographicRecord, other: BibliographicRecord) -> bool:
    """Whether two records are one work: same identifier, or preprint and article of one title."""
    if (one.doi and one.doi == other.doi) or (one.pmid and one.pmid == other.pmid):
        return True
    related = {relation.identifier for relation in one.relations if "preprint" in relation.type}
    related |= {relation.identifier for relation in other.relations if "preprint" in relation.type}
    if related & {one.doi, other.doi} - {""}:
        return True
    preprint = "posted-content" in (one.type, other.type)
    return preprint and bool(set(titles_of(one)) & set(titles_of(other)))


def _order(candidate: Candidate) -> tuple[float, bool, str, str, str]:
    """Most points first; of equals an article before its preprint, then by identifier."""
    record = candidate.record
    preprint = record.type == "posted-content"
    return -candidate.score.total, preprint, record.doi, record.pmid, record.title


def _margin(ranked: tuple[Candidate, ...]) -> float | None:
    if len(ranked) < 2:
        return None
    return ranked[0].score.total - ranked[1].score.total


def _says_nothing(cited: CitedWork) -> bool:
    """Whether a citation is a bare identifier, with nothing to compare."""
    return not (cited.authors or cited.title or cited.container or cited.year or cited.pages)
