"""What a meta-regression returns, with its variance inflation and its text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evidencekit.errors import MethodError
from evidencekit.models.linear_result import LinearResult
from evidencekit.models.results import Tau2Interval
from evidencekit.models.settings import Model

if TYPE_CHECKING:
    from evidencekit.models.permutation import PermutationResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Inflation:
    """Variance inflation of one term: ``gvif ** (1 / (2 df))`` compares terms of different df."""

    gvif: float
    df: int
    gsif: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionResult(LinearResult):
    """A meta-regression; what is not listed here is in :class:`LinearResult`.

    Parameters
    ----------
    model
        "random_effects" (mixed effects) or "common_effect".
    ci_method
        A row of ``COEFFICIENT_TESTS``.
    vcov_wald
        Covariance of the coefficients before any Hartung-Knapp factor.
    dispersion
        sum w (y - fitted)^2 / (k - p), the Hartung-Knapp factor.
    tau2, tau2_method, tau2_ci
        Residual between-study variance; 0 by assumption under a common effect.
    i2, h2
        Residual heterogeneity relative to sampling variance, from tau2; ``i2``
        is a fraction. NaN under a common effect.
    i2_q
        The same from QE.
    r2
        Share of the heterogeneity that the moderators account for, a fraction:
        (tau2 without moderators - tau2) / tau2 without; NaN without a constant,
        without moderators, or without heterogeneity.
    loglik
        (Restricted) log-likelihood with its constant, as R reports it.
    weights
        Fractions of sum w, one per study.
    """

    model: Model
    ci_method: str
    vcov_wald: tuple[tuple[float, ...], ...]
    dispersion: float
    tau2: float
    tau2_method: str
    tau2_ci: Tau2Interval | None
    i2: float
    i2_q: float
    h2: float
    r2: float
    loglik: float
    weights: tuple[float, ...]

    @property
    def effect_variance(self) -> float:
        """tau2; NaN under a common effect, which predicts no new study."""
        return self.tau2 if self.model == "random_effects" else math.nan

    @property
    def wls(self) -> Any:
        """The same fit by statsmodels' WLS, weights 1/(se^2 + tau2); computed when asked.

        With a Hartung-Knapp interval its scale is estimated, otherwise fixed at 1.
        """
        from evidencekit.models.engine import fit_wls

        scale = "nonrobust" if self.ci_method == "HKSJ" else "fixed scale"
        return fit_wls(
            self.estimates, self.ses, tau2=self.tau2, scale=scale, design=self.design.matrix
        )

    def vif(self) -> Mapping[str, Inflation]:
        """Variance inflation of each term given the others (generalised for factors).

        GVIF = |R11| |R22| / |R| with R the correlation matrix of the
        coefficients without the constant, R11 of the term, R22 of the others.

        Returns
        -------
        dict of Inflation
            By term; 1 or more.

        Raises
        ------
        MethodError
            With fewer than two moderators.

        Notes
        -----
        In R: ``vif(rma(...))``, and ``vif(..., btt = )`` for a term of several columns.

        References
        ----------
        Fox J, Monette G. Generalized collinearity diagnostics. J Am Stat Assoc
        1992;87:178-83. doi:10.1080/01621459.1992.10475190
        """
        moderators = self.design.moderators
        if len(moderators) < 2:
            raise MethodError("variance inflation needs at least two moderators")
        covariance = np.array(self.vcov_wald)[np.ix_(moderators, moderators)]
        size = np.sqrt(np.diag(covariance))
        correlation = covariance / np.outer(size, size)
        place = {column: i for i, column in enumerate(moderators)}
        out: dict[str, Inflation] = {}
        for name, columns in self.design.terms.items():
            mine = [place[c] for c in columns if c in place]
            others = [i for i in range(len(moderators)) if i not in mine]
            if not mine:
                continue
            log = (
                _log_det(correlation, mine)
                + _log_det(correlation, others)
                - _log_det(correlation, list(range(len(moderators))))
            )
            gvif = math.exp(log)
            out[name] = Inflation(gvif=gvif, df=len(mine), gsif=gvif ** (0.5 / len(mine)))
        return out

    def permutation_test(
        self, rng: np.random.Generator, *, permutations: int = 10_000
    ) -> PermutationResult:
        """Test the moderators by permuting them over the studies.

        p = share of the orders whose statistic is >= the observed one; see
        :func:`evidencekit.models.permutation.permutation_test`.

        Parameters
        ----------
        rng
            Source of the random orders.
        permutations
            Number of random orders, at least 1.

        Returns
        -------
        PermutationResult

        Notes
        -----
        In R: ``permutest(rma(yi, vi, mods = ~ x), exact = TRUE)`` or ``iter = 10000``.

        References
        ----------
        Higgins JPT, Thompson SG. Stat Med 2004;23:1663-82. doi:10.1002/sim.1752
        """
        from evidencekit.models.permutation import permutation_test

        return permutation_test(self, rng, permutations=permutations)

    def summary(self) -> str:
        """The result as text, on the analysis scale."""
        from evidencekit.models.regression_text import regression_text

        return regression_text(self)


def _log_det(matrix: np.ndarray, rows: list[int]) -> float:
    return float(np.linalg.slogdet(matrix[np.ix_(rows, rows)])[1]) if rows else 0.0
