"""What was unusual in a model of several outcomes, in plain words."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from evidencekit.models.kernel import BoolArray, FloatArray
from evidencekit.models.multivariate_results import MultivariateResult
from evidencekit.models.structures import STRUCTURES

# A correlation this close to the end of its range is there: it gets there quadratically.
AT_END = 1e-8


def multivariate_notes(
    result: MultivariateResult, together: BoolArray, *, converged: bool
) -> tuple[str, ...]:
    """Convergence, several maxima, boundaries, and correlations that nothing informs.

    Parameters
    ----------
    result
        The result, without notes.
    together
        Which outcomes some study reports together, shape (q, q).
    converged
        Whether the search ended at a maximum.
    """
    notes = []
    if not converged:
        notes.append(
            "The variances and correlations did not converge; the values given are the last "
            "iterate and should not be relied on."
        )
    if len(result.maxima) > 1:
        heights = ", ".join(f"{one.loglik:.4f}" for one in result.maxima)
        notes.append(
            f"The {result.method} likelihood has {len(result.maxima)} maxima, with "
            f"log-likelihoods {heights}. The highest is used."
        )
    zero = [str(o) for o, t in zip(result.outcomes, result.tau2, strict=True) if t == 0.0]
    if len(zero) == len(result.outcomes):
        notes.append("The variance of the true effects is estimated as 0, the boundary.")
    elif zero:
        notes.append(
            f"The variance of the true effects on {', '.join(zero)} is estimated as 0, "
            "the boundary."
        )
    if STRUCTURES[result.structure].correlated:
        notes.extend(_correlation_notes(result, together))
    if result.n_clusters < 10:
        notes.append(
            f"{result.n_clusters} studies: variances and correlations of the true effects are "
            "uncertain, and tests that count effects are too sure."
        )
    return tuple(notes)


def _correlation_notes(result: MultivariateResult, together: BoolArray) -> list[str]:
    names = [str(name) for name in result.outcomes]
    pairs = list(combinations(range(len(names)), 2))
    apart = [f"{names[i]} and {names[j]}" for i, j in pairs if not together[i, j]]
    notes = []
    if apart:
        notes.append(
            f"No study reports both {'; '.join(apart)}: the data say nothing about the correlation "
            "of their true effects."
        )
    correlation = np.array(result.correlation)
    at_end = [(i, j) for i, j in pairs if abs(correlation[i, j]) > 1.0 - AT_END]
    if at_end:
        listed = "; ".join(f"{names[i]} and {names[j]} {correlation[i, j]:+.0f}" for i, j in at_end)
        notes.append(f"Correlations of the true effects at the end of their range: {listed}.")
    elif _is_singular(correlation):
        notes.append(
            "The covariance of the true effects is singular: one outcome's are a combination "
            "of the others'."
        )
    return notes


def _is_singular(correlation: FloatArray) -> bool:
    if len(correlation) < 3 or not np.isfinite(correlation).all():
        return False
    return bool(np.linalg.eigvalsh(correlation)[0] < AT_END)
