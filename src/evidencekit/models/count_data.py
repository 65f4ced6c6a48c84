"""Columns of counts, checked, and the studies that carry information about the effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.kernel import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Arms:
    """Counts of k studies: events and totals, or events and person-time, of one or two arms.

    ``size`` holds totals or times; ``x2`` and ``size2`` are None for one arm.
    """

    labels: tuple[str, ...]
    x1: FloatArray
    size1: FloatArray
    x2: FloatArray | None
    size2: FloatArray | None

    @property
    def k(self) -> int:
        """Number of studies."""
        return self.x1.size

    def take(self, rows: BoolArray) -> Arms:
        """Return the studies marked True."""
        return Arms(
            tuple(label for label, here in zip(self.labels, rows, strict=True) if here),
            self.x1[rows],
            self.size1[rows],
            None if self.x2 is None else self.x2[rows],
            None if self.size2 is None else self.size2[rows],
        )

    def second(self) -> tuple[FloatArray, FloatArray]:
        """Events and size of arm 2, which must be there."""
        if self.x2 is None or self.size2 is None:
            raise MethodError("a comparison needs two arms")
        return self.x2, self.size2


def gather_arms(
    arms: Sequence[tuple[ArrayLike, ArrayLike]], *, kind: str, labels: Sequence[str] | None
) -> Arms:
    """Check columns of counts.

    Parameters
    ----------
    arms
        One or two pairs (events, totals) or (events, times), each of shape (k,).
    kind
        "total" (events <= total) or "time".
    labels
        Names of the studies.

    Raises
    ------
    MethodError
        No study; columns of different length; a value out of range, naming the study.
    """
    columns = [np.asarray(column, dtype=np.float64) for pair in arms for column in pair]
    if any(c.ndim != 1 or c.size != columns[0].size for c in columns):
        shapes = ", ".join(str(c.shape) for c in columns)
        raise MethodError(f"columns of counts must be of one length; they have shapes {shapes}")
    k = columns[0].size
    if not k:
        raise MethodError("no studies to pool")
    names = tuple(labels) if labels is not None else tuple(f"study {i + 1}" for i in range(k))
    if len(names) != k:
        raise MethodError(f"{len(names)} labels for {k} studies")
    for arm, (x, size) in enumerate(zip(columns[::2], columns[1::2], strict=True), start=1):
        # Negated, so that NaN counts as wrong.
        good = (x >= 0) & np.isfinite(x) & (size > 0) & np.isfinite(size)
        if kind == "total":
            good &= x <= size
        if not good.all():
            i = int(np.flatnonzero(~good)[0])
            where = f"{names[i]}, arm {arm}" if len(arms) == 2 else names[i]
            limit = (
                "between 0 and a total above 0"
                if kind == "total"
                else "at or above 0, a time above 0"
            )
            raise MethodError(f"{where}: {x[i]:g} events, {kind} {size[i]:g}; events lie {limit}")
    second = columns[2:] if len(arms) == 2 else [None, None]
    return Arms(names, columns[0], columns[1], second[0], second[1])


def without_contrast(arms: Arms, *, kind: str) -> BoolArray:
    """Studies with no event in either arm, or (for totals) only events in both."""
    x2, size2 = arms.second()
    empty: BoolArray = (arms.x1 == 0) & (x2 == 0)
    if kind == "total":
        empty |= (arms.x1 == arms.size1) & (x2 == size2)
    return empty


def require_whole(arms: Arms, what: str) -> None:
    """Raise MethodError unless every count and total is a whole number."""
    columns = [arms.x1, arms.size1, *(c for c in (arms.x2, arms.size2) if c is not None)]
    wrong = np.zeros(arms.k, dtype=bool)
    for column in columns:
        wrong |= column != np.round(column)
    if wrong.any():
        name = arms.labels[int(np.flatnonzero(wrong)[0])]
        raise MethodError(f"{name}: {what} is defined for whole numbers of events and persons only")


def listed(labels: Sequence[str]) -> str:
    """Names in a row, at most five of them."""
    shown = ", ".join(labels[:5])
    return shown if len(labels) <= 5 else f"{shown} and {len(labels) - 5} more"
