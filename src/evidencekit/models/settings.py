"""The named choices of an analysis, checked when they are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from evidencekit.errors import MethodError
from evidencekit.models.intervals import CI_METHODS, PREDICTION_METHODS, IntervalMethod
from evidencekit.models.tau2 import TAU2_ESTIMATORS
from evidencekit.models.tau2_intervals import TAU2_INTERVALS

Model = Literal["random_effects", "common_effect"]
MODELS: tuple[Model, ...] = ("random_effects", "common_effect")

Row = TypeVar("Row")


def default_interval(model: Model) -> str:
    """The interval of a model that names none: Hartung-Knapp, or Wald for a common effect."""
    return "HKSJ" if model == "random_effects" else "wald"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The named choices of an analysis; nothing is implied.

    Parameters
    ----------
    model
        "random_effects" or "common_effect".
    tau2
        A row of ``TAU2_ESTIMATORS``; unused by the common-effect model.
    ci
        A row of ``CI_METHODS``.
    prediction
        A row of ``PREDICTION_METHODS``, or None for no prediction interval.
    tau2_ci
        A row of ``TAU2_INTERVALS``, or None for no interval.
    level
        Coverage of all intervals, in (0, 1).
    """

    model: Model = "random_effects"
    tau2: str = "REML"
    ci: str = "HKSJ"
    prediction: str | None = "HK"
    tau2_ci: str | None = "QP"
    level: float = 0.95

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise MethodError(f"unknown model {self.model!r}; choose one of {', '.join(MODELS)}")
        choose(TAU2_ESTIMATORS, self.tau2, "tau2 estimator")
        _check_fits(choose(CI_METHODS, self.ci, "confidence interval"), self)
        if self.prediction is not None:
            row = choose(PREDICTION_METHODS, self.prediction, "prediction interval")
            if self.model == "random_effects":
                _check_fits(row, self)
        if self.tau2_ci is not None:
            choose(TAU2_INTERVALS, self.tau2_ci, "tau2 interval")
        if not 0.0 < self.level < 1.0:
            raise MethodError(f"level {self.level!r}: a fraction between 0 and 1, such as 0.95")


def choose(table: Mapping[str, Row], name: str, what: str) -> Row:
    """Look up a row of a table by name, or say which rows there are."""
    try:
        return table[name]
    except KeyError:
        known = ", ".join(table)
        raise MethodError(f"unknown {what} {name!r}; choose one of {known}") from None


def _check_fits(row: IntervalMethod, settings: Settings) -> None:
    """Whether an interval is defined for this model and this estimator of tau2."""
    if settings.model not in row.models:
        raise MethodError(f"{row.name} belongs to model {row.models[0]!r}, not {settings.model!r}")
    if row.tau2 and settings.model == "random_effects" and settings.tau2 not in row.tau2:
        raise MethodError(
            f"{row.name} is defined for tau2 by {' or '.join(row.tau2)}, not by {settings.tau2}"
        )
