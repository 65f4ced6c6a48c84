"""How the pooled result fares when one thing is changed."""

from __future__ import annotations

import math

from evidencekit.analysis.result import AnalysisResult, FewStudies, Variation
from evidencekit.language.phrases import (
    as_printed,
    effect,
    i2_shown,
    interval,
    model_name,
    say,
    tau2_text,
)
from evidencekit.language.words import Words
from evidencekit.report.table import Cell, Column, Document, Table


def sensitivity_table(result: AnalysisResult, words: Words) -> Document:
    """The main analysis, the plan's variations, and each study left out in turn."""
    plan = result.plan
    columns = (
        Column(title=words.text("report.col.variation")),
        Column(title=words.text("report.col.model")),
        Column(title=words.text("report.col.trials"), align="right"),
        Column(
            title=words.text("report.effect", ci=words.ci_name(plan.model.level)), align="right"
        ),
        Column(title=words.text("report.col.prediction"), align="right"),
        Column(title="τ²", align="right"),
        Column(title="I²", align="right"),
    )
    everything = (main_variation(result), *result.variations)
    rows = [_row(v, words, level=plan.model.level) for v in everything]
    records = [_record(v, words) for v in everything]
    if result.bayes is not None:
        rows.insert(1, _bayes_row(result.bayes, words))
        records.insert(1, _bayes_record(result.bayes, words))
    return Document(
        title=f"{words.text('report.sensitivity')}: {plan.labels[words.lang].title}",
        lang=words.lang,
        tables=(
            Table(caption=words.text("report.sensitivity"), columns=columns, rows=tuple(rows)),
        ),
        notes=(*_reproductions(result, words), words.text("report.note.i2")),
        records=tuple(records),
    )


def main_variation(result: AnalysisResult) -> Variation:
    """The main analysis in the shape of a variation."""
    return Variation(
        id="main",
        name="",
        kind="plan",
        measure=result.natural.measure,
        method=result.plan.model,
        k=result.pooled.k,
        estimate=result.natural.estimate,
        ci=result.natural.ci,
        prediction=result.natural.prediction,
        tau2=result.pooled.tau2,
        i2=result.pooled.i2,
        i2_q=result.pooled.i2_q,
    )


def variation_name(variation: Variation, words: Words) -> str:
    """What is varied, in words."""
    if variation.kind == "leave-one-out":
        return words.text("report.without", study=say(words, variation.name))
    return say(words, variation.name) or words.text("report.main")


def _row(variation: Variation, words: Words, *, level: float) -> tuple[Cell, ...]:
    measure, prediction = variation.measure, variation.prediction
    other_level = variation.ci.level != level
    return (
        Cell(text=variation_name(variation, words), heading=True),
        Cell(text=model_name(words, variation.method, variation.ci.method)),
        Cell(text=words.integer(variation.k)),
        Cell(
            text=f"{measure} {effect(words, measure, variation.estimate, variation.ci)}",
            detail=words.ci_name(variation.ci.level) if other_level else "",
        ),
        Cell(text=interval(words, measure, prediction) if prediction else ""),
        Cell(text=_tau2(variation, words)),
        Cell(text=_i2(variation, words)),
    )


def _bayes_row(fit: FewStudies, words: Words) -> tuple[Cell, ...]:
    """The Bayesian fit beside the main analysis; its interval is another kind of interval."""
    posterior = fit.posterior
    return (
        Cell(text=words.text("report.bayes"), heading=True),
        Cell(text=_prior(fit, words)),
        Cell(text=words.integer(posterior.k)),
        Cell(
            text=f"{posterior.measure} {effect(words, posterior.measure, fit.estimate, fit.ci)}",
            detail=words.text("report.credible", level=words.percent(fit.ci.level, decimals=0)),
        ),
        Cell(text=interval(words, posterior.measure, fit.prediction)),
        Cell(text=tau2_text(words, posterior.tau.median**2)),
        Cell(text=""),
    )


def _prior(fit: FewStudies, words: Words) -> str:
    return words.text("report.prior", scale=words.number(fit.prior_scale, decimals=1))


def _bayes_record(fit: FewStudies, words: Words) -> dict[str, str | float | int | None]:
    posterior = fit.posterior
    return {
        "variation": "bayes",
        "name": f"{words.text('report.bayes')}: {_prior(fit, words)}",
        "model": "bayes",
        "tau2_method": posterior.tau_prior,
        "ci_method": fit.ci.method,
        "level": fit.ci.level,
        "measure": posterior.measure,
        "trials": posterior.k,
        "estimate": fit.estimate,
        "ci_low": fit.ci.low,
        "ci_high": fit.ci.high,
        "prediction_low": fit.prediction.low,
        "prediction_high": fit.prediction.high,
        "tau2": posterior.tau.median**2,
        "i2": None,
        "i2_q": None,
    }


def _tau2(variation: Variation, words: Words) -> str:
    """τ², or nothing where the model has none."""
    if variation.method.effects == "common" or math.isnan(variation.tau2):
        return ""
    return tau2_text(words, variation.tau2)


def _i2(variation: Variation, words: Words) -> str:
    """I² from τ², or from Q (and then it says so) where the model has no τ²."""
    value, origin = i2_shown(variation.i2, variation.i2_q)
    if math.isnan(value):
        return ""
    shown = words.percent(value, decimals=0)
    return shown if origin == "τ²" else f"{shown} ({origin})"


def _reproductions(result: AnalysisResult, words: Words) -> tuple[str, ...]:
    notes = []
    for item in result.reproductions:
        printed = as_printed(words, item.published.estimate, item.published.ci)
        computed = words.ci(item.estimate, item.low, item.high, decimals=3)
        verdict = words.text("report.agrees" if item.agrees else "report.disagrees")
        notes.append(
            words.text(
                "report.reproduces",
                label=item.published.label,
                printed=printed,
                computed=computed,
                verdict=verdict,
            )
        )
    return tuple(notes)


def _record(variation: Variation, words: Words) -> dict[str, str | float | int | None]:
    prediction = variation.prediction
    return {
        "variation": variation.id,
        "name": variation_name(variation, words),
        "model": variation.method.effects,
        "tau2_method": variation.method.tau2 if variation.method.effects == "random" else None,
        "ci_method": variation.ci.method,
        "level": variation.ci.level,
        "measure": variation.measure,
        "trials": variation.k,
        "estimate": variation.estimate,
        "ci_low": variation.ci.low,
        "ci_high": variation.ci.high,
        "prediction_low": prediction.low if prediction else None,
        "prediction_high": prediction.high if prediction else None,
        "tau2": variation.tau2,
        "i2": variation.i2,
        "i2_q": variation.i2_q,
    }
