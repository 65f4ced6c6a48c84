"""A weighted mean given tau2, and what every formula for its standard error gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from evidencekit.models.kernel import Block, FloatArray, IntArray, weighted
from evidencekit.models.quantiles import t_quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A fitted mean, for each row, in scaled units; all of shape (n,).

    Parameters
    ----------
    estimate, se
        Weighted mean with w = 1/(v + tau2), and 1/sqrt(sum w).
    tau2
        The tau2 used in the weights.
    dispersion
        sum w (y - mu)^2 / (k - 1); NaN for a single study.
    k
        Number of studies.
    block
        The studies, for methods that need more than the above.
    level
        Coverage of the interval: one ad hoc rule compares two widths.
    """

    estimate: FloatArray
    se: FloatArray
    tau2: FloatArray
    dispersion: FloatArray
    k: FloatArray
    block: Block
    level: float

    def take(self, rows: IntArray) -> Fit:
        """Return only these meta-analyses."""
        return Fit(
            estimate=self.estimate[rows],
            se=self.se[rows],
            tau2=self.tau2[rows],
            dispersion=self.dispersion[rows],
            k=self.k[rows],
            block=self.block.take(rows),
            level=self.level,
        )


def fit_mean(block: Block, tau2: FloatArray, level: float) -> Fit:
    """Weighted mean of each meta-analysis given tau2 of shape (rows,); NaN counts as 0."""
    used = np.broadcast_to(np.where(np.isnan(tau2), 0.0, tau2), (block.n,))
    sums = weighted(block, used[None, :])
    q = np.add.reduce(sums.w * sums.residual * sums.residual, axis=0)[0]
    freedom = np.where(block.count > 1, block.count - 1.0, np.nan)
    return Fit(
        estimate=sums.mean[0],
        se=1.0 / np.sqrt(sums.sum_w[0]),
        tau2=used,
        dispersion=q / freedom,
        k=block.count,
        block=block,
        level=level,
    )


class SeDf(NamedTuple):
    """A standard error and degrees of freedom (``inf``: normal distribution), shape (n,)."""

    se: FloatArray
    df: FloatArray


def half_width(mean: SeDf, level: float) -> FloatArray:
    """Half the width of an interval."""
    return t_quantile(mean.df, level) * mean.se
