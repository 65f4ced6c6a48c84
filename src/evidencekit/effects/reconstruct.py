"""Whole-number counts from percentages, or from a ratio with its interval.

Every solution is returned, with whether it is the only one. A number is compatible with
what is printed when it lies within half a unit of the last printed digit, ends included,
so that no way of rounding is excluded.

References
----------
[1] Brown NJL, Heathers JAJ. The GRIM test: a simple technique detects numerous anomalies
    in the reporting of results in psychology. Soc Psychol Personal Sci 2017;8:363-9.
    doi:10.1177/1948550616673876
[2] Di Pietrantonj C. Four-fold table cell frequencies imputation in meta analysis. Stat
    Med 2006;25:2299-322. doi:10.1002/sim.2287
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import numpy as np

from evidencekit.effects.binary import odds_ratio, risk_ratio
from evidencekit.effects.conversions import critical_value
from evidencekit.effects.rounding import Span, rounding_span
from evidencekit.effects.zero_cells import ZeroCells
from evidencekit.errors import MethodError
from evidencekit.quantities import Counts, GroupCounts

T = TypeVar("T")

# Printed decimals are rarely exact in binary; far below any printed digit.
_HAIR = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Solutions(Generic[T]):
    """All whole numbers that fit what is printed.

    Parameters
    ----------
    found
        In order of the arms' totals and events.
    """

    found: tuple[T, ...]

    @property
    def unique(self) -> bool:
        """Whether there is exactly one solution."""
        return len(self.found) == 1


def counts_from_percentage(
    printed: str, totals: int | Iterable[int], *, percent: bool = True
) -> Solutions[GroupCounts]:
    """Events of a group from a percentage (or proportion) and its total.

    All whole events with abs(100 events / total - printed) <= half a unit of its last digit.  # [1]

    In R: no equivalent in metafor or meta.

    Parameters
    ----------
    printed
        As printed, with its zeros: "55", "22.4"; "0.90" with ``percent=False``.
    totals
        The total, or all totals that are possible, each above 0.
    percent
        False when a proportion is printed.

    Returns
    -------
    Solutions of GroupCounts
        Empty when no whole number of events rounds to what is printed, which is the
        test of [1].

    Raises
    ------
    MethodError
        For text that is not a number from 0 to 100 (or 1), or a total below 1.
    """
    span = _span(printed)
    whole = 100.0 if percent else 1.0
    if not 0.0 <= float(printed) <= whole:
        raise MethodError(f"{printed}: a number from 0 to {whole:g}")
    found = [
        GroupCounts(events=float(events), total=float(total))
        for total in _totals(totals)
        for events in _whole(span.low * total / whole, span.high * total / whole, total)
    ]
    return Solutions(found=tuple(found))


def counts_from_percentages(
    printed_1: str,
    printed_2: str,
    *,
    totals_1: int | Iterable[int] = (),
    totals_2: int | Iterable[int] = (),
    combined: int | None = None,
    percent: bool = True,
) -> Solutions[Counts]:
    """Counts of two arms from their percentages and what is known of their totals.

    All pairs of :func:`counts_from_percentage` with total_1 + total_2 = combined.  # [1]

    In R: no equivalent in metafor or meta.

    Parameters
    ----------
    printed_1, printed_2
        As printed, with their zeros.
    totals_1, totals_2
        Total of each arm, or all totals that are possible; by default any that
        ``combined`` leaves.
    combined
        Total of both arms together, when that is known.
    percent
        False when proportions are printed.

    Returns
    -------
    Solutions of Counts
        In order of the arms' totals and events.

    Raises
    ------
    MethodError
        When nothing is known of the totals, or as for :func:`counts_from_percentage`.
    """
    if combined is None and (totals_1 == () or totals_2 == ()):
        raise MethodError("two totals, or the total of both arms, must be known")
    any_total = range(1, combined) if combined else ()
    first = counts_from_percentage(
        printed_1, any_total if totals_1 == () else totals_1, percent=percent
    )
    second = counts_from_percentage(
        printed_2, any_total if totals_2 == () else totals_2, percent=percent
    )
    found = [
        Counts(events_1=a.events, total_1=a.total, events_2=c.events, total_2=c.total)
        for a in first.found
        for c in second.found
        if combined is None or a.total + c.total == combined
    ]
    return Solutions(found=tuple(found))


def counts_from_ratio(
    value: str,
    low: str,
    high: str,
    *,
    total_1: int,
    total_2: int,
    measure: Literal["RR", "OR"] = "RR",
    level: float = 0.95,
) -> Solutions[Counts]:
    """Counts of two arms from a risk or odds ratio with its Wald interval and the totals.

    All pairs of events for which estimate and both limits round to what is printed; the
    equations of [2] have one solution in real numbers, rounding leaves several.

    exp(y), exp(y - z se) and exp(y + z se) of the counts round to what is printed.

    In R: ``metafor::conv.2x2(ori =, ni =, n1i =, n2i =)`` (4.0 or later), which needs both
    margins and no interval.

    Parameters
    ----------
    value, low, high
        As printed, with their zeros: "0.66", "0.52", "0.82".
    total_1, total_2
        Arm sizes, 1 or more.
    measure
        "RR" or "OR", unadjusted.
    level
        Coverage of the interval.

    Returns
    -------
    Solutions of Counts
        Tables with a zero cell are not searched: they have no interval without a
        correction, and reports differ in theirs.

    Raises
    ------
    MethodError
        For text that is not a number, limits out of order, totals below 1, or another measure.
    """
    function = {"RR": risk_ratio, "OR": odds_ratio}.get(measure)
    if function is None:
        raise MethodError(f"measure {measure!r}: RR or OR")
    spans = [_span(text) for text in (value, low, high)]
    if not 0.0 <= float(low) <= float(value) <= float(high):
        raise MethodError(f"{value} ({low} to {high}): a ratio between its limits")
    n1, n2 = *_totals(total_1), *_totals(total_2)
    z = critical_value(level)
    as_they_are = ZeroCells(to="none", double_zero="keep")
    found = []
    # Everybody may have the event for a risk ratio, not for an odds ratio.
    events_2 = np.arange(1.0, n2 + (measure == "RR"))
    for events_1 in range(1, n1 + (measure == "RR")):
        if not events_2.size:
            break
        effects = function(events_1, n1, events_2, n2, zero_cells=as_they_are)
        half = z * effects.se
        numbers = (effects.estimate, effects.estimate - half, effects.estimate + half)
        fits = np.logical_and.reduce(
            [_within(np.exp(x), span) for x, span in zip(numbers, spans, strict=True)]
        )
        found += [
            Counts(
                events_1=float(events_1), total_1=float(n1), events_2=float(c), total_2=float(n2)
            )
            for c in events_2[fits]
        ]
    return Solutions(found=tuple(found))


def _within(x: np.ndarray, span: Span) -> np.ndarray:
    return (x >= span.low - _HAIR) & (x <= span.high + _HAIR)


def _whole(low: float, high: float, most: int) -> Iterator[int]:
    """Whole numbers from low to high, between 0 and most."""
    first = max(0, math.ceil(low - _HAIR))
    yield from range(first, min(most, math.floor(high + _HAIR)) + 1)


def _span(printed: str) -> Span:
    """What prints like this text."""
    if not re.fullmatch(r"\d+(\.\d+)?", printed):
        raise MethodError(f"{printed!r}: a number as printed, with a point, such as 0.90")
    return rounding_span(float(printed), len(printed.partition(".")[2]))


def _totals(totals: int | Iterable[int]) -> list[int]:
    every = [totals] if isinstance(totals, int) else list(totals)
    for total in every:
        if total < 1:
            raise MethodError(f"total {total}: 1 or more")
    return every
