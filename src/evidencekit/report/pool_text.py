"""A pooled table as plain text for the terminal, on the scale people read."""

from __future__ import annotations

import math

from evidencekit.effects.measures import find_measure
from evidencekit.models.intervals import PREDICTION_METHODS
from evidencekit.models.results import NaturalResult, PooledResult
from evidencekit.models.tau2 import TAU2_ESTIMATORS
from evidencekit.models.text import number_text, p_text, test_name
from evidencekit.report.pool_values import i2_of, tau2_limits
from evidencekit.report.pool_values_text import (
    interval_label,
    limits_text,
    percent_short,
    value_text,
)
from evidencekit.tables.pooling import POOL_MODELS, PoolOutcome
from evidencekit.tables.shapes import has_null

Line = tuple[str, str, str]


def pool_text(outcome: PoolOutcome) -> str:
    """Studies with weights, the pooled result, heterogeneity and every note."""
    result, log = outcome.result, outcome.result.scale == "log"
    studies = _study_lines(outcome, log)
    pooled = _pooled_lines("pooled", result, outcome.natural, log)
    for name, group, natural in _groups(outcome):
        pooled += [("", "", ""), *_pooled_lines(f"{name} (k = {group.k})", group, natural, log)]
    lines = [_title(outcome), ""]
    weighted = any(weight for _, _, weight in studies)
    head = (_column(outcome), "", "weight" if weighted else "")
    lines += _aligned([head, *studies, ("", "", ""), *pooled])
    split = outcome.subgroups
    if split is not None:
        test = f"Q = {number_text(split.q_between)}, df {split.df}, {p_text(split.p_value)}"
        lines += ["", f"test for subgroup differences: {test}"]
    lines += _beside(outcome, log)
    if outcome.notes:
        lines += ["", *(f"note: {note}" for note in outcome.notes)]
    return "\n".join(lines)


def _beside(outcome: PoolOutcome, log: bool) -> list[str]:
    """Blocks that are there only when they were asked for, or offered."""
    if outcome.regression is None and outcome.levels is None and outcome.bayes is None:
        return []
    from evidencekit.report.pool_beside_text import bayes_lines, levels_line, regression_lines

    lines: list[str] = []
    if outcome.levels is not None:
        lines += ["", levels_line(outcome.levels)]
    if outcome.regression is not None:
        lines += ["", *regression_lines(outcome.regression, outcome.result)]
    if outcome.bayes is not None:
        lines += ["", *bayes_lines(outcome.bayes, log)]
    return lines


def _groups(outcome: PoolOutcome) -> list[tuple[str, PooledResult, NaturalResult]]:
    split = outcome.subgroups
    if split is None:
        return []
    return list(zip(split.names, split.groups, outcome.natural_groups, strict=True))


def _title(outcome: PoolOutcome) -> str:
    result = outcome.result
    what = find_measure(result.measure).label if result.measure else "estimates"
    methods = [interval_label(result.ci.method)]
    if result.tau2_method in TAU2_ESTIMATORS:
        methods.insert(0, TAU2_ESTIMATORS[result.tau2_method].label)
    model = POOL_MODELS[outcome.request.model].label
    count = "1 study" if result.k == 1 else f"{result.k} studies"
    return f"{what}, {count}, {model} ({'; '.join(methods)})"


def _column(outcome: PoolOutcome) -> str:
    return (
        f"study: {outcome.result.measure or 'estimate'} ({percent_short(outcome.result.level)} CI)"
    )


def _study_lines(outcome: PoolOutcome, log: bool) -> list[Line]:
    natural = outcome.natural
    numbers = iter(zip(natural.estimates, natural.intervals, natural.weights, strict=True))
    lines = []
    for contrast in outcome.studies.contrasts:
        if not contrast.estimable:
            lines.append((contrast.label, "not estimable", ""))
            continue
        estimate, interval, weight = next(numbers)
        text = f"{value_text(estimate, log)} ({limits_text(interval, log)})"
        share = "" if math.isnan(weight) else f"{100 * weight:.1f}%"
        lines.append((contrast.label, text, share))
    return lines


def _pooled_lines(
    label: str, result: PooledResult, natural: NaturalResult, log: bool
) -> list[Line]:
    lines = [(label, f"{value_text(natural.estimate, log)} ({limits_text(natural.ci, log)})", "")]
    if has_null(result.measure):
        test = f"{test_name(result.df)} = {number_text(result.statistic)}, {p_text(result.p_value)}"
        lines.append(("  test", test, ""))
    if natural.prediction is not None:
        method = PREDICTION_METHODS[natural.prediction.method].label
        limits = limits_text(natural.prediction, log)
        lines.append(("  prediction interval", f"{limits} ({method})", ""))
    elif result.prediction_method is not None:
        lines.append(("  prediction interval", f"none: {result.prediction_reason}", ""))
    return [*lines, *_heterogeneity_lines(result)]


def _heterogeneity_lines(result: PooledResult) -> list[Line]:
    lines = []
    if result.model == "random_effects":
        found = tau2_limits(result.tau2_ci)
        limits = f" ({number_text(found[0])} to {number_text(found[1])})" if found else ""
        lines.append(("  tau2", f"{number_text(result.tau2)}{limits}", ""))
    interval = result.i2_ci
    limits = (
        f" ({percent_short(interval.low)} to {percent_short(interval.high)})" if interval else ""
    )
    lines.append(("  I2", f"{percent_short(i2_of(result))}{limits}", ""))
    q = f"{number_text(result.q)}, df {result.q_df}, {p_text(result.q_p)}"
    lines.append(("  Q", q, ""))
    return lines


def _aligned(lines: list[Line]) -> list[str]:
    width = max(len(label) for label, _, _ in lines)
    middle = max((len(text) for _, text, weight in lines if weight), default=0)
    return [
        f"{label:<{width}}  {text:<{middle if weight else 0}}  {weight:>6}".rstrip()
        for label, text, weight in lines
    ]
