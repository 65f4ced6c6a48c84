"""What a three-level model returns, and its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidencekit.models.dependent_result import DependentResult
from evidencekit.models.results import Tau2Interval

if TYPE_CHECKING:
    from evidencekit.models.robust import CorrectionName, RobustResult


@dataclass(frozen=True, slots=True, kw_only=True)
class MultilevelResult(DependentResult):
    """A three-level model; what is not listed here is in :class:`DependentResult`.

    Parameters
    ----------
    sigma2_cluster, sigma2_effect
        Variance of the true effects between clusters, and between effects of a cluster.
    i2, i2_cluster, i2_effect
        Shares of the total variance, fractions: sigma2 / (sum of sigma2 + typical
        sampling variance), for both levels together and for each.
    icc
        Correlation of the true effects of one cluster; NaN without heterogeneity.
    maxima
        All local maxima found, as (cluster, effect, log-likelihood), the highest first.
    """

    sigma2_cluster: float
    sigma2_effect: float
    i2: float
    i2_cluster: float
    i2_effect: float
    icc: float
    maxima: tuple[tuple[float, float, float], ...]

    @property
    def effect_variance(self) -> float:
        """Variance of a new true effect in a new cluster around its mean."""
        return self.sigma2_cluster + self.sigma2_effect

    def sigma2_intervals(self) -> tuple[Tau2Interval, Tau2Interval]:
        """Profile-likelihood intervals of both variance components; computed when asked.

        Values with 2 (l(best) - max l) <= chi squared quantile, 1 df; see
        :func:`evidencekit.models.multilevel_profile.profile_intervals`.

        Returns
        -------
        tuple of Tau2Interval
            Between clusters, and between effects within clusters; limits 0 or more.

        Notes
        -----
        In R: ``confint(rma.mv(yi, V, random = ~ 1 | cluster/effect))``.

        References
        ----------
        Hardy RJ, Thompson SG. Stat Med 1996;15:619-29.
        doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A
        """
        from evidencekit.models.multilevel_profile import profile_intervals

        return profile_intervals(self)

    def robust(self, correction: CorrectionName = "CR2") -> RobustResult:
        """Cluster-robust inference; see :func:`evidencekit.models.robust.cluster_robust`.

        Parameters
        ----------
        correction
            Row of ``CORRECTIONS``.

        Returns
        -------
        RobustResult
        """
        from evidencekit.models.robust import cluster_robust

        return cluster_robust(self, correction=correction)

    def summary(self) -> str:
        """The result as text, on the analysis scale."""
        from evidencekit.models.regression_text import multilevel_text

        return multilevel_text(self)
