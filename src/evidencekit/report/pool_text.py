"""A pooled table as plain text for the terminal, on the scale people read."""

from __future__ import annotations

import math

from evidencekit.effects.measures import find_measure
from evidencekit.language.decimals import decimals_for_ratio
from evidencekit.models.intervals import CI_METHODS, PREDICTION_METHODS
from evidencekit.models.results import NaturalResult, PooledResult
from evidencekit.models.tau2 import TAU2_ESTIMATORS
from evidencekit.models.text import number_text, p_text, test_name
from evidencekit.quantities import Interval
from evidencekit.tables.pooling import POOL_MODELS, PoolOutcome

Line = tuple[str, str, str]


def pool_text(outcome: PoolOutcome) -> str:
    """Studies with weights, the pooled result, heterogeneity and every note."""
    result, log = outcome.result, outcome.result.scale == "log"
    studies = _study_lines(outcome, log)
    pooled = _pooled_lines("pooled", result, outcome.natural, log)
    for name, group, natural in _groups(outcome):
        pooled += [("", "", ""), *_pooled_lines(f"{name} (k = {group.k})", group, natural, log)]
    lines = [_title(outcome), ""]
    lines += _aligned([(_column(outcome), "", "weight"), *studies, ("", "", ""), *pooled])
    split = outcome.subgroups
    if split is not None:
        test = f"Q = {number_text(split.q_between)}, df {split.df}, {p_text(split.p_value)}"
        lines += ["", f"test for subgroup differences: {test}"]
    if outcome.notes:
        lines += ["", *(f"note: {note}" for note in outcome.notes)]
    return "\n".join(lines)


def _groups(outcome: PoolOutcome) -> list[tuple[str, PooledResult, NaturalResult]]:
    split = outcome.subgroups
    if split is None:
        return []
    return list(zip(split.names, split.groups, outcome.natural_groups, strict=True))


def _title(outcome: PoolOutcome) -> str:
    result = outcome.result
    what = find_measure(result.measure).label if result.measure else "estimates"
    methods = [CI_METHODS[result.ci.method].label]
    if result.tau2_method in TAU2_ESTIMATORS:
        methods.insert(0, TAU2_ESTIMATORS[result.tau2_method].label)
    model = POOL_MODELS[outcome.request.model].label
    count = "1 study" if result.k == 1 else f"{result.k} studies"
    return f"{what}, {count}, {model} ({'; '.join(methods)})"


def _column(outcome: PoolOutcome) -> str:
    return f"study: {outcome.result.measure or 'estimate'} ({_percent(outcome.result.level)} CI)"


def _study_lines(outcome: PoolOutcome, log: bool) -> list[Line]:
    natural = outcome.natural
    numbers = iter(zip(natural.estimates, natural.intervals, natural.weights, strict=True))
    lines = []
    for contrast in outcome.studies.contrasts:
        if not contrast.estimable:
            lines.append((contrast.label, "not estimable", ""))
            continue
        estimate, interval, weight = next(numbers)
        text = f"{_value(estimate, log)} ({_limits(interval, log)})"
        lines.append((contrast.label, text, f"{100 * weight:.1f}%"))
    return lines


def _pooled_lines(
    label: str, result: PooledResult, natural: NaturalResult, log: bool
) -> list[Line]:
    test = f"{test_name(result.df)} = {number_text(result.statistic)}, {p_text(result.p_value)}"
    lines = [
        (label, f"{_value(natural.estimate, log)} ({_limits(natural.ci, log)})", ""),
        ("  test", test, ""),
    ]
    if natural.prediction is not None:
        method = PREDICTION_METHODS[natural.prediction.method].label
        lines.append(
            ("  prediction interval", f"{_limits(natural.prediction, log)} ({method})", "")
        )
    elif result.prediction_method is not None:
        lines.append(("  prediction interval", f"none: {result.prediction_reason}", ""))
    if result.model == "random_effects":
        interval = result.tau2_ci
        shown = interval is not None and interval.status in ("ok", "excludes_estimate")
        limits = f" ({_limits_short(interval.low, interval.high)})" if shown and interval else ""
        lines.append(("  tau2", f"{number_text(result.tau2)}{limits}", ""))
    i2 = result.i2 if result.model == "random_effects" else result.i2_q
    limits = (
        f" ({_percent(result.i2_ci.low)} to {_percent(result.i2_ci.high)})" if result.i2_ci else ""
    )
    lines.append(("  I2", f"{_percent(i2)}{limits}", ""))
    lines.append(("  Q", f"{number_text(result.q)}, df {result.q_df}, {p_text(result.q_p)}", ""))
    return lines


def _aligned(lines: list[Line]) -> list[str]:
    width = max(len(label) for label, _, _ in lines)
    middle = max((len(text) for _, text, weight in lines if weight), default=0)
    return [
        f"{label:<{width}}  {text:<{middle if weight else 0}}  {weight:>6}".rstrip()
        for label, text, weight in lines
    ]


def _value(value: float, log: bool) -> str:
    if not math.isfinite(value):
        return number_text(value)
    return f"{value:.{decimals_for_ratio(value)}f}" if log and value > 0 else number_text(value)


def _limits(interval: Interval, log: bool) -> str:
    return f"{_value(interval.low, log)} to {_value(interval.high, log)}"


def _limits_short(low: float, high: float) -> str:
    return f"{number_text(low)} to {number_text(high)}"


def _percent(fraction: float) -> str:
    return "not defined" if math.isnan(fraction) else f"{round(100 * fraction, 1):g}%"
