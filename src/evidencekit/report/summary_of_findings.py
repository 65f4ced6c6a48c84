"""The GRADE summary of findings of one analysis, with its five domains and their reasons.

References
----------
.. [1] Schünemann HJ et al. Chapter 14: Completing 'Summary of findings' tables and grading
   the certainty of the evidence. In: Cochrane Handbook for Systematic Reviews of
   Interventions, 2019. doi:10.1002/9781119536604.ch14
"""

from __future__ import annotations

from evidencekit.analysis.result import Absolute, AnalysisResult
from evidencekit.certainty.grade import LEVELS
from evidencekit.language.phrases import effect, interval, listed, model_name, row_effect, say
from evidencekit.language.words import Words
from evidencekit.quantities import Counts
from evidencekit.report.table import Cell, Column, Document, Footnotes, Table
from evidencekit.workspace.plan import DOMAINS, Domain

SMALL_STUDY_MINIMUM = 10
"""Trials below which a test of small-study effects is not informative."""


def summary_of_findings(result: AnalysisResult, words: Words) -> Document:
    """The page: question, findings at each baseline risk, domains with reasons, footnotes."""
    footnotes = Footnotes()
    findings = _findings(result, words, footnotes)
    return Document(
        title=f"{words.text('report.sof')}: {result.plan.labels[words.lang].title}",
        lang=words.lang,
        facts=_facts(result, words),
        tables=(findings, _domains(result, words)),
        footnotes=footnotes.listed(),
        notes=_notes(result, words),
        records=_records(result, words),
    )


def _facts(result: AnalysisResult, words: Words) -> tuple[tuple[str, str], ...]:
    question = result.plan.question
    outcome = result.outcome.labels[words.lang].text
    if result.outcome.time_frame:
        outcome += (
            f" ({words.text('report.time_frame', time=say(words, result.outcome.time_frame))})"
        )
    return (
        (words.text("report.population"), say(words, question.population)),
        (words.text("report.intervention"), say(words, question.intervention)),
        (words.text("report.comparator"), say(words, question.comparator)),
        (words.text("report.outcome"), outcome),
    )


def _findings(result: AnalysisResult, words: Words, footnotes: Footnotes) -> Table:
    labels = result.plan.labels[words.lang]
    ci = words.ci_name(result.pooled.level)
    columns = (
        Column(title=words.text("report.outcome")),
        Column(title=words.text("report.risk_with", arm=labels.comparator), align="right"),
        Column(
            title=words.text("report.risk_with_ci", arm=labels.intervention, ci=ci), align="right"
        ),
        Column(title=words.text("report.difference", ci=ci), align="right"),
        Column(title=words.text("report.effect", ci=ci), align="right"),
        Column(title=words.text("report.participants"), align="right"),
        Column(title=words.text("report.certainty")),
    )
    rows = [_row(result, words, footnotes, a) for a in (result.absolute or (None,))]
    return Table(caption=words.text("report.sof"), columns=columns, rows=tuple(rows))


def _row(
    result: AnalysisResult, words: Words, footnotes: Footnotes, absolute: Absolute | None
) -> tuple[Cell, ...]:
    measure = result.natural.measure
    name = words.text(f"measure.{measure}")
    people = words.text(
        "report.participants_cell",
        participants=words.integer(result.participants),
        trials=words.integer(result.pooled.k),
    )
    # Letters are handed out in reading order: the absolute cells come first.
    cells = _absolute_cells(result, words, footnotes, absolute)
    return (
        Cell(text=result.outcome.labels[words.lang].text, heading=True),
        *cells,
        Cell(
            text=f"{name} {effect(words, measure, result.natural.estimate, None)}",
            detail=interval(words, measure, result.natural.ci),
            marks=(footnotes.mark(_model_note(result, words)),),
        ),
        Cell(text=people),
        _certainty_cell(result, words, footnotes),
    )


def _absolute_cells(
    result: AnalysisResult, words: Words, footnotes: Footnotes, absolute: Absolute | None
) -> tuple[Cell, Cell, Cell]:
    if absolute is None:
        return (Cell(text=words.text("report.no_baseline")), Cell(text=""), Cell(text=""))
    labels = result.plan.labels[words.lang]
    source = words.text(
        "report.note.baseline",
        comparator=labels.comparator,
        label=say(words, absolute.baseline.label),
        source=say(words, absolute.baseline.source),
    )
    derived = words.text(
        "report.note.derived", intervention=labels.intervention, comparator=labels.comparator
    )
    e = absolute.effect
    low, high = (words.integer(1000 * x) for x in (e.risk_low, e.risk_high))
    risk = words.text("report.per_1000", value=words.integer(1000 * e.risk))
    baseline = words.text("report.per_1000", value=words.integer(1000 * e.baseline))
    return (
        Cell(text=baseline, marks=(footnotes.mark(source),)),
        Cell(
            text=risk,
            detail=words.text("report.range", low=low, high=high),
            marks=(footnotes.mark(derived),),
        ),
        _difference_cell(words, e.difference, e.low, e.high),
    )


def _difference_cell(words: Words, difference: float, low: float, high: float) -> Cell:
    """ "100 fewer per 1000", "172 fewer to 11 fewer": rounded after differencing."""
    limits = [_more_or_fewer(words, x, short=True) for x in (low, high)]
    return Cell(
        text=_more_or_fewer(words, difference),
        detail=words.text("report.range", low=limits[0], high=limits[1]),
    )


def _more_or_fewer(words: Words, difference: float, *, short: bool = False) -> str:
    per_1000 = round(1000 * difference)
    key = "none" if per_1000 == 0 else "fewer" if per_1000 < 0 else "more"
    suffix = "_short" if short else ""
    return words.text(f"report.{key}{suffix}", value=words.integer(abs(per_1000)))


def _certainty_cell(result: AnalysisResult, words: Words, footnotes: Footnotes) -> Cell:
    rating = result.rating
    profile = words.text(
        "report.note.profile",
        profile=rating.profile,
        start=words.text(f"report.level.{rating.start}").lower(),
    )
    if rating.level is None:
        missing = [words.text(f"report.domain_in_text.{name}") for name in rating.missing]
        why = words.text("report.missing", domains=listed(words, missing))
        marks = (footnotes.mark(why), footnotes.mark(profile))
        return Cell(text=words.text("report.not_rated"), marks=marks)
    return Cell(
        text=words.text(f"report.level.{rating.level}"),
        marks=(footnotes.mark(profile),),
        level=LEVELS.index(rating.level) + 1,
    )


def _model_note(result: AnalysisResult, words: Words) -> str:
    return words.text(
        "report.note.model",
        model=_capital(model_name(words, result.plan.model)),
        k=words.integer(result.pooled.k),
        level=words.ci_name(result.pooled.level),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _domains(result: AnalysisResult, words: Words) -> Table:
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
        "publication_bias": [words.text(f"report.fact.{few}", n=n)],
    }


def _heterogeneity_facts(result: AnalysisResult, words: Words) -> list[str]:
    if result.pooled.k < 2:
        return []
    i2 = words.percent(result.pooled.i2, decimals=0)
    tau2 = words.number(result.pooled.tau2, decimals=3)
    facts = [words.text("report.fact.heterogeneity", i2=i2, tau2=tau2)]
    prediction = result.natural.prediction
    if prediction is not None:
        limits = interval(words, result.natural.measure, prediction)
        facts.append(words.text("report.fact.prediction", interval=limits))
    return facts


def _imprecision_facts(result: AnalysisResult, words: Words) -> list[str]:
    natural = result.natural
    inside = "includes" if natural.ci.contains(natural.null) else "excludes"
    facts = [words.text(f"report.fact.{inside}_null", ci=words.ci_name(result.pooled.level))]
    counts = [r.contrast.data for r in result.rows_pooled if r.contrast]
    events = [d.events_1 + d.events_2 for d in counts if isinstance(d, Counts)]
    people = words.integer(result.participants)
    if events:
        size = words.text(
            "report.fact.size", events=words.integer(sum(events)), participants=people
        )
    else:
        size = words.text("report.fact.people", participants=people)
    return [*facts, size]


def _notes(result: AnalysisResult, words: Words) -> tuple[str, ...]:
    notes = []
    for row in result.with_status("shown"):
        key = "report.note.shown" if row.estimate is not None else "report.note.shown_none"
        notes.append(
            words.text(
                key,
                label=row.label,
                measure=row.measure,
                estimate=row_effect(words, row),
                reason=say(words, row.reason),
            )
        )
    notes += [
        words.text("report.note.excluded", label=row.label, reason=say(words, row.reason))
        for row in result.with_status("excluded")
    ]
    return (*notes, *(words.text("report.note.technical", text=note) for note in result.notes))


def _records(
    result: AnalysisResult, words: Words
) -> tuple[dict[str, str | float | int | None], ...]:
    rating, natural = result.rating, result.natural
    record: dict[str, str | float | int | None] = {
        "analysis": result.plan.id,
        "outcome": result.outcome.labels[words.lang].text,
        "measure": natural.measure,
        "estimate": natural.estimate,
        "ci_low": natural.ci.low,
        "ci_high": natural.ci.high,
        "prediction_low": natural.prediction.low if natural.prediction else None,
        "prediction_high": natural.prediction.high if natural.prediction else None,
        "i2": result.pooled.i2,
        "tau2": result.pooled.tau2,
        "trials": result.pooled.k,
        "participants": result.participants,
        "certainty": rating.level or "not rated (draft)",
    }
    for name in DOMAINS:
        domain = rating.domains[name]
        record[name] = domain.judgement
        record[f"{name}_reason"] = say(words, domain.rationale)
    return tuple(record | _absolute_record(absolute, words) for absolute in result.absolute) or (
        record | _absolute_record(None, words),
    )


def _absolute_record(
    absolute: Absolute | None, words: Words
) -> dict[str, str | float | int | None]:
    names = (
        "risk_comparator",
        "risk_intervention",
        "difference",
        "difference_low",
        "difference_high",
    )
    if absolute is None:
        return dict.fromkeys((*names, "baseline", "baseline_source"))
    e = absolute.effect
    values = (e.baseline, e.risk, e.difference, e.low, e.high)
    return {
        **dict(zip(names, values, strict=True)),
        "baseline": say(words, absolute.baseline.label),
        "baseline_source": say(words, absolute.baseline.source),
    }
