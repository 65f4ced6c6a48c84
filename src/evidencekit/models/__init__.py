"""Contrasts to pooled results: tau2, intervals, heterogeneity, subgroups, regression.

What every pooling needs is loaded at once, the rest when first used: a table must not wait
for generalised linear mixed models.
"""

from __future__ import annotations

from evidencekit.models.batch import PooledBatch, pool_batch
from evidencekit.models.intervals import CI_METHODS, PREDICTION_METHODS
from evidencekit.models.pool import pool
from evidencekit.models.results import NaturalResult, PooledResult, Tau2Interval, back_transform
from evidencekit.models.settings import Settings
from evidencekit.models.subgroups import SubgroupResult, leave_one_out, subgroups
from evidencekit.models.tau2 import TAU2_ESTIMATORS, estimate_tau2
from evidencekit.models.tau2_intervals import TAU2_INTERVALS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evidencekit.models.aggregation import AggregatedEffects, aggregate
    from evidencekit.models.bayes import bayes_pool, offer_bayes
    from evidencekit.models.bayes_results import BayesResult
    from evidencekit.models.beta_binomial import BetaBinomialResult, beta_binomial_odds_ratio
    from evidencekit.models.beyond import probability_beyond
    from evidencekit.models.case_deletion import influence
    from evidencekit.models.correlated_outcomes import multivariate
    from evidencekit.models.glmm import (
        GLMM_LIKELIHOODS,
        GlmmResult,
        glmm_odds_ratio,
        glmm_proportion,
        glmm_rate,
        glmm_rate_ratio,
    )
    from evidencekit.models.influence_results import InfluenceResult
    from evidencekit.models.multilevel_results import MultilevelResult
    from evidencekit.models.multivariate_results import MultivariateResult
    from evidencekit.models.penalised import PenalisedResult, penalised_odds_ratio
    from evidencekit.models.presets import PRESETS, explain_differences
    from evidencekit.models.regression import RegressionResult, regress
    from evidencekit.models.resampling import bootstrap, permutation_test
    from evidencekit.models.residual_tau2 import RESIDUAL_TAU2
    from evidencekit.models.robust import RobustResult, cluster_robust
    from evidencekit.models.robust_corrections import CORRECTIONS
    from evidencekit.models.structures import STRUCTURES
    from evidencekit.models.table_methods import TABLE_METHODS
    from evidencekit.models.table_results import TableResult
    from evidencekit.models.tables import pool_tables, pool_tables_batch
    from evidencekit.models.three_level import multilevel

_HOMES = {
    "CORRECTIONS": "robust_corrections",
    "GLMM_LIKELIHOODS": "glmm",
    "PRESETS": "presets",
    "RESIDUAL_TAU2": "residual_tau2",
    "STRUCTURES": "structures",
    "TABLE_METHODS": "table_methods",
    "AggregatedEffects": "aggregation",
    "BayesResult": "bayes_results",
    "BetaBinomialResult": "beta_binomial",
    "GlmmResult": "glmm",
    "InfluenceResult": "influence_results",
    "MultilevelResult": "multilevel_results",
    "MultivariateResult": "multivariate_results",
    "PenalisedResult": "penalised",
    "RegressionResult": "regression",
    "RobustResult": "robust",
    "TableResult": "table_results",
    "aggregate": "aggregation",
    "bayes_pool": "bayes",
    "beta_binomial_odds_ratio": "beta_binomial",
    "bootstrap": "resampling",
    "cluster_robust": "robust",
    "explain_differences": "presets",
    "glmm_odds_ratio": "glmm",
    "glmm_proportion": "glmm",
    "glmm_rate": "glmm",
    "glmm_rate_ratio": "glmm",
    "influence": "case_deletion",
    "multilevel": "three_level",
    "multivariate": "correlated_outcomes",
    "offer_bayes": "bayes",
    "penalised_odds_ratio": "penalised",
    "permutation_test": "resampling",
    "pool_tables": "tables",
    "pool_tables_batch": "tables",
    "probability_beyond": "beyond",
    "regress": "regression",
}

__all__ = [
    "CI_METHODS",
    "CORRECTIONS",
    "GLMM_LIKELIHOODS",
    "PREDICTION_METHODS",
    "PRESETS",
    "RESIDUAL_TAU2",
    "STRUCTURES",
    "TABLE_METHODS",
    "TAU2_ESTIMATORS",
    "TAU2_INTERVALS",
    "AggregatedEffects",
    "BayesResult",
    "BetaBinomialResult",
    "GlmmResult",
    "InfluenceResult",
    "MultilevelResult",
    "MultivariateResult",
    "NaturalResult",
    "PenalisedResult",
    "PooledBatch",
    "PooledResult",
    "RegressionResult",
    "RobustResult",
    "Settings",
    "SubgroupResult",
    "TableResult",
    "Tau2Interval",
    "aggregate",
    "back_transform",
    "bayes_pool",
    "beta_binomial_odds_ratio",
    "bootstrap",
    "cluster_robust",
    "estimate_tau2",
    "explain_differences",
    "glmm_odds_ratio",
    "glmm_proportion",
    "glmm_rate",
    "glmm_rate_ratio",
    "influence",
    "leave_one_out",
    "multilevel",
    "multivariate",
    "offer_bayes",
    "penalised_odds_ratio",
    "permutation_test",
    "pool",
    "pool_batch",
    "pool_tables",
    "pool_tables_batch",
    "probability_beyond",
    "regress",
    "subgroups",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"evidencekit.models.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
