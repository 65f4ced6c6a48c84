"""Two arms of counts to a risk ratio, odds ratio or risk difference.

Zero cells are handled by a policy that is data (:class:`ZeroCells`), and every
function reports which rows it touched.

References
----------
[1] Deeks JJ, Higgins JPT, Altman DG (eds). Analysing data and undertaking
    meta-analyses. Cochrane Handbook for Systematic Reviews of Interventions,
    chapter 10. doi:10.1002/9781119536604.ch10
[2] Sweeting MJ, Sutton AJ, Lambert PC. What to add to nothing? Use and
    avoidance of continuity corrections in meta-analysis of sparse data.
    Stat Med 2004;23:1351-75. doi:10.1002/sim.1761
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidencekit.errors import MethodError

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroCells:
    """What to do about zero cells in a two by two table.

    Parameters
    ----------
    add
        Added to all four cells of the studies named by ``to``; 0 or more.
    to
        "only_zero": studies with a zero cell; "all": every study; "none": no study.
    double_zero
        Studies with no event, or only events, in both arms say nothing about a
        ratio: "drop" leaves them out, "keep" corrects them like the others.
        Risk differences keep them always.
    """

    add: float = 0.5
    to: Literal["only_zero", "all", "none"] = "only_zero"
    double_zero: Literal["drop", "keep"] = "drop"

    def __post_init__(self) -> None:
        if not (np.isfinite(self.add) and self.add >= 0.0):
            raise MethodError(f"zero cells: add {self.add!r}, a finite value of 0 or more")
        if self.to not in ("only_zero", "all", "none"):
            raise MethodError(f"zero cells: to {self.to!r}; choose one of only_zero, all, none")
        if self.double_zero not in ("drop", "keep"):
            raise MethodError(f"zero cells: double_zero {self.double_zero!r}; choose drop or keep")


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
        True where it entered the variance only (risk differences).
    dropped
        True where both arms had no event, or only events, and the row was left out.
    """

    estimate: FloatArray
    se: FloatArray
    corrected: BoolArray
    variance_corrected: BoolArray
    dropped: BoolArray


class Cells(NamedTuple):
    """Events and non-events of both arms."""

    a: FloatArray
    b: FloatArray
    c: FloatArray
    d: FloatArray


Formula = Callable[[Cells], tuple[FloatArray, FloatArray]]


def risk_ratio(
    events_1: ArrayLike,
    total_1: ArrayLike,
    events_2: ArrayLike,
    total_2: ArrayLike,
    *,
    zero_cells: ZeroCells | None = None,
) -> Effects:
    """Log risk ratio of arm 1 against arm 2.

    log(a/n1) - log(c/n2),  variance 1/a - 1/n1 + 1/c - 1/n2.  # [1]

    Parameters
    ----------
    events_1, total_1, events_2, total_2
        Events and arm sizes, any common shape, 0 <= events <= total, total > 0;
        need not be whole numbers (effective counts of cluster trials).
    zero_cells
        Policy; default half added to all four cells of studies with a zero cell
        (totals then grow by 1), studies without contrast left out.

    Raises
    ------
    MethodError
        For counts outside their range, naming the row.

    Notes
    -----
    In R: ``escalc("RR", ai=, n1i=, ci=, n2i=, drop00 = TRUE)``. The R program meta
    adds only 0.5 to the totals by default.
    """
    return _ratio(_cells(events_1, total_1, events_2, total_2), zero_cells, _log_risk_ratio)


def odds_ratio(
    events_1: ArrayLike,
    total_1: ArrayLike,
    events_2: ArrayLike,
    total_2: ArrayLike,
    *,
    zero_cells: ZeroCells | None = None,
) -> Effects:
    """Log odds ratio of arm 1 against arm 2.

    log(ad / bc),  variance 1/a + 1/b + 1/c + 1/d.  # [1]

    Parameters and errors as for :func:`risk_ratio`.
    In R: ``escalc("OR", ai=, n1i=, ci=, n2i=, drop00 = TRUE)``.
    """
    return _ratio(_cells(events_1, total_1, events_2, total_2), zero_cells, _log_odds_ratio)


def risk_difference(
    events_1: ArrayLike,
    total_1: ArrayLike,
    events_2: ArrayLike,
    total_2: ArrayLike,
    *,
    zero_cells: ZeroCells | None = None,
) -> Effects:
    """Risk difference of arm 1 against arm 2.

    a/n1 - c/n2,  variance ab/n1^3 + cd/n2^3.  # [1]

    The estimate is never corrected. The variance is corrected, under the
    policy "only_zero", in rows where it would be 0 (each arm with no event or
    only events); under "all" in every row.

    Parameters and errors as for :func:`risk_ratio`.

    Notes
    -----
    In R: ``escalc("RD", ..., to = "none")`` where the variance is above 0. Its
    default adds to the cells of all studies with a zero and so also moves
    the estimate; that is not done here.
    """
    policy = zero_cells or ZeroCells()
    cells = _cells(events_1, total_1, events_2, total_2)
    estimate = cells.a / (cells.a + cells.b) - cells.c / (cells.c + cells.d)
    variance = _difference_variance(cells)
    touched = np.broadcast_to(policy.to == "all", estimate.shape)
    if policy.to == "only_zero":
        touched = variance == 0.0
    touched = touched & (policy.add > 0.0)
    added = _difference_variance(_add(cells, np.where(touched, policy.add, 0.0)))
    return _effects(estimate, added, variance_corrected=touched)


def _ratio(cells: Cells, zero_cells: ZeroCells | None, formula: Formula) -> Effects:
    """Estimate, variance and bookkeeping shared by the ratio measures."""
    policy = zero_cells or ZeroCells()
    a, b, c, d = cells
    any_zero = (a == 0) | (b == 0) | (c == 0) | (d == 0)
    no_contrast = ((a == 0) & (c == 0)) | ((b == 0) & (d == 0))
    dropped = no_contrast & (policy.double_zero == "drop")
    chosen = {"only_zero": any_zero, "all": np.ones_like(any_zero), "none": any_zero & False}
    corrected = chosen[policy.to] & ~dropped & (policy.add > 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate, variance = formula(_add(cells, np.where(corrected, policy.add, 0.0)))
    estimate = np.where(dropped, np.nan, estimate)
    return _effects(estimate, variance, corrected=corrected, dropped=dropped)


def _log_risk_ratio(cells: Cells) -> tuple[FloatArray, FloatArray]:
    a, b, c, d = cells
    estimate = np.log(a / (a + b)) - np.log(c / (c + d))
    # 1/a - 1/n written as b / (a n): no cancellation when almost all have the event.
    return estimate, b / (a * (a + b)) + d / (c * (c + d))


def _log_odds_ratio(cells: Cells) -> tuple[FloatArray, FloatArray]:
    a, b, c, d = cells
    return np.log(a / b) - np.log(c / d), 1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d


def _difference_variance(cells: Cells) -> FloatArray:
    a, b, c, d = cells
    return a * b / (a + b) ** 3 + c * d / (c + d) ** 3


def _effects(
    estimate: FloatArray,
    variance: FloatArray,
    *,
    corrected: BoolArray | None = None,
    variance_corrected: BoolArray | None = None,
    dropped: BoolArray | None = None,
) -> Effects:
    """NaN in both where either is not finite or the variance is 0."""
    usable = np.isfinite(estimate) & np.isfinite(variance) & (variance > 0.0)
    no = np.zeros(estimate.shape, dtype=bool)
    return Effects(
        estimate=np.where(usable, estimate, np.nan),
        se=np.sqrt(np.where(usable, variance, np.nan)),
        corrected=no if corrected is None else corrected,
        variance_corrected=no if variance_corrected is None else variance_corrected,
        dropped=no if dropped is None else dropped,
    )


def _add(cells: Cells, amount: FloatArray) -> Cells:
    return Cells(*(cell + amount for cell in cells))


def _cells(
    events_1: ArrayLike, total_1: ArrayLike, events_2: ArrayLike, total_2: ArrayLike
) -> Cells:
    """The four cells as arrays of one shape, checked."""
    values = [np.asarray(x, dtype=np.float64) for x in (events_1, total_1, events_2, total_2)]
    a, n1, c, n2 = np.broadcast_arrays(*values)
    for arm, events, total in ((1, a, n1), (2, c, n2)):
        # Negated, so that NaN counts as wrong.
        wrong = ~((events >= 0) & (events <= total) & (total > 0) & np.isfinite(total))
        if wrong.any():
            place = int(np.flatnonzero(wrong)[0])
            found = f"{events.flat[place]:g} events of {total.flat[place]:g}"
            where = f"row {place + 1}, " if events.size > 1 else ""
            raise MethodError(
                f"{where}arm {arm}: {found}; events lie between 0 and a total above 0"
            )
    return Cells(a, n1 - a, c, n2 - c)
