"""Several arms of one trial as one group.

References
----------
[1] Higgins JPT, Li T, Deeks JJ (eds). Choosing effect measures and computing
    estimates of effect. Cochrane Handbook for Systematic Reviews of
    Interventions, chapter 6. doi:10.1002/9781119536604.ch6
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def combine_counts(groups: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Events and total of the union of disjoint groups.

    (sum of events) / (sum of totals).  # [1]

    In R: no function; ``sum(events)``, ``sum(total)``.

    Parameters
    ----------
    groups
        ``(events, total)`` per group, at least one.

    Returns
    -------
    tuple of float
        ``(events, total)`` of the union.
    """
    return math.fsum(e for e, _ in groups), math.fsum(n for _, n in groups)


def combine_means(groups: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Mean, standard deviation and size of the union of disjoint groups.

    With N = sum of n and M = sum of n m/N: sd^2 = (sum of (n - 1) sd_i^2 + n (m - M)^2)/(N - 1),
    which for two groups is the formula of [1], table 6.5.a, and exact for any number.

    In R: no function in metafor or meta for means of groups with their sds.

    Parameters
    ----------
    groups
        ``(mean, sd, n)`` per group, at least one; n > 1 in all. A single group is
        returned as it is.

    Returns
    -------
    tuple of float
        ``(mean, sd, n)`` of the union, in the units of the groups.
    """
    if len(groups) == 1:
        return groups[0]
    total = math.fsum(n for _, _, n in groups)
    mean = math.fsum(m * n for m, _, n in groups) / total
    squares = math.fsum((n - 1) * sd**2 + n * (m - mean) ** 2 for m, sd, n in groups)
    return mean, math.sqrt(squares / (total - 1)), total
