"""What every model of effects that come several to a study returns."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from evidencekit.models.linear_result import LinearResult
from evidencekit.models.results import plain
from evidencekit.models.sampling import Sampling


@dataclass(frozen=True, slots=True, kw_only=True)
class DependentResult(LinearResult):
    """Coefficients and likelihood; what is not listed here is in :class:`LinearResult`.

    Parameters
    ----------
    method
        "REML" or "ML".
    ci_method
        "t" (k - p degrees of freedom) or "wald".
    clusters, n_clusters
        Cluster (study) of each effect, and number of clusters.
    loglik
        (Restricted) log-likelihood with its constant, as R reports it.
    sampling
        Sampling covariance within clusters.
    """

    method: Literal["REML", "ML"]
    ci_method: str
    clusters: tuple[Hashable, ...]
    n_clusters: int
    loglik: float
    sampling: Sampling = field(repr=False)

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
