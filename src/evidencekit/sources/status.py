"""Editorial status from all sources that were asked: the worst wins, silence is not clean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from evidencekit.sources.moments import Origin, check_moment
from evidencekit.sources.record import PartialDate, Update
from evidencekit.sources.updates import TAKEN_BACK, UPDATE_STATES, State, state_of_notices, worst

NO_RECORD: Final = "holds no record of this paper"
"""Reason of a source that answered and has nothing to say of a paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusAnswer:
    """What one source says of a paper's status.

    Parameters
    ----------
    state
        ``unchecked`` when the source gave no answer; then *reason* says why.
    on
        Day, or moment in UTC, of the answer.
    notices
        The notices about the paper.
    note
        What the source does not cover, if anything.
    """

    state: State
    on: str
    origin: Origin = "fetched"
    urls: tuple[str, ...] = ()
    notices: tuple[Update, ...] = ()
    note: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        check_moment(self.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One editorial notice, with every source that knows it.

    Parameters
    ----------
    types
        The word of each source for it, by source: they differ at times.
    """

    types: Mapping[str, str]
    doi: str = ""
    pmid: str = ""
    date: PartialDate | None = None
    note: str = ""

    @property
    def state(self) -> State:
        """The worst state any source's word for it implies."""
        return worst(UPDATE_STATES.get(kind, "ok") for kind in self.types.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorialStatus:
    """Whether a paper stands, by all sources together.

    Parameters
    ----------
    state
        The worst of the answers. ``ok`` only when every source asked has answered;
        otherwise ``unchecked``.
    answered, unanswered
        The sources, in order of name.
    notices
        Oldest first, each once.
    disagreements
        In words: where sources differ about the paper or about one notice.
    """

    state: State
    answered: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    disagreements: tuple[str, ...] = ()


def merged_status(answers: Mapping[str, StatusAnswer]) -> EditorialStatus:
    """The status by all sources asked.

    Parameters
    ----------
    answers
        By name of the source; empty when none was asked, which gives ``unchecked``.

    Notes
    -----
    The worst state wins, except that a reinstatement which one source knows takes back an
    earlier retraction which another still reports: the merged notices decide together.
    """
    answered = tuple(sorted(name for name, a in answers.items() if a.state != "unchecked"))
    unanswered = tuple(sorted(name for name, a in answers.items() if a.state == "unchecked"))
    notices = _merged_notices(answers)
    # A retraction known by its notice is weighed with the notices, one that only a mark
    # (a publication type, a title) tells of counts as it is.
    together = state_of_notices(_as_updates(notices))
    unexplained = [
        answers[name].state
        for name in answered
        if answers[name].state != state_of_notices(answers[name].notices)
    ]
    if together == "reinstated":
        unexplained = [state for state in unexplained if state not in TAKEN_BACK]
    state = worst([together, *unexplained])
    if state == "ok" and (unanswered or not answered):
        state = "unchecked"
    return EditorialStatus(
        state=state,
        answered=answered,
        unanswered=unanswered,
        notices=notices,
        disagreements=_disagreements(answers, answered, notices),
    )


def _merged_notices(answers: Mapping[str, StatusAnswer]) -> tuple[Notice, ...]:
    merged: list[Notice] = []
    for asked in sorted(answers):
        for update in answers[asked].notices:
            source = update.source or asked
            at = next((i for i, n in enumerate(merged) if _same(n, update, source)), None)
            if at is None:
                merged.append(
                    Notice(
                        types={source: update.type},
                        doi=update.doi,
                        pmid=update.pmid,
                        date=update.date,
                        note=update.note,
                    )
                )
            else:
                merged[at] = _joined(merged[at], update, source)
    return tuple(sorted(merged, key=lambda n: (str(n.date or ""), n.doi, n.pmid)))


def _same(notice: Notice, update: Update, source: str) -> bool:
    """Whether a source tells of a notice already known: same identifier, and not a second one."""
    identified = (notice.doi and notice.doi == update.doi) or (
        notice.pmid and notice.pmid == update.pmid
    )
    return bool(identified) and notice.types.get(source, update.type) == update.type


def _joined(notice: Notice, update: Update, source: str) -> Notice:
    dates = [date for date in (notice.date, update.date) if date]
    notes = dict.fromkeys(note for note in (notice.note, update.note) if note)
    return Notice(
        types={**notice.types, source: update.type},
        doi=notice.doi or update.doi,
        pmid=notice.pmid or update.pmid,
        # The earlier day is when readers could first know.
        date=min(dates, key=str, default=None),
        note="; ".join(notes),
    )


def _as_updates(notices: tuple[Notice, ...]) -> list[Update]:
    return [
        Update(direction="affected", type=kind, doi=notice.doi, pmid=notice.pmid, date=notice.date)
        for notice in notices
        for kind in notice.types.values()
    ]


def _disagreements(
    answers: Mapping[str, StatusAnswer], answered: tuple[str, ...], notices: tuple[Notice, ...]
) -> tuple[str, ...]:
    found = []
    states = {name: answers[name].state for name in answered}
    if len(set(states.values())) > 1:
        found.append(", ".join(f"{name} says {state}" for name, state in states.items()))
    for notice in notices:
        implied = {UPDATE_STATES.get(kind, kind) for kind in notice.types.values()}
        if len(implied) > 1:
            words = ", ".join(f"{kind} at {name}" for name, kind in sorted(notice.types.items()))
            found.append(f"{notice.doi or f'PMID {notice.pmid}'} is {words}")
    return tuple(found)
