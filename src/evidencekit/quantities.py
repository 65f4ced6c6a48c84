"""Small frozen value types that every room shares.

Nothing here computes: an ``Interval`` is what a method produced, an
``Estimate`` carries it with its standard error, a ``Contrast`` is one study's
estimate of arm A against arm B on the scale on which it is analysed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

Scale = Literal["log", "identity", "logit", "arcsine", "sqrt", "fisher_z"]
"""Scales of analysis; ``effects.transforms.TRANSFORMS`` has the way there and back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An interval with the method that made it.

    Parameters
    ----------
    low, high
        Limits, ``low <= high``, on the scale of the estimate they belong to.
    level
        Coverage, a fraction in (0, 1); 0.95 is a 95% interval.
    method
        Short name of the method, e.g. ``"wald"``, ``"HKSJ"``, ``"as printed"``.
    """

    low: float
    high: float
    level: float = 0.95
    method: str = ""

    @property
    def width(self) -> float:
        """``high - low``."""
        return self.high - self.low

    def contains(self, value: float) -> bool:
        """Whether *value* lies in the closed interval."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A point estimate with its standard error and interval, on one scale."""

    value: float
    se: float
    ci: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Events and totals of the two arms of a contrast (for display and absolute effects)."""

    events_1: float
    total_1: float
    events_2: float
    total_2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Mean, standard deviation and size of the two arms of a contrast."""

    mean_1: float
    sd_1: float
    total_1: float
    mean_2: float
    sd_2: float
    total_2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Events and person-time of the two arms of a contrast."""

    events_1: float
    time_1: float
    events_2: float
    time_2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRank:
    """Observed minus expected events in arm 1, and the log-rank variance of that."""

    observed_minus_expected: float
    variance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedMeans:
    """The same people twice: means, standard deviations, number and correlation."""

    mean_1: float
    sd_1: float
    mean_2: float
    sd_2: float
    total: float
    correlation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCounts:
    """Pairs with the event under both conditions, under one of them, under neither."""

    both: float
    only_1: float
    only_2: float
    neither: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """A correlation coefficient and the number of people it is from."""

    r: float
    n: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCounts:
    """Events and total of one group."""

    events: float
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRate:
    """Events and person-time of one group."""

    events: float
    time: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMean:
    """Mean, standard deviation and size of one group."""

    mean: float
    sd: float
    total: float


StudyData = (
    Counts
    | Means
    | Rates
    | LogRank
    | PairedMeans
    | PairedCounts
    | Correlation
    | GroupCounts
    | GroupRate
    | GroupMean
)
"""What a study reports for the people in it; the fields are in the order of the formulas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One study's estimate of arm 1 (intervention) against arm 2 (comparator).

    Parameters
    ----------
    study, label
        Identifier and the name people read ("Berggren 2011").
    measure
        A row of ``MEASURES``: "RR", "OR", "RD", "MD", ...
    scale
        "log" for ratio measures, "identity" for differences, or another scale of
        analysis. ``estimate`` and ``se`` are on this scale.
    estimate, se
        NaN when the data cannot give one; ``not_estimable`` then says why.
    data
        The data it was computed from, or None for an estimate as printed.
    steps
        What was done to get here, in plain words and in order: conversions,
        zero-cell corrections, combined arms.
    """

    study: str
    label: str
    measure: str
    scale: Scale
    estimate: float
    se: float
    data: StudyData | None = None
    steps: tuple[str, ...] = ()
    not_estimable: str = ""
    result: str = field(default="")

    @property
    def estimable(self) -> bool:
        """Whether there is a finite estimate with a finite, positive standard error."""
        return math.isfinite(self.estimate) and math.isfinite(self.se) and self.se > 0
