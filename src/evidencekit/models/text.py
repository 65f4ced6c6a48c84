"""A pooled result as plain text, for the terminal and the notebook."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from evidencekit.models.intervals import CI_METHODS, PREDICTION_METHODS
from evidencekit.models.tau2 import TAU2_ESTIMATORS

if TYPE_CHECKING:
    from evidencekit.models.results import PooledResult
    from evidencekit.quantities import Interval

TAU2_STATUS = {
    "ok": "",
    "excludes_estimate": ", does not hold the estimate",
    "empty": "empty: the estimates agree more closely than any tau2 >= 0 explains",
    "unbounded": "unbounded: one study says nothing about tau2",
}


def summary_text(result: PooledResult) -> str:
    """One line per quantity, on the analysis scale, then the notes."""
    percent = f"{100 * result.level:g}%"
    lines = [
        _title(result),
        f"  estimate    {number_text(result.estimate)}  {percent} CI {_limits(result.ci)} "
        f"({_label(result)})",
        f"  test        {_statistic(result)}",
        f"  prediction  {_prediction(result, percent)}",
    ]
    if result.model == "random_effects":
        lines.append(f"  tau2        {number_text(result.tau2)}{_tau2_interval(result, percent)}")
        lines.append(
            f"  I2          {percent_text(result.i2)} from tau2, {percent_text(result.i2_q)} from Q"
        )
    else:
        lines.append(f"  I2          {percent_text(result.i2_q)} from Q")
    lines.append(f"  Q           {number_text(result.q)}, df {result.q_df}, {p_text(result.q_p)}")
    lines.extend(f"  note: {note}" for note in result.notes)
    return "\n".join(lines)


def _title(result: PooledResult) -> str:
    model = result.model.replace("_", "-")
    method = TAU2_ESTIMATORS.get(result.tau2_method)
    how = f", {method.label}" if method else ""
    what = result.measure or "estimates"
    scale = ", log scale" if result.scale == "log" else ""
    return f"{what}{scale}: k = {result.k}, {model} model{how}"


def _label(result: PooledResult) -> str:
    return CI_METHODS[result.ci.method].label


def _statistic(result: PooledResult) -> str:
    test = f"{test_name(result.df)} = {number_text(result.statistic)}"
    return f"{test}, {p_text(result.p_value)}"


def _prediction(result: PooledResult, percent: str) -> str:
    if result.prediction is None:
        return f"none: {result.prediction_reason}"
    label = PREDICTION_METHODS[result.prediction.method].label
    return f"{percent} {_limits(result.prediction)} ({label})"


def _tau2_interval(result: PooledResult, percent: str) -> str:
    interval = result.tau2_ci
    if interval is None:
        return ""
    if interval.status in ("empty", "unbounded"):
        return f"  {percent} CI {TAU2_STATUS[interval.status]}"
    limits = f"{number_text(interval.low)} to {number_text(interval.high)}"
    return f"  {percent} CI {limits} ({interval.method}{TAU2_STATUS[interval.status]})"


def _limits(interval: Interval) -> str:
    return f"{number_text(interval.low)} to {number_text(interval.high)}"


def test_name(df: float) -> str:
    """What a statistic with these degrees of freedom is called; NaN: neither t nor normal."""
    if math.isnan(df):
        return "statistic"
    return "z" if math.isinf(df) else f"t({df:.4g})"


def number_text(value: float) -> str:
    """A number to four digits."""
    return "not defined" if math.isnan(value) else f"{value:.4g}"


def percent_text(value: float) -> str:
    """A fraction as a percentage."""
    return "not defined" if math.isnan(value) else f"{100 * value:.1f}%"


def p_text(value: float) -> str:
    """A p-value with its name."""
    if math.isnan(value):
        return "p not defined"
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
