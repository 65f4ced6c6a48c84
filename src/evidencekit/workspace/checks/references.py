"""Whatever a file refers to exists: outcomes, arms, studies, reports, results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from evidencekit.errors import Finding
from evidencekit.workspace.corpus import Corpus, fold_reference, items, known, references_of
from evidencekit.workspace.problems import UNKNOWN
from evidencekit.workspace.records import Record
from evidencekit.workspace.study import Result
from evidencekit.workspace.suggest import did_you_mean, one_of

Path = tuple[str | int, ...]


def unknown(
    record: Record, code: str, path: Path, what: str, name: str, allowed: Iterable[str]
) -> Finding:
    """A reference that leads nowhere, with what was probably meant."""
    allowed = sorted(allowed)
    remedy = did_you_mean(name, allowed)
    detail = "" if remedy else one_of(allowed)
    on_key = path[-1] == name
    title = f'there is no {what} "{name}"'
    return record.finding(code, title, path, on_key=on_key, detail=detail, remedy=remedy)


def outcome(record: Record, path: Path, name: Any, corpus: Corpus) -> Iterator[Finding]:
    """One reference to an outcome; silent when the vocabulary could not be read."""
    if corpus.outcomes is not None and name is not UNKNOWN and name not in corpus.outcomes_by_id:
        yield unknown(record, "EK063", path, "outcome", name, corpus.outcomes_by_id)


def result_outcome(record: Record, path: Path, result: Result, corpus: Corpus) -> Iterator[Finding]:
    """The outcome of a result."""
    yield from outcome(record, (*path, "outcome"), result.outcome, corpus)


def judged_outcomes(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """The outcomes of risk-of-bias judgements."""
    for index, judgement in items(record.value.risk_of_bias):
        where = ("risk_of_bias", index, "outcome")
        yield from outcome(record, where, judgement.outcome, corpus)


def result_arms(record: Record, path: Path, result: Result, corpus: Corpus) -> Iterator[Finding]:
    """The arms of a result and of its estimate."""
    arms = {arm.id for _, arm in items(record.value.arms)}
    for name in result.arms:
        if name not in arms:
            yield unknown(record, "EK064", (*path, "arms", name), "arm", name, arms)
    if result.estimate is None:
        return
    for index, name in items(result.estimate.arms):
        if name not in arms:
            where = (*path, "estimate", "arms", index)
            yield unknown(record, "EK064", where, "arm", name, arms)
    first, second = result.estimate.arms
    if first == second:
        title = "estimate compares an arm with itself"
        remedy = "write [intervention, comparator]"
        yield record.finding(
            "EK064", title, (*path, "estimate", "arms"), detail=f'"{first}"', remedy=remedy
        )


def combined_arms(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """The arms that a row of a review mixes."""
    for index, arm in items(record.value.arms):
        others = {other.id for _, other in items(record.value.arms)} - {arm.id}
        for number, name in items(arm.combine):
            if name not in others:
                where = ("arms", index, "combine", number)
                yield unknown(record, "EK064", where, "other arm", name, others)


def result_reports(record: Record, path: Path, result: Result, corpus: Corpus) -> Iterator[Finding]:
    """The report in which a result stands is one of the study's."""
    known_reports: set[str] = set()
    shown: list[str] = []
    for _, report in items(record.value.reports):
        known_reports.update(references_of(report))
        shown.append(report.reference)
    named: list[tuple[Path, Any]] = [((*path, "source", "report"), result.source.report)]
    if result.reading.kind == "as_printed_in":
        named.append(((*path, "reading", "as_printed_in"), result.reading.report))
    for where, name in named:
        if name is not UNKNOWN and fold_reference(name) not in known_reports:
            yield unknown(record, "EK066", where, "report", name, shown)


def other_studies(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """Studies published in the same report."""
    for index, name in items(record.value.shares_report_with):
        if name not in corpus.study_ids:
            where = ("shares_report_with", index)
            yield unknown(record, "EK065", where, "study", name, corpus.study_ids)


def planned_outcome(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """The outcome of a plan."""
    question = record.value.question
    yield from outcome(record, ("question", "outcome"), question.outcome, corpus)


def planned_studies(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """Studies that a plan names."""
    plan = record.value
    named: list[tuple[Path, Any]] = []
    for key in ("exclude", "show_only"):
        for index, entry in items(getattr(known(plan.select, None), key, ())):
            named.append((("select", key, index, "study"), entry.study))
    for path, choice in chosen(plan):
        named.append(((*path, "study"), choice.study))
    for row, sensitivity in items(plan.sensitivity):
        for key in ("exclude", "pool"):
            for index, name in items(getattr(sensitivity, key, ())):
                named.append((("sensitivity", row, key, index), name))
    for path, name in named:
        if name is not UNKNOWN and name not in corpus.study_ids:
            yield unknown(record, "EK065", path, "study", name, corpus.study_ids)


def planned_results(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """Results that a plan chooses exist and are of its outcome."""
    wanted = record.value.question.outcome
    for path, choice in chosen(record.value):
        study = corpus.studies_by_id.get(known(choice.study))
        if study is None or choice.result is UNKNOWN:
            continue
        results = {r.id: r for _, r in items(study.value.results) if known(r.id)}
        where = (*path, "result")
        if choice.result not in results:
            what = f"result of {choice.study}"
            yield unknown(record, "EK067", where, what, choice.result, results)
        elif results[choice.result].outcome != wanted:
            detail = f"its outcome is {results[choice.result].outcome}, the plan's is {wanted}"
            title = "chosen result is of another outcome"
            yield record.finding("EK067", title, where, detail=detail)


def planned_reports(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """Readings that a plan prefers are printed in a report that a study has."""
    if not corpus.complete:
        return
    for path, readings in all_readings(record.value):
        for index, reading in items(readings.prefer):
            name = reading.report
            if name and fold_reference(name) not in corpus.report_references:
                where = (*path, "prefer", index)
                title = f'no study has a report "{name}"'
                remedy = did_you_mean(fold_reference(name), corpus.report_references)
                yield record.finding("EK066", title, where, remedy=remedy)


def all_readings(plan: Any) -> Iterator[tuple[Path, Any]]:
    """Where a plan says which readings it uses."""
    if plan.readings is not UNKNOWN:
        yield ("readings",), plan.readings
    for row, sensitivity in items(plan.sensitivity):
        readings = getattr(sensitivity, "readings", None)
        if readings is not None and readings is not UNKNOWN:
            yield ("sensitivity", row, "readings"), readings


def chosen(plan: Any) -> Iterator[tuple[Path, Any]]:
    """Results that a plan chooses by name, with their paths."""
    for path, readings in all_readings(plan):
        for index, choice in items(readings.choose):
            yield (*path, "choose", index), choice
