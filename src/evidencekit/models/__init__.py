"""Contrasts to pooled results: tau2, intervals, heterogeneity, subgroups."""

from evidencekit.models.batch import PooledBatch, pool_batch
from evidencekit.models.bayes import bayes_pool, offer_bayes
from evidencekit.models.bayes_results import BayesResult
from evidencekit.models.intervals import CI_METHODS, PREDICTION_METHODS
from evidencekit.models.pool import pool
from evidencekit.models.results import NaturalResult, PooledResult, Tau2Interval, back_transform
from evidencekit.models.settings import Settings
from evidencekit.models.subgroups import SubgroupResult, leave_one_out, subgroups
from evidencekit.models.tau2 import TAU2_ESTIMATORS, estimate_tau2
from evidencekit.models.tau2_intervals import TAU2_INTERVALS

__all__ = [
    "CI_METHODS",
    "PREDICTION_METHODS",
    "TAU2_ESTIMATORS",
    "TAU2_INTERVALS",
    "BayesResult",
    "NaturalResult",
    "PooledBatch",
    "PooledResult",
    "Settings",
    "SubgroupResult",
    "Tau2Interval",
    "back_transform",
    "bayes_pool",
    "estimate_tau2",
    "leave_one_out",
    "offer_bayes",
    "pool",
    "pool_batch",
    "subgroups",
]
