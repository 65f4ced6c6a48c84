"""The effect measures, and how a study's data become a contrast.

``MEASURES`` is the one list of measures; commands, documentation and contract
tests are generated from it. :func:`make_contrast` applies one of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evidencekit.effects.binary import (
    Effects,
    ZeroCells,
    odds_ratio,
    risk_difference,
    risk_ratio,
)
from evidencekit.effects.continuous import mean_difference
from evidencekit.effects.generic import ReportedEstimate, read_estimate
from evidencekit.errors import MethodError
from evidencekit.quantities import Contrast, Counts, Interval, Means, Scale

Kind = Literal["binary", "continuous", "generic"]
ArmData = Counts | Means | ReportedEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A row of ``MEASURES``.

    Parameters
    ----------
    name, label
        "RR" and "risk ratio".
    kind
        Data it is computed from: "binary" counts, "continuous" means, or
        "generic", an estimate as printed. Every measure also accepts that.
    scale
        Analysis scale: "log" for ratios.
    null
        Value of no effect on the natural scale: 1 for ratios, 0 for differences.
    function
        From arrays of arm data to :class:`~evidencekit.effects.binary.Effects`;
        None for generic-only measures.
    symmetric
        Whether swapping the arms only changes the sign (on the analysis scale).
    r_call
        The equivalent call in R.
    """

    name: str
    label: str
    kind: Kind
    scale: Scale
    null: float
    function: Callable[..., Effects] | None
    symmetric: bool
    r_call: str


def find_measure(name: str) -> Measure:
    """Return the row of that name, or raise MethodError with the names there are."""
    try:
        return MEASURES[name]
    except KeyError:
        known = ", ".join(MEASURES)
        raise MethodError(f"unknown measure {name!r}; choose one of {known}") from None


def to_natural(measure: str, value: float) -> float:
    """Take a value from the analysis scale of a measure to its natural scale."""
    if find_measure(measure).scale == "identity":
        return value
    return math.exp(value) if value < 709.0 or math.isnan(value) else math.inf


def to_natural_interval(measure: str, interval: Interval) -> Interval:
    """Both limits on the natural scale; level and method stay."""
    return Interval(
        low=to_natural(measure, interval.low),
        high=to_natural(measure, interval.high),
        level=interval.level,
        method=interval.method,
    )


def make_contrast(
    measure: str,
    data: ArmData,
    *,
    study: str,
    label: str = "",
    zero_cells: ZeroCells | None = None,
    result: str = "",
    steps: tuple[str, ...] = (),
) -> Contrast:
    """Compute one study's contrast of arm 1 against arm 2.

    Parameters
    ----------
    measure
        A row of ``MEASURES``.
    data
        ``Counts`` for RR, OR, RD; ``Means`` for MD; a ``ReportedEstimate`` for any.
    study, label, result
        Identifier, the name people read (default: the identifier), and the
        result of the study it comes from.
    zero_cells
        Policy for zero cells; default :class:`ZeroCells`.
    steps
        What was done to the data before; comes first in ``steps`` of the contrast.

    Returns
    -------
    Contrast
        Not estimable, with the reason, when the data say nothing about the
        measure; that is no error, the study is still listed.

    Raises
    ------
    MethodError
        For an unknown measure, data of the wrong kind, or values out of range;
        the study is named.
    """
    row = find_measure(measure)
    reason = ""
    try:
        if isinstance(data, ReportedEstimate):
            estimate, se, done = read_estimate(data, scale=row.scale)
        else:
            estimate, se, done, reason = _from_arms(row, data, zero_cells or ZeroCells())
    except MethodError as error:
        raise MethodError(f"{label or study}: {error}") from error
    return Contrast(
        study=study,
        label=label or study,
        measure=row.name,
        scale=row.scale,
        estimate=estimate,
        se=se,
        data=None if isinstance(data, ReportedEstimate) else data,
        steps=steps + done,
        not_estimable=reason,
        result=result,
    )


def _from_arms(
    row: Measure, data: Counts | Means, policy: ZeroCells
) -> tuple[float, float, tuple[str, ...], str]:
    """Estimate, standard error, steps and reason for not estimable ("" if it is)."""
    found: Kind = "binary" if isinstance(data, Counts) else "continuous"
    if row.function is None or row.kind != found:
        needs = {"binary": "counts", "continuous": "means", "generic": "an estimate as printed"}
        raise MethodError(
            f"{row.name} ({row.label}) is computed from {needs[row.kind]}, not from {needs[found]}"
        )
    if isinstance(data, Counts):
        effects = row.function(
            data.events_1, data.total_1, data.events_2, data.total_2, zero_cells=policy
        )
        steps, reason = _binary_steps(effects, policy), _binary_reason(data, effects)
    else:
        effects = row.function(
            data.mean_1, data.sd_1, data.total_1, data.mean_2, data.sd_2, data.total_2
        )
        steps = ()
        reason = "" if np.isfinite(effects.se) else "both standard deviations are 0"
    return float(effects.estimate), float(effects.se), steps, reason


def _binary_steps(effects: Effects, policy: ZeroCells) -> tuple[str, ...]:
    amount = f"{policy.add:g}"
    why = "by choice in every study" if policy.to == "all" else "because one of them is 0"
    if effects.corrected:
        return (f"Added {amount} to all four cells, {why}.",)
    if effects.variance_corrected:
        why = "by choice in every study" if policy.to == "all" else "it would otherwise be 0"
        return (
            f"Variance from cells with {amount} added ({why}); "
            "the risk difference itself is not corrected.",
        )
    return ()


def _binary_reason(data: Counts, effects: Effects) -> str:
    if np.isfinite(effects.se):
        return ""
    if data.events_1 == 0 and data.events_2 == 0:
        what = "no events in either arm"
    elif data.events_1 == data.total_1 and data.events_2 == data.total_2:
        what = "events in every participant of both arms"
    else:
        return "a zero cell and no correction"
    return f"{what}, which says nothing about a ratio" if effects.dropped else what


MEASURES: dict[str, Measure] = {
    row.name: row
    for row in (
        Measure(
            name="RR",
            label="risk ratio",
            kind="binary",
            scale="log",
            null=1.0,
            function=risk_ratio,
            symmetric=True,
            r_call='escalc("RR", drop00 = TRUE)',
        ),
        Measure(
            name="OR",
            label="odds ratio",
            kind="binary",
            scale="log",
            null=1.0,
            function=odds_ratio,
            symmetric=True,
            r_call='escalc("OR", drop00 = TRUE)',
        ),
        Measure(
            name="RD",
            label="risk difference",
            kind="binary",
            scale="identity",
            null=0.0,
            function=risk_difference,
            symmetric=True,
            r_call='escalc("RD", to = "none")',
        ),
        Measure(
            name="MD",
            label="mean difference",
            kind="continuous",
            scale="identity",
            null=0.0,
            function=mean_difference,
            symmetric=True,
            r_call='escalc("MD")',
        ),
        Measure(
            name="HR",
            label="hazard ratio",
            kind="generic",
            scale="log",
            null=1.0,
            function=None,
            symmetric=True,
            r_call="conv.wald(out = HR, ci.lb = low, ci.ub = high, transf = log)",
        ),
    )
}
