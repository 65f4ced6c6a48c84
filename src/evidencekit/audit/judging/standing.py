"""Findings about the paper itself: whether it stands, and what kind of paper it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from evidencekit.audit.judging.finding import AuditFinding
from evidencekit.audit.judging.judged import Judged, described, is_the_work, make_finding
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.status import EditorialStatus, Notice
from evidencekit.sources.updates import State

STATE_RULES: Final[dict[State, str]] = {
    "retracted": "EK130",
    "partially_retracted": "EK131",
    "withdrawn": "EK132",
    "removed": "EK132",
    "concern": "EK133",
    "corrected": "EK134",
    "reinstated": "EK135",
    "superseded": "EK141",
}
SECONDARY: Final = frozenset(
    {"comment", "commentary", "letter", "editorial", "news", "book review", "peer-review"}
)
"""Publication types, lower case, that are no evidence of their own."""


def check_status(judged: Judged) -> Iterator[AuditFinding]:
    """EK130 to EK141, EK160 and EK191: whether the paper stands, and what kind of paper it is."""
    record, status = judged.record, judged.status
    if record is None or not is_the_work(judged.identity):
        return
    if any(update.direction == "notice" for update in record.updates):
        yield make_finding(judged, "EK136", f"{described(record)} is a notice about another paper")
    kinds = {kind.casefold() for kind in (record.type, *record.publication_types)} & SECONDARY
    if kinds:
        yield make_finding(judged, "EK160", f"the record calls it {', '.join(sorted(kinds))}")
    if status is None:
        return
    if status.state in STATE_RULES:
        yield make_finding(judged, _state_rule(status.state, record), _told(status))
    for disagreement in status.disagreements:
        yield make_finding(judged, "EK191", disagreement)


def _state_rule(state: State, record: BibliographicRecord) -> str:
    preprint = state == "superseded" and record.type == "posted-content"
    return "EK140" if preprint else STATE_RULES[state]


def _told(status: EditorialStatus) -> str:
    """The notices behind a state, with who tells of them."""
    told = [_notice(notice) for notice in status.notices if notice.state == status.state]
    sources = ", ".join(status.answered)
    return "; ".join(told) if told else f"{status.state.replace('_', ' ')} according to {sources}"


def _notice(notice: Notice) -> str:
    kind = " / ".join(sorted(set(notice.types.values()))).replace("_", " ")
    where = notice.doi or (f"PMID {notice.pmid}" if notice.pmid else "")
    parts = [kind, where, str(notice.date or ""), notice.note, f"({', '.join(notice.types)})"]
    return " ".join(part for part in parts if part)
