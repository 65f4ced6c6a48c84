"""What must hold of the numbers, for one table and for a hundred thousand meta-analyses alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidencekit.tables.shapes import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A row of ``CHECKS``: which rows break it. A missing number (NaN) breaks nothing.

    ``at`` is the quantity the message points at, ``needs`` all that must be there;
    ``ratio``: it holds only of estimates that are ratios; ``remedy``: what to do, where the
    other numbers do not say it.
    """

    code: str
    title: str
    at: str
    needs: tuple[str, ...]
    allowed: str
    wrong: Callable[[Values], NDArray[np.bool_]]
    ratio: bool = False
    remedy: str = ""


def broken_checks(values: Values, *, ratio: bool) -> Iterator[tuple[Check, NDArray[np.intp]]]:
    """Every check that rows break, and which rows.

    Parameters
    ----------
    values
        Columns by quantity, NaN where a value is missing.
    ratio
        Estimates are ratios on the natural scale.
    """
    for check in CHECKS:
        if (ratio or not check.ratio) and all(name in values for name in check.needs):
            rows = np.flatnonzero(check.wrong(values))
            if rows.size:
                yield check, rows


def _range(
    names: tuple[str, ...], allowed: str, wrong: Callable[[NDArray[np.float64]], NDArray[np.bool_]]
) -> tuple[Check, ...]:
    def of(name: str) -> Callable[[Values], NDArray[np.bool_]]:
        def broken(values: Values) -> NDArray[np.bool_]:
            column = values[name]
            return np.isinf(column) | wrong(column)

        return broken

    return tuple(
        Check(
            code="EK030",
            title="number out of range",
            at=name,
            needs=(name,),
            allowed=allowed,
            wrong=of(name),
        )
        for name in names
    )


def _below_zero(column: NDArray[np.float64]) -> NDArray[np.bool_]:
    return column < 0.0


def _not_positive(column: NDArray[np.float64]) -> NDArray[np.bool_]:
    return column <= 0.0


def _nothing(column: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.zeros(column.shape, dtype=bool)


def _not_a_correlation(column: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.abs(column) > 1.0


def _not_a_level(column: NDArray[np.float64]) -> NDArray[np.bool_]:
    return (column <= 0.0) | (column >= 1.0)


def _more_events(events: str, total: str) -> Check:
    def wrong(values: Values) -> NDArray[np.bool_]:
        return values[events] > values[total]

    return Check(
        code="EK023",
        title="events exceed total",
        at=events,
        needs=(events, total),
        allowed=f"at most {total}",
        wrong=wrong,
    )


def _too_few(total: str, sd: str) -> Check:
    def wrong(values: Values) -> NDArray[np.bool_]:
        return values[total] <= 1.0

    return Check(
        code="EK030",
        title="number out of range",
        at=total,
        needs=(total, sd),
        allowed="above 1: one person has no standard deviation",
        wrong=wrong,
    )


def _few_for_correlation(values: Values) -> NDArray[np.bool_]:
    return values["n"] <= 3.0


def _ratio(name: str) -> Check:
    def wrong(values: Values) -> NDArray[np.bool_]:
        return values[name] <= 0.0

    return Check(
        code="EK026",
        title="a ratio is positive",
        at=name,
        needs=(name,),
        allowed="above 0",
        wrong=wrong,
        ratio=True,
        remedy="say --input-scale log if these are logarithms",
    )


def _downwards(values: Values) -> NDArray[np.bool_]:
    return values["ci_low"] >= values["ci_high"]


def _outside(values: Values) -> NDArray[np.bool_]:
    low, estimate, high = values["ci_low"], values["estimate"], values["ci_high"]
    return (low < high) & ((estimate < low) | (estimate > high))


_COUNTS = ("events1", "events2", "nonevents1", "nonevents2", "events")
_SIZES = ("total1", "total2", "n", "time1", "time2", "time")

CHECKS: tuple[Check, ...] = (
    *_range(_COUNTS, "a count, 0 or more", _below_zero),
    *_range(_SIZES, "above 0", _not_positive),
    *_range(
        ("mean1", "mean2", "mean", "estimate", "ci_low", "ci_high"), "a finite number", _nothing
    ),
    *_range(("sd1", "sd2", "sd"), "0 or more", _below_zero),
    *_range(("se", "variance"), "above 0", _not_positive),
    *_range(("r",), "from -1 to 1", _not_a_correlation),
    *_range(("level",), "a fraction between 0 and 1, such as 0.95", _not_a_level),
    _more_events("events1", "total1"),
    _more_events("events2", "total2"),
    _more_events("events", "n"),
    _too_few("total1", "sd1"),
    _too_few("total2", "sd2"),
    _too_few("n", "sd"),
    Check(
        code="EK030",
        title="number out of range",
        at="n",
        needs=("n", "r"),
        allowed="above 3: with fewer people a correlation has no standard error",
        wrong=_few_for_correlation,
    ),
    Check(
        code="EK024",
        title="interval runs downwards or has no width",
        at="ci_high",
        needs=("ci_low", "ci_high"),
        allowed="above ci_low",
        wrong=_downwards,
    ),
    Check(
        code="EK025",
        title="interval does not contain its estimate",
        at="estimate",
        needs=("estimate", "ci_low", "ci_high"),
        allowed="from ci_low to ci_high",
        wrong=_outside,
    ),
    *(_ratio(name) for name in ("estimate", "ci_low", "ci_high")),
)
