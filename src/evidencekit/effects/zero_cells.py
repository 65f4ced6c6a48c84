"""What to do about zero cells, as data.

References
----------
[1] Sweeting MJ, Sutton AJ, Lambert PC. What to add to nothing? Use and
    avoidance of continuity corrections in meta-analysis of sparse data.
    Stat Med 2004;23:1351-75. doi:10.1002/sim.1761
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from evidencekit.effects.arrays import BoolArray, FloatArray
from evidencekit.errors import MethodError

To = Literal["only_zero", "all", "none"]
DoubleZero = Literal["drop", "keep"]
Increment = Literal["constant", "treatment_arm", "empirical"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroCells:
    """What to do about zero cells in a two by two table, or among rates and proportions.

    Parameters
    ----------
    add
        Added to every cell of the studies named by ``to``; 0 or more. With another
        ``increment`` than "constant" the two arms share twice this.
    to
        "only_zero": studies with a zero cell; "all": every study; "none": no study.
    double_zero
        Studies with no event, or only events, in both arms say nothing about a
        ratio: "drop" leaves them out, "keep" corrects them like the others.
        Risk differences keep them always.
    increment
        "constant": ``add`` in both arms. "treatment_arm": in proportion to the arm's
        own size, so that two empty arms give a ratio of 1. "empirical": so that two
        empty arms give ``ratio``. [1]
    ratio
        For "empirical" only: the ratio found in the studies without a zero, above 0
        (see :func:`~evidencekit.effects.binary.pooled_odds_ratio`).
    """

    add: float = 0.5
    to: To = "only_zero"
    double_zero: DoubleZero = "drop"
    increment: Increment = "constant"
    ratio: float | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.add) and self.add >= 0.0):
            raise MethodError(f"zero cells: add {self.add!r}, a finite value of 0 or more")
        if self.to not in get_args(To):
            raise MethodError(f"zero cells: to {self.to!r}; choose one of only_zero, all, none")
        if self.double_zero not in get_args(DoubleZero):
            raise MethodError(f"zero cells: double_zero {self.double_zero!r}; choose drop or keep")
        if self.increment not in get_args(Increment):
            known = ", ".join(get_args(Increment))
            raise MethodError(f"zero cells: increment {self.increment!r}; choose one of {known}")
        self._check_ratio()

    def _check_ratio(self) -> None:
        if self.increment != "empirical":
            if self.ratio is not None:
                raise MethodError('zero cells: ratio is used with increment "empirical" only')
        elif self.ratio is None or not (np.isfinite(self.ratio) and self.ratio > 0.0):
            raise MethodError(
                f"zero cells: ratio {self.ratio!r}; the empirical increment needs the ratio "
                "of the studies without a zero, above 0"
            )

    def increments(self, size_1: FloatArray, size_2: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What a cell of arm 1 and of arm 2 receives, for arms of these sizes.

        Constant: a, a. Otherwise 2a r n1 / (r n1 + n2) and 2a n2 / (r n1 + n2) with
        r = 1 for the treatment-arm correction.  # [1] section 2.3

        In R: ``meta::metabin(..., incr = "TACC")`` for the treatment-arm correction.

        Parameters
        ----------
        size_1, size_2
            Sizes (or person-time) of both arms, any common shape, above 0.

        Returns
        -------
        tuple of FloatArray
            For a cell of arm 1 and of arm 2, of that shape.
        """
        if self.increment == "constant":
            both = np.full(size_1.shape, self.add)
            return both, both
        weighted = size_1 * (1.0 if self.ratio is None else self.ratio)
        share = weighted / (weighted + size_2)
        return 2.0 * self.add * share, 2.0 * self.add * (1.0 - share)

    def chosen(self, zero: BoolArray) -> BoolArray:
        """Rows to correct, given where there is a zero; none when nothing is added.

        Parameters
        ----------
        zero
            Where there is a zero, any shape.

        Returns
        -------
        BoolArray
            Of that shape.
        """
        rows = {"only_zero": zero, "all": np.ones_like(zero), "none": np.zeros_like(zero)}[self.to]
        return rows & (self.add > 0.0)

    def require_constant(self, why: str) -> None:
        """Raise MethodError when the increment depends on the sizes of two arms.

        Parameters
        ----------
        why
            What the data are, for the message.

        Raises
        ------
        MethodError
            When it is not "constant".
        """
        if self.increment != "constant":
            raise MethodError(f"zero cells: increment {self.increment!r} needs two arms; {why}")


def one_group_policy(zero_cells: ZeroCells | None) -> ZeroCells:
    """The policy or its default; MethodError for an increment that needs two arms."""
    policy = zero_cells or ZeroCells()
    policy.require_constant("this is one group")
    return policy


def add_where(x: FloatArray, zero_cells: ZeroCells | None, rows: BoolArray) -> FloatArray:
    """What is added to the cells x in these rows."""
    return x + np.where(rows, one_group_policy(zero_cells).add, 0.0)
