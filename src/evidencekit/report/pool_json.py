"""A pooled table as one JSON object, ``evidencekit.pool/1``: full precision, never NaN.

What is not defined, or infinite, is null, and a note says why.
"""

from __future__ import annotations

import math
from typing import Any

from evidencekit.models.results import NaturalResult, PooledResult, plain
from evidencekit.models.tau2 import TAU2_ESTIMATORS
from evidencekit.report.pool_values import h2_of, i2_of
from evidencekit.report.pool_values_json import Values
from evidencekit.tables.pooling import PoolOutcome
from evidencekit.tables.shapes import has_null

SCHEMA = "evidencekit.pool/1"


def pool_json(outcome: PoolOutcome) -> dict[str, Any]:
    """The object that ``evidencekit pool --json`` prints.

    Estimates and intervals stand on the analysis scale, ``natural`` holds them as people
    read them; ``i2`` and weights are fractions.
    """
    result, values = outcome.result, Values()
    data = {
        "schema": SCHEMA,
        "measure": result.measure or None,
        "scale": result.scale,
        "model": outcome.request.model,
        **_fit(result, values, ""),
        "studies": _studies(outcome),
        "natural": _natural(outcome.natural, values, ""),
        **_beside(outcome, values),
    }
    if outcome.subgroups is not None:
        data["subgroups"] = _subgroups(outcome, values)
    notes = [*outcome.notes, *_absent(result), *values.notes()]
    return data | {"notes": list(dict.fromkeys(notes))}


def _beside(outcome: PoolOutcome, values: Values) -> dict[str, Any]:
    """Keys that are there only when they were asked for, or offered."""
    if outcome.regression is None and outcome.levels is None and outcome.bayes is None:
        return {}
    from evidencekit.report.pool_beside_json import bayes_json, levels_json, regression_json

    found: dict[str, Any] = {}
    if outcome.regression is not None:
        found |= regression_json(outcome.regression, values)
    if outcome.levels is not None:
        found |= levels_json(outcome.levels)
    if outcome.bayes is not None:
        found["bayes"] = bayes_json(outcome.bayes, values)
    return found


def _fit(result: PooledResult, values: Values, path: str) -> dict[str, Any]:
    random = result.model == "random_effects"
    prediction = result.prediction
    return {
        "k": result.k,
        "estimate": values.number(f"{path}estimate", result.estimate),
        "se": values.number(f"{path}se", result.se),
        "statistic": values.number(f"{path}statistic", result.statistic),
        "df": values.df(f"{path}df", result.df),
        "p_value": values.number(f"{path}p_value", result.p_value),
        "ci": values.named(f"{path}ci", result.ci, level=True),
        "prediction": prediction and values.named(f"{path}prediction", prediction),
        "tau2": values.number(f"{path}tau2", result.tau2),
        "tau2_method": result.tau2_method if random else None,
        "tau2_ci": values.tau2_ci(f"{path}tau2_ci", result.tau2_ci),
        "i2": values.number(f"{path}i2", i2_of(result)),
        "i2_ci": values.interval(f"{path}i2_ci", result.i2_ci)
        if result.i2_ci
        else {"low": None, "high": None},
        "h2": values.number(f"{path}h2", h2_of(result)),
        "q": {
            "statistic": values.number(f"{path}q.statistic", result.q),
            "df": result.q_df,
            "p_value": values.number(f"{path}q.p_value", result.q_p),
        },
    }


def _studies(outcome: PoolOutcome) -> list[dict[str, Any]]:
    """Every row of the table; those that are not estimable have nulls, and a note names them."""
    weights = iter(outcome.result.weights)
    return [
        {
            "study": contrast.label,
            "estimate": contrast.estimate if contrast.estimable else None,
            "se": contrast.se if contrast.estimable else None,
            "weight": plain(next(weights)) if contrast.estimable else None,
        }
        for contrast in outcome.studies.contrasts
    ]


def _natural(natural: NaturalResult, values: Values, path: str) -> dict[str, Any]:
    path = f"{path}natural."
    prediction = natural.prediction
    return {
        "estimate": values.number(f"{path}estimate", natural.estimate),
        "ci": values.named(f"{path}ci", natural.ci, level=True),
        "prediction": prediction and values.named(f"{path}prediction", prediction),
    }


def _subgroups(outcome: PoolOutcome, values: Values) -> dict[str, Any]:
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
    if not has_null(result.measure):
        notes.append(
            "statistic and p_value test 0 on the analysis scale, which means nothing for the "
            "level of one group."
        )
    if any(math.isnan(weight) for weight in result.weights):
        notes.append("Studies have no weights: the likelihood is that of all counts together.")
    if result.prediction is None:
        notes.append(f"No prediction interval: {result.prediction_reason}.")
    if result.model == "common_effect":
        notes.append(
            "The common-effect model assumes tau2 = 0 and has no interval for it; "
            "i2 and h2 follow from Q."
        )
    elif result.tau2_ci is None:
        notes.append(
            "No interval for tau2 and i2: not asked for."
            if result.tau2_method in TAU2_ESTIMATORS and not math.isnan(result.i2)
            else "No interval for tau2: not offered with this model."
        )
    elif result.i2_ci is None:
        notes.append(f"No interval for i2: that of tau2 is {result.tau2_ci.status}.")
    return notes
