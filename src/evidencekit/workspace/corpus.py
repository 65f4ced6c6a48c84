"""All records of a workspace side by side, as the checks across files need them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evidencekit.workspace.document import Document
from evidencekit.workspace.outcome import Outcome
from evidencekit.workspace.problems import UNKNOWN
from evidencekit.workspace.records import Record, expected_kind, stem


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Records by kind, and what is known about files that could not be read.

    Parameters
    ----------
    studies, plans, claims
        In order of file name.
    outcomes
        The record of ``studies/outcomes.yaml``; None when it cannot be read.
    documents
        Every file, readable or not.
    complete
        Whether every study file could be read in full, so that what no study
        has is truly absent.
    """

    studies: tuple[Record, ...]
    plans: tuple[Record, ...]
    claims: tuple[Record, ...]
    outcomes: Record | None
    documents: Mapping[str, Document]
    complete: bool
    study_ids: frozenset[str]
    outcomes_by_id: Mapping[str, Outcome]
    studies_by_id: Mapping[str, Record]
    report_references: frozenset[str] = field(repr=False)


def gather(records: Sequence[Record], documents: Mapping[str, Document]) -> Corpus:
    """Put the records of a run side by side."""
    studies = tuple(r for r in records if r.kind == "study")
    outcomes = next((r for r in records if r.kind == "outcomes"), None)
    study_files = [name for name in documents if expected_kind(name) == "study"]
    by_id = {record.identifier: record for record in reversed(studies)}
    return Corpus(
        studies=studies,
        plans=tuple(r for r in records if r.kind == "plan"),
        claims=tuple(r for r in records if r.kind == "claims"),
        outcomes=outcomes,
        documents=documents,
        complete=len(study_files) == len(studies) and all(r.whole for r in studies),
        # A file that cannot be read still says by its name that the study exists.
        study_ids=frozenset(by_id) | {stem(name) for name in study_files},
        outcomes_by_id={o.id: o for o in _outcomes(outcomes) if known(o.id)},
        studies_by_id=by_id,
        report_references=frozenset(_references(studies)),
    )


def known(value: Any, otherwise: Any = "") -> Any:
    """The value, or something else where it could not be read."""
    return otherwise if value is UNKNOWN else value


def items(value: Any) -> Iterator[tuple[int, Any]]:
    """Numbered items of a list that were read; none where the list was not."""
    if value is UNKNOWN:
        return
    for index, item in enumerate(value):
        if item is not UNKNOWN:
            yield index, item


def _outcomes(record: Record | None) -> Iterator[Outcome]:
    if record is not None:
        for _, outcome in items(record.value.outcomes):
            yield outcome


def _references(studies: Sequence[Record]) -> Iterator[str]:
    for record in studies:
        for _, report in items(record.value.reports):
            yield from references_of(report)


def references_of(report: Any) -> Iterator[str]:
    """Every way in which a report may be referred to, folded by `fold_reference`."""
    if known(report.doi):
        yield fold_reference(report.doi)
    if known(report.pmid):
        yield f"pmid:{report.pmid}"
        yield report.pmid
    if known(report.url):
        yield fold_reference(report.url)
    if known(report.citation):
        yield fold_reference(report.citation)


def fold_reference(reference: str) -> str:
    """DOIs and addresses compare without regard to case; ``PMID: 1`` is ``pmid:1``."""
    folded = reference.strip().casefold()
    if folded.startswith("pmid"):
        return f"pmid:{folded[4:].lstrip(': ')}"
    return folded
