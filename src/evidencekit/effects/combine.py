"""Several arms of one trial as one group.

References
----------
.. [1] Higgins JPT, Li T, Deeks JJ (editors). Choosing effect measures and computing
   estimates of effect. In: Cochrane Handbook for Systematic Reviews of Interventions,
   chapter 6, 2019. doi:10.1002/9781119536604.ch6
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def combine_counts(groups: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Events and total of the union of disjoint groups: both are sums.

    Parameters
    ----------
    groups
        ``(events, total)`` per group, at least one.
    """
    return math.fsum(e for e, _ in groups), math.fsum(n for _, n in groups)


def combine_means(groups: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Mean, standard deviation and size of the union of disjoint groups.

    Parameters
    ----------
    groups
        ``(mean, sd, n)`` per group, at least one; n > 1 in all. A single group is
        returned as it is.

    Returns
    -------
    tuple
        ``(mean, sd, n)`` of the union, in the units of the groups.

    Notes
    -----
    The union's sum of squares is the within-group sums plus the squared distances of
    the group means from the grand mean; for two groups this is the formula of [1]_,
    table 6.5.a, and it is exact for any number.
    """
    if len(groups) == 1:
        return groups[0]
    total = math.fsum(n for _, _, n in groups)
    mean = math.fsum(m * n for m, _, n in groups) / total
    squares = math.fsum((n - 1) * sd**2 + n * (m - mean) ** 2 for m, sd, n in groups)
    return mean, math.sqrt(squares / (total - 1)), total
