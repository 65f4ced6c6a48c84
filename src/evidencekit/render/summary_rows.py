"""Pooled results to the rows of a forest plot: shared by analyses and by single tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from evidencekit.language.phrases import decimals_of, i2_shown
from evidencekit.language.words import Words
from evidencekit.models.intervals import PREDICTION_METHODS
from evidencekit.models.results import NaturalResult, PooledResult
from evidencekit.quantities import Counts, Interval, StudyData
from evidencekit.render.forest_types import ForestSummary
from evidencekit.render.wording import (
    estimate_text,
    events_cells,
    heterogeneity_text,
    prediction_row,
    weight_text,
)


def summary_row(
    key: str,
    label: str,
    natural: NaturalResult,
    words: Words,
    *,
    weight: float,
    cells: tuple[str, ...],
    prediction_method: str = "none",
    decimals: int | Literal["house"] | None = "house",
) -> ForestSummary:
    """The diamond of a pooled result, with its heterogeneity line and prediction interval.

    ``prediction_method``: the row of ``PREDICTION_METHODS`` asked for, or "none".
    ``decimals`` "house": the house rule of the measure; None: the rule for ratios.
    """
    places = decimals_of(natural.measure) if decimals == "house" else decimals
    prediction = None
    if prediction_method != "none":
        needed = PREDICTION_METHODS[prediction_method].smallest_k
        reason = words.text("forest.prediction_needs", n=words.integer(needed))
        prediction = prediction_row(words, natural.prediction, reason=reason, decimals=places)
    return ForestSummary(
        key=key,
        label=label,
        estimate=natural.estimate,
        ci_low=natural.ci.low,
        ci_high=natural.ci.high,
        weight_text=weight_text(words, weight),
        cells=cells,
        text=estimate_text(words, natural.estimate, natural.ci, decimals=places),
        prediction=prediction,
        heterogeneity=heterogeneity_line(natural.analysis, words),
    )


def heterogeneity_line(pooled: PooledResult, words: Words) -> str:
    """tau2, I squared and Q of a result; intervals where there are two."""
    tau2_ci = None
    if pooled.tau2_ci is not None and pooled.tau2_ci.status in ("ok", "excludes_estimate"):
        tau2_ci = Interval(low=pooled.tau2_ci.low, high=pooled.tau2_ci.high)
    common = pooled.model == "common_effect"
    return heterogeneity_text(
        words,
        tau2=pooled.tau2,
        i2=i2_shown(pooled.i2, pooled.i2_q)[0],
        q=pooled.q,
        df=pooled.q_df,
        p_value=pooled.q_p,
        tau2_ci=None if common else tau2_ci,
        i2_ci=None if common or tau2_ci is None else pooled.i2_ci,
    )


def totals_cells(words: Words, data: Sequence[StudyData | None]) -> tuple[str, ...]:
    """Events and people over all studies with counts; empty when one has none."""
    counts = [d for d in data if isinstance(d, Counts)]
    if not counts or len(counts) != len(data):
        return ()
    return events_cells(
        words,
        Counts(
            events_1=sum(d.events_1 for d in counts),
            total_1=sum(d.total_1 for d in counts),
            events_2=sum(d.events_2 for d in counts),
            total_2=sum(d.total_2 for d in counts),
        ),
    )
