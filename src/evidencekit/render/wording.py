"""Numbers to the texts of a forest plot, in one language: what an adapter needs.

Each function takes numbers that were computed elsewhere and writes them the
way the figure prints them; together they make the parts of a ``Forest``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from evidencekit.language import Words
from evidencekit.language.phrases import events_text, tau2_text
from evidencekit.quantities import Counts, Interval, Means
from evidencekit.render.forest_types import ForestColumn, ForestPrediction


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """The fixed headings of a forest plot; fields are named as in ``Forest``."""

    measure: str
    measure_in_text: str
    ci_name: str
    study_header: str
    weight_header: str
    estimate_header: str


def headings(words: Words, measure: str, *, level: float = 0.95) -> Headings:
    """Headings for a row of ``MEASURES``: "Risk ratio (95% CI)" and its companions."""
    name = words.text(f"measure.{measure}")
    ci_name = words.ci_name(level)
    return Headings(
        measure=name,
        measure_in_text=words.text(f"measure.{measure}.in_text"),
        ci_name=ci_name,
        study_header=words.text("forest.study"),
        weight_header=words.text("forest.weight"),
        estimate_header=words.text("forest.estimate", measure=name, ci=ci_name),
    )


def events_columns(words: Words, arm_1: str, arm_2: str) -> tuple[ForestColumn, ...]:
    """Two columns "74/135", headed by the arms, under one heading "Events/total"."""
    group = words.text("forest.events_total")
    arms = (_heading(arm_1), _heading(arm_2))
    return tuple(ForestColumn(header=arm, group=group, align="slash") for arm in arms)


def _heading(arm: str) -> str:
    """An arm's name as a heading: "probiotics" is written "Probiotics"; the rest stays."""
    return arm[:1].upper() + arm[1:]


def events_cells(words: Words, counts: Counts) -> tuple[str, ...]:
    """The cells of :func:`events_columns` for one study or for the totals."""
    return (
        events_text(words, counts.events_1, counts.total_1),
        events_text(words, counts.events_2, counts.total_2),
    )


def means_columns(words: Words, arm_1: str, arm_2: str) -> tuple[ForestColumn, ...]:
    """Mean (SD) and total of each arm, under a heading per arm."""
    mean, total = words.text("forest.mean_sd"), words.text("forest.total")
    return tuple(
        ForestColumn(header=header, group=_heading(arm))
        for arm in (arm_1, arm_2)
        for header in (mean, total)
    )


def means_cells(words: Words, means: Means, *, decimals: int) -> tuple[str, ...]:
    """The cells of :func:`means_columns`."""

    def mean_sd(mean: float, sd: float) -> str:
        return f"{words.number(mean, decimals=decimals)} ({words.number(sd, decimals=decimals)})"

    return (
        mean_sd(means.mean_1, means.sd_1),
        words.count_number(means.total_1),
        mean_sd(means.mean_2, means.sd_2),
        words.count_number(means.total_2),
    )


def estimate_text(
    words: Words, estimate: float | None, ci: Interval | None, *, decimals: int | None = None
) -> str:
    """ "0.77 (0.66 to 0.90)"; the estimate alone without an interval; "not estimable" for None.

    ``decimals=None`` writes ratios, by the house rule.
    """
    if estimate is None:
        return words.text("forest.not_estimable")
    if ci is None:
        return (
            words.ratio(estimate) if decimals is None else words.number(estimate, decimals=decimals)
        )
    return words.ci(estimate, ci.low, ci.high, decimals=decimals)


def weight_text(words: Words, weight: float | None) -> str:
    """A weight as percentage without its sign: "12.3"; "" for None or NaN."""
    return "" if weight is None or math.isnan(weight) else words.number(100 * weight, decimals=1)


def heterogeneity_text(
    words: Words,
    *,
    tau2: float,
    i2: float,
    q: float,
    df: int,
    p_value: float,
    tau2_ci: Interval | None = None,
    i2_ci: Interval | None = None,
) -> str:
    """The heterogeneity line; with intervals when both are given; "not applicable" at df = 0."""
    if df == 0:
        return words.text("forest.heterogeneity_one")
    if math.isnan(i2):  # an exact likelihood has neither I2 nor Cochran's Q
        return words.text("forest.heterogeneity_tau2", tau2=tau2_text(words, tau2))
    values = {
        "tau2": tau2_text(words, tau2),
        "i2": words.percent(i2),
        "q": words.number(q, decimals=2),
        "df": words.integer(df),
        "p": words.p_value(p_value),
    }
    if tau2_ci is None or i2_ci is None:
        return words.text("forest.heterogeneity", **values)
    low, high = tau2_text(words, tau2_ci.low), tau2_text(words, tau2_ci.high)
    return words.text(
        "forest.heterogeneity_ci",
        **values,
        tau2_interval=words.text("number.interval", low=low, high=high),
        i2_interval=words.text(
            "number.interval", low=words.percent(i2_ci.low), high=words.percent(i2_ci.high)
        ),
    )


def subgroup_test_text(words: Words, *, q: float, df: int, p_value: float) -> str:
    """ "Test for subgroup differences: Q = 3.10, df = 1, P = 0.078"."""
    return words.text(
        "forest.subgroup_test",
        q=words.number(q, decimals=2),
        df=words.integer(df),
        p=words.p_value(p_value),
    )


def prediction_row(
    words: Words,
    interval: Interval | None,
    *,
    reason: str = "",
    decimals: int | None = None,
) -> ForestPrediction:
    """The prediction row: its interval, or the sentence that says why there is none."""
    if interval is None:
        return ForestPrediction(label=words.text("forest.no_prediction", reason=reason))
    return ForestPrediction(
        label=words.prediction_name(interval.level),
        low=interval.low,
        high=interval.high,
        text=words.interval(interval.low, interval.high, decimals=decimals),
    )
