"""What pooling counts returns: one array per quantity, or one number."""

from __future__ import annotations

from dataclasses import dataclass

from evidencekit.models.html import Shown
from evidencekit.models.kernel import FloatArray, IntArray
from evidencekit.quantities import Interval, Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBatch:
    """Pooled counts of m meta-analyses, arrays of shape (m,), on the analysis scale.

    Parameters
    ----------
    method
        A row of ``TABLE_METHODS``.
    level
        Coverage of the interval, in (0, 1).
    k, k_informative
        Studies, and those that carry weight: a ratio learns nothing from a
        study without events (or, for the odds ratio, with nothing but events).
    estimate, se, statistic, p_value, ci_low, ci_high
        NaN where not estimable; normal distribution.
    status
        "ok", or why there is no estimate.
    q, q_df, q_p
        Heterogeneity of the studies' own estimates around the pooled one.
    corrected
        Number of studies to which the continuity correction was added.
    weights
        Fractions of each study, shape (m, k); 0 where padded.
    """

    method: str
    level: float
    k: IntArray
    k_informative: IntArray
    estimate: FloatArray
    se: FloatArray
    statistic: FloatArray
    p_value: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    status: tuple[str, ...]
    q: FloatArray
    q_df: IntArray
    q_p: FloatArray
    corrected: IntArray
    weights: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class TableResult(Shown):
    """One meta-analysis of counts, on the analysis scale.

    Parameters
    ----------
    method, measure, scale
        A row of ``TABLE_METHODS``, the measure it pools and that measure's scale.
    k, k_informative, labels
        Studies, those that carry weight, and the names of all.
    weights
        Fractions, one per study.
    estimate, se, statistic, p_value, ci
        The pooled value with its test and interval by the normal distribution.
    q, q_df, q_p
        Heterogeneity of the studies' own estimates around the pooled one.
    notes
        Every fallback and oddity, in plain words.
    """

    method: str
    measure: str
    scale: Scale
    k: int
    k_informative: int
    labels: tuple[str, ...]
    weights: tuple[float, ...]
    estimate: float
    se: float
    statistic: float
    p_value: float
    ci: Interval
    q: float
    q_df: int
    q_p: float
    notes: tuple[str, ...]

    def summary(self) -> str:
        """The result as text, on the analysis scale."""
        from evidencekit.models.short_text import table_text

        return table_text(self)
