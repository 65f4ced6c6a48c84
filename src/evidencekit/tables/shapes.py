"""The shapes of data a table may have, what must hold of them, and which of them a table has.

``SHAPES`` is the one list: which quantities make a shape, which kind of measure is computed
from it, and how a row of it becomes a study's data. ``CHECKS`` says what must hold of the
numbers, for one table and for a hundred thousand meta-analyses alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidencekit.quantities import Counts, Means, StudyData

Values = Mapping[str, NDArray[np.float64]]
Row = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A row of ``SHAPES``.

    Parameters
    ----------
    name, label
        "counts", and what it holds in words.
    needs, may
        Quantities that must be there, and that are used when they are.
    kind
        Kind of the measures computed from it; "generic" suits every measure.
    make
        From the numbers of one row to a study's data; None for estimates.
    arguments
        From columns to the arguments of the measure's function, in order.
    zeros
        Whether that function takes a policy for zero cells.
    """

    name: str
    label: str
    needs: tuple[str, ...]
    kind: str
    may: tuple[str, ...] = ()
    make: Callable[[Row], StudyData] | None = None
    arguments: Callable[[Values], tuple[NDArray[np.float64], ...]] | None = None
    zeros: bool = False

    @property
    def quantities(self) -> tuple[str, ...]:
        """All quantities it uses."""
        return self.needs + self.may


# --- one row to a study's data, and columns to the arguments of a measure ----------------


def counts(row: Row) -> Counts:
    """Events and totals of two arms."""
    return Counts(
        events_1=row["events1"],
        total_1=row["total1"],
        events_2=row["events2"],
        total_2=row["total2"],
    )


def cells(row: Row) -> Counts:
    """The four cells of a two by two table."""
    return Counts(
        events_1=row["events1"],
        total_1=row["events1"] + row["nonevents1"],
        events_2=row["events2"],
        total_2=row["events2"] + row["nonevents2"],
    )


def means(row: Row) -> Means:
    """Mean, standard deviation and size of two arms."""
    return Means(
        mean_1=row["mean1"],
        sd_1=row["sd1"],
        total_1=row["total1"],
        mean_2=row["mean2"],
        sd_2=row["sd2"],
        total_2=row["total2"],
    )


def counts_arguments(values: Values) -> tuple[NDArray[np.float64], ...]:
    """events1, total1, events2, total2."""
    return values["events1"], values["total1"], values["events2"], values["total2"]


def cells_arguments(values: Values) -> tuple[NDArray[np.float64], ...]:
    """The same from events and non-events."""
    a, b = values["events1"], values["nonevents1"]
    c, d = values["events2"], values["nonevents2"]
    return a, a + b, c, c + d


def means_arguments(values: Values) -> tuple[NDArray[np.float64], ...]:
    """mean1, sd1, n1, mean2, sd2, n2."""
    names = ("mean1", "sd1", "total1", "mean2", "sd2", "total2")
    return tuple(values[name] for name in names)


# --- what must hold ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A row of ``CHECKS``: which rows break it. A missing number (NaN) breaks nothing.

    ``at`` is the quantity the message points at, ``needs`` all that must be there.
    """

    code: str
    title: str
    at: str
    needs: tuple[str, ...]
    allowed: str
    wrong: Callable[[Values], NDArray[np.bool_]]


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
    *_range(("mean1", "mean2", "estimate", "ci_low", "ci_high"), "a finite number", _nothing),
    *_range(("sd1", "sd2"), "0 or more", _below_zero),
    *_range(("se", "variance"), "above 0", _not_positive),
    *_range(("r",), "from -1 to 1", _not_a_correlation),
    *_range(("level",), "a fraction between 0 and 1, such as 0.95", _not_a_level),
    _more_events("events1", "total1"),
    _more_events("events2", "total2"),
    _more_events("events", "n"),
    _too_few("total1", "sd1"),
    _too_few("total2", "sd2"),
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
)

SHAPES: dict[str, Shape] = {
    row.name: row
    for row in (
        Shape(
            name="counts",
            label="events and totals of two arms",
            needs=("events1", "total1", "events2", "total2"),
            kind="binary",
            make=counts,
            arguments=counts_arguments,
            zeros=True,
        ),
        Shape(
            name="cells",
            label="the four cells of two by two tables",
            needs=("events1", "nonevents1", "events2", "nonevents2"),
            kind="binary",
            make=cells,
            arguments=cells_arguments,
            zeros=True,
        ),
        Shape(
            name="means",
            label="means and standard deviations of two arms",
            needs=("mean1", "sd1", "total1", "mean2", "sd2", "total2"),
            kind="continuous",
            make=means,
            arguments=means_arguments,
        ),
        Shape(
            name="rates",
            label="events and person-time of two arms",
            needs=("events1", "time1", "events2", "time2"),
            kind="rates",
        ),
        Shape(
            name="estimate_se",
            label="estimates with standard errors",
            needs=("estimate", "se"),
            kind="generic",
        ),
        Shape(
            name="estimate_variance",
            label="estimates with sampling variances",
            needs=("estimate", "variance"),
            kind="generic",
        ),
        Shape(
            name="estimate_ci",
            label="estimates with intervals",
            needs=("estimate", "ci_low", "ci_high"),
            may=("level",),
            kind="generic",
        ),
        Shape(
            name="correlations",
            label="correlations",
            needs=("r", "n"),
            kind="correlation",
        ),
        Shape(
            name="proportions",
            label="events and totals of single groups",
            needs=("events", "n"),
            kind="proportion",
        ),
    )
}
