"""How the sampling errors of effects of one cluster go together.

A :class:`Sampling` is a covariance that is block-diagonal by cluster:
independent errors, one assumed correlation, or blocks as given.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.kernel import FloatArray, IntArray

Kind = Literal["independent", "constant", "given"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clusters:
    """Which effects belong together.

    Parameters
    ----------
    names
        The m clusters in order of first appearance.
    code
        Cluster of each effect, shape (k,), 0 to m - 1.
    order
        Effects sorted by cluster, shape (k,).
    starts, sizes
        Where each cluster begins in that order, and how many effects it has, shape (m,).
    """

    names: tuple[Hashable, ...]
    code: IntArray
    order: IntArray
    starts: IntArray
    sizes: IntArray

    @property
    def m(self) -> int:
        """Number of clusters."""
        return len(self.names)

    def by_size(self) -> list[tuple[IntArray, IntArray]]:
        """For each size: clusters of it, and their places in the sorted order, (c, size)."""
        out = []
        for size in np.unique(self.sizes):
            which = np.flatnonzero(self.sizes == size)
            out.append((which, self.starts[which][:, None] + np.arange(size)))
        return out


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sampling:
    """Sampling covariance within clusters.

    Parameters
    ----------
    kind
        "independent", "constant" (one correlation) or "given".
    rho
        The correlation when it is constant, in [0, 1).
    matrix
        The whole covariance when it is given, shape (k, k), in the order of the effects.
    """

    kind: Kind
    rho: float = 0.0
    matrix: FloatArray | None = field(default=None, repr=False)

    def blocks(self, v: FloatArray, effects: IntArray) -> FloatArray:
        """Covariances of clusters of one size, shape (c, size, size).

        Parameters
        ----------
        v
            Sampling variances, shape (k,).
        effects
            Numbers of the effects of each cluster, shape (c, size).
        """
        size = effects.shape[1]
        if self.matrix is not None:
            return np.asarray(self.matrix[effects[:, :, None], effects[:, None, :]])
        s = np.sqrt(v[effects])
        out = self.rho * s[:, :, None] * s[:, None, :]
        out[:, np.arange(size), np.arange(size)] = v[effects]
        return np.asarray(out)


INDEPENDENT = Sampling(kind="independent")


def find_clusters(labels: Sequence[Hashable] | ArrayLike, k: int) -> Clusters:
    """Number the clusters in order of first appearance.

    Raises
    ------
    MethodError
        For another number of labels than effects, or a missing label.
    """
    listed = np.asarray(labels, dtype=object).ravel().tolist()
    if len(listed) != k:
        raise MethodError(f"{len(listed)} cluster labels for {k} effects")
    for i, label in enumerate(listed):
        if label is None or label != label:  # noqa: PLR0124 - NaN
            raise MethodError(f"effect {i + 1} has no cluster")
    numbers: dict[Hashable, int] = {}
    code = np.array([numbers.setdefault(label, len(numbers)) for label in listed], dtype=np.intp)
    sizes = np.bincount(code, minlength=len(numbers)).astype(np.intp)
    return Clusters(
        names=tuple(numbers),
        code=code,
        order=np.argsort(code, kind="stable"),
        starts=np.cumsum(sizes) - sizes,
        sizes=sizes,
    )


def constant_correlation(rho: float) -> Sampling:
    """Assume one correlation between the sampling errors of effects of one cluster.

    cov(e_i, e_j) = rho s_i s_j.

    Parameters
    ----------
    rho
        In [0, 1).

    Raises
    ------
    MethodError
        For a correlation outside [0, 1).

    Notes
    -----
    In R: ``vcalc(vi, cluster = study, obs = effect, rho = 0.6)``.
    """
    if not 0.0 <= rho < 1.0:
        raise MethodError(f"rho {rho!r}: a sampling correlation from 0 to below 1")
    return Sampling(kind="constant", rho=float(rho)) if rho else INDEPENDENT


def given_covariance(
    matrix: ArrayLike, clusters: Clusters, ses: FloatArray | None = None
) -> Sampling:
    """Take the sampling covariance of all effects as it is.

    Parameters
    ----------
    matrix
        Shape (k, k), in the order of the effects; symmetric, positive definite
        and 0 between clusters.
    clusters
        Which effects belong together.
    ses
        Standard errors that its diagonal should be the squares of, shape (k,).

    Raises
    ------
    MethodError
        When it is none of that; names the effects.
    """
    v = np.asarray(matrix, dtype=np.float64)
    k = clusters.code.size
    if v.shape != (k, k):
        raise MethodError(f"a sampling covariance of {k} effects is {k} by {k}, not {v.shape}")
    if not np.isfinite(v).all():
        raise MethodError("the sampling covariance holds a value that is not finite")
    root = np.sqrt(np.abs(np.diag(v)))
    size = np.outer(root, root)
    if (np.abs(v - v.T) > 1e-9 * size).any():
        raise MethodError("the sampling covariance is not symmetric")
    apart = clusters.code[:, None] != clusters.code[None, :]
    if (apart & (v != 0.0)).any():
        i, j = (int(n) for n in np.argwhere(apart & (v != 0.0))[0])
        raise MethodError(
            f"the sampling covariance of effects {i + 1} and {j + 1} is {v[i, j]:g}, "
            "but they are in different clusters"
        )
    if ses is not None and (np.abs(root - ses) > 1e-6 * ses).any():
        i = int(np.argmax(np.abs(root - ses) > 1e-6 * ses))
        raise MethodError(
            f"effect {i + 1}: standard error {ses[i]:g}, but {root[i]:g} in the sampling covariance"
        )
    return Sampling(kind="given", matrix=0.5 * (v + v.T))
