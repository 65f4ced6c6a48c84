"""The shapes of data a table may have.

``SHAPES`` is the one list: which quantities make a shape, which kind of measure is computed
from it, and how a row of it becomes a study's data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidencekit.effects.measures import find_measure
from evidencekit.quantities import (
    Correlation,
    Counts,
    GroupCounts,
    GroupMean,
    GroupRate,
    Means,
    Rates,
    Scale,
    StudyData,
)

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
    default
        The measure when none is named; "" where the choice must be named.
    """

    name: str
    label: str
    needs: tuple[str, ...]
    kind: str
    may: tuple[str, ...] = ()
    make: Callable[[Row], StudyData] | None = None
    arguments: Callable[[Values], tuple[NDArray[np.float64], ...]] | None = None
    zeros: bool = False
    default: str = ""

    @property
    def quantities(self) -> tuple[str, ...]:
        """All quantities it uses."""
        return self.needs + self.may


def scale_of(measure: str) -> Scale:
    """The scale on which a measure is analysed; estimates of no named measure stay as they are."""
    return find_measure(measure).scale if measure else "identity"


def has_null(measure: str) -> bool:
    """Whether 0 on the analysis scale means no effect: not for the level of one group."""
    return not measure or find_measure(measure).null is not None


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


def rates(row: Row) -> Rates:
    """Events and person-time of two arms."""
    return Rates(
        events_1=row["events1"],
        time_1=row["time1"],
        events_2=row["events2"],
        time_2=row["time2"],
    )


def correlation(row: Row) -> Correlation:
    """A correlation and the number of people."""
    return Correlation(r=row["r"], n=row["n"])


def group_counts(row: Row) -> GroupCounts:
    """Events and total of one group."""
    return GroupCounts(events=row["events"], total=row["n"])


def group_rate(row: Row) -> GroupRate:
    """Events and person-time of one group."""
    return GroupRate(events=row["events"], time=row["time"])


def group_mean(row: Row) -> GroupMean:
    """Mean, standard deviation and size of one group."""
    return GroupMean(mean=row["mean"], sd=row["sd"], total=row["n"])


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


def rates_arguments(values: Values) -> tuple[NDArray[np.float64], ...]:
    """events1, time1, events2, time2."""
    return values["events1"], values["time1"], values["events2"], values["time2"]


def correlation_arguments(values: Values) -> tuple[NDArray[np.float64], ...]:
    """r, n."""
    return values["r"], values["n"]


def group_counts_arguments(values: Values) -> tuple[NDArray[np.float64], ...]:
    """events, n."""
    return values["events"], values["n"]


def group_rate_arguments(values: Values) -> tuple[NDArray[np.float64], ...]:
    """events, time."""
    return values["events"], values["time"]


def group_mean_arguments(values: Values) -> tuple[NDArray[np.float64], ...]:
    """mean, sd, n."""
    return values["mean"], values["sd"], values["n"]


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
            make=rates,
            arguments=rates_arguments,
            zeros=True,
            default="IRR",
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
            make=correlation,
            arguments=correlation_arguments,
            default="ZCOR",
        ),
        Shape(
            name="proportions",
            label="events and totals of single groups",
            needs=("events", "n"),
            kind="proportion",
            make=group_counts,
            arguments=group_counts_arguments,
            zeros=True,
            default="PLO",
        ),
        Shape(
            name="group_rates",
            label="events and person-time of single groups",
            needs=("events", "time"),
            kind="rate",
            make=group_rate,
            arguments=group_rate_arguments,
            zeros=True,
            default="IRLN",
        ),
        Shape(
            name="group_means",
            label="means and standard deviations of single groups",
            needs=("mean", "sd", "n"),
            kind="mean",
            make=group_mean,
            arguments=group_mean_arguments,
            default="MN",
        ),
    )
}
