"""How one study's data become a contrast, with every step that was taken.

References
----------
[1] Schwarzer G, Chemaitelly H, Abu-Raddad LJ, Ruecker G. Seriously misleading results
    using inverse of Freeman-Tukey double arcsine transformation in meta-analysis of
    single proportions. Res Synth Methods 2019;10:476-83. doi:10.1002/jrsm.1348
"""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

import numpy as np

from evidencekit.effects.arrays import Effects, check_variant
from evidencekit.effects.generic import ReportedEstimate, read_estimate
from evidencekit.effects.measure import Kind, Measure
from evidencekit.effects.measures import find_measure
from evidencekit.effects.zero_cells import ZeroCells
from evidencekit.errors import MethodError
from evidencekit.quantities import (
    Contrast,
    Correlation,
    Counts,
    GroupCounts,
    GroupMean,
    GroupRate,
    LogRank,
    Means,
    PairedCounts,
    PairedMeans,
    Rates,
    StudyData,
)

Found = tuple[float, float, tuple[str, ...], str]
"""Estimate, standard error, steps, and why it is not estimable ("" if it is)."""


def make_contrast(
    measure: str,
    data: StudyData | ReportedEstimate,
    *,
    study: str,
    label: str = "",
    variant: str = "",
    zero_cells: ZeroCells | None = None,
    result: str = "",
    steps: tuple[str, ...] = (),
) -> Contrast:
    """Compute one study's contrast of arm 1 against arm 2, or its one-group estimate.

    Parameters
    ----------
    measure
        A row of ``MEASURES``.
    data
        What the measure is computed from (``Counts`` for RR, ``Means`` for MD, ``Rates``
        for IRR, ...); a ``ReportedEstimate`` for any.
    study, label, result
        Identifier, the name people read (default: the identifier), and the
        result of the study it comes from.
    variant
        One of the measure's variants; default its first.
    zero_cells
        Policy for zero cells; default :class:`ZeroCells`.
    steps
        What was done to the data before; comes first in ``steps`` of the contrast.

    Returns
    -------
    Contrast
        Not estimable, with the reason, when the data say nothing about the
        measure; that is no error, the study is still listed.

    Raises
    ------
    MethodError
        For an unknown measure or variant, data of the wrong kind, or values out of
        range; the study is named.
    """
    row = find_measure(measure)
    reason = ""
    try:
        if variant:
            check_variant(variant, row.variants)
        if isinstance(data, ReportedEstimate):
            estimate, se, done = read_estimate(data, scale=row.scale)
        else:
            estimate, se, done, reason = _compute(row, data, variant, zero_cells or ZeroCells())
    except MethodError as error:
        raise MethodError(f"{label or study}: {error}") from error
    return Contrast(
        study=study,
        label=label or study,
        measure=row.name,
        scale=row.scale,
        estimate=estimate,
        se=se,
        data=None if isinstance(data, ReportedEstimate) else data,
        steps=steps + done,
        not_estimable=reason,
        result=result,
    )


def _compute(row: Measure, data: StudyData, variant: str, policy: ZeroCells) -> Found:
    found = KINDS[type(data)]
    if row.function is None or row.kind != found:
        raise MethodError(
            f"{row.name} ({row.label}) is computed from {NEEDS[row.kind]}, not from {NEEDS[found]}"
        )
    options: dict[str, Any] = {"zero_cells": policy} if row.kind in WITH_ZEROS else {}
    if variant:
        options["variant"] = variant
    effects = row.function(*astuple(data), **options)
    estimate, se = float(effects.estimate), float(effects.se)
    steps = _zero_steps(row, data, effects, policy)
    if variant and variant != row.variants[0]:
        steps = (*steps, f"{row.name} in the variant {variant}.")
    if row.name in CAUTIONS:
        steps = (*steps, CAUTIONS[row.name])
    reason = "" if np.isfinite(se) else _reason(row, data, effects)
    return estimate, se, () if reason else steps, reason


def _zero_steps(
    row: Measure, data: StudyData, effects: Effects, policy: ZeroCells
) -> tuple[str, ...]:
    """What the zero-cell policy did to this study, with the amounts."""
    everywhere = "by choice in every study"
    if effects.corrected:
        why = everywhere if policy.to == "all" else ZERO_CAUSES[type(data)]
        return (f"Added {_amount(row, data, policy)}, {why}.",)
    if effects.variance_corrected:
        why = everywhere if policy.to == "all" else "it would otherwise be 0"
        what = f"{policy.add:g} added" if policy.increment == "constant" else "additions"
        return (
            f"Variance from cells with {what} ({why}); "
            f"the {ESTIMATES[type(data)]} itself is not corrected.",
        )
    return ()


def _amount(row: Measure, data: StudyData, policy: ZeroCells) -> str:
    """ "0.5 to all four cells", or the amounts of both arms."""
    if policy.increment == "constant":
        cells = "the two cells of unlike pairs" if row.name == "MPORC" else CELLS[type(data)]
        return f"{policy.add:g} to {cells}"
    if isinstance(data, Counts):
        sizes, cells = (data.total_1, data.total_2), "both cells"
    elif isinstance(data, Rates):
        sizes, cells = (data.time_1, data.time_2), "the events"
    else:  # the functions refuse it for other kinds of data
        raise MethodError(f"increment {policy.increment!r} needs two arms")
    one, two = policy.increments(*(np.asarray(size, dtype=float) for size in sizes))
    name = "treatment-arm" if policy.increment == "treatment_arm" else "empirical"
    return f"{one:.4g} to {cells} of arm 1 and {two:.4g} to those of arm 2 ({name} correction)"


def _reason(row: Measure, data: StudyData, effects: Effects) -> str:
    """Why there is no estimate."""
    what = _empty(data)
    if effects.dropped and what:
        return f"{what}, which says nothing about a ratio"
    if what and row.scale != "log":
        return what
    return REASONS[row.kind]


def _empty(data: StudyData) -> str:
    """What the counts lack, if they lack it in both arms."""
    if isinstance(data, Counts):
        if data.events_1 == 0 and data.events_2 == 0:
            return "no events in either arm"
        if data.events_1 == data.total_1 and data.events_2 == data.total_2:
            return "events in every participant of both arms"
    if isinstance(data, Rates) and data.events_1 == 0 and data.events_2 == 0:
        return "no events in either arm"
    if isinstance(data, PairedCounts) and data.only_1 == 0 and data.only_2 == 0:
        return "no pair with different outcomes"
    return ""


KINDS: dict[type[StudyData], Kind] = {
    Counts: "binary",
    Rates: "rates",
    Means: "continuous",
    LogRank: "log_rank",
    PairedMeans: "paired_means",
    PairedCounts: "paired_counts",
    Correlation: "correlation",
    GroupCounts: "proportion",
    GroupRate: "rate",
    GroupMean: "mean",
}
WITH_ZEROS = {"binary", "rates", "paired_counts", "proportion", "rate"}
NEEDS: dict[Kind, str] = {
    "binary": "counts",
    "rates": "events and person-time",
    "continuous": "means",
    "log_rank": "observed minus expected events with their variance",
    "paired_means": "means of the same people twice",
    "paired_counts": "counts of pairs",
    "correlation": "a correlation",
    "proportion": "counts of one group",
    "rate": "events and person-time of one group",
    "mean": "the mean of one group",
    "generic": "an estimate as printed",
}
CELLS: dict[type[StudyData], str] = {
    Counts: "all four cells",
    Rates: "the events of both arms",
    PairedCounts: "all four cells",
    GroupCounts: "events and non-events",
    GroupRate: "the events",
}
ZERO_CAUSES: dict[type[StudyData], str] = {
    Counts: "because one of them is 0",
    Rates: "because one of them is 0",
    PairedCounts: "because one of them is 0",
    GroupCounts: "because one of them is 0",
    GroupRate: "because there are none",
}
ESTIMATES: dict[type[StudyData], str] = {
    Counts: "risk difference",
    Rates: "rate difference",
    PairedCounts: "risk difference",
    GroupCounts: "proportion",
    GroupRate: "rate",
}
REASONS: dict[Kind, str] = {
    "binary": "a zero cell and no correction",
    "rates": "an arm without events and no correction",
    "continuous": "the means or standard deviations do not allow it",
    "log_rank": "the variance is 0",
    "paired_means": "the means or standard deviations do not allow it",
    "paired_counts": "a zero cell and no correction",
    "correlation": "a correlation of -1 or 1 has no variance",
    "proportion": "no events or only events, and no correction",
    "rate": "no events and no correction",
    "mean": "the mean or standard deviation does not allow it",
    "generic": "",
}
CAUTIONS = {
    "PFT": "Taking this double arcsine back to a proportion needs a sample size, which a pooled "
    "value does not have; the result can mislead seriously.",  # [1]
    "IRFT": "Taking this transformation back to a rate needs a person-time, which a pooled "
    "value does not have.",
}
