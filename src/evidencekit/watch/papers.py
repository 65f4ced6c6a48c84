"""What became of the papers that studies rest on: their status before and now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from evidencekit.sources.cited import keys_of
from evidencekit.sources.entry import Entry
from evidencekit.sources.lock import Lock, entry_key
from evidencekit.sources.status import EditorialStatus, merged_status
from evidencekit.sources.updates import State
from evidencekit.workspace.study import Study

TAKEN_AWAY: Final[frozenset[State]] = frozenset(("retracted", "removed", "withdrawn"))
"""States of a paper on whose numbers nobody may rely any longer."""

DOUBTED: Final[frozenset[State]] = TAKEN_AWAY | {"partially_retracted", "concern"}
"""States in which a paper cannot stay in an analysis without somebody's word."""

FIRST_REPORTS: Final = ("primary", "secondary")
"""Roles of reports that are the study's own; a review that prints its numbers is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper and its status.

    Parameters
    ----------
    key
        As in the lock.
    reports
        Studies that it reports.
    cited_by
        Other studies that cite it, such as for a review that prints their numbers.
    before, now
        Editorial status; of a run that asks nobody they are the same.
    notices
        Notices that were not known before, in words.
    absent
        Whether the registry asked does not know the paper.
    """

    key: str
    reports: tuple[str, ...]
    cited_by: tuple[str, ...]
    before: State
    now: State
    notices: tuple[str, ...] = ()
    absent: bool = False

    @property
    def changed(self) -> bool:
        """Whether there is news: that a paper proves to be clean is none, nor is silence."""
        if self.now in (self.before, "unchecked"):
            return bool(self.notices)
        return bool(self.notices) or (self.before, self.now) != ("unchecked", "ok")


def papers_of(studies: Iterable[Study]) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Every paper that studies cite: the studies that it reports, and the others, by key."""
    reported: dict[str, list[str]] = {}
    cited: dict[str, list[str]] = {}
    for study in studies:
        own = {
            entry_key(report.doi or report.pmid)
            for report in study.reports
            if (report.doi or report.pmid) and report.role in FIRST_REPORTS
        }
        for key in own:
            reported.setdefault(key, []).append(study.id)
        for key in set(keys_of(study)) - own:
            cited.setdefault(key, []).append(study.id)
    return {
        key: (tuple(sorted(reported.get(key, ()))), tuple(sorted(cited.get(key, ()))))
        for key in sorted({*reported, *cited})
    }


def compared(
    papers: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]], before: Lock, now: Lock
) -> tuple[Paper, ...]:
    """Each paper's status in two states of the lock, in order of key."""
    return tuple(
        _paper(key, reports, cited, before.entries.get(key, Entry()), now.entries.get(key, Entry()))
        for key, (reports, cited) in papers.items()
    )


def _paper(
    key: str, reports: tuple[str, ...], cited: tuple[str, ...], old: Entry, new: Entry
) -> Paper:
    before, now = merged_status(old.status), merged_status(new.status)
    known = _notices(before)
    return Paper(
        key=key,
        reports=reports,
        cited_by=cited,
        before=before.state,
        now=now.state,
        notices=tuple(text for name, text in _notices(now).items() if name not in known),
        absent=new.record is not None and new.record.outcome == "absent",
    )


def _notices(status: EditorialStatus) -> dict[tuple[str, str, str], str]:
    """The notices in words, by what tells them apart: state and identifier."""
    found: dict[tuple[str, str, str], str] = {}
    for notice in status.notices:
        name = notice.doi or (f"PMID {notice.pmid}" if notice.pmid else "")
        kinds = ", ".join(sorted(set(notice.types.values()))).replace("_", " ")
        day = f" ({notice.date})" if notice.date else ""
        found[notice.state, notice.doi, notice.pmid] = f"{kinds} {name}".strip() + day
    return found


def studies_in(papers: Iterable[Paper], states: frozenset[State]) -> dict[str, State]:
    """Studies one of whose own reports is in such a state, with that state."""
    return {study: paper.now for paper in papers if paper.now in states for study in paper.reports}
