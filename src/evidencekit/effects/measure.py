"""``Measure``: what a row of ``MEASURES`` says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from evidencekit.effects.arrays import Effects
from evidencekit.effects.transforms import to_natural_scale
from evidencekit.quantities import Scale

Kind = Literal[
    "binary",
    "rates",
    "continuous",
    "log_rank",
    "paired_means",
    "paired_counts",
    "correlation",
    "proportion",
    "rate",
    "mean",
    "generic",
]


ONE_GROUP = ("proportion", "rate", "mean")
"""Kinds of data without a comparison."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A row of ``MEASURES``.

    Parameters
    ----------
    name, label
        "RR" and "risk ratio".
    kind
        Data it is computed from: "binary" counts of two arms, "continuous" means of two
        arms, and so on, or "generic", an estimate as printed. Every measure also accepts
        that.
    scale
        Scale of analysis, a row of ``TRANSFORMS``: "log" for ratios.
    function
        From arrays of study data to :class:`~evidencekit.effects.arrays.Effects`;
        None for generic-only measures.
    r_call
        The equivalent call in R, metafor 3.8; by default ``escalc`` of that name.
    symmetric
        Whether swapping the arms only changes the sign (on the analysis scale).
    variants
        Names that ``function`` takes as ``variant``, the default first; none if empty.
    """

    name: str
    label: str
    kind: Kind
    scale: Scale
    function: Callable[..., Effects] | None
    r_call: str = ""
    symmetric: bool = True
    variants: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.r_call:
            object.__setattr__(self, "r_call", f'escalc("{self.name}")')

    @property
    def null(self) -> float | None:
        """Value of no effect on the natural scale: 1 for ratios, 0 for differences.

        None for one group, where there is none.
        """
        if self.kind in ONE_GROUP:
            return None
        return to_natural_scale(0.0, self.scale)
