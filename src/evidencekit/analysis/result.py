"""What an analysis is: rows, pooled result, subgroups, variations. Frozen; nothing is rounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evidencekit.certainty.absolute import AbsoluteEffect
from evidencekit.certainty.grade import Rating
from evidencekit.models.bayes_results import BayesResult
from evidencekit.models.results import NaturalResult, PooledResult
from evidencekit.models.subgroups import SubgroupResult
from evidencekit.quantities import Contrast, Counts, Interval, Means
from evidencekit.workspace.fields import Text
from evidencekit.workspace.outcome import Outcome
from evidencekit.workspace.plan import BaselineRisk, Model, Plan, Published, Reproduces
from evidencekit.workspace.study import Result, Study

Status = Literal["pooled", "shown", "excluded"]


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence by catalogue key, so that every report says it in its own language."""

    key: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One study's part in the analysis; every study with the outcome has at least one.

    Parameters
    ----------
    key
        Unique within the analysis.
    estimate, ci
        Natural scale of ``measure``; None when nothing can be estimated.
    on_axis
        Whether ``measure`` can stand on the axis of the plan's measure.
    reason
        Why the row is not pooled; empty when it is.
    arms
        Ids of the arms that the contrast compares.
    unused
        Other readings of the same quantity.
    groups
        The row's subgroup by each of the plan's subgroup paths.
    """

    key: str
    study: Study
    label: str
    status: Status
    measure: str
    contrast: Contrast | None
    estimate: float | None = None
    ci: Interval | None = None
    weight: float | None = None
    on_axis: bool = True
    reason: Text | str | Message = ""
    result: Result | None = None
    arms: tuple[str, ...] = ()
    unused: tuple[Result, ...] = ()
    chosen_because: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """The pooled result when one thing is changed; effect and intervals on the natural scale.

    Parameters
    ----------
    kind
        "plan" for a variation that the plan words itself, "leave-one-out" when ``name`` is
        the study left out.
    measure
        Of this variation; it may differ from the plan's.
    method
        The model asked for; ``ci.method`` is the interval that was made.
    notes
        Every fallback, in plain words.
    """

    id: str
    name: Text | str
    kind: Literal["plan", "leave-one-out"]
    measure: str
    method: Model
    k: int
    estimate: float
    ci: Interval
    prediction: Interval | None
    tau2: float
    i2: float
    i2_q: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """The studies split by one path, with the test for differences."""

    path: str
    result: SubgroupResult
    natural: tuple[NaturalResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Absolute:
    """An absolute effect at one baseline risk, and where that risk comes from."""

    baseline: BaselineRisk
    effect: AbsoluteEffect


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """A published result against what this analysis computes for it."""

    published: Reproduces
    estimate: float
    low: float
    high: float
    i2: float
    agrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FewStudies:
    """A Bayesian fit of the main analysis, made beside it where studies are few.

    Parameters
    ----------
    posterior
        The whole fit, on the analysis scale.
    prior_scale
        Scale of the half-normal prior of tau.
    estimate, ci, prediction
        Median of the mean and central credible intervals of the mean and of the effect in a
        new study, on the natural scale.
    """

    posterior: BayesResult
    prior_scale: float
    estimate: float
    ci: Interval
    prediction: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisResult:
    """Everything that figures, tables and ``results.json`` are made from.

    ``bayes`` stands beside ``pooled`` where studies are few, and is None elsewhere.
    """

    plan: Plan
    outcome: Outcome
    rows: tuple[Row, ...]
    pooled: PooledResult
    natural: NaturalResult
    bayes: FewStudies | None
    groupings: tuple[Grouping, ...]
    variations: tuple[Variation, ...]
    published: tuple[Published, ...]
    absolute: tuple[Absolute, ...]
    rating: Rating
    reproductions: tuple[Reproduction, ...]
    notes: tuple[str, ...]

    def with_status(self, status: Status) -> tuple[Row, ...]:
        """Rows of one status, in order."""
        return tuple(row for row in self.rows if row.status == status)

    @property
    def rows_pooled(self) -> tuple[Row, ...]:
        """The rows that make up the pooled result."""
        return self.with_status("pooled")

    @property
    def participants(self) -> float:
        """People in the pooled rows whose totals are known."""
        return sum(_total(row) for row in self.rows_pooled)

    @property
    def trials(self) -> int:
        """Studies pooled; a study with two independent comparisons counts once."""
        return len({row.study.id for row in self.rows_pooled})

    @property
    def trials_with_totals(self) -> int:
        """Studies among them whose numbers of people are known."""
        return len({row.study.id for row in self.rows_pooled if _total(row)})


def _total(row: Row) -> float:
    data = row.contrast.data if row.contrast else None
    return data.total_1 + data.total_2 if isinstance(data, Counts | Means) else 0.0
