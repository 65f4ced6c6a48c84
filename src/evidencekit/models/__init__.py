"""Contrasts to pooled results: tau2, intervals, heterogeneity, subgroups."""

from evidencekit.models.batch import PooledBatch, pool_batch
from evidencekit.models.beyond import probability_beyond
from evidencekit.models.intervals import CI_METHODS, PREDICTION_METHODS
from evidencekit.models.pool import pool
from evidencekit.models.presets import PRESETS, explain_differences
from evidencekit.models.resampling import bootstrap, permutation_test
from evidencekit.models.results import NaturalResult, PooledResult, Tau2Interval, back_transform
from evidencekit.models.settings import Settings
from evidencekit.models.subgroups import SubgroupResult, leave_one_out, subgroups
from evidencekit.models.table_methods import TABLE_METHODS
from evidencekit.models.tables import TableResult, pool_tables, pool_tables_batch
from evidencekit.models.tau2 import TAU2_ESTIMATORS, estimate_tau2
from evidencekit.models.tau2_intervals import TAU2_INTERVALS

__all__ = [
    "CI_METHODS",
    "PREDICTION_METHODS",
    "PRESETS",
    "TABLE_METHODS",
    "TAU2_ESTIMATORS",
    "TAU2_INTERVALS",
    "NaturalResult",
    "PooledBatch",
    "PooledResult",
    "Settings",
    "SubgroupResult",
    "TableResult",
    "Tau2Interval",
    "back_transform",
    "bootstrap",
    "estimate_tau2",
    "explain_differences",
    "leave_one_out",
    "permutation_test",
    "pool",
    "pool_batch",
    "pool_tables",
    "pool_tables_batch",
    "probability_beyond",
    "subgroups",
]
