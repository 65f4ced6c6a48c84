"""What a trial's design asks of its numbers: shared comparators, clusters, crossover.

References
----------
[1] Higgins JPT, Eldridge S, Li T (eds). Including variants on randomized trials.
    Cochrane Handbook for Systematic Reviews of Interventions, chapter 23.
    doi:10.1002/9781119536604.ch23
[2] Eldridge SM, Ashby D, Kerry S. Sample size for cluster randomized trials: effect of
    coefficient of variation of cluster size and analysis method. Int J Epidemiol
    2006;35:1292-300. doi:10.1093/ije/dyl129
[3] Elbourne DR, Altman DG, Higgins JPT, Curtin F, Worthington HV, Vail A. Meta-analyses
    involving cross-over trials: methodological issues. Int J Epidemiol 2002;31:140-9.
    doi:10.1093/ije/31.1.140
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from evidencekit.effects.contrast import make_contrast
from evidencekit.errors import MethodError
from evidencekit.quantities import Contrast, Counts, GroupCounts, GroupMean, Means, PairedMeans

CORRELATIONS = (0.1, 0.3, 0.5, 0.7, 0.9)
"""A grid for a correlation that a report does not give."""


def split_counts(group: GroupCounts, parts: int) -> GroupCounts:
    """One part of a comparator that several intervention arms of a trial share.

    Events / parts of total / parts people; neither need stay whole.  # [1] section 23.3.4

    In R: no equivalent.

    Parameters
    ----------
    group
        Events and total of the comparator.
    parts
        Number of arms that share it, 1 or more.

    Returns
    -------
    GroupCounts
        One of the parts.

    Raises
    ------
    MethodError
        For fewer than 1 part.

    Notes
    -----
    The contrasts are then taken as independent, which costs precision;
    :func:`~evidencekit.effects.shared.shared_comparator` keeps the whole comparator.
    """
    number = _parts(parts)
    return GroupCounts(events=group.events / number, total=group.total / number)


def split_mean(group: GroupMean, parts: int) -> GroupMean:
    """One part of a shared comparator.

    Mean and sd stay, the size is total / parts.  # [1] section 23.3.4

    In R: no equivalent.

    Parameters
    ----------
    group
        Mean, standard deviation and size of the comparator.
    parts
        Number of arms that share it, 1 or more.

    Returns
    -------
    GroupMean
        One of the parts.

    Raises
    ------
    MethodError
        For fewer than 1 part, or when a part has not more than 1 person.
    """
    total = group.total / _parts(parts)
    if not total > 1.0:
        raise MethodError(f"{group.total:g} people in {parts} parts: a part needs more than 1")
    return replace(group, total=total)


def design_effect(cluster_size: float, icc: float, *, size_cv: float = 0.0) -> float:
    """Variance inflation of a cluster trial analysed as if people were randomised.

    1 + ((1 + cv^2) m - 1) icc.  # [1] section 23.1; [2] for cv > 0

    In R: no equivalent.

    Parameters
    ----------
    cluster_size
        Mean number of people in a cluster, 1 or more.
    icc
        Intracluster correlation, from 0 to 1.
    size_cv
        Coefficient of variation of the cluster sizes, 0 or more.

    Returns
    -------
    float
        1 or more for an icc of 0 or more and clusters of 1 or more.

    Raises
    ------
    MethodError
        For values outside their range.
    """
    if not (math.isfinite(cluster_size) and cluster_size >= 1.0):
        raise MethodError(f"cluster size {cluster_size:g}: a finite value of 1 or more")
    if not 0.0 <= icc <= 1.0:
        raise MethodError(f"intracluster correlation {icc:g}: a value from 0 to 1")
    if not (math.isfinite(size_cv) and size_cv >= 0.0):
        raise MethodError(f"variation of cluster sizes {size_cv:g}: a finite value of 0 or more")
    return 1.0 + ((1.0 + size_cv**2) * cluster_size - 1.0) * icc


def effective_counts(data: Counts, effect: float) -> Counts:
    """Counts of both arms divided by a design effect; they need not stay whole.

    events / effect of total / effect people.  # [1] section 23.1

    In R: no equivalent.

    Parameters
    ----------
    data
        Counts of both arms.
    effect
        Design effect, 1 or more, see :func:`design_effect`.

    Returns
    -------
    Counts
        Risks are unchanged.

    Raises
    ------
    MethodError
        For a design effect below 1.
    """
    by = _inflation(effect)
    return Counts(
        events_1=data.events_1 / by,
        total_1=data.total_1 / by,
        events_2=data.events_2 / by,
        total_2=data.total_2 / by,
    )


def effective_means(data: Means, effect: float) -> Means:
    """Sizes of both arms divided by a design effect.

    total / effect people; means and sds stay.  # [1] section 23.1

    In R: no equivalent.

    Parameters
    ----------
    data
        Means, standard deviations and sizes of both arms.
    effect
        Design effect, 1 or more, see :func:`design_effect`.

    Returns
    -------
    Means
        With smaller arms.

    Raises
    ------
    MethodError
        For a design effect below 1.
    """
    by = _inflation(effect)
    return replace(data, total_1=data.total_1 / by, total_2=data.total_2 / by)


def correlation_from_sds(sd_1: float, sd_2: float, sd_difference: float) -> float:
    """Correlation within people from the spread of both values and of their difference.

    (sd1^2 + sd2^2 - sd_diff^2) / (2 sd1 sd2).  # [1] section 23.2

    In R: no equivalent.

    Parameters
    ----------
    sd_1, sd_2
        Standard deviations under either condition, above 0.
    sd_difference
        Standard deviation of the differences within people, 0 or more; from a paired t
        statistic it is sqrt(n) (m1 - m2) / t.

    Returns
    -------
    float
        From -1 to 1.

    Raises
    ------
    MethodError
        For values outside their range, or sds that no correlation allows.
    """
    if not (sd_1 > 0.0 and sd_2 > 0.0 and math.isfinite(sd_1) and math.isfinite(sd_2)):
        raise MethodError(f"standard deviations {sd_1:g} and {sd_2:g}: finite values above 0")
    if not (math.isfinite(sd_difference) and sd_difference >= 0.0):
        raise MethodError(
            f"standard deviation of differences {sd_difference:g}: a finite value of 0 or more"
        )
    r = (sd_1**2 + sd_2**2 - sd_difference**2) / (2.0 * sd_1 * sd_2)
    # Rounded inputs may pass 1 by a little; more than that is a contradiction.
    if abs(r) > 1.0 + 1e-9:
        raise MethodError(
            f"no correlation gives differences with sd {sd_difference:g} from sds "
            f"{sd_1:g} and {sd_2:g}"
        )
    return max(-1.0, min(1.0, r))


def over_correlations(
    measure: str,
    data: PairedMeans,
    *,
    study: str,
    label: str = "",
    correlations: Sequence[float] = CORRELATIONS,
) -> tuple[Contrast, ...]:
    """Contrasts of a crossover or pre-post study for each of several assumed correlations.

    The variance of a change falls in r: (sd1^2 + sd2^2 - 2 r sd1 sd2)/n.  # [3]

    In R: ``escalc("MC", ..., ri = r)`` once for each r.

    Parameters
    ----------
    measure
        "MC", "SMCC", "SMCR" or "ROMC".
    data
        Means and spreads; its own correlation is replaced by each of the grid.
    study, label
        As for :func:`~evidencekit.effects.contrast.make_contrast`.
    correlations
        From -1 to 1, at least one. A trial without a paired analysis gives no
        correlation; the results over a grid show whether it matters.  # [3]

    Returns
    -------
    tuple of Contrast
        One per correlation, in order, with the assumption in ``steps``.

    Raises
    ------
    MethodError
        For an empty grid, a correlation outside -1 to 1, or another measure.
    """
    if not correlations:
        raise MethodError("no correlation to assume: give at least one")
    return tuple(
        make_contrast(
            measure,
            replace(data, correlation=r),
            study=study,
            label=label,
            steps=(f"Assumed a correlation of {r:g} within people.",),
        )
        for r in correlations
    )


def _parts(parts: int) -> int:
    if parts < 1:
        raise MethodError(f"{parts} parts: at least 1")
    return parts


def _inflation(effect: float) -> float:
    if not (math.isfinite(effect) and effect >= 1.0):
        raise MethodError(f"design effect {effect:g}: a finite value of 1 or more")
    return effect
