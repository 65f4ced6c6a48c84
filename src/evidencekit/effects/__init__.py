"""Study data to contrasts: ratios, differences, standardised differences, one-group estimates.

What every contrast needs is loaded at once; conversions of printed numbers, reconstruction of
counts and corrections for designs when first used.
"""

from __future__ import annotations

from evidencekit.effects.arrays import Effects
from evidencekit.effects.contrast import make_contrast
from evidencekit.effects.generic import ReportedEstimate
from evidencekit.effects.measure import Measure
from evidencekit.effects.measures import MEASURES, find_measure
from evidencekit.effects.natural import to_natural, to_natural_interval
from evidencekit.effects.transforms import TRANSFORMS
from evidencekit.effects.zero_cells import ZeroCells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evidencekit.effects.binary import pooled_odds_ratio
    from evidencekit.effects.combine import combine_counts, combine_means
    from evidencekit.effects.conversions import (
        log_odds_ratio_to_smd,
        sd_from_interval,
        sd_from_se,
        se_from_f,
        se_from_interval,
        se_from_p,
        se_from_statistic,
        smd_to_log_odds_ratio,
    )
    from evidencekit.effects.designs import (
        correlation_from_sds,
        design_effect,
        effective_counts,
        effective_means,
        over_correlations,
        split_counts,
        split_mean,
    )
    from evidencekit.effects.freeman_tukey import (
        double_arcsine_inverse,
        freeman_tukey_rate_inverse,
    )
    from evidencekit.effects.quantiles import SUMMARY_METHODS, mean_and_sd, skewness_test
    from evidencekit.effects.reconstruct import (
        Solutions,
        counts_from_percentage,
        counts_from_percentages,
        counts_from_ratio,
    )
    from evidencekit.effects.rounding import se_range_from_interval
    from evidencekit.effects.shared import (
        JointEffects,
        StackedEffects,
        shared_comparator,
        stack_effects,
    )
    from evidencekit.effects.shared_measures import SHARED_MEASURES
    from evidencekit.effects.summary import NumberSummary

_HOMES = {
    "SHARED_MEASURES": "shared_measures",
    "SUMMARY_METHODS": "quantiles",
    "JointEffects": "shared",
    "NumberSummary": "summary",
    "Solutions": "reconstruct",
    "StackedEffects": "shared",
    "combine_counts": "combine",
    "combine_means": "combine",
    "correlation_from_sds": "designs",
    "counts_from_percentage": "reconstruct",
    "counts_from_percentages": "reconstruct",
    "counts_from_ratio": "reconstruct",
    "design_effect": "designs",
    "double_arcsine_inverse": "freeman_tukey",
    "effective_counts": "designs",
    "effective_means": "designs",
    "freeman_tukey_rate_inverse": "freeman_tukey",
    "log_odds_ratio_to_smd": "conversions",
    "mean_and_sd": "quantiles",
    "over_correlations": "designs",
    "pooled_odds_ratio": "binary",
    "sd_from_interval": "conversions",
    "sd_from_se": "conversions",
    "se_from_f": "conversions",
    "se_from_interval": "conversions",
    "se_from_p": "conversions",
    "se_from_statistic": "conversions",
    "se_range_from_interval": "rounding",
    "shared_comparator": "shared",
    "skewness_test": "quantiles",
    "smd_to_log_odds_ratio": "conversions",
    "split_counts": "designs",
    "split_mean": "designs",
    "stack_effects": "shared",
}

__all__ = [
    "MEASURES",
    "SHARED_MEASURES",
    "SUMMARY_METHODS",
    "TRANSFORMS",
    "Effects",
    "JointEffects",
    "Measure",
    "NumberSummary",
    "ReportedEstimate",
    "Solutions",
    "StackedEffects",
    "ZeroCells",
    "combine_counts",
    "combine_means",
    "correlation_from_sds",
    "counts_from_percentage",
    "counts_from_percentages",
    "counts_from_ratio",
    "design_effect",
    "double_arcsine_inverse",
    "effective_counts",
    "effective_means",
    "find_measure",
    "freeman_tukey_rate_inverse",
    "log_odds_ratio_to_smd",
    "make_contrast",
    "mean_and_sd",
    "over_correlations",
    "pooled_odds_ratio",
    "sd_from_interval",
    "sd_from_se",
    "se_from_f",
    "se_from_interval",
    "se_from_p",
    "se_from_statistic",
    "se_range_from_interval",
    "shared_comparator",
    "skewness_test",
    "smd_to_log_odds_ratio",
    "split_counts",
    "split_mean",
    "stack_effects",
    "to_natural",
    "to_natural_interval",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"evidencekit.effects.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
