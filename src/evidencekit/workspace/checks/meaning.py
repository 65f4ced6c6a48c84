"""Checks across files: languages, directions, and studies that would count twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evidencekit.errors import Finding
from evidencekit.workspace.corpus import Corpus, items, known
from evidencekit.workspace.problems import UNKNOWN
from evidencekit.workspace.records import Record
from evidencekit.workspace.study import Result

Path = tuple[str | int, ...]


def languages(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """An analysis has all its words in each of its languages."""
    plan = record.value
    wanted = list(plan.labels)
    if not wanted:
        title, remedy = "plan has no labels", "add labels in at least one language"
        yield record.finding("EK083", title, ("labels",), remedy=remedy)
        return
    for path, text in _texts(plan):
        missing = [language for language in wanted if language not in text]
        if missing:
            yield _untranslated(record, path, ".".join(map(str, path)), missing)
    extra = [lang for lang in plan.question.intervention if lang not in plan.labels]
    if extra:
        yield _untranslated(record, ("labels",), "labels", extra)
    outcome = corpus.outcomes_by_id.get(known(plan.question.outcome))
    if outcome is not None:
        missing = [language for language in wanted if language not in outcome.labels]
        if missing:
            what = f"the outcome {outcome.id}"
            yield _untranslated(record, ("question", "outcome"), what, missing)


def _untranslated(record: Record, path: Path, what: str, missing: list[str]) -> Finding:
    remedy = "add it, or remove the language under labels"
    title = f"no text in {' and '.join(missing)} for {what}"
    on_key = not isinstance(path[-1], int)
    return record.finding("EK083", title, path, on_key=on_key, remedy=remedy)


def _texts(plan: Any) -> Iterator[tuple[Path, Mapping[str, str]]]:
    candidates: list[tuple[Path, Any]] = []
    for key in ("population", "intervention", "comparator"):
        candidates.append((("question", key), getattr(known(plan.question, None), key, None)))
    candidates.append((("select", "why"), getattr(known(plan.select, None), "why", None)))
    for key in ("exclude", "show_only"):
        for index, named in items(getattr(known(plan.select, None), key, ())):
            candidates.append((("select", key, index, "why"), named.why))
    for row, sensitivity in items(plan.sensitivity):
        candidates.append((("sensitivity", row, "name"), getattr(sensitivity, "name", None)))
    certainty = known(plan.certainty, None)
    for index, risk in items(getattr(certainty, "baseline_risk", ())):
        candidates.append((("certainty", "baseline_risk", index, "label"), risk.label))
    domains = known(getattr(certainty, "domains", {}), {})
    for name, domain in domains.items():
        if domain is not UNKNOWN:
            candidates.append((("certainty", "domains", name, "rationale"), domain.rationale))
    for path, text in candidates:
        if isinstance(text, dict):
            yield path, text


def directions(corpus: Corpus) -> Iterator[Finding]:
    """Outcomes say one thing about which way is better."""
    record = corpus.outcomes
    if record is None:
        return
    seen: dict[tuple[str, str], tuple[int, Any]] = {}
    for index, outcome in items(record.value.outcomes):
        path: Path = ("outcomes", index)
        desirable = known(outcome.desirable)
        better = {"harm": "lower", "benefit": "higher", "event_free": "higher"}
        expected = better.get(known(outcome.event_is) or "")
        if expected and desirable and expected != desirable:
            title = "event and desirable direction contradict each other"
            detail = f"event_is: {outcome.event_is} means that {expected} is better"
            yield record.finding("EK089", title, (*path, "desirable"), detail=detail)
        for language, label in known(outcome.labels, {}).items():
            text = known(getattr(known(label, None), "text", "")).casefold()
            key = (language, text)
            first = seen.setdefault(key, (index, outcome))[1] if text else outcome
            if first is not outcome and desirable != known(first.desirable, desirable):
                title = "same label as another outcome, but the other way is better"
                detail = f"{first.id}: {first.desirable}, {outcome.id}: {desirable}"
                remedy = "correct desirable, or give them labels that differ"
                where = (*path, "desirable")
                yield record.finding("EK089", title, where, detail=detail, remedy=remedy)
                break


def counted_twice(corpus: Corpus) -> Iterator[Finding]:
    """A study enters an analysis with one result for the same people, not two."""
    pairs: dict[tuple[str, int, int], tuple[Record, list[str]]] = {}
    for plan_record in corpus.plans:
        plan = plan_record.value
        select, readings = known(plan.select, None), known(plan.readings, None)
        if select is None or readings is None or "result." in known(select.where):
            continue
        absent = {known(named.study) for _, named in items(select.exclude)}
        absent |= {known(choice.study) for _, choice in items(readings.choose)}
        wanted = known(known(plan.question, plan).outcome) if plan.question is not UNKNOWN else ""
        for record in corpus.studies:
            if not wanted or record.identifier in absent:
                continue
            for first, second in _overlapping(record, wanted):
                key = (record.document.file, first, second)
                pairs.setdefault(key, (record, []))[1].append(plan_record.identifier)
    for (_, first, second), (record, plans) in pairs.items():
        yield _twice(record, first, second, plans)


def _overlapping(record: Record, outcome: str) -> Iterator[tuple[int, int]]:
    """Pairs of results with the same people in an intervention arm and no common group."""
    results = [(i, r) for i, r in items(record.value.results) if known(r.outcome) == outcome]
    if len(results) < 2:
        return
    roles = {known(arm.id): known(arm.role) for _, arm in items(record.value.arms)}
    for number, (i, one) in enumerate(results):
        for j, other in results[number + 1 :]:
            if known(one.group, j) and known(one.group, j) == known(other.group, i):
                continue
            shared = _arms(one) & _arms(other)
            if any(roles.get(arm) == "intervention" for arm in shared):
                yield i, j


def _arms(result: Result) -> set[str]:
    arms = set(known(result.arms, {}))
    estimate = known(result.estimate, None)
    if not arms and estimate is not None:
        arms = {name for _, name in items(estimate.arms)}
    return arms


def _twice(record: Record, first: int, second: int, plans: list[str]) -> Finding:
    results = record.value.results
    names = " and ".join(
        known(results[i].id) or f"result {i + 1}{_at(results[i])}" for i in (first, second)
    )
    title = "study would enter the analysis twice"
    detail = f"{names}, in {', '.join(plans)}"
    remedy = (
        "give both the same group if they are readings of one quantity, or choose one in the plan"
    )
    return record.finding(
        "EK031", title, ("results", second, "outcome"), detail=detail, remedy=remedy
    )


def _at(result: Result) -> str:
    return f" ({result.timepoint})" if known(result.timepoint) else ""
