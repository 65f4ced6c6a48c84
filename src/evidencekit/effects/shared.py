"""Contrasts of one trial that share their comparator arm, with their covariance.

What the comparator's own sampling error contributes is the same in each of them.

References
----------
[1] Gleser LJ, Olkin I. Stochastically dependent effect sizes. In: Cooper H, Hedges LV,
    Valentine JC (eds). The Handbook of Research Synthesis and Meta-Analysis, 2nd
    edition. New York: Russell Sage Foundation, 2009, pages 357-76.
[2] Franchini AJ, Dias S, Ades AE, Jansen JP, Welton NJ. Accounting for correlation in
    network meta-analysis with multi-arm trials. Res Synth Methods 2012;3:142-60.
    doi:10.1002/jrsm.1049
[3] Lajeunesse MJ. On the meta-analysis of response ratios for studies with correlated
    and multi-group designs. Ecology 2011;92:2049-55. doi:10.1890/11-0423.1
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from typing import NamedTuple

import numpy as np

from evidencekit.effects.arrays import QUIET, FloatArray
from evidencekit.effects.measures import find_measure
from evidencekit.effects.shared_measures import SHARED_MEASURES, Group, SharedMeasure
from evidencekit.effects.zero_cells import ZeroCells
from evidencekit.errors import MethodError
from evidencekit.quantities import GroupCounts, Scale

SINGULAR = 1e-14
"""Smallest eigenvalue of a correlation matrix that is more than rounding."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointEffects:
    """Contrasts of one trial on the analysis scale, with their covariance.

    Parameters
    ----------
    measure, scale
        As in ``MEASURES``.
    estimate
        Each arm against the comparator, shape (k,).
    covariance
        Of their sampling errors, shape (k, k), positive definite.
    steps
        What was done to the data, in plain words.
    """

    measure: str
    scale: Scale
    estimate: FloatArray
    covariance: FloatArray
    steps: tuple[str, ...] = ()

    @property
    def se(self) -> FloatArray:
        """Standard errors, shape (k,)."""
        return np.sqrt(np.diag(self.covariance))


class StackedEffects(NamedTuple):
    """Contrasts of several trials, as ``multilevel`` and ``cluster_robust`` take them.

    ``estimate`` and ``se``, shape (K,); ``covariance``, shape (K, K), 0 between trials;
    ``trial``, the number of the trial of each contrast, from 0.
    """

    estimate: FloatArray
    se: FloatArray
    covariance: FloatArray
    trial: tuple[int, ...]


@QUIET
def shared_comparator(
    measure: str,
    arms: Sequence[Group],
    comparator: Group,
    *,
    zero_cells: ZeroCells | None = None,
) -> JointEffects:
    """Contrasts of several arms with one comparator, and their covariance.

    A measure that is a difference of one quantity per arm, f(arm) - f(comparator), has
    cov(i, j) = var f(comparator).  # [1]; [2]; [3] for ROM
    A standardised mean difference adds what the comparator's standard deviation, n0 of the
    N people behind each, contributes: 1/n0 + n0 g_i g_j/(2 N_i N_j) for SMD and D,
    1/n0 + g_i g_j/(2 n0) for SMD1.  # after [1], which pools over all arms

    In R: ``metafor::vcalc(vi, cluster = study, grp1 =, grp2 =, w1 =, w2 =)``, an approximation.

    Parameters
    ----------
    measure
        A row of ``SHARED_MEASURES``, in its default variant.
    arms, comparator
        Two arms or more and the one they share: ``GroupCounts`` for RR, OR, RD and AS,
        ``GroupRate`` for IRR, IRD and IRSD, ``GroupMean`` for the others.
    zero_cells
        Policy; default :class:`ZeroCells`. The arms are one table here: for a ratio, a zero
        in any arm makes the correction of all (``double_zero`` speaks of every arm); the
        variances of RD and IRD are corrected when more than one arm has none.

    Returns
    -------
    JointEffects
        Estimates of shape (k,), for k arms, and their covariance, shape (k, k).

    Raises
    ------
    MethodError
        For another measure, fewer than two arms, data of the wrong kind or outside their
        range, a ratio without an event in any arm, or an arm without an estimate.
    """
    row = SHARED_MEASURES.get(measure)
    if row is None:
        known = ", ".join(SHARED_MEASURES)
        raise MethodError(f"{measure!r} with a shared comparator: choose one of {known}")
    groups = (*arms, comparator)
    if len(groups) < 3:
        raise MethodError(f"{len(arms)} arms with a shared comparator: 2 or more")
    for group in groups:
        if type(group) is not row.data:
            raise MethodError(
                f"{measure} is computed from {row.data.__name__} of every arm, "
                f"not from {type(group).__name__}"
            )
    table = np.array([astuple(group) for group in groups], dtype=np.float64).T
    policy, steps = _policy(row, table, zero_cells or ZeroCells()) if row.zero else (None, ())
    estimate, covariance = row.function(table, policy)
    if not (np.isfinite(estimate).all() and _is_definite(covariance)):
        raise MethodError(
            f"the arms do not allow {measure}: a zero without a correction, standard deviations "
            "of 0, or means without one sign"
        )
    return JointEffects(
        measure=measure,
        scale=find_measure(measure).scale,
        estimate=estimate,
        covariance=covariance,
        steps=steps,
    )


def stack_effects(trials: Sequence[JointEffects]) -> StackedEffects:
    """Contrasts of several trials in one list, with a block-diagonal covariance.

    V = diag(V_1, V_2, ...): trials are independent.  # [2]

    In R: ``metafor::bldiag(V1, V2)``.

    Parameters
    ----------
    trials
        Of one measure, at least one.

    Returns
    -------
    StackedEffects
        Arrays of shape (K,) and (K, K), for K contrasts in all.

    Raises
    ------
    MethodError
        For no trial, or more than one measure.
    """
    measures = dict.fromkeys(trial.measure for trial in trials)
    if len(measures) != 1:
        raise MethodError(f"trials of one measure, not of {len(measures)}: {', '.join(measures)}")
    numbers = tuple(i for i, trial in enumerate(trials) for _ in trial.estimate)
    covariance = np.zeros((len(numbers), len(numbers)))
    start = 0
    for trial in trials:
        end = start + trial.estimate.size
        covariance[start:end, start:end] = trial.covariance
        start = end
    estimate = np.concatenate([trial.estimate for trial in trials])
    return StackedEffects(estimate, np.sqrt(np.diag(covariance)), covariance, numbers)


def _is_definite(covariance: FloatArray) -> bool:
    """Whether it is finite and not singular, as it is where two of the arms have no variance."""
    variance = np.diag(covariance)
    if not (np.isfinite(covariance).all() and (variance > 0.0).all()):
        return False
    correlation = covariance / np.sqrt(np.outer(variance, variance))
    return bool(np.linalg.eigvalsh(correlation)[0] > SINGULAR)


def _policy(
    row: SharedMeasure, table: FloatArray, policy: ZeroCells
) -> tuple[ZeroCells, tuple[str, ...]]:
    """Correct all arms of the trial, or none."""
    policy.require_constant("several arms share a comparator")
    none = table[0] == 0
    full = (table[0] == table[1]) & (row.data is GroupCounts)
    nothing = none.all() or full.all()
    if row.zero == "estimate" and nothing and policy.double_zero == "drop":
        what = "no event" if none.all() else "only events"
        raise MethodError(f"{what} in every arm, which says nothing about a ratio")
    # One arm without variance leaves all differences with one.
    needed = int((none | full).sum()) > (row.zero == "variance")
    if not policy.chosen(np.array([needed]))[0]:
        return replace(policy, to="none"), ()
    what = "" if row.zero == "estimate" else ", for their variances"
    why = "because one of them is 0" if needed else "by choice"
    return replace(policy, to="all"), (
        f"Added {policy.add:g} to the cells of all arms{what}, {why}.",
    )
