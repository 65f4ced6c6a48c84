"""Names of measures and methods that a plan may use, without the mathematics.

The tables that implement them (``effects.measures.MEASURES``,
``models.TAU2_ESTIMATORS``, ``CI_METHODS``, ``PREDICTION_METHODS``) need numpy;
checking a plan must not wait for it. ``tests/workspace/test_method_names.py``
fails when the two differ.
"""

from __future__ import annotations

MEASURES = (
    *("RR", "OR", "PETO", "RD", "AS", "HR", "IRR"),
    *("MD", "SMD", "SMDH", "D", "SMD1", "ROM", "VR", "CVR"),
)
"""Measures of two arms that a plan can pool; ``effects.measures.MEASURES`` has more."""
TABLE_MEASURES = (
    *MEASURES,
    *("IRD", "IRSD", "ZCOR", "COR", "UCOR", "PLO", "PR", "PLN", "PAS", "PFT"),
    *("IRLN", "IR", "IRS", "IRFT", "MN", "MNLN"),
)
"""Measures that a table can be pooled on: also rates, correlations and single groups."""

GLMM_LIKELIHOODS = ("UM.FS", "UM.RS", "CM.EL", "CM.AL")
"""What ``--likelihood`` takes; the table is in ``models.glmm_table``."""

AD_HOC_RULES = {"se": "HKSJ-adhoc", "ci": "HKSJ-ci", "iqwig6": "HKSJ-IQWiG6"}
"""What ``--adhoc`` takes, and the interval each rule makes of Hartung and Knapp's."""

TAU2_ESTIMATORS = (
    "REML", "ML", "DL", "PM", "EB", "PMM", "DL2", "HE", "HE2", "HS", "HSk", "SJ", "GENQ", "GENQM",
)  # fmt: skip
CI_METHODS = (
    *("HKSJ", "wald", "t", "HKSJ-adhoc", "HKSJ-ci", "HKSJ-IQWiG6", "KR", "IVhet"),
    *("PL", "PL-ML", "HC"),
)
PREDICTION_METHODS = ("HK", "V", "HTS", "HK-PR", "S", "HK-adhoc", "HK-PR-adhoc", "KR", "KR-PR")
NO_PREDICTION = "none"
"""What a plan writes for no prediction interval."""

FEW_STUDIES = 5
"""With this many studies or fewer a Bayesian fit stands beside the frequentist one."""

TAU2_INTERVALS = ("QP", "PL", "PL-ML", "J", "BJ")
POOL_MODELS = ("random", "common", "mh", "peto", "glmm", "three-level")
"""What ``evidencekit pool --model`` takes; the table is in ``tables.pooling``."""
BATCH_MODELS = ("random", "common")
"""What ``evidencekit batch --model`` takes: models of estimates."""

PRESETS = ("evidencekit", "metafor", "meta", "revman5", "revman2025", "stata")
"""Conventions of programs; the table is in ``models.presets``."""

RATIOS = ("RR", "OR", "PETO", "HR", "IRR", "ROM", "VR", "CVR")
"""Measures that are positive and analysed on the log scale."""

OUTCOME_TYPES = {
    "RR": ("binary", "time_to_event"),
    "OR": ("binary", "time_to_event"),
    "RD": ("binary", "time_to_event"),
    "PETO": ("binary", "time_to_event"),
    "AS": ("binary", "time_to_event"),
    "HR": ("time_to_event", "binary"),
    "IRR": ("count", "binary", "time_to_event"),
    "MD": ("continuous",),
    "SMD": ("continuous",),
    "SMDH": ("continuous",),
    "D": ("continuous",),
    "SMD1": ("continuous",),
    "ROM": ("continuous",),
    "VR": ("continuous",),
    "CVR": ("continuous",),
}
"""Types of outcome that each measure can be computed for."""
