"""What a model of several outcomes returns, and its text."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.coefficients import Predictions
from evidencekit.models.dependent_result import DependentResult
from evidencekit.models.regression_text import coefficient_lines, joint_text
from evidencekit.models.structures import STRUCTURES
from evidencekit.models.text import number_text, p_text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class MultivariateMaximum:
    """A local maximum of the likelihood: variances (q,), correlations (q, q), log-likelihood."""

    tau2: tuple[float, ...]
    correlation: tuple[tuple[float, ...], ...]
    loglik: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MultivariateResult(DependentResult):
    """A model of several outcomes; what is not listed here is in :class:`DependentResult`.

    Parameters
    ----------
    structure
        A row of ``STRUCTURES``.
    outcomes
        Names of the q outcomes, in order of first appearance.
    tau2
        Variance of the true effects on each outcome, shape (q,), 0 or more.
    correlation
        Correlations of the true effects, shape (q, q), in [-1, 1]; NaN where a variance is 0 or
        no study has both outcomes.
    maxima
        All local maxima found, the highest first; the result is of that one.
    effect_outcomes
        Outcome of each effect.
    """

    structure: str
    outcomes: tuple[Hashable, ...]
    tau2: tuple[float, ...]
    correlation: tuple[tuple[float, ...], ...]
    maxima: tuple[MultivariateMaximum, ...]
    effect_outcomes: tuple[Hashable, ...]

    def predict(
        self,
        new: pd.DataFrame | Mapping[str, Sequence[Any]] | ArrayLike | None = None,
        *,
        outcomes: Sequence[Hashable] | None = None,
    ) -> Predictions:
        """Mean effects, their intervals, and the intervals for a new study.

        Parameters
        ----------
        new
            A table of moderators when the model has a formula, else rows of the design,
            shape (n, p). Default: the effects themselves.
        outcomes
            Outcome of each row of ``new``, whose variance the intervals for a new study take;
            without it these are NaN. The effects themselves have their own.

        Returns
        -------
        Predictions
            One entry per row.

        Raises
        ------
        MethodError
            For moderators or outcomes that the model does not have.

        Notes
        -----
        A new study's true effect varies by se^2 + tau2 of its outcome around the mean.
        In R: ``predict(rma.mv(...), newmods = , tau2.levels = )``.

        References
        ----------
        Jackson D, Riley R, White IR. Stat Med 2011;30:2481-98. doi:10.1002/sim.4172
        """
        x = self.design.matrix if new is None else self.design.rows(new)
        named = self.effect_outcomes if new is None and outcomes is None else outcomes
        if named is None:
            return self._predictions(x, math.nan)
        if len(named) != len(x):
            raise MethodError(f"{len(named)} outcomes for {len(x)} predictions")
        for name in named:
            if name not in self.outcomes:
                known = ", ".join(map(str, self.outcomes))
                raise MethodError(f"no outcome {name!r}; choose from {known}")
        return self._predictions(
            x, np.array([self.tau2[self.outcomes.index(name)] for name in named])
        )

    def summary(self) -> str:
        """The result as text, on the analysis scale."""
        return "\n".join(_lines(self))


def _lines(result: MultivariateResult) -> list[str]:
    what = result.measure or "estimates"
    scale = ", log scale" if result.scale == "log" else ""
    q = len(result.outcomes)
    lines = [
        f"{what}{scale}: {result.k} effects on {q} outcome{'s' if q > 1 else ''} in "
        f"{result.n_clusters} studies, {STRUCTURES[result.structure].label}, {result.method}",
        *coefficient_lines(result.coefficients, result.level),
        f"  moderators  {joint_text(result.qm)}",
        f"  QE          {number_text(result.qe)}, df {result.qe_df}, {p_text(result.qe_p)}",
    ]
    correlated = STRUCTURES[result.structure].correlated
    for i, name in enumerate(result.outcomes):
        pairs = [
            f"{number_text(result.correlation[i][j])} with {result.outcomes[j]}"
            for j in range(i if correlated else 0)
        ]
        told = f"  correlation {', '.join(pairs)}" if pairs else ""
        lines.append(f"  tau2        {number_text(result.tau2[i])} {name}{told}")
    return [*lines, *(f"  note: {note}" for note in result.notes)]
