"""The five GRADE domains of one analysis: judgements as recorded, facts as computed, kept apart."""

from __future__ import annotations

from evidencekit.analysis.result import AnalysisResult
from evidencekit.language.phrases import i2_shown, interval, say, tau2_text
from evidencekit.language.words import Words
from evidencekit.quantities import Counts
from evidencekit.report.table import Cell, Column, Table
from evidencekit.workspace.plan import DOMAINS, Domain

SMALL_STUDY_MINIMUM = 10
"""Trials below which a test of small-study effects is not informative."""


def domains_table(result: AnalysisResult, words: Words) -> Table:
    """A row per domain: judgement, reason, who and when, and what the numbers say."""
    columns = (
        Column(title=words.text("report.domain")),
        Column(title=words.text("report.judgement")),
        Column(title=words.text("report.reason")),
        Column(title=words.text("report.judged_by")),
        Column(title=words.text("report.facts")),
    )
    rows = []
    for name in DOMAINS:
        domain = result.rating.domains[name]
        rows.append(
            (
                Cell(text=words.text(f"report.domain.{name}"), heading=True),
                Cell(text=words.text(f"report.judgement.{domain.judgement}")),
                Cell(text=say(words, domain.rationale)),
                Cell(text=_by_on(domain, words)),
                Cell(text=" ".join(domain_facts(result, words)[name])),
            )
        )
    return Table(caption=words.text("report.domains"), columns=columns, rows=tuple(rows))


def _by_on(domain: Domain, words: Words) -> str:
    if not domain.by:
        return ""
    on = domain.on.isoformat() if domain.on else ""
    return words.text("report.by_on", by=domain.by, on=on) if on else domain.by


def domain_facts(result: AnalysisResult, words: Words) -> dict[str, list[str]]:
    """What was computed that bears on each domain; facts, no judgement."""
    pooled = result.rows_pooled
    judged = sum(
        any(r.outcome == result.outcome.id for r in row.study.risk_of_bias) for row in pooled
    )
    n = words.integer(len(pooled))
    trials = words.text("report.fact.judged_trials", judged=words.integer(judged), n=n)
    few = "few_trials" if len(pooled) < SMALL_STUDY_MINIMUM else "no_test"
    return {
        "risk_of_bias": [trials],
        "inconsistency": _heterogeneity_facts(result, words),
        "indirectness": [],
        "imprecision": _imprecision_facts(result, words),
        "publication_bias": [words.count(f"report.fact.{few}", len(pooled))],
    }


def _heterogeneity_facts(result: AnalysisResult, words: Words) -> list[str]:
    if result.pooled.k < 2:
        return []
    i2, origin = i2_shown(result.pooled.i2, result.pooled.i2_q)
    facts = [
        words.text(
            "report.fact.heterogeneity",
            i2=words.percent(i2, decimals=0),
            origin=origin,
            tau2=tau2_text(words, result.pooled.tau2),
        )
    ]
    prediction = result.natural.prediction
    if prediction is not None:
        limits = interval(words, result.natural.measure, prediction)
        facts.append(words.text("report.fact.prediction", interval=limits))
    return facts


def _imprecision_facts(result: AnalysisResult, words: Words) -> list[str]:
    natural = result.natural
    inside = "includes" if natural.ci.contains(natural.null) else "excludes"
    null = words.integer(natural.null)
    ci = words.ci_name(result.pooled.level)
    facts = [words.text(f"report.fact.{inside}_null", ci=ci, null=null)]
    counts = [r.contrast.data for r in result.rows_pooled if r.contrast]
    events = [d.events_1 + d.events_2 for d in counts if isinstance(d, Counts)]
    people = words.integer(result.participants)
    if not result.trials_with_totals:
        return facts
    if events:
        size = words.text(
            "report.fact.size", events=words.integer(sum(events)), participants=people
        )
    else:
        size = words.text("report.fact.people", participants=people)
    return [*facts, size]
