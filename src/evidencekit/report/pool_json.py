"""A pooled table as one JSON object, ``evidencekit.pool/1``: full precision, never NaN.

What is not defined, or infinite, is null, and a note says why.
"""

from __future__ import annotations

import math
from typing import Any

from evidencekit.models.results import NaturalResult, PooledResult
from evidencekit.quantities import Interval
from evidencekit.tables.pooling import PoolOutcome

SCHEMA = "evidencekit.pool/1"


def pool_json(outcome: PoolOutcome) -> dict[str, Any]:
    """The object that ``evidencekit pool --json`` prints.

    Estimates and intervals stand on the analysis scale, ``natural`` holds them as people
    read them; ``i2`` and weights are fractions.
    """
    result, values = outcome.result, _Values()
    data = {
        "schema": SCHEMA,
        "measure": result.measure or None,
        "scale": result.scale,
        "model": outcome.request.model,
        **_fit(result, values, ""),
        "studies": _studies(outcome),
        "natural": _natural(outcome.natural, values, ""),
    }
    if outcome.subgroups is not None:
        data["subgroups"] = _subgroups(outcome, values)
    notes = [*outcome.notes, *_absent(result), *values.notes()]
    return data | {"notes": list(dict.fromkeys(notes))}


class _Values:
    """Turns numbers into JSON values and remembers those that are null."""

    def __init__(self) -> None:
        self._undefined: list[str] = []
        self._infinite: list[str] = []
        self._normal: list[str] = []

    def number(self, name: str, value: float) -> float | None:
        if math.isfinite(value):
            return float(value)
        (self._undefined if math.isnan(value) else self._infinite).append(name)
        return None

    def df(self, name: str, value: float) -> float | None:
        if math.isinf(value):
            self._normal.append(name)
            return None
        return self.number(name, value)

    def interval(self, name: str, interval: Interval) -> dict[str, float | None]:
        return {
            "low": self.number(f"{name}.low", interval.low),
            "high": self.number(f"{name}.high", interval.high),
        }

    def notes(self) -> list[str]:
        told = (
            (self._normal, "Null because the test uses the normal distribution"),
            (self._undefined, "Null because not defined for these data"),
            (self._infinite, "Null because infinite"),
        )
        return [f"{why}: {', '.join(names)}." for names, why in told if names]


def _fit(result: PooledResult, values: _Values, path: str) -> dict[str, Any]:
    random = result.model == "random_effects"
    prediction = result.prediction
    i2 = result.i2 if random else result.i2_q
    # Without tau2, H squared is Q over its degrees of freedom.
    h2 = result.h2 if random else (result.q / result.q_df if result.q_df else math.nan)
    return {
        "k": result.k,
        "estimate": values.number(f"{path}estimate", result.estimate),
        "se": values.number(f"{path}se", result.se),
        "statistic": values.number(f"{path}statistic", result.statistic),
        "df": values.df(f"{path}df", result.df),
        "p_value": values.number(f"{path}p_value", result.p_value),
        "ci": _named(values, f"{path}ci", result.ci, level=True),
        "prediction": prediction and _named(values, f"{path}prediction", prediction),
        "tau2": values.number(f"{path}tau2", result.tau2),
        "tau2_method": result.tau2_method if random else None,
        "tau2_ci": _tau2_ci(result, values, path),
        "i2": values.number(f"{path}i2", i2),
        "i2_ci": values.interval(f"{path}i2_ci", result.i2_ci)
        if result.i2_ci
        else {"low": None, "high": None},
        "h2": values.number(f"{path}h2", h2),
        "q": {
            "statistic": values.number(f"{path}q.statistic", result.q),
            "df": result.q_df,
            "p_value": values.number(f"{path}q.p_value", result.q_p),
        },
    }


def _named(
    values: _Values, path: str, interval: Interval, *, level: bool = False
) -> dict[str, Any]:
    named: dict[str, Any] = dict(values.interval(path, interval))
    if level:
        named["level"] = interval.level
    return named | {"method": interval.method}


def _tau2_ci(result: PooledResult, values: _Values, path: str) -> dict[str, Any]:
    interval = result.tau2_ci
    if interval is None:
        return {"low": None, "high": None, "method": None, "status": None}
    return {
        "low": values.number(f"{path}tau2_ci.low", interval.low),
        "high": values.number(f"{path}tau2_ci.high", interval.high),
        "method": interval.method,
        "status": interval.status,
    }


def _studies(outcome: PoolOutcome) -> list[dict[str, Any]]:
    """Every row of the table; those that are not estimable have nulls, and a note names them."""
    weights = iter(outcome.result.weights)
    return [
        {
            "study": contrast.label,
            "estimate": contrast.estimate if contrast.estimable else None,
            "se": contrast.se if contrast.estimable else None,
            "weight": next(weights) if contrast.estimable else None,
        }
        for contrast in outcome.studies.contrasts
    ]


def _natural(natural: NaturalResult, values: _Values, path: str) -> dict[str, Any]:
    path = f"{path}natural."
    prediction = natural.prediction
    return {
        "estimate": values.number(f"{path}estimate", natural.estimate),
        "ci": _named(values, f"{path}ci", natural.ci, level=True),
        "prediction": prediction and _named(values, f"{path}prediction", prediction),
    }


def _subgroups(outcome: PoolOutcome, values: _Values) -> dict[str, Any]:
    split = outcome.subgroups
    assert split is not None
    groups = []
    for name, group, natural in zip(split.names, split.groups, outcome.natural_groups, strict=True):
        path = f"subgroups.{name}."
        fit = _fit(group, values, path)
        groups.append({"group": name, **fit, "natural": _natural(natural, values, path)})
    return {
        "tau2": split.tau2_across,
        "groups": groups,
        "test": {
            "statistic": values.number("subgroups.test.statistic", split.q_between),
            "df": split.df,
            "p_value": values.number("subgroups.test.p_value", split.p_value),
        },
    }


def _absent(result: PooledResult) -> list[str]:
    """Why whole parts of the object are null."""
    notes = []
    if not result.measure:
        notes.append("No measure was named: the estimates are pooled as they stand.")
    if result.prediction is None:
        notes.append(f"No prediction interval: {result.prediction_reason}.")
    if result.model == "common_effect":
        notes.append(
            "The common-effect model assumes tau2 = 0 and has no interval for it; "
            "i2 and h2 follow from Q."
        )
    elif result.tau2_ci is None:
        notes.append("No interval for tau2 and i2: not asked for.")
    elif result.i2_ci is None:
        notes.append(f"No interval for i2: that of tau2 is {result.tau2_ci.status}.")
    return notes
