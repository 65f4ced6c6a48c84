"""One chunk of meta-analyses, from numbers to pooled columns. Nothing in it can raise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.effects.measures import find_measure
from evidencekit.effects.transforms import TRANSFORMS
from evidencekit.effects.zero_cells import ZeroCells
from evidencekit.errors import MethodError
from evidencekit.models.batch import PooledBatch, pool_batch
from evidencekit.models.kernel import BoolArray, FloatArray, IntArray
from evidencekit.models.quantiles import t_quantile
from evidencekit.models.settings import Settings
from evidencekit.quantities import Scale
from evidencekit.tables.long import Chunk
from evidencekit.tables.shapes import SHAPES, scale_of

Arrays = dict[str, NDArray[Any]]

STATUS = ("ok", "not_converged", "no_studies", "failed")
"""What became of a meta-analysis; ``failed`` has a message, ``not_converged`` a last iterate."""

NOT_POOLED = ("settings", "labels", "mode_values", "mode_loglik")
POOLED = tuple(field.name for field in fields(PooledBatch) if field.name not in NOT_POOLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What is done to every meta-analysis: the same for all chunks.

    ``shape`` is a name in ``SHAPES``; ``natural``: estimates of a ratio are ratios.
    """

    shape: str
    measure: str
    natural: bool
    zero_cells: ZeroCells
    settings: Settings


def fit_chunk(chunk: Chunk, choices: Choices) -> Arrays:
    """Pool every meta-analysis of a chunk.

    Returns
    -------
    dict
        ``groups``, ``rows``, ``status`` (a position in ``STATUS``), the columns ``POOLED``,
        and ``message_at`` with ``message`` for those that failed.
    """
    n = chunk.counts.size
    good = np.ones(n, dtype=bool)
    good[list(chunk.bad)] = False
    messages = dict(chunk.bad)
    columns = empty_columns(n)
    _fit(chunk, np.flatnonzero(good), choices, columns, messages)
    status = np.zeros(n, dtype=np.int8)
    status[~columns["tau2_converged"]] = STATUS.index("not_converged")
    status[columns["k"] == 0] = STATUS.index("no_studies")
    at = np.array(sorted(messages), dtype=np.intp)
    status[at] = STATUS.index("failed")
    return columns | {
        "groups": chunk.groups,
        "rows": chunk.counts,
        "status": status,
        "message_at": at,
        "message": np.array([messages[i] for i in at.tolist()], dtype=np.str_),
    }


def _fit(
    chunk: Chunk, members: IntArray, choices: Choices, columns: Arrays, messages: dict[int, str]
) -> None:
    """Pool the members at once; when that is refused, by halves, to find the one to blame."""
    if not members.size:
        return
    try:
        found = _pool(chunk, members, choices)
    except Exception as error:
        if members.size == 1:
            known = isinstance(error, MethodError)
            messages[int(members[0])] = str(error) if known else f"{type(error).__name__}: {error}"
            return
        half = members.size // 2
        _fit(chunk, members[:half], choices, columns, messages)
        _fit(chunk, members[half:], choices, columns, messages)
        return
    for name in POOLED:
        columns[name][members] = getattr(found, name)


def _pool(chunk: Chunk, members: IntArray, choices: Choices) -> PooledBatch:
    counts = chunk.counts[members]
    inside = np.zeros(chunk.counts.size, dtype=bool)
    inside[members] = True
    rows = np.repeat(inside, chunk.counts)
    values = {name: column[rows] for name, column in chunk.values.items()}
    estimate, se = estimate_rows(values, choices)
    usable = np.isfinite(estimate) & np.isfinite(se) & (se > 0.0)
    y, s, mask = _padded(estimate, se, usable, counts)
    return pool_batch(y, s, mask=mask, settings=choices.settings)


def _padded(
    estimate: FloatArray, se: FloatArray, usable: BoolArray, counts: IntArray
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Ragged rows to arrays of shape (m, k); rows that cannot be used are left out."""
    group = np.repeat(np.arange(counts.size), counts)[usable]
    k = np.bincount(group, minlength=counts.size)
    place = np.arange(group.size) - np.repeat(np.cumsum(k) - k, k)
    shape = (counts.size, max(int(k.max(initial=0)), 1))
    y, s = np.zeros(shape), np.ones(shape)
    mask = np.zeros(shape, dtype=bool)
    y[group, place], s[group, place], mask[group, place] = estimate[usable], se[usable], True
    return y, s, mask


def estimate_rows(
    values: Mapping[str, FloatArray], choices: Choices
) -> tuple[FloatArray, FloatArray]:
    """Estimates and standard errors on the analysis scale; NaN where a number is missing.

    The same formulas as for one table, over columns.
    """
    shape = SHAPES[choices.shape]
    needed = [values[name] for name in shape.needs]
    there = ~np.isnan(np.sum(needed, axis=0)) if needed[0].size else np.zeros(0, dtype=bool)
    estimate, se = np.full(there.shape, np.nan), np.full(there.shape, np.nan)
    part = {name: column[there] for name, column in values.items()}
    if shape.kind == "generic":
        estimate[there], se[there] = _printed(part, choices)
        return estimate, se
    function = find_measure(choices.measure).function
    assert function is not None
    assert shape.arguments is not None
    options = {"zero_cells": choices.zero_cells} if shape.zeros else {}
    effects = function(*shape.arguments(part), **options)
    estimate[there], se[there] = effects.estimate, effects.se
    return estimate, se


def _printed(values: Mapping[str, FloatArray], choices: Choices) -> tuple[FloatArray, FloatArray]:
    """Estimates as printed; a standard error from the variance or the interval."""
    transform = _forward(scale_of(choices.measure)) if choices.natural else np.positive
    estimate = transform(values["estimate"])
    if "se" in SHAPES[choices.shape].needs:
        return estimate, values["se"]
    if "variance" in SHAPES[choices.shape].needs:
        return estimate, np.sqrt(values["variance"])
    width = transform(values["ci_high"]) - transform(values["ci_low"])
    levels = values.get("level", np.full(width.shape, 0.95))
    levels = np.where(np.isnan(levels), 0.95, levels)
    critical = np.empty(width.shape)
    for level in np.unique(levels):  # few levels occur
        critical[levels == level] = t_quantile(np.array([np.inf]), float(level))[0]
    return estimate, width / (2.0 * critical)


def _forward(scale: Scale) -> Callable[[FloatArray], FloatArray]:
    """The way to the scale of analysis, over columns."""
    if scale in ("identity", "log"):
        return np.log if scale == "log" else np.positive
    one = TRANSFORMS[scale].forward

    def many(column: FloatArray) -> FloatArray:
        return np.array([one(value) for value in column.tolist()], dtype=np.float64)

    return many


def empty_columns(n: int) -> Arrays:
    """The pooled columns of meta-analyses of which nothing is known."""
    none = pool_batch(np.empty((0, 1)), np.empty((0, 1)))
    columns: Arrays = {}
    for name in POOLED:
        dtype = getattr(none, name).dtype
        if dtype.kind == "f":
            columns[name] = np.full(n, np.nan)
        elif dtype.kind == "U":
            columns[name] = np.full(n, "", dtype="<U20")
        else:
            columns[name] = np.zeros(n, dtype=dtype)
    return columns
