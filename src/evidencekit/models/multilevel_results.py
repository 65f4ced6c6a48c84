"""What a three-level model returns, and its text."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from evidencekit.models.linear_result import LinearResult
from evidencekit.models.results import Tau2Interval, plain
from evidencekit.models.sampling import Sampling

if TYPE_CHECKING:
    from evidencekit.models.robust import CorrectionName, RobustResult


@dataclass(frozen=True, slots=True, kw_only=True)
class MultilevelResult(LinearResult):
    """A three-level model; what is not listed here is in :class:`LinearResult`.

    Parameters
    ----------
    method
        "REML" or "ML".
    ci_method
        "t" (k - p degrees of freedom) or "wald".
    clusters
        Cluster of each effect.
    n_clusters
        Number of clusters.
    sigma2_cluster, sigma2_effect
        Variance of the true effects between clusters, and between effects of a cluster.
    loglik
        (Restricted) log-likelihood with its constant, as R reports it.
    i2, i2_cluster, i2_effect
        Shares of the total variance, fractions: sigma2 / (sum of sigma2 + typical
        sampling variance), for both levels together and for each.
    icc
        Correlation of the true effects of one cluster; NaN without heterogeneity.
    sampling
        Sampling covariance within clusters.
    maxima
        All local maxima found, as (cluster, effect, log-likelihood), the highest first.
    """

    method: Literal["REML", "ML"]
    ci_method: str
    clusters: tuple[Hashable, ...]
    n_clusters: int
    sigma2_cluster: float
    sigma2_effect: float
    loglik: float
    i2: float
    i2_cluster: float
    i2_effect: float
    icc: float
    sampling: Sampling = field(repr=False)
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

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; NaN and infinity become None (infinite df: normal)."""
        out = {
            f.name: plain(getattr(self, f.name))
            for f in fields(self)
            if f.name not in ("design", "sampling")
        }
        out["design"] = self._design_dict()
        out["sampling"] = {"kind": self.sampling.kind, "rho": self.sampling.rho}
        return out

    def summary(self) -> str:
        """The result as text, on the analysis scale."""
        from evidencekit.models.regression_text import multilevel_text

        return multilevel_text(self)
