"""What an estimator of tau2 returns, and how results of parts are put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from evidencekit.models.kernel import Block, BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Tau2:
    """Estimates of tau2 with what happened on the way.

    Parameters
    ----------
    tau2
        Shape (m,); NaN where there are fewer than two studies.
    converged
        Shape (m,). False is always passed on as a note.
    mode_count
        Number of local maxima of the likelihood, shape (m,); 1 for estimators
        that are not likelihood based.
    modes, mode_loglik
        All local maxima in rising order and their log-likelihoods (without the
        constant), shape (m, largest count), NaN padded; log-likelihoods only
        where there is more than one.
    """

    tau2: FloatArray
    converged: BoolArray
    mode_count: IntArray
    modes: FloatArray
    mode_loglik: FloatArray


Tau2Function = Callable[[Block], Tau2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tau2Estimator:
    """A row of ``TAU2_ESTIMATORS``."""

    name: str
    label: str
    function: Tau2Function
    doi: str
    r_call: str


def single(tau2: FloatArray, converged: BoolArray | None = None) -> Tau2:
    """Wrap estimates, shape (rows,), that do not come from a likelihood; converged by default."""
    return Tau2(
        tau2=tau2,
        converged=np.ones(tau2.shape, dtype=bool) if converged is None else converged,
        mode_count=np.ones(tau2.shape, dtype=np.intp),
        modes=tau2[:, None],
        mode_loglik=np.full((tau2.size, 1), np.nan),
    )


def scatter(m: int, parts: Sequence[tuple[IntArray, Tau2]]) -> Tau2:
    """Put results of parts back in the order of the rows; rows in no part are NaN."""
    width = max((part.modes.shape[1] for _, part in parts), default=1)
    tau2 = np.full(m, np.nan)
    converged = np.ones(m, dtype=bool)
    count = np.ones(m, dtype=np.intp)
    modes, loglik = np.full((m, width), np.nan), np.full((m, width), np.nan)
    for rows, part in parts:
        tau2[rows], converged[rows], count[rows] = part.tau2, part.converged, part.mode_count
        modes[rows, : part.modes.shape[1]] = part.modes
        loglik[rows, : part.modes.shape[1]] = part.mode_loglik
    return Tau2(tau2=tau2, converged=converged, mode_count=count, modes=modes, mode_loglik=loglik)


def rescale(result: Tau2, scale: FloatArray) -> Tau2:
    """Return to the units of the data: tau2 times scale squared."""
    square = scale * scale
    return Tau2(
        tau2=result.tau2 * square,
        converged=result.converged,
        mode_count=result.mode_count,
        modes=result.modes * square[:, None],
        mode_loglik=result.mode_loglik,
    )
