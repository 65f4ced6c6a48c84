"""What a sandwich is made of: residuals, design and working covariance, by cluster."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evidencekit.models.kernel import FloatArray
from evidencekit.models.sampling import Clusters


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingModel:
    """Residuals, design and covariance, sorted by cluster and turned, in units of order one."""

    clusters: Clusters
    residual: FloatArray  # (k,)
    x: FloatArray  # orthonormal basis, (k, p)
    diagonal: FloatArray  # (k,)
    u: FloatArray  # (k,)
    between: float
    gx: FloatArray  # G^-1 x, (k, p)
    inverse: FloatArray  # M = (x' G^-1 x)^-1
    information: FloatArray  # x' G^-1 x
    back: FloatArray  # to the coefficients of the design
    scale: float

    def sums(self, values: FloatArray) -> FloatArray:
        """Sum within clusters, shape (m, ...)."""
        return np.asarray(np.add.reduceat(values, self.clusters.starts, axis=0))

    def spread(self, values: FloatArray) -> FloatArray:
        """Repeat values of clusters for their effects."""
        return np.repeat(values, self.clusters.sizes, axis=0)
