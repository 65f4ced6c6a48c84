"""What every effect measure returns, and the checks they share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidencekit.errors import MethodError

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

QUIET = np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore")
"""Decorates the measures: what is not finite in the end is NaN, without numpy's warnings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """Estimates and standard errors on the analysis scale, with what was done to each row.

    Parameters
    ----------
    estimate, se
        Same shape; NaN where not estimable.
    corrected
        True where the zero-cell correction entered the estimate and its variance.
    variance_corrected
        True where it entered the variance only (differences and single proportions).
    dropped
        True where the data say nothing about the measure and the row was left out:
        for a ratio, no event, or only events, in both arms.
    """

    estimate: FloatArray
    se: FloatArray
    corrected: BoolArray
    variance_corrected: BoolArray
    dropped: BoolArray


def make_effects(
    estimate: FloatArray,
    variance: FloatArray,
    *,
    corrected: BoolArray | None = None,
    variance_corrected: BoolArray | None = None,
    dropped: BoolArray | None = None,
) -> Effects:
    """NaN in both where either is not finite or the variance is not above 0."""
    usable = np.isfinite(estimate) & np.isfinite(variance) & (variance > 0.0)
    no = np.zeros(usable.shape, dtype=bool)
    return Effects(
        estimate=np.where(usable, estimate, np.nan),
        se=np.sqrt(np.where(usable, variance, np.nan)),
        corrected=no if corrected is None else corrected,
        variance_corrected=no if variance_corrected is None else variance_corrected,
        dropped=no if dropped is None else dropped,
    )


def columns(*values: ArrayLike) -> list[FloatArray]:
    """The values as arrays of one shape."""
    return list(np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in values)))


def require(ok: BoolArray, named: dict[str, FloatArray], rule: str, *, place: str = "") -> None:
    """Raise MethodError for the first row that is not ok, with its numbers and the rule.

    Parameters
    ----------
    ok
        True where a row may pass. Write conditions so that NaN gives False.
    named
        Numbers to print, in order.
    rule
        What is allowed, in words.
    place
        "arm 1", where there are two.
    """
    if ok.all():
        return
    row = int(np.flatnonzero(~ok)[0])
    found = ", ".join(f"{name} {values.flat[row]:g}" for name, values in named.items())
    where = [f"row {row + 1}"] if ok.size > 1 else []
    start = ", ".join(where + ([place] if place else []))
    raise MethodError(f"{start}: {found}; {rule}" if start else f"{found}; {rule}")


def check_variant(variant: str, allowed: tuple[str, ...]) -> str:
    """Return the variant, or raise MethodError with the names there are."""
    if variant not in allowed:
        raise MethodError(f"unknown variant {variant!r}; choose one of {', '.join(allowed)}")
    return variant
