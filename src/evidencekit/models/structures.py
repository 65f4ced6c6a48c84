"""Structures of the covariance of the true effects of several outcomes (``STRUCTURES``).

References
----------
[1] Pinheiro JC, Bates DM. Unconstrained parametrizations for variance-covariance matrices.
    Stat Comput 1996;6:289-96. doi:10.1007/BF00140873
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evidencekit.models.covariances import (
    Jet,
    compound,
    heterogeneous,
    identical,
    independent,
    lowest_correlation,
    unstructured,
)
from evidencekit.models.kernel import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A row of ``STRUCTURES``.

    ``jet`` takes parameters and the number of outcomes. ``start`` gives the parameters of standard
    deviations, shape (q,), with one correlation. ``own_variances`` says whether
    every outcome has its own variance, ``correlated`` whether correlations are estimated.
    """

    name: str
    label: str
    jet: Callable[[FloatArray, int], Jet]
    start: Callable[[FloatArray, float], FloatArray]
    own_variances: bool
    correlated: bool
    doi: str
    r_call: str


def _angle(correlation: float, q: int) -> float:
    low = lowest_correlation(q)
    return math.asin(2.0 * (correlation - low) / (1.0 - low) - 1.0)


def start_unstructured(sd: FloatArray, correlation: float) -> FloatArray:
    """Parameters of UN.

    L L' = G with G_ij = correlation sd_i sd_j.  # [1]

    Parameters
    ----------
    sd
        Standard deviations above 0, shape (q,).
    correlation
        Of all pairs, between the lowest possible and 1.

    Returns
    -------
    FloatArray
        Parameters, shape (q (q + 1) / 2,).

    Notes
    -----
    In R: no equivalent.
    """
    q = sd.size
    pattern = np.full((q, q), correlation)
    np.fill_diagonal(pattern, 1.0)
    lower = np.linalg.cholesky(pattern * np.outer(sd, sd))
    return np.asarray(lower[np.tril_indices(q)])


def start_heterogeneous(sd: FloatArray, correlation: float) -> FloatArray:
    """Parameters of HCS.

    t_i^2 = sd_i, and the angle whose correlation it is.  # [1]

    Parameters
    ----------
    sd
        Standard deviations above 0, shape (q,).
    correlation
        Of all pairs, between the lowest possible and 1.

    Returns
    -------
    FloatArray
        Parameters, shape (q + 1,), or (1,) for one outcome.

    Notes
    -----
    In R: no equivalent.
    """
    q = sd.size
    return np.append(np.sqrt(sd), _angle(correlation, q)) if q > 1 else sd


def start_compound(sd: FloatArray, correlation: float) -> FloatArray:
    """Parameters of CS.

    s^2 = mean of sd^2, and the angle whose correlation it is.  # [1]

    Parameters
    ----------
    sd
        Standard deviations above 0, shape (q,).
    correlation
        Of all pairs, between the lowest possible and 1.

    Returns
    -------
    FloatArray
        Parameters, shape (2,), or (1,) for one outcome.

    Notes
    -----
    In R: no equivalent.
    """
    mean = start_identical(sd, correlation)
    return np.append(mean, _angle(correlation, sd.size)) if sd.size > 1 else mean


def start_independent(sd: FloatArray, correlation: float) -> FloatArray:
    """Parameters of DIAG, which takes no correlation.

    s_i = sd_i.  # [1]

    Parameters
    ----------
    sd
        Standard deviations above 0, shape (q,).
    correlation
        Of all pairs, between the lowest possible and 1.

    Returns
    -------
    FloatArray
        Parameters, shape (q,).

    Notes
    -----
    In R: no equivalent.
    """
    return sd


def start_identical(sd: FloatArray, correlation: float) -> FloatArray:
    """Parameters of ID, which takes no correlation.

    s^2 = mean of sd^2.  # [1]

    Parameters
    ----------
    sd
        Standard deviations above 0, shape (q,).
    correlation
        Of all pairs, between the lowest possible and 1.

    Returns
    -------
    FloatArray
        Parameters, shape (1,).

    Notes
    -----
    In R: no equivalent.
    """
    return np.asarray(np.sqrt(np.mean(sd**2, keepdims=True)))


STRUCTURES: dict[str, Structure] = {
    row.name: row
    for row in (
        Structure(
            name="UN",
            label="any covariance of the outcomes",
            jet=unstructured,
            start=start_unstructured,
            own_variances=True,
            correlated=True,
            doi="10.1002/sim.4172",
            r_call='rma.mv(yi, V, random = ~ outcome | study, struct = "UN")',
        ),
        Structure(
            name="HCS",
            label="a variance for each outcome, one correlation",
            jet=heterogeneous,
            start=start_heterogeneous,
            own_variances=True,
            correlated=True,
            doi="10.1007/BF00140873",
            r_call='rma.mv(yi, V, random = ~ outcome | study, struct = "HCS")',
        ),
        Structure(
            name="CS",
            label="one variance, one correlation",
            jet=compound,
            start=start_compound,
            own_variances=False,
            correlated=True,
            doi="10.1007/BF00140873",
            r_call='rma.mv(yi, V, random = ~ outcome | study, struct = "CS")',
        ),
        Structure(
            name="DIAG",
            label="a variance for each outcome, no correlation",
            jet=independent,
            start=start_independent,
            own_variances=True,
            correlated=False,
            doi="10.1007/BF00140873",
            r_call='rma.mv(yi, V, random = ~ outcome | study, struct = "DIAG")',
        ),
        Structure(
            name="ID",
            label="one variance, no correlation",
            jet=identical,
            start=start_identical,
            own_variances=False,
            correlated=False,
            doi="10.1007/BF00140873",
            r_call='rma.mv(yi, V, random = ~ outcome | study, struct = "ID")',
        ),
    )
}
