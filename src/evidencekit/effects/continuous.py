"""Two arms of means and standard deviations to a mean difference.

References
----------
[1] Higgins JPT, Li T, Deeks JJ (eds). Choosing effect measures and computing
    estimates of effect. Cochrane Handbook for Systematic Reviews of
    Interventions, chapter 6. doi:10.1002/9781119536604.ch6
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidencekit.effects.binary import Effects
from evidencekit.errors import MethodError


def mean_difference(
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    total_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    total_2: ArrayLike,
) -> Effects:
    """Mean of arm 1 minus mean of arm 2, variances not assumed equal.

    m1 - m2,  variance sd1^2/n1 + sd2^2/n2.  # [1]

    Parameters
    ----------
    mean_1, mean_2
        Means, in the unit of the outcome.
    sd_1, sd_2
        Standard deviations (not standard errors), 0 or more; not both 0.
    total_1, total_2
        Arm sizes, above 1.

    Returns
    -------
    Effects
        NaN where both standard deviations are 0.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.

    Notes
    -----
    In R: ``escalc("MD", m1i=, sd1i=, n1i=, m2i=, sd2i=, n2i=)``.
    """
    values = [
        np.asarray(x, dtype=np.float64) for x in (mean_1, sd_1, total_1, mean_2, sd_2, total_2)
    ]
    m1, s1, n1, m2, s2, n2 = np.broadcast_arrays(*values)
    for arm, mean, sd, total in ((1, m1, s1, n1), (2, m2, s2, n2)):
        _check_arm(arm, mean, sd, total)
    variance = s1**2 / n1 + s2**2 / n2
    usable = variance > 0.0
    no = np.zeros(m1.shape, dtype=bool)
    return Effects(
        estimate=np.where(usable, m1 - m2, np.nan),
        se=np.sqrt(np.where(usable, variance, np.nan)),
        corrected=no,
        variance_corrected=no,
        dropped=no,
    )


def _check_arm(
    arm: int,
    mean: NDArray[np.float64],
    sd: NDArray[np.float64],
    total: NDArray[np.float64],
) -> None:
    # Negated, so that NaN counts as wrong.
    wrong = ~(np.isfinite(mean) & np.isfinite(sd) & (sd >= 0) & (total > 1) & np.isfinite(total))
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        where = f"row {place + 1}, " if mean.size > 1 else ""
        raise MethodError(
            f"{where}arm {arm}: mean {mean.flat[place]:g}, sd {sd.flat[place]:g}, "
            f"n {total.flat[place]:g}; a finite mean, an sd of 0 or more and n above 1"
        )
