"""Study data to contrasts: risk ratio, odds ratio, risk difference, mean difference, as printed."""

from evidencekit.effects.binary import Effects, ZeroCells
from evidencekit.effects.generic import ReportedEstimate
from evidencekit.effects.measures import (
    MEASURES,
    Measure,
    find_measure,
    make_contrast,
    to_natural,
    to_natural_interval,
)

__all__ = [
    "MEASURES",
    "Effects",
    "Measure",
    "ReportedEstimate",
    "ZeroCells",
    "find_measure",
    "make_contrast",
    "to_natural",
    "to_natural_interval",
]
