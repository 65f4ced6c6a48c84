"""One effect per cluster: dependent effects of a study combined before pooling.

References
----------
[1] Borenstein M, Hedges LV, Higgins JPT, Rothstein HR. Introduction to meta-analysis.
    Chichester: Wiley; 2009, chapter 24. doi:10.1002/9780470743386
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.coefficients import check_names
from evidencekit.models.html import Shown
from evidencekit.models.kernel import check_studies
from evidencekit.models.pool import Data, gather_studies
from evidencekit.models.regression_data import check_length, which_estimable
from evidencekit.models.results import plain
from evidencekit.models.sampling import constant_correlation, find_clusters
from evidencekit.quantities import Scale

if TYPE_CHECKING:
    import pandas as pd

Weighting = Literal["simple", "inverse_variance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregatedEffects(Shown):
    """One effect per cluster, ready for :func:`~evidencekit.models.pool.pool`.

    Parameters
    ----------
    measure, scale
        As in the effects.
    labels, estimates, ses
        One entry per cluster.
    sizes
        How many effects each was made from.
    rho
        The assumed correlation of sampling errors.
    weighting
        "simple" or "inverse_variance".
    notes
        In plain words.
    """

    measure: str
    scale: Scale
    labels: tuple[str, ...]
    estimates: tuple[float, ...]
    ses: tuple[float, ...]
    sizes: tuple[int, ...]
    rho: float
    weighting: Weighting
    notes: tuple[str, ...] = ()

    @property
    def data(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Estimates and standard errors, as ``pool`` takes them."""
        return self.estimates, self.ses

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        out: dict[str, Any] = plain(self)
        return out

    def to_frame(self, names: Literal["metafor"] | None = None) -> pd.DataFrame:
        """One row per cluster; "metafor" names the columns slab, yi, vi, ki."""
        import pandas as pd

        check_names(names)
        labels, estimates, sizes = list(self.labels), list(self.estimates), list(self.sizes)
        if names == "metafor":
            variances = [se * se for se in self.ses]
            return pd.DataFrame({"slab": labels, "yi": estimates, "vi": variances, "ki": sizes})
        return pd.DataFrame(
            {"label": labels, "estimate": estimates, "se": list(self.ses), "size": sizes}
        )

    def summary(self) -> str:
        """The result as text."""
        k = sum(self.sizes)
        how = "simple mean" if self.weighting == "simple" else "inverse-variance mean"
        head = (
            f"{k} effects in {len(self.labels)} clusters, {how}, sampling correlation {self.rho:g}"
        )
        rows = [
            f"  {label}  {estimate:.4g}  se {se:.4g}  ({size})"
            for label, estimate, se, size in zip(
                self.labels, self.estimates, self.ses, self.sizes, strict=True
            )
        ]
        return "\n".join([head, *rows, *(f"  note: {note}" for note in self.notes)])


def aggregate(
    data: Data,
    clusters: Sequence[Hashable] | ArrayLike,
    *,
    rho: float,
    weighting: Weighting = "simple",
) -> AggregatedEffects:
    """Combine the effects of each cluster into one, given the correlation of their errors.

    Parameters
    ----------
    data
        As for :func:`~evidencekit.models.pool.pool`, one entry per effect.
    clusters
        The cluster of each entry, shape (k,).
    rho
        Correlation of sampling errors within clusters, in [0, 1). There is no
        default: it is an assumption, to be varied.
    weighting
        "simple": the mean of the effects, as Borenstein and colleagues do;
        "inverse_variance": weighted by the inverse of their covariance.

    Returns
    -------
    AggregatedEffects

    Raises
    ------
    MethodError
        For a correlation outside [0, 1), or labels that do not fit.

    Notes
    -----
    Simple: mean(y), variance (sum v_i + sum rho s_i s_j) / n^2.
    Inverse variance: 1'V^-1 y / 1'V^-1 1, variance 1 / 1'V^-1 1.
    In R: ``aggregate(dat, cluster = study, struct = "CS", rho = 0.5, weighted = FALSE)``.

    References
    ----------
    Borenstein M, et al. Introduction to meta-analysis. 2009, chapter 24.
    doi:10.1002/9780470743386
    """
    if weighting not in ("simple", "inverse_variance"):
        raise MethodError(
            f"unknown weighting {weighting!r}; choose one of simple, inverse_variance"
        )
    sampling = constant_correlation(rho)
    studies = gather_studies(data)
    check_studies(studies.estimates, studies.ses, labels=studies.labels, spread="standard error")
    estimable = which_estimable(data)
    named = np.asarray(clusters, dtype=object).ravel()
    check_length(named.size, estimable.size, "list of clusters has", "entries")
    groups = find_clusters(named[estimable].tolist(), len(studies.labels))
    y, ses = studies.estimates[groups.order], studies.ses
    estimates, variances = np.empty(groups.m), np.empty(groups.m)
    # A power of two, so that tiny or huge variances survive being squared and inverted.
    unit = float(np.exp2(np.round(np.log2(ses.min()))))
    scaled = (ses / unit) ** 2
    for which, place in groups.by_size():
        blocks = sampling.blocks(scaled, groups.order[place])
        size = place.shape[1]
        if weighting == "simple":
            weights = np.full((len(which), size), 1.0 / size)
        else:
            raw = np.linalg.solve(blocks, np.ones((len(which), size, 1)))[:, :, 0]
            weights = raw / raw.sum(axis=1, keepdims=True)
        first = y[place[:, :1]]
        estimates[which] = first[:, 0] + (weights * (y[place] - first)).sum(axis=1)
        variances[which] = np.einsum("ci,cij,cj->c", weights, blocks, weights)  # [1] ch. 24
    return AggregatedEffects(
        measure=studies.measure,
        scale=studies.scale,
        labels=tuple(str(name) for name in groups.names),
        estimates=tuple(estimates.tolist()),
        ses=tuple((np.sqrt(variances) * unit).tolist()),
        sizes=tuple(int(size) for size in groups.sizes),
        rho=float(rho),
        weighting=weighting,
        notes=studies.notes,
    )
