"""Coefficients, tests of linear combinations of them, and predictions, as tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.design import CONSTANT, Design
from evidencekit.models.kernel import FloatArray
from evidencekit.models.quantiles import limits, two_sided_p
from evidencekit.models.results import plain
from evidencekit.quantities import Interval

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """One coefficient, or one linear combination, with its test; infinite df: normal."""

    name: str
    estimate: float
    se: float
    statistic: float
    df: float
    p_value: float
    ci: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class WaldTest:
    """A test that several linear combinations of coefficients are 0 together.

    Parameters
    ----------
    contrasts
        Each combination with its own test.
    kind
        "chi2" (infinite ``df2``) or "F".
    statistic, df1, df2, p_value
        The joint test.
    """

    contrasts: tuple[Coefficient, ...]
    kind: Literal["chi2", "F"]
    statistic: float
    df1: int
    df2: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """Mean effects at given moderators, with intervals; one entry per row asked for.

    ``prediction_low`` and ``prediction_high`` are for the true effect in a new
    study; NaN under a common effect.
    """

    estimate: tuple[float, ...]
    se: tuple[float, ...]
    ci_low: tuple[float, ...]
    ci_high: tuple[float, ...]
    prediction_low: tuple[float, ...]
    prediction_high: tuple[float, ...]
    level: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; NaN becomes None."""
        out: dict[str, Any] = plain(self)
        return out

    def to_frame(self, names: Literal["metafor"] | None = None) -> pd.DataFrame:
        """One row per prediction; "metafor" names the columns pred, se, ci.lb, ..., pi.ub."""
        import pandas as pd

        check_names(names)
        columns = [f.name for f in fields(self) if f.name != "level"]
        theirs = ["pred", "se", "ci.lb", "ci.ub", "pi.lb", "pi.ub"]
        return pd.DataFrame(
            {
                b if names else a: list(getattr(self, a))
                for a, b in zip(columns, theirs, strict=True)
            }
        )


def coefficient_frame(
    coefficients: Sequence[Coefficient], names: Literal["metafor"] | None
) -> pd.DataFrame:
    """One row per coefficient."""
    import pandas as pd

    check_names(names)
    theirs = names == "metafor"
    label = ["intrcpt" if theirs and c.name == CONSTANT else c.name for c in coefficients]
    columns: dict[str, list[Any]] = {} if theirs else {"name": label}
    columns |= {
        "estimate": [c.estimate for c in coefficients],
        "se": [c.se for c in coefficients],
        "zval" if theirs else "statistic": [c.statistic for c in coefficients],
        "df": [c.df for c in coefficients],
        "pval" if theirs else "p_value": [c.p_value for c in coefficients],
        "ci.lb" if theirs else "ci_low": [c.ci.low for c in coefficients],
        "ci.ub" if theirs else "ci_high": [c.ci.high for c in coefficients],
    }
    return pd.DataFrame(columns, index=label if theirs else None)


def check_names(names: str | None) -> None:
    """Raise for column names other than ours and metafor's."""
    if names not in (None, "metafor"):
        raise MethodError(f'unknown names {names!r}; choose None or "metafor"')


def contrast_weights(
    design: Design, contrasts: ArrayLike | Sequence[str], names: Sequence[str] | None
) -> tuple[FloatArray, tuple[str, ...]]:
    """Turn names of coefficients, or weights, into weights of shape (q, p) and their names."""
    p = len(design.names)
    if isinstance(contrasts, str):
        contrasts = [contrasts]
    listed = list(contrasts) if isinstance(contrasts, list | tuple) else None
    if listed and all(isinstance(item, str) for item in listed):
        known = {name: (i,) for i, name in enumerate(design.names)}
        columns: list[int] = []
        for item in listed:
            found = known.get(str(item), design.terms.get(str(item)))
            if found is None:
                choices = ", ".join(dict.fromkeys((*design.names, *design.terms)))
                raise MethodError(f"no coefficient {item!r}; choose from {choices}")
            columns.extend(i for i in found if i not in columns)
        labels: Sequence[str] = [design.names[i] for i in columns]
        weights: FloatArray = np.eye(p)[columns]
    else:
        weights = np.atleast_2d(np.asarray(contrasts, dtype=np.float64))
        labels = names or [f"contrast {i + 1}" for i in range(len(weights))]
    if weights.ndim != 2 or weights.shape[1] != p or not weights.shape[0]:
        raise MethodError(f"contrasts need {p} columns ({', '.join(design.names)})")
    if len(labels) != len(weights):
        raise MethodError(f"{len(labels)} names for {len(weights)} contrasts")
    if not np.isfinite(weights).all() or np.linalg.matrix_rank(weights) < len(weights):
        raise MethodError("contrasts must be finite and independent of each other")
    return weights, tuple(labels)


def coefficient_table(
    estimate: FloatArray,
    se: FloatArray,
    df: FloatArray | float,
    *,
    names: Sequence[str],
    level: float,
    method: str,
) -> tuple[Coefficient, ...]:
    """Statistic, p-value and interval of each coefficient."""
    freedom = np.broadcast_to(np.asarray(df, dtype=np.float64), se.shape).copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = estimate / se
    p = two_sided_p(statistic, freedom)
    low, high = limits(estimate, se, freedom, level)
    return tuple(
        Coefficient(
            name=name,
            estimate=float(estimate[i]),
            se=float(se[i]),
            statistic=float(statistic[i]),
            df=float(freedom[i]),
            p_value=float(p[i]),
            ci=Interval(low=float(low[i]), high=float(high[i]), level=level, method=method),
        )
        for i, name in enumerate(names)
    )


def quadratic(beta: FloatArray, vcov: FloatArray, weights: FloatArray) -> float:
    """b'L'(L V L')^-1 L b, with the rows of L scaled first; NaN when L V L' is singular."""
    middle = weights @ vcov @ weights.T
    size = np.sqrt(np.diag(middle))
    if not (size > 0.0).all():
        return math.nan
    value = (weights @ beta) / size
    return float(value @ np.linalg.solve(middle / np.outer(size, size), value))


def wald_test(
    beta: FloatArray,
    vcov: FloatArray,
    weights: FloatArray,
    labels: Sequence[str],
    df: float,
    level: float,
) -> WaldTest:
    """Chi squared (infinite df) or F test that ``weights @ beta`` is 0."""
    from scipy.special import chdtrc, fdtrc

    q = weights.shape[0]
    value = quadratic(beta, vcov, weights)
    se = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", weights, vcov, weights), 0.0))
    normal = math.isinf(df)
    statistic = value if normal else value / q
    if math.isnan(value):
        p = math.nan
    else:
        p = float(chdtrc(q, statistic) if normal else fdtrc(q, df, statistic))
    return WaldTest(
        contrasts=coefficient_table(
            weights @ beta, se, df, names=labels, level=level, method="wald" if normal else "t"
        ),
        kind="chi2" if normal else "F",
        statistic=statistic,
        df1=q,
        df2=df,
        p_value=p,
    )
