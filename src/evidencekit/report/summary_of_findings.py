"""The GRADE summary of findings of one analysis, with its five domains and their reasons.

References
----------
.. [1] Schünemann HJ et al. Chapter 14: Completing 'Summary of findings' tables and grading
   the certainty of the evidence. In: Cochrane Handbook for Systematic Reviews of
   Interventions, 2019. doi:10.1002/9781119536604.ch14
"""

from __future__ import annotations

from evidencekit.analysis.result import Absolute, AnalysisResult
from evidencekit.certainty.absolute import RISK_FROM
from evidencekit.certainty.grade import LEVELS
from evidencekit.language.phrases import effect, interval, listed, model_name, row_effect, say
from evidencekit.language.words import NO_BREAK, Words
from evidencekit.report.domains import domains_table
from evidencekit.report.table import Cell, Column, Document, Footnotes, Table
from evidencekit.workspace.plan import DOMAINS


def summary_of_findings(result: AnalysisResult, words: Words) -> Document:
    """The page: question, findings at each baseline risk, domains with reasons, footnotes."""
    footnotes = Footnotes()
    findings = _findings(result, words, footnotes)
    return Document(
        title=f"{words.text('report.sof')}: {result.plan.labels[words.lang].title}",
        lang=words.lang,
        facts=_facts(result, words),
        tables=(findings, domains_table(result, words)),
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
    ci = words.ci_name(result.pooled.level).replace(" ", NO_BREAK)
    unit = say(words, result.outcome.unit)
    effect_title = words.text("report.effect", ci=ci)
    if unit:
        effect_title = words.text("report.effect_unit", unit=unit, ci=ci)
    columns = (
        Column(title=words.text("report.outcome")),
        *(_absolute_columns(result, words) if _has_risks(result) else ()),
        Column(title=effect_title, align="right"),
        Column(title=words.text("report.participants"), align="right"),
        Column(title=words.text("report.certainty")),
    )
    rows = [_row(result, words, footnotes, a) for a in (result.absolute or (None,))]
    return Table(caption=words.text("report.sof"), columns=columns, rows=tuple(rows))


def _has_risks(result: AnalysisResult) -> bool:
    """Whether risks with and without the intervention can follow from the measure."""
    return result.natural.measure in RISK_FROM


def _absolute_columns(result: AnalysisResult, words: Words) -> tuple[Column, ...]:
    labels = result.plan.labels[words.lang]
    ci = words.ci_name(result.pooled.level).replace(" ", NO_BREAK)
    return (
        Column(title=words.text("report.risk_with", arm=labels.comparator), align="right"),
        Column(
            title=words.text("report.risk_with_ci", arm=labels.intervention, ci=ci), align="right"
        ),
        Column(title=words.text("report.difference", ci=ci), align="right"),
    )


def _row(
    result: AnalysisResult, words: Words, footnotes: Footnotes, absolute: Absolute | None
) -> tuple[Cell, ...]:
    measure = result.natural.measure
    name = words.text(f"measure.{measure}")
    # Letters are handed out in reading order: the absolute cells come first.
    cells = _absolute_cells(result, words, footnotes, absolute) if _has_risks(result) else ()
    return (
        Cell(text=result.outcome.labels[words.lang].text, heading=True),
        *cells,
        Cell(
            text=f"{name} {effect(words, measure, result.natural.estimate, None)}",
            detail=interval(words, measure, result.natural.ci),
            marks=(footnotes.mark(_model_note(result, words)),),
        ),
        Cell(text=_people(result, words)),
        _certainty_cell(result, words, footnotes),
    )


def _people(result: AnalysisResult, words: Words) -> str:
    """ "1,070 (6)"; "1,070 in 6 of 7 trials (7)" when some trials give no numbers of people."""
    if not result.trials_with_totals:
        return words.text(
            "report.participants_cell",
            participants=words.text("report.not_reported"),
            trials=words.integer(result.trials),
        )
    known = words.integer(result.participants)
    if result.trials_with_totals < result.trials:
        known = words.text(
            "report.participants_known",
            participants=known,
            known=words.integer(result.trials_with_totals),
            trials=words.integer(result.trials),
        )
    return words.text(
        "report.participants_cell", participants=known, trials=words.integer(result.trials)
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
        start=words.text(f"report.start.{rating.start}"),
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
    model = model_name(words, result.plan.model, result.pooled.ci.method)
    return words.count(
        "report.note.model",
        result.pooled.k,
        model=_capital(model),
        level=words.ci_name(result.pooled.level),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


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
    notes += list(result.plan.notes)
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
