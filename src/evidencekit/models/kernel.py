"""The array layout every model kernel works on, and the sums they share.

A :class:`Block` holds *n* meta-analyses of up to *k* studies, studies first
(``(k, n)``): adding up studies then runs along contiguous memory, which is
what makes ten thousand small fits cheap. Each meta-analysis is centred on its
common-effect mean and divided by the standard error of its most precise study
(rounded to a power of two, so the division is exact). Every estimator
therefore works on numbers of order one: shift, scale and overflow are dealt
with here and nowhere else.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidencekit.errors import MethodError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]

# Elements per chunk: the working arrays of a chunk then stay in the processor's cache.
CHUNK_ELEMENTS = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Meta-analyses prepared for the kernels; studies along axis 0.

    Parameters
    ----------
    y
        Estimates, centred and scaled, shape (k, n); 0 where padded.
    v
        Sampling variances, scaled, shape (k, n); ``inf`` where padded, so that
        a padded study has weight 0 whatever tau2 is.
    mask
        True where there is a study, shape (k, n).
    count
        Number of studies of each meta-analysis, shape (n,).
    shift, scale
        ``original = scale * y + shift``, shape (n,).
    shared
        True when all n meta-analyses (subgroups) share one tau2. Whatever an
        estimator adds up with :meth:`total` is then added over them as well.
    """

    y: FloatArray
    v: FloatArray
    mask: BoolArray
    count: FloatArray
    shift: FloatArray
    scale: FloatArray
    shared: bool = False

    @property
    def n(self) -> int:
        """Number of meta-analyses."""
        return int(self.y.shape[1])

    @property
    def rows(self) -> int:
        """Number of tau2 values: n, or 1 when tau2 is shared."""
        return 1 if self.shared else self.n

    def total(self, values: FloatArray) -> FloatArray:
        """Sum over the meta-analyses that share one tau2 (last axis); otherwise unchanged."""
        return values.sum(axis=-1, keepdims=True) if self.shared else values

    def take(self, rows: IntArray | BoolArray) -> Block:
        """Return only these rows; a shared block has one row and stays whole."""
        if self.shared:
            return self
        return Block(
            y=self.y[:, rows],
            v=self.v[:, rows],
            mask=self.mask[:, rows],
            count=self.count[rows],
            shift=self.shift[rows],
            scale=self.scale[rows],
        )

    def smallest_variance(self) -> FloatArray:
        """Smallest sampling variance for each tau2, shape (rows,)."""
        low: FloatArray = self.v.min(axis=0, initial=np.inf)
        return low.min(keepdims=True) if self.shared else low

    def largest_variance(self) -> FloatArray:
        """Largest sampling variance for each tau2, shape (rows,)."""
        high: FloatArray = np.where(self.mask, self.v, 0.0).max(axis=0, initial=0.0)
        return high.max(keepdims=True) if self.shared else high


class Sums(NamedTuple):
    """Weights and weighted sums at given tau2; all but w and residual have shape (g, n)."""

    w: FloatArray
    residual: FloatArray
    sum_w: FloatArray
    mean: FloatArray


def weighted(block: Block, tau2: FloatArray) -> Sums:
    """Inverse-variance weights and the weighted mean at each tau2.

    Parameters
    ----------
    block
        Prepared meta-analyses.
    tau2
        Shape (g, rows): g values of tau2 for each row, in scaled units.
    """
    w = 1.0 / (block.v[:, None, :] + tau2)
    y = block.y[:, None, :]
    sum_w = np.add.reduce(w, axis=0)
    mean = np.add.reduce(w * y, axis=0) / sum_w
    return Sums(w, y - mean, sum_w, mean)


def pair_products(w: FloatArray) -> FloatArray:
    """Twice the sum of w_i w_j over pairs of studies, shape of *w* without its first axis.

    Equal to (sum w)^2 - sum w^2, but a sum of positive terms: with one giant study the
    difference of the squares would lose every digit.
    """
    if w.shape[0] > w[0].size:
        before = np.cumsum(w, axis=0)[:-1]
        return np.asarray(2.0 * np.add.reduce(before * w[1:], axis=0))
    # Many rows: numpy's running sum along the first axis is several times slower than this.
    before, total = np.zeros_like(w[0]), np.zeros_like(w[0])
    for last, this in itertools.pairwise(w):
        before += last
        total += before * this
    return np.asarray(2.0 * total)


def q_and_slope(block: Block, tau2: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Generalised Q at each tau2 and minus its derivative.

    Q(t) = sum w (y - mu)^2 with w = 1/(v + t); since mu minimises it,
    dQ/dt = -sum w^2 (y - mu)^2.

    Parameters
    ----------
    block
        Prepared meta-analyses.
    tau2
        Shape (rows,), scaled units.
    """
    sums = weighted(block, tau2[None, :])
    weighted_residual = sums.w * sums.residual
    q = np.add.reduce(weighted_residual * sums.residual, axis=0)[0]
    slope = np.add.reduce(weighted_residual * weighted_residual, axis=0)[0]
    return block.total(q), block.total(slope)


def check_studies(
    estimates: ArrayLike,
    variances: ArrayLike,
    mask: ArrayLike | None = None,
    *,
    labels: Sequence[str] | None = None,
    spread: str = "variance",
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Give estimates, variances and mask as (m, k) arrays, or say what is wrong with them.

    Parameters
    ----------
    estimates, variances
        Shape (m, k), or (k,) for one meta-analysis.
    mask
        Same shape, True where there is a study. Default: everywhere.
    labels
        The k names of the studies, for the message.
    spread
        What ``variances`` hold, for the message: "variance" or "standard error".

    Raises
    ------
    MethodError
        On different shapes, an estimate that is not finite, or a variance that
        is not finite and above zero; names the row and the study.
    """
    y = np.atleast_2d(np.asarray(estimates, dtype=np.float64))
    v = np.atleast_2d(np.asarray(variances, dtype=np.float64))
    here = np.ones(y.shape, dtype=bool) if mask is None else np.atleast_2d(np.asarray(mask, bool))
    if y.ndim != 2 or y.shape != v.shape or y.shape != here.shape:
        raise MethodError(
            f"estimates, {spread}s and mask differ in shape: {y.shape}, {v.shape}, {here.shape}"
        )
    wrong = here & ~(np.isfinite(y) & np.isfinite(v) & (v > 0))
    if wrong.any():
        row, study = (int(i) for i in np.argwhere(wrong)[0])
        name = f"study {labels[study]!r}" if labels is not None else f"study {study + 1}"
        where = name if y.shape[0] == 1 else f"row {row + 1}, {name}"
        more = int(wrong.sum()) - 1
        raise MethodError(
            f"{where}: estimate {y[row, study]:g} with {spread} {v[row, study]:g}; "
            f"every study needs a finite estimate and a finite {spread} above 0"
            + (f" ({more} more)" if more else "")
        )
    return y, v, here


def prepare(y: FloatArray, v: FloatArray, mask: BoolArray, *, shared: bool = False) -> Block:
    """Centre, scale and turn checked (m, k) arrays into a block."""
    here = np.ascontiguousarray(mask.T)
    variances = np.where(here, v.T, np.inf)
    smallest = variances.min(axis=0, initial=np.inf)
    smallest = np.where(np.isfinite(smallest), smallest, 1.0)
    if shared:
        smallest = np.full_like(smallest, smallest.min(initial=np.inf))
    # A power of two: dividing by it is exact, so the scaling adds no rounding error.
    scale = np.exp2(np.round(0.5 * np.log2(smallest)))
    variances = variances / scale / scale
    # Subtracting one of the estimates first loses nothing when all are large and
    # alike; the common-effect mean of what is left completes the centring.
    first = here.argmax(axis=0)
    anchor = np.where(here.any(axis=0), y.T[first, np.arange(y.shape[0])], 0.0)
    centred = np.where(here, y.T - anchor, 0.0) / scale
    weights = 1.0 / variances
    sum_w = weights.sum(axis=0)
    mean = (weights * centred).sum(axis=0) / np.where(sum_w > 0, sum_w, 1.0)
    return Block(
        y=np.where(here, centred - mean, 0.0),
        v=variances,
        mask=here,
        count=here.sum(axis=0).astype(np.float64),
        shift=anchor + scale * mean,
        scale=scale,
        shared=shared,
    )


def chunks(y: FloatArray, v: FloatArray, mask: BoolArray) -> Iterator[tuple[IntArray, Block]]:
    """Cut (m, k) arrays into blocks of rows of about equal k, with the rows' numbers."""
    counts = mask.sum(axis=1)
    order = np.argsort(counts, kind="stable")
    start = 0
    while start < order.size:
        width = max(int(counts[order[min(start + 1023, order.size - 1)]]), 1)
        size = max(min(CHUNK_ELEMENTS // width, 4096), 1)
        rows = order[start : start + size]
        start += size
        part = mask[rows]
        columns = np.flatnonzero(part.any(axis=0))
        if not columns.size:  # rows without studies; a block keeps one empty place for them
            columns = np.zeros(1, dtype=np.intp)
        if columns.size == y.shape[1]:
            yield rows, prepare(y[rows], v[rows], part)
        else:
            grid = np.ix_(rows, columns)
            yield rows, prepare(y[grid], v[grid], mask[grid])
