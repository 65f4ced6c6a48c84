"""Names of measures and methods that a plan may use, without the mathematics.

The tables that implement them (``effects.measures.MEASURES``,
``models.TAU2_ESTIMATORS``, ``CI_METHODS``, ``PREDICTION_METHODS``) need numpy;
checking a plan must not wait for it. ``tests/workspace/test_method_names.py``
fails when the two differ.
"""

from __future__ import annotations

MEASURES = ("RR", "OR", "RD", "MD", "HR")
TAU2_ESTIMATORS = ("REML", "ML", "DL", "PM")
CI_METHODS = ("HKSJ", "wald", "t", "HKSJ-adhoc")
PREDICTION_METHODS = ("HK", "V", "HTS", "HK-PR", "S")
NO_PREDICTION = "none"
"""What a plan writes for no prediction interval."""

TAU2_INTERVALS = ("QP",)
POOL_MODELS = ("random", "common")
"""What ``evidencekit pool --model`` takes; the table is in ``tables.pooling``."""

RATIOS = ("RR", "OR", "HR", "IRR")
"""Measures that are positive and analysed on the log scale."""

OUTCOME_TYPES = {
    "RR": ("binary", "time_to_event"),
    "OR": ("binary", "time_to_event"),
    "RD": ("binary", "time_to_event"),
    "HR": ("time_to_event", "binary"),
    "MD": ("continuous",),
}
"""Types of outcome that each measure can be computed for."""
