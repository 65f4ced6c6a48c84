"""Study data to contrasts: ratios, differences, standardised differences, one-group estimates."""

from evidencekit.effects.arrays import Effects
from evidencekit.effects.contrast import make_contrast
from evidencekit.effects.generic import ReportedEstimate
from evidencekit.effects.measure import Measure
from evidencekit.effects.measures import (
    MEASURES,
    find_measure,
    to_natural,
    to_natural_interval,
)
from evidencekit.effects.transforms import TRANSFORMS
from evidencekit.effects.zero_cells import ZeroCells

__all__ = [
    "MEASURES",
    "TRANSFORMS",
    "Effects",
    "Measure",
    "ReportedEstimate",
    "ZeroCells",
    "find_measure",
    "make_contrast",
    "to_natural",
    "to_natural_interval",
]
