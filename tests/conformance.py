"""Comparisons with other programs, asserted and remembered for ``docs/conformance.md``.

A test that compares with a reference goes through a :class:`Reference`. What the comparisons of
a whole run saw becomes the page (see ``conformance_page.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tolerances import assert_printed


@dataclass(frozen=True)
class Seen:
    """What one comparison saw; plain values, so that it can travel between processes."""

    kind: str
    method: str
    program: str
    dataset: str
    numbers: int
    difference: float
    tolerance: float
    absolute: int = 0
    printed: bool = False
    reason: str = ""


SEEN: list[Seen] = []


@dataclass(frozen=True)
class Reference:
    """One method on one dataset, as one program computes it.

    ``kind`` is a heading of the page ("tau2 estimator"), ``method`` a row of that table,
    ``program`` names its version.
    """

    kind: str
    method: str
    program: str
    dataset: str

    def agrees(
        self,
        ours: object,
        theirs: object,
        tolerance: float,
        *,
        relative_to: object = 0.0,
        noise: float = 0.0,
    ) -> None:
        """Assert that all numbers differ by no more than the tolerance, and remember by how much.

        Differences are relative to the number, or to ``relative_to`` where that is larger (the
        standard error for an estimate, the width for a limit). ``noise`` is the absolute error
        that the other program allows itself: numbers that differ by more than the tolerance, but
        within it, are counted apart. NaN equals NaN.
        """
        found, expected = (np.asarray(x, dtype=float) for x in (ours, theirs))
        assert found.shape == expected.shape, f"{self}: {found.shape} against {expected.shape}"
        apart, relative = _differences(found, expected, relative_to)
        excused = (relative > tolerance) & (apart <= noise)
        difference = float(np.where(excused, 0.0, relative).max(initial=0.0))
        self._remember(found.size, difference, tolerance, absolute=int(excused.sum()))
        assert difference <= tolerance, (
            f"{self.method} against {self.program} on {self.dataset}: {found.tolist()} instead "
            f"of {expected.tolist()}, a difference of {difference:.2g} where {tolerance:g} is "
            "allowed"
        )

    def printed(self, ours: float, theirs: str) -> None:
        """Assert that a number prints as the other program prints it."""
        assert_printed(ours, theirs)
        self._remember(1, 0.0, 0.0, printed=True)

    def differs(self, reason: str) -> None:
        """Remember why no equality is asked for here: an intended difference."""
        self._remember(0, 0.0, 0.0, reason=reason)

    def _remember(self, numbers: int, difference: float, tolerance: float, **more: Any) -> None:
        SEEN.append(
            Seen(
                self.kind,
                self.method,
                self.program,
                self.dataset,
                numbers,
                difference,
                tolerance,
                **more,
            )
        )


def _differences(
    found: np.ndarray, expected: np.ndarray, relative_to: object
) -> tuple[np.ndarray, np.ndarray]:
    """Absolute and relative differences; infinite where only one side is finite."""
    same = (found == expected) | (np.isnan(found) & np.isnan(expected))
    finite = np.isfinite(found) & np.isfinite(expected)
    with np.errstate(invalid="ignore"):
        apart = np.where(same, 0.0, np.where(finite, np.abs(found - expected), np.inf))
        unit = np.maximum(np.abs(expected), np.asarray(relative_to, dtype=float))
    with np.errstate(divide="ignore", invalid="ignore"):
        return apart, np.where(apart == 0.0, 0.0, np.where(finite, apart / unit, np.inf))
