"""What every model with several coefficients returns, whatever its weights."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.models.coefficients import (
    Coefficient,
    Predictions,
    WaldTest,
    coefficient_frame,
    coefficient_table,
    contrast_weights,
    wald_test,
)
from evidencekit.models.design import Design
from evidencekit.models.heterogeneity import q_p_value
from evidencekit.models.html import Shown
from evidencekit.models.kernel import FloatArray
from evidencekit.models.quantiles import limits
from evidencekit.models.results import plain
from evidencekit.quantities import Scale

if TYPE_CHECKING:
    import pandas as pd

    from evidencekit.models.pool import Studies


class Fitted(NamedTuple):
    """Coefficients, their covariance, degrees of freedom of their tests, and QE."""

    beta: FloatArray
    vcov: FloatArray
    df: float
    qe: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearResult(Shown):
    """Coefficients of a weighted regression of study effects, on the analysis scale.

    Parameters
    ----------
    measure, scale
        As in :class:`~evidencekit.models.results.PooledResult`.
    k
        Number of effects used.
    labels, estimates, ses
        One entry per effect.
    coefficients
        One entry per column of the design.
    vcov
        Their covariance, shape (p, p).
    df
        Degrees of freedom of the tests of coefficients; infinite: normal.
    qe, qe_df, qe_p
        Residual heterogeneity: generalised Q around the common-effect regression.
    qm
        Test of all moderators together (of the constant when there are none).
    design
        The design matrix and how to make new rows of it.
    level
        Coverage of all intervals.
    notes
        Fallbacks and oddities, in plain words.
    """

    measure: str
    scale: Scale
    k: int
    labels: tuple[str, ...]
    estimates: tuple[float, ...]
    ses: tuple[float, ...]
    coefficients: tuple[Coefficient, ...]
    vcov: tuple[tuple[float, ...], ...]
    df: float
    qe: float
    qe_df: int
    qe_p: float
    qm: WaldTest
    design: Design
    level: float
    notes: tuple[str, ...] = ()

    @property
    def effect_variance(self) -> float:
        """Variance of the true effects around their mean, for prediction intervals."""
        return math.nan

    @property
    def beta(self) -> FloatArray:
        """The estimates of the coefficients, shape (p,)."""
        return np.array([c.estimate for c in self.coefficients])

    def test(
        self, contrasts: ArrayLike | Sequence[str], names: Sequence[str] | None = None
    ) -> WaldTest:
        """Test linear combinations of coefficients, each alone and all together.

        Parameters
        ----------
        contrasts
            Names of coefficients or terms that should be 0, or weights of shape
            (q, p), or (p,) for one combination.
        names
            Names of the q combinations.

        Returns
        -------
        WaldTest
            b'L'(L V L')^-1 L b against chi squared with q degrees of freedom,
            or divided by q against F(q, df).

        Raises
        ------
        MethodError
            For an unknown name, a wrong shape, or combinations that depend on each other.

        Notes
        -----
        In R: ``anova(rma(...), X = L)``.
        """
        weights, labels = contrast_weights(self.design, contrasts, names)
        return wald_test(self.beta, np.array(self.vcov), weights, labels, self.df, self.level)

    def predict(
        self, new: pd.DataFrame | Mapping[str, Sequence[Any]] | ArrayLike | None = None
    ) -> Predictions:
        """Mean effect at given moderators, its interval, and the interval for a new study.

        Parameters
        ----------
        new
            A table of moderators when the model has a formula, else rows of the
            design, shape (n, p). Default: the studies themselves.

        Returns
        -------
        Predictions
            se^2 = x V x'; a new study's true effect varies by se^2 + tau2 around it.

        Raises
        ------
        MethodError
            For moderators that the design does not have.

        Notes
        -----
        In R: ``predict(rma(...), newmods = ...)``.
        """
        x = self.design.matrix if new is None else self.design.rows(new)
        return self._predictions(x, self.effect_variance)

    def _predictions(self, x: FloatArray, variance: FloatArray | float) -> Predictions:
        """Predictions at rows of the design, with the variance of true effects at each."""
        estimate = x @ self.beta
        se = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", x, np.array(self.vcov), x), 0.0))
        df = np.full(se.shape, self.df)
        low, high = limits(estimate, se, df, self.level)
        spread = np.sqrt(se**2 + variance)
        new_low, new_high = limits(estimate, spread, df, self.level)
        columns = (estimate, se, low, high, new_low, new_high)
        return Predictions(
            **{
                name: tuple(values.tolist())
                for name, values in zip(
                    ("estimate", "se", "ci_low", "ci_high", "prediction_low", "prediction_high"),
                    columns,
                    strict=True,
                )
            },
            level=self.level,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; NaN and infinity become None (infinite df: normal)."""
        out = {f.name: plain(getattr(self, f.name)) for f in fields(self) if f.name != "design"}
        out["design"] = self._design_dict()
        return out

    def _design_dict(self) -> dict[str, Any]:
        return {
            "formula": self.design.formula,
            "names": list(self.design.names),
            "matrix": self.design.matrix.tolist(),
        }

    def to_frame(self, names: Literal["metafor"] | None = None) -> pd.DataFrame:
        """One row per coefficient; "metafor" uses its names: estimate, se, zval, ci.lb, ..."""
        return coefficient_frame(self.coefficients, names)


def linear_fields(
    studies: Studies,
    design: Design,
    fitted: Fitted,
    *,
    level: float,
    method: str,
) -> dict[str, Any]:
    """Return the fields of a :class:`LinearResult` that follow alike from every fit."""
    beta, vcov, df, q = fitted
    k, p = design.matrix.shape
    moderators = list(design.moderators)
    names = [design.names[i] for i in moderators]
    return {
        "measure": studies.measure,
        "scale": studies.scale,
        "k": k,
        "labels": studies.labels,
        "estimates": tuple(studies.estimates.tolist()),
        "ses": tuple(studies.ses.tolist()),
        "coefficients": coefficient_table(
            beta, np.sqrt(np.diag(vcov)), df, names=design.names, level=level, method=method
        ),
        "vcov": tuple(tuple(row) for row in vcov.tolist()),
        "df": df,
        "qe": q,
        "qe_df": k - p,
        "qe_p": float(q_p_value(np.array([q]), np.array([float(k - p)]))[0]),
        "qm": wald_test(beta, vcov, np.eye(p)[moderators], names, df, level),
        "design": design,
        "level": level,
    }
