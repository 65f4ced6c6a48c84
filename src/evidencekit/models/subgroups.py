"""Leave-one-out and subgroup analyses: rows of one batch call.

References
----------
[1] Viechtbauer W, Cheung MW-L. Outlier and influence diagnostics for meta-analysis.
    Res Synth Methods 2010;1:112-25. doi:10.1002/jrsm.11
[2] Borenstein M, Higgins JPT. Meta-analysis and subgroups. Prev Sci 2013;14:134-43.
    doi:10.1007/s11121-013-0377-7
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

import numpy as np

from evidencekit.errors import MethodError
from evidencekit.models.batch import PooledBatch, pool_batch
from evidencekit.models.heterogeneity import q_p_value
from evidencekit.models.html import Shown
from evidencekit.models.kernel import BoolArray, FloatArray, prepare
from evidencekit.models.pool import Data, Studies, gather_studies, is_pair, wrap
from evidencekit.models.results import PooledResult
from evidencekit.models.settings import Settings
from evidencekit.models.tau2 import fit_block
from evidencekit.quantities import Contrast

Tau2Across = Literal["separate", "common"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubgroupResult(Shown):
    """Results by subgroup and the test for a difference between them.

    Parameters
    ----------
    names, groups
        Subgroups in order of first appearance, and their pooled results.
    overall
        All studies pooled, ignoring the groups.
    tau2_across
        "separate": each subgroup has its own tau2; "common": one tau2 estimated
        within the subgroups together. The test differs between the two.
    q_between, df, p_value
        sum w (mu_g - mu)^2 with w = 1/se_g^2 (Wald standard errors), against
        chi squared with one less than the number of groups.
    notes
        Fallbacks, in plain words.
    """

    names: tuple[str, ...]
    groups: tuple[PooledResult, ...]
    overall: PooledResult
    tau2_across: Tau2Across
    q_between: float
    df: int
    p_value: float
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """The result as text, on the analysis scale."""
        from evidencekit.models.short_text import subgroup_text

        return subgroup_text(self)


def settings_of(result: PooledResult) -> Settings:
    """Return the settings a result was made with, to redo it on other studies."""
    return Settings(
        model=result.model,
        tau2="REML" if result.tau2_method == "none" else result.tau2_method,
        ci=result.ci.method,
        prediction=result.prediction_method,
        tau2_ci=None if result.tau2_ci is None else result.tau2_ci.method,
        level=result.level,
    )


def leave_one_out(result: PooledResult) -> PooledBatch:
    """Pool again k times, each time without one study.  # [1]

    mu_(i) = sum w y / sum w over all studies but i, with tau2 estimated without i as well.

    Parameters
    ----------
    result
        A result of two studies or more; its settings are used again.

    Returns
    -------
    PooledBatch
        One row per omitted study, labelled with it.

    Raises
    ------
    MethodError
        For a single study.

    Notes
    -----
    In R: ``leave1out(rma(yi, vi))``.
    """
    k = result.k
    if k < 2:
        raise MethodError("leaving one out needs at least two studies; there is 1")
    return pool_batch(
        np.broadcast_to(np.asarray(result.estimates), (k, k)),
        np.broadcast_to(np.asarray(result.ses), (k, k)),
        mask=~np.eye(k, dtype=bool),
        settings=settings_of(result),
        labels=result.labels,
        study_labels=result.labels,
    )


def subgroups(
    data: Data,
    groups: Sequence[str],
    *,
    settings: Settings | None = None,
    tau2_across: Tau2Across = "separate",
    labels: Sequence[str] | None = None,
) -> SubgroupResult:
    """Pool within subgroups and test whether the subgroups differ.  # [2]

    Q = sum w (mu_g - mu)^2 with w = 1/se_g^2, against chi squared with one less than the groups.

    Parameters
    ----------
    data
        As for :func:`~evidencekit.models.pool.pool`.
    groups
        The subgroup of each study, as many as there are studies in ``data``.
    settings
        Model and methods, for all groups; default :class:`Settings`.
    tau2_across
        "separate" (each group its own tau2) or "common" (one tau2 for all,
        estimated within groups).
    labels
        Names of the studies when ``data`` is a pair of arrays.

    Returns
    -------
    SubgroupResult

    Raises
    ------
    MethodError
        For lengths that differ, or fewer than two groups with an estimable study.

    Notes
    -----
    In R: "separate" is ``metagen(..., subgroup =)``, "common" is
    ``metagen(..., tau.common = TRUE)`` and ``rma(yi, vi, mods = ~ group)``.
    """
    chosen = settings or Settings()
    if tau2_across not in ("separate", "common"):
        raise MethodError(f"unknown tau2_across {tau2_across!r}; choose one of separate, common")
    studies, member = _gather_groups(data, groups, labels)
    names = tuple(dict.fromkeys(member))
    if len(names) < 2:
        raise MethodError(f"subgroups need at least two groups with a study; there is {len(names)}")
    common = tau2_across == "common" and chosen.model == "random_effects"
    mask = np.array([[group == name for group in member] for name in names])
    batch = _pool_groups(studies, mask, chosen, common=common)
    whole = pool_batch(studies.estimates, studies.ses, settings=chosen, study_labels=studies.labels)
    q, df, p = _between(batch)
    return SubgroupResult(
        names=names,
        groups=tuple(wrap(batch, row, _part(studies, mask[row])) for row in range(len(names))),
        overall=wrap(whole, 0, studies),
        tau2_across=tau2_across,
        q_between=q,
        df=df,
        p_value=p,
        notes=_notes(names, batch, separate=not common and chosen.model == "random_effects"),
    )


def _pool_groups(
    studies: Studies, mask: BoolArray, settings: Settings, *, common: bool
) -> PooledBatch:
    """One row per group; with a common tau2, all rows use the same one."""
    y = np.broadcast_to(studies.estimates, mask.shape)
    se = np.broadcast_to(studies.ses, mask.shape)
    given = _common_tau2(y, se, mask, settings.tau2) if common else None
    # An interval of one group's own tau2 says nothing about the common one.
    used = replace(settings, tau2_ci=None) if common else settings
    return pool_batch(
        y, se, mask=mask, settings=used, study_labels=studies.labels, given_tau2=given
    )


def _gather_groups(
    data: Data, groups: Sequence[str], labels: Sequence[str] | None
) -> tuple[Studies, tuple[str, ...]]:
    """Studies and their groups, both without what is not estimable."""
    studies = gather_studies(data, labels=labels)
    if is_pair(data):
        used = [True] * len(studies.labels)
    else:
        used = [contrast.estimable for contrast in cast("Sequence[Contrast]", data)]
    if len(groups) != len(used):
        raise MethodError(f"{len(groups)} groups for {len(used)} studies")
    return studies, tuple(g for g, estimable in zip(groups, used, strict=True) if estimable)


def _common_tau2(y: FloatArray, se: FloatArray, mask: BoolArray, method: str) -> FloatArray:
    """One tau2 for all groups, from what each group says about it around its own mean."""
    block = prepare(y, se * se, mask, shared=True)
    tau2 = fit_block(block, method).tau2 * block.scale[:1] ** 2
    return np.full(y.shape[0], tau2[0])


def _part(studies: Studies, members: BoolArray) -> Studies:
    return Studies(
        studies.measure,
        studies.scale,
        tuple(label for label, member in zip(studies.labels, members, strict=True) if member),
        studies.estimates[members],
        studies.ses[members],
        (),
    )


def _between(batch: PooledBatch) -> tuple[float, int, float]:
    """Q between the groups, its degrees of freedom and p-value."""
    w = batch.se_wald**-2.0
    centred = batch.estimate - batch.estimate[0]
    mean = (w * centred).sum() / w.sum()
    q = float((w * (centred - mean) ** 2).sum())
    df = batch.m - 1
    return q, df, float(q_p_value(np.array([q]), np.array([float(df)]))[0])


def _notes(names: tuple[str, ...], batch: PooledBatch, *, separate: bool) -> tuple[str, ...]:
    single = [name for name, k in zip(names, batch.k, strict=True) if k == 1]
    if not separate or not single:
        return ()
    return (
        f"Subgroups of one study ({', '.join(single)}) have no tau2 of their own and enter the "
        "test with their own variance only; a common tau2 would treat all subgroups alike.",
    )
