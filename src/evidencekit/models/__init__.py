"""Contrasts to pooled results: tau2, intervals, heterogeneity, subgroups, regression."""

from evidencekit.models.aggregate import AggregatedEffects, aggregate
from evidencekit.models.batch import PooledBatch, pool_batch
from evidencekit.models.bayes import bayes_pool, offer_bayes
from evidencekit.models.bayes_results import BayesResult
from evidencekit.models.beta_binomial import BetaBinomialResult, beta_binomial_odds_ratio
from evidencekit.models.beyond import probability_beyond
from evidencekit.models.glmm import (
    GLMM_LIKELIHOODS,
    GlmmResult,
    glmm_odds_ratio,
    glmm_proportion,
    glmm_rate,
    glmm_rate_ratio,
)
from evidencekit.models.intervals import CI_METHODS, PREDICTION_METHODS
from evidencekit.models.multilevel import multilevel
from evidencekit.models.multilevel_results import MultilevelResult
from evidencekit.models.penalised import PenalisedResult, penalised_odds_ratio
from evidencekit.models.pool import pool
from evidencekit.models.presets import PRESETS, explain_differences
from evidencekit.models.regression import RegressionResult, regress
from evidencekit.models.resampling import bootstrap, permutation_test
from evidencekit.models.residual_tau2 import RESIDUAL_TAU2
from evidencekit.models.results import NaturalResult, PooledResult, Tau2Interval, back_transform
from evidencekit.models.robust import RobustResult, cluster_robust
from evidencekit.models.robust_corrections import CORRECTIONS
from evidencekit.models.settings import Settings
from evidencekit.models.subgroups import SubgroupResult, leave_one_out, subgroups
from evidencekit.models.table_methods import TABLE_METHODS
from evidencekit.models.tables import TableResult, pool_tables, pool_tables_batch
from evidencekit.models.tau2 import TAU2_ESTIMATORS, estimate_tau2
from evidencekit.models.tau2_intervals import TAU2_INTERVALS

__all__ = [
    "CI_METHODS",
    "CORRECTIONS",
    "GLMM_LIKELIHOODS",
    "PREDICTION_METHODS",
    "PRESETS",
    "RESIDUAL_TAU2",
    "TABLE_METHODS",
    "TAU2_ESTIMATORS",
    "TAU2_INTERVALS",
    "AggregatedEffects",
    "BayesResult",
    "BetaBinomialResult",
    "GlmmResult",
    "MultilevelResult",
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
    "leave_one_out",
    "multilevel",
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
