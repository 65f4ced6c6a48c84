"""The table of checks, and how they are run.

A check is a generator of findings, given one thing at a time: an arm's data, a
result, a study, a plan, a claim, its evidence, or everything. When it touches a
value that could not be read it ends there, and only for that thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from evidencekit.errors import Finding
from evidencekit.workspace.checks import (
    claims,
    conditions,
    identity,
    meaning,
    numbers,
    plans,
    references,
    strict,
)
from evidencekit.workspace.corpus import Corpus, gather, items
from evidencekit.workspace.document import Document
from evidencekit.workspace.problems import UNKNOWN, Incomplete
from evidencekit.workspace.records import Record

Scope = Literal["arm", "result", "study", "plan", "claims", "claim", "evidence", "corpus"]


class Check(NamedTuple):
    """One row of `WORKSPACE_CHECKS`."""

    codes: tuple[str, ...]
    scope: Scope
    function: Callable[..., Iterator[Finding]]


def run_checks(
    records: Sequence[Record], documents: Mapping[str, Document], *, strict: bool = False
) -> list[Finding]:
    """Run every check on every record.

    Parameters
    ----------
    records
        Decoded files, also those with errors.
    documents
        Every file of the workspace, by relative path.
    strict
        Also run `STRICT_CHECKS`.
    """
    corpus = gather(records, documents)
    table = WORKSPACE_CHECKS + (STRICT_CHECKS if strict else ())
    by_scope: dict[str, list[Callable[..., Iterator[Finding]]]] = {}
    for check in table:
        by_scope.setdefault(check.scope, []).append(check.function)
    findings: list[Finding] = []
    for record in corpus.studies:
        _run(by_scope["study"], findings, record, corpus)
        for index, result in items(record.value.results):
            _result(by_scope, findings, record, index, result, corpus)
    for record in corpus.plans:
        _run(by_scope["plan"], findings, record, corpus)
    for record in corpus.claims:
        _claims(by_scope, findings, record, corpus)
    _run(by_scope["corpus"], findings, corpus)
    return findings


def _claims(
    by_scope: Mapping[str, list[Callable[..., Iterator[Finding]]]],
    findings: list[Finding],
    record: Record,
    corpus: Corpus,
) -> None:
    _run(by_scope["claims"], findings, record, corpus)
    for index, claim in items(record.value):
        _run(by_scope["claim"], findings, record, index, claim, corpus)
        for number, evidence in items(claim.evidence):
            path = (index, "evidence", number)
            _run(by_scope["evidence"], findings, record, path, evidence, claim, corpus)


def _result(
    by_scope: Mapping[str, list[Callable[..., Iterator[Finding]]]],
    findings: list[Finding],
    record: Record,
    index: int,
    result: Any,
    corpus: Corpus,
) -> None:
    path = ("results", index)
    _run(by_scope["result"], findings, record, path, result, corpus)
    if result.arms is UNKNOWN:
        return
    for arm, data in result.arms.items():
        if data is not UNKNOWN:
            _run(by_scope["arm"], findings, record, (*path, "arms", arm), data, result, corpus)


def _run(
    functions: list[Callable[..., Iterator[Finding]]], findings: list[Finding], *about: Any
) -> None:
    for function in functions:
        try:
            findings.extend(function(*about))
        except Incomplete:
            continue


WORKSPACE_CHECKS: tuple[Check, ...] = (
    Check(("EK021", "EK023", "EK027"), "arm", numbers.counts),
    Check(("EK020", "EK022", "EK032"), "arm", numbers.ranges),
    Check(("EK028",), "arm", numbers.printed_shares),
    Check(
        ("EK022", "EK024", "EK025", "EK026", "EK029", "EK030", "EK033"), "result", numbers.estimates
    ),
    Check(("EK020", "EK030"), "result", numbers.scalars),
    Check(("EK063",), "result", references.result_outcome),
    Check(("EK064",), "result", references.result_arms),
    Check(("EK066",), "result", references.result_reports),
    Check(("EK060",), "study", identity.file_name),
    Check(("EK061",), "study", identity.unique_parts),
    Check(("EK069",), "study", identity.identified_reports),
    Check(("EK063",), "study", references.judged_outcomes),
    Check(("EK064",), "study", references.combined_arms),
    Check(("EK065",), "study", references.other_studies),
    Check(("EK060",), "plan", identity.file_name),
    Check(("EK063",), "plan", references.planned_outcome),
    Check(("EK065",), "plan", references.planned_studies),
    Check(("EK067",), "plan", references.planned_results),
    Check(("EK066",), "plan", references.planned_reports),
    Check(("EK082", "EK091"), "plan", plans.measures),
    Check(("EK030", "EK082"), "plan", plans.models),
    Check(("EK024", "EK025", "EK026"), "plan", plans.published),
    Check(("EK097",), "plan", plans.search),
    Check(("EK020", "EK088"), "plan", plans.reproduced),
    Check(("EK061", "EK092"), "plan", plans.sensitivity_rows),
    Check(("EK092",), "plan", plans.both_ways),
    Check(("EK030", "EK061", "EK084"), "plan", plans.baseline_risks),
    Check(("EK085", "EK086", "EK087"), "plan", plans.domains),
    Check(("EK083",), "plan", meaning.languages),
    Check(("EK061",), "claims", claims.unique),
    Check(("EK024", "EK094"), "claim", claims.whole),
    Check(("EK063", "EK065", "EK068", "EK095"), "evidence", claims.named),
    Check(("EK024", "EK025", "EK026", "EK095", "EK096"), "evidence", claims.numbers),
    Check(("EK061",), "corpus", claims.one_file),
    Check(("EK015",), "corpus", identity.folders),
    Check(("EK061",), "corpus", identity.unique_records),
    Check(("EK061",), "corpus", identity.unique_outcomes),
    Check(("EK062",), "corpus", identity.shared_reports),
    Check(("EK080", "EK081", "EK093"), "corpus", conditions.conditions),
    Check(("EK089",), "corpus", meaning.directions),
    Check(("EK031",), "corpus", meaning.counted_twice),
)
"""Run by every load of a workspace."""

STRICT_CHECKS: tuple[Check, ...] = (
    Check(("EK070", "EK071"), "study", strict.identifiers),
    Check(("EK072",), "study", strict.facts),
    Check(("EK073",), "result", strict.analysed_people),
    Check(("EK074",), "study", strict.drafts),
    Check(("EK071",), "evidence", claims.recalled),
    Check(("EK074",), "claim", claims.drafts),
)
"""Run in addition by ``validate --strict``; all give warnings."""
