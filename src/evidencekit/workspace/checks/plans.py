"""Plans: names of methods, judgements, baseline risks and published results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from evidencekit import method_names
from evidencekit.errors import Finding
from evidencekit.workspace.checks.identity import duplicates
from evidencekit.workspace.checks.numbers import interval, level
from evidencekit.workspace.checks.references import unknown
from evidencekit.workspace.corpus import Corpus, items, known
from evidencekit.workspace.plan import DOMAINS
from evidencekit.workspace.problems import UNKNOWN
from evidencekit.workspace.records import Record
from evidencekit.workspace.suggest import did_you_mean, one_of

Path = tuple[str | int, ...]

BIAS_WORDS = ("undetected", "strongly_suspected")
"""Words for publication bias; the other domains are graded by seriousness."""


def measures(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """Measures exist and suit the outcome."""
    plan = record.value
    named: list[tuple[Path, Any]] = [(("measure",), plan.measure)]
    for row, sensitivity in items(plan.sensitivity):
        named.append((("sensitivity", row, "measure"), getattr(sensitivity, "measure", None)))
    for row, published in items(plan.compare_with):
        named.append((("compare_with", row, "measure"), published.measure))
    for path, name in named:
        if name is UNKNOWN or not name:
            continue
        yield from _name(record, path, "measure", name, method_names.MEASURES)
        if path[0] != "compare_with":
            yield from _suits(record, path, name, corpus)


def _suits(record: Record, path: Path, measure: str, corpus: Corpus) -> Iterator[Finding]:
    outcome = corpus.outcomes_by_id.get(known(record.value.question.outcome))
    types = method_names.OUTCOME_TYPES.get(measure)
    if outcome is None or types is None or known(outcome.type, types[0]) in types:
        return
    title = f"{measure} does not suit the outcome"
    detail = f"{outcome.id} is {outcome.type}; {measure} needs {' or '.join(types)}"
    yield record.finding("EK091", title, path, detail=detail)


def models(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """Methods of the model exist; the level is a fraction."""
    plan = record.value
    named: list[tuple[Path, Any]] = [(("model",), plan.model)]
    for row, sensitivity in items(plan.sensitivity):
        named.append((("sensitivity", row, "model"), getattr(sensitivity, "model", None)))
    predictions = (*method_names.PREDICTION_METHODS, method_names.NO_PREDICTION)
    for path, model in named:
        if model is None or model is UNKNOWN:
            continue
        for key, what, allowed in (
            ("tau2", "between-study variance estimator", method_names.TAU2_ESTIMATORS),
            ("ci", "interval method", method_names.CI_METHODS),
            ("prediction", "prediction interval method", predictions),
        ):
            yield from _name(record, (*path, key), what, getattr(model, key), allowed)
        if model.level is not UNKNOWN:
            yield from level(record, (*path, "level"), model.level)
    if known(plan.zero_cells, None) and plan.zero_cells.add < 0:
        title, detail = "what is added is negative", f"{plan.zero_cells.add:g}"
        yield record.finding("EK030", title, ("zero_cells", "add"), detail=detail)


def _name(
    record: Record, path: Path, what: str, name: Any, allowed: Iterable[str]
) -> Iterator[Finding]:
    if name is not UNKNOWN and name is not None and name not in allowed:
        title = f'unknown {what} "{name}"'
        hint = did_you_mean(name, allowed)
        yield record.finding("EK082", title, path, detail=one_of(allowed), remedy=hint)


def published(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """Published results that are drawn beside or re-run make sense."""
    plan = record.value
    for key in ("compare_with", "reproduces"):
        for row, item in items(getattr(plan, key)):
            measure = known(getattr(item, "measure", ""), "") or plan.measure
            ratio = measure in method_names.RATIOS
            yield from interval(record, (key, row), "estimate", item.estimate, item.ci, ratio=ratio)


def search(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """A search says something, and its brackets and quotation marks are closed."""
    named = known(record.value.search, None)
    query = known(named.query, "") if named else None
    if query is None or named.query is UNKNOWN:
        return
    problem = _unclosed(query)
    if problem:
        title = "search cannot be sent"
        yield record.finding("EK097", title, ("search", "query"), detail=problem)


def _unclosed(query: str) -> str:
    """What PubMed would silently read in another way; empty when nothing."""
    if not query.strip():
        return "it is empty"
    if query.count('"') % 2:
        return 'a " is not closed'
    outside = "".join(query.split('"')[::2])
    for opening, closing in ("()", "[]"):
        depth = 0
        for character in outside:
            depth += (character == opening) - (character == closing)
            if depth < 0:
                return f"a {closing} closes nothing"
        if depth:
            return f"a {opening} is not closed"
    return ""


def reproduced(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """The sensitivity row that a published result is compared with exists."""
    plan = record.value
    rows = [s.id for _, s in items(plan.sensitivity) if not isinstance(s, str) and known(s.id)]
    for row, item in items(plan.reproduces):
        name = item.with_sensitivity
        if name and name not in rows:
            where = ("reproduces", row, "with_sensitivity")
            yield unknown(record, "EK088", where, "sensitivity row", name, rows)
        if item.i2 is not None and not 0 <= item.i2.value <= 100:
            title, detail = "I-squared is not between 0 and 100", item.i2.text
            yield record.finding("EK020", title, ("reproduces", row, "i2"), detail=detail)


def sensitivity_rows(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """Rows have ids of their own; what they pool was left out before."""
    plan = record.value
    yield from duplicates(record, ("sensitivity",), plan.sensitivity)
    select = plan.select
    left_out = {n.study for _, n in items(select.exclude)} | {
        n.study for _, n in items(select.show_only)
    }
    for row, sensitivity in items(plan.sensitivity):
        for index, name in items(getattr(sensitivity, "pool", ())):
            if name in corpus.study_ids and name not in left_out:
                title = "pooling this study changes nothing"
                detail = f"{name} is neither excluded nor only shown"
                where = ("sensitivity", row, "pool", index)
                yield record.finding("EK092", title, where, detail=detail, severity="warning")


def both_ways(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """A study is not both excluded and shown."""
    excluded = {n.study for _, n in items(record.value.select.exclude)}
    for index, named in items(record.value.select.show_only):
        if named.study in excluded:
            title = "study is both excluded and shown"
            where = ("select", "show_only", index, "study")
            yield record.finding("EK092", title, where, remedy="remove it from one of the two")


def baseline_risks(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """A risk is given or derived, and lies between 0 and 1."""
    certainty = record.value.certainty
    for index, risk in items(certainty.baseline_risk):
        path: Path = ("certainty", "baseline_risk", index)
        if (risk.value is None) == (risk.derive is None):
            both = "both are given" if risk.value is not None else "neither is given"
            title = "a baseline risk has either value or derive"
            yield record.finding("EK084", title, path, detail=both, remedy="keep one of the two")
        if risk.value is not None and not 0 < risk.value < 1:
            remedy = f"write {risk.value / 100:g}" if 1 < risk.value <= 100 else ""
            title = "risk is not between 0 and 1, both excluded"
            detail = f"{risk.value:g}"
            yield record.finding("EK030", title, (*path, "value"), detail=detail, remedy=remedy)
    yield from duplicates(record, ("certainty", "baseline_risk"), certainty.baseline_risk)


def domains(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """Judgements are of known domains, in their words, and signed."""
    for name, domain in record.value.certainty.domains.items():
        path: Path = ("certainty", "domains", name)
        if name not in DOMAINS:
            yield unknown(record, "EK087", path, "GRADE domain", name, DOMAINS)
            continue
        if domain is UNKNOWN or known(domain.judgement, "not_assessed") == "not_assessed":
            continue
        bias = name == "publication_bias"
        if (domain.judgement in BIAS_WORDS) != bias:
            title = f'"{domain.judgement}" is not a judgement of {name}'
            detail = one_of(("not_assessed", *(BIAS_WORDS if bias else _SERIOUSNESS)))
            yield record.finding("EK086", title, (*path, "judgement"), detail=detail)
        for key in ("by", "on", "rationale"):
            if not getattr(domain, key):
                title = f'judgement lacks "{key}"'
                remedy = "say who judged, when, and why; or write judgement: not_assessed"
                yield record.finding("EK085", title, (*path, "judgement"), remedy=remedy)


_SERIOUSNESS = ("not_serious", "serious", "very_serious", "extremely_serious")
