"""A median with its range, its quartiles or both."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from evidencekit.errors import MethodError

FEWEST = 5
"""People below which five numbers are the data themselves."""


class MeanSd(NamedTuple):
    """Mean, standard deviation, and a remark for the steps ("" for none)."""

    mean: float
    sd: float
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberSummary:
    """Three or five numbers of one group.

    Parameters
    ----------
    median, n
        n at least 5.
    minimum, maximum
        Both or neither; not equal.
    q1, q3
        Both or neither; not equal. At least one of the two pairs is needed.

    Raises
    ------
    MethodError
        For numbers that are missing, not finite or not in order.
    """

    median: float
    n: float
    minimum: float | None = None
    q1: float | None = None
    q3: float | None = None
    maximum: float | None = None

    def __post_init__(self) -> None:
        for what, pair in (
            ("minimum and maximum", (self.minimum, self.maximum)),
            ("first and third quartile", (self.q1, self.q3)),
        ):
            if (pair[0] is None) != (pair[1] is None):
                raise MethodError(f"{what}: both or neither")
        if self.ends is None and self.quartiles is None:
            raise MethodError("a median needs its range or its quartiles")
        if not (math.isfinite(self.n) and self.n >= FEWEST):
            raise MethodError(f"n {self.n:g}: a finite value of {FEWEST} or more")
        values = self.numbers
        shown = ", ".join(f"{x:g}" for x in values)
        ordered = all(a <= b for a, b in pairwise(values))
        if not (all(math.isfinite(x) for x in values) and ordered):
            raise MethodError(f"{shown}: finite numbers in increasing order")
        for both in (self.ends, self.quartiles):
            if both is not None and both[0] == both[1]:
                raise MethodError(f"{shown}: a range of 0 says nothing about the spread")

    @property
    def ends(self) -> tuple[float, float] | None:
        """Minimum and maximum."""
        return _both(self.minimum, self.maximum)

    @property
    def quartiles(self) -> tuple[float, float] | None:
        """First and third quartile."""
        return _both(self.q1, self.q3)

    @property
    def numbers(self) -> tuple[float, ...]:
        """What is given, in increasing order."""
        given = (self.minimum, self.q1, self.median, self.q3, self.maximum)
        return tuple(x for x in given if x is not None)

    @property
    def what(self) -> str:
        """ "range", "quartiles" or "range and quartiles"."""
        names = (("range", self.ends), ("quartiles", self.quartiles))
        return " and ".join(name for name, pair in names if pair is not None)


def _both(low: float | None, high: float | None) -> tuple[float, float] | None:
    return None if low is None or high is None else (low, high)
