"""Pooling two-arm counts without study estimates: ``pool_tables``.

The methods sum over studies before they divide, so sparse studies and zero
cells enter as they are; a continuity correction is an option, never a default.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.heterogeneity import q_p_value
from evidencekit.models.kernel import BoolArray
from evidencekit.models.mantel_haenszel import Table, TableFit
from evidencekit.models.quantiles import limits, two_sided_p
from evidencekit.models.settings import choose
from evidencekit.models.table_heterogeneity import heterogeneity
from evidencekit.models.table_methods import TABLE_METHODS, TableMethod, check_tables
from evidencekit.models.table_results import TableBatch, TableResult
from evidencekit.quantities import Interval


def pool_tables_batch(
    events_1: ArrayLike,
    size_1: ArrayLike,
    events_2: ArrayLike,
    size_2: ArrayLike,
    *,
    method: str = "MH-OR",
    correction: float = 0.0,
    mask: ArrayLike | None = None,
    level: float = 0.95,
) -> TableBatch:
    """Pool m meta-analyses of two-arm counts.

    Mantel-Haenszel: sum R / sum S, or sum W d / sum W for differences; Peto: exp(sum(O - E) /
    sum V). See ``TABLE_METHODS``.

    Parameters
    ----------
    events_1, size_1, events_2, size_2
        Events and arm sizes (persons, or person-time for rates), shape (m, k) or (k,).
    method
        A row of ``TABLE_METHODS``: "MH-OR", "MH-RR", "MH-RD", "MH-RD-GR", "MH-IRR",
        "MH-IRD", "Peto".
    correction
        Added to every cell of studies with a zero cell before pooling (so the
        arms grow by twice as much); studies without events, or with only
        events, are then left out of ratios. 0, the default, corrects nothing.
        Not for Peto's method nor for rates.
    mask
        True where there is a study, shape (m, k).
    level
        Coverage, in (0, 1).

    Returns
    -------
    TableBatch

    Raises
    ------
    MethodError
        For impossible counts, an unknown method, or a correction it does not have.

    Notes
    -----
    In R: ``rma.mh(measure = "OR", add = c(1/2, 0), to = c("only0", "none"))`` and
    ``rma.peto()``; with ``correction=0.5``, ``metabin(MH.exact = FALSE)``. Q adds 0.5 to the cells
    of studies with a zero whatever ``correction`` is, because an estimate of one
    study needs it; studies without contrast do not count for it.

    References
    ----------
    Mantel N, Haenszel W. J Natl Cancer Inst 1959;22:719-48. doi:10.1093/jnci/22.4.719
    Greenland S, Robins JM. Biometrics 1985;41:55-68. doi:10.2307/2530643
    Yusuf S, et al. Prog Cardiovasc Dis 1985;27:335-71. doi:10.1016/S0033-0620(85)80003-7
    """
    row = choose(TABLE_METHODS, method, "method for counts")
    if not 0.0 < level < 1.0:
        raise MethodError(f"level {level!r}: a fraction between 0 and 1, such as 0.95")
    if not (np.isfinite(correction) and correction >= 0.0):
        raise MethodError(f"correction {correction!r}: a finite value of 0 or more")
    if correction > 0 and (row.name == "Peto" or row.denominator == "person_time"):
        raise MethodError(f"{row.name} has no continuity correction")
    table, here = check_tables((events_1, size_1, events_2, size_2), mask, row)
    used, corrected = _corrected(table, here, row, correction)
    with np.errstate(divide="ignore", invalid="ignore"):
        fit = row.function(used)
    status = _status(used, row, fit)
    good = np.array([text == "ok" for text in status], dtype=bool)
    estimate, se = np.where(good, fit.estimate, np.nan), np.where(good, fit.se, np.nan)
    normal = np.full(estimate.shape, np.inf)
    low, high = limits(estimate, se, normal, level)
    q, q_df = heterogeneity(table, here, row, estimate)
    total = fit.weights.sum(axis=-1, keepdims=True)
    return TableBatch(
        method=row.name,
        level=level,
        k=here.sum(axis=1),
        k_informative=(here & _informative(table, row)).sum(axis=1),
        estimate=estimate,
        se=se,
        statistic=estimate / se,
        p_value=two_sided_p(estimate / se, normal),
        ci_low=low,
        ci_high=high,
        status=status,
        q=np.where(good, q, np.nan),
        q_df=q_df,
        q_p=np.where(good, q_p_value(q, q_df.astype(np.float64)), np.nan),
        corrected=corrected.sum(axis=1),
        weights=fit.weights / np.where(total > 0, total, 1.0),
    )


def pool_tables(
    events_1: ArrayLike,
    size_1: ArrayLike,
    events_2: ArrayLike,
    size_2: ArrayLike,
    *,
    method: str = "MH-OR",
    correction: float = 0.0,
    level: float = 0.95,
    labels: Sequence[str] | None = None,
) -> TableResult:
    """Pool one meta-analysis of two-arm counts.

    Mantel-Haenszel: sum R / sum S, or sum W d / sum W for differences; Peto: exp(sum(O - E) /
    sum V).

    Parameters
    ----------
    events_1, size_1, events_2, size_2
        Events and arm sizes (persons, or person-time for rates), shape (k,).
    method, correction, level
        As for :func:`pool_tables_batch`.
    labels
        Names of the studies.

    Returns
    -------
    TableResult
        On the analysis scale.

    Raises
    ------
    MethodError
        As for :func:`pool_tables_batch`, and when the counts do not determine an estimate,
        with the reason.

    Notes
    -----
    In R: ``rma.mh(measure = "OR", ai=, n1i=, ci=, n2i=)`` and ``rma.peto(ai=, n1i=, ci=, n2i=)``.

    References
    ----------
    Mantel N, Haenszel W. J Natl Cancer Inst 1959;22:719-48. doi:10.1093/jnci/22.4.719
    Yusuf S, et al. Prog Cardiovasc Dis 1985;27:335-71. doi:10.1016/S0033-0620(85)80003-7
    """
    batch = pool_tables_batch(
        np.atleast_1d(events_1),
        size_1,
        events_2,
        size_2,
        method=method,
        correction=correction,
        level=level,
    )
    row, k = TABLE_METHODS[method], int(batch.k[0])
    if batch.k.size != 1:
        raise MethodError(f"one analysis needs arrays of one dimension; there are {batch.k.size}")
    if batch.status[0] != "ok":
        raise MethodError(f"{row.label} is not estimable: {batch.status[0]}")
    names = tuple(labels) if labels is not None else tuple(f"study {i + 1}" for i in range(k))
    if len(names) != k:
        raise MethodError(f"{len(names)} labels for {k} studies")
    return TableResult(
        method=row.name,
        measure=row.measure,
        scale=row.scale,
        k=k,
        k_informative=int(batch.k_informative[0]),
        labels=names,
        weights=tuple(batch.weights[0].tolist()),
        estimate=float(batch.estimate[0]),
        se=float(batch.se[0]),
        statistic=float(batch.statistic[0]),
        p_value=float(batch.p_value[0]),
        ci=Interval(
            low=float(batch.ci_low[0]), high=float(batch.ci_high[0]), level=level, method="wald"
        ),
        q=float(batch.q[0]),
        q_df=int(batch.q_df[0]),
        q_p=float(batch.q_p[0]),
        notes=_notes(batch, correction),
    )


def _notes(batch: TableBatch, correction: float) -> tuple[str, ...]:
    found = []
    idle = int(batch.k[0] - batch.k_informative[0])
    if idle:
        found.append(
            f"{idle} of {int(batch.k[0])} studies carry no weight: without events in either arm "
            "(or without anything else) they say nothing about a ratio."
        )
    if batch.corrected[0]:
        found.append(
            f"{correction:g} was added to the cells of {int(batch.corrected[0])} studies with a "
            "zero cell; the method itself does not need this."
        )
    return tuple(found)


def _informative(table: Table, row: TableMethod) -> BoolArray:
    """Studies that carry weight in the method."""
    a, n1, c, n2 = table
    if row.scale == "identity":
        return np.ones(a.shape, dtype=bool)
    some = a + c > 0
    return some & (a + c < n1 + n2) if row.measure == "OR" else some


def _corrected(
    table: Table, here: BoolArray, row: TableMethod, correction: float
) -> tuple[Table, BoolArray]:
    """Add the correction to studies with a zero cell; leave out those without contrast."""
    if correction == 0.0:
        return table, np.zeros(here.shape, dtype=bool)
    a, n1, c, n2 = table
    zero = here & ((a == 0) | (c == 0) | (a == n1) | (c == n2))
    if row.scale == "log":
        idle = ((a == 0) & (c == 0)) | ((a == n1) & (c == n2))
        zero &= ~idle
        table = Table(*(np.where(idle, 0.0, x) for x in table))
    add = np.where(zero, correction, 0.0)
    a, n1, c, n2 = table
    return Table(a + add, n1 + 2 * add, c + add, n2 + 2 * add), zero


def _status(table: Table, row: TableMethod, fit: TableFit) -> tuple[str, ...]:
    """For each row "ok", or why its counts do not determine an estimate."""
    first, second = table.a.sum(axis=-1), table.c.sum(axis=-1)
    none = (table.n1.sum(axis=-1) == 0) & (table.n2.sum(axis=-1) == 0)
    fine = np.isfinite(fit.estimate) & np.isfinite(fit.se) & (fit.se > 0)
    reasons = np.select(
        [none, fine, (first == 0) & (second == 0), first == 0, second == 0],
        [
            "no study",
            "ok",
            "no events in either arm",
            "no events in arm 1",
            "no events in arm 2",
        ],
        default="no study with events and non-events to compare"
        if row.denominator == "persons"
        else "no study to compare",
    )
    return tuple(reasons.tolist())
