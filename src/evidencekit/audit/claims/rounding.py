"""Which values a rounded number in a sentence can stand for."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from evidencekit.workspace.claim import Claim

SLACK = 0.1
"""How far "about" and "almost" may lie from the value they round, as a share of it."""


class Range(NamedTuple):
    """Values from *low* to *high*; an open end does not belong to it."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def meets(self, other: Range) -> bool:
        """Whether the two ranges share a value."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        if low != high:
            return low < high
        return not any(
            (low == r.low and r.low_open) or (low == r.high and r.high_open) for r in (self, other)
        )

    def lies_beyond(self, other: Range) -> bool:
        """Whether every value of this range is larger than every value of the other."""
        return not self.meets(other) and self.low >= other.high


def _exactly(low: float, high: float, half: float) -> Range:
    return Range(low - half, high + half)


def _about(low: float, high: float, half: float) -> Range:
    return Range(low - max(half, SLACK * low), high + max(half, SLACK * high))


def _almost(low: float, high: float, half: float) -> Range:
    return Range(low - max(half, SLACK * low), high, high_open=True)


def _more_than(low: float, high: float, half: float) -> Range:
    return Range(low, math.inf, low_open=True)


def _at_least(low: float, high: float, half: float) -> Range:
    return Range(low, math.inf)


def _less_than(low: float, high: float, half: float) -> Range:
    return Range(-math.inf, high, high_open=True)


def _at_most(low: float, high: float, half: float) -> Range:
    return Range(-math.inf, high)


class Word(NamedTuple):
    """One row of `ROUNDINGS`."""

    accepts: Callable[[float, float, float], Range]
    text: str
    rule: str


ROUNDINGS: dict[str, Word] = {
    "exactly": Word(_exactly, "", "within half a unit of the last digit written"),
    "about": Word(_about, "about ", "within a tenth of the number, or half its last digit"),
    "almost": Word(_almost, "almost ", "below the number by at most a tenth of it"),
    "more_than": Word(_more_than, "more than ", "above the number; not how far"),
    "at_least": Word(_at_least, "at least ", "the number or above"),
    "less_than": Word(_less_than, "less than ", "below the number; not how far"),
    "at_most": Word(_at_most, "at most ", "the number or below"),
}
"""The words before a number, the values they accept, and the rule in words."""


def accepted(claim: Claim) -> Range:
    """The values that the number of a claim can stand for, all of them positive magnitudes."""
    if claim.value is None:
        raise ValueError("a claim that was checked to have a value has none")
    top = claim.value_to or claim.value
    half = max(claim.value.half_unit, top.half_unit)
    return ROUNDINGS[claim.rounding].accepts(claim.value.value, top.value, half)


def accepted_people(claim: Claim) -> Range:
    """The numbers of people that a claimed number can stand for."""
    if claim.participants is None:
        raise ValueError("a claim that was checked to have participants has none")
    people = float(claim.participants)
    return ROUNDINGS[claim.rounding].accepts(people, people, 0.0)
