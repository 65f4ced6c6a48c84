"""Results that are a few numbers as plain text, for the terminal and the notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evidencekit.models.text import number_text, p_text, percent_text

if TYPE_CHECKING:
    from evidencekit.models.permutation import PermutationResult as ModeratorPermutation
    from evidencekit.models.resampling import BootstrapResult, PermutationResult
    from evidencekit.models.results import NaturalResult
    from evidencekit.models.subgroups import SubgroupResult
    from evidencekit.models.table_results import TableResult
    from evidencekit.quantities import Interval


def interval_text(interval: Interval) -> str:
    """Level and limits."""
    limits = f"{number_text(interval.low)} to {number_text(interval.high)}"
    return f"{100 * interval.level:g}% CI {limits}"


def _notes(notes: Sequence[str]) -> list[str]:
    return [f"  note: {note}" for note in notes]


def natural_text(result: NaturalResult) -> str:
    """The pooled estimate, then one row per study."""
    lines = [
        f"{result.measure or 'estimates'}: k = {result.k}, on the natural scale",
        f"  estimate  {number_text(result.estimate)}  {interval_text(result.ci)}",
    ]
    if result.prediction is not None:
        limits = interval_text(result.prediction).replace("CI", "interval of a new study")
        lines.append(f"  prediction  {limits}")
    lines.extend(
        f"  {label}  {number_text(estimate)}  {interval_text(interval)}  "
        f"weight {percent_text(weight)}"
        for label, estimate, interval, weight in zip(
            result.labels, result.estimates, result.intervals, result.weights, strict=True
        )
    )
    return "\n".join([*lines, *_notes(result.analysis.notes)])


def table_text(result: TableResult) -> str:
    """A pooled estimate from two-arm counts."""
    scale = ", log scale" if result.scale == "log" else ""
    lines = [
        f"{result.measure}{scale}: k = {result.k}, {result.method}",
        f"  estimate  {number_text(result.estimate)}  {interval_text(result.ci)}",
        f"  test      z = {number_text(result.statistic)}, {p_text(result.p_value)}",
        f"  Q         {number_text(result.q)}, df {result.q_df}, {p_text(result.q_p)}",
    ]
    return "\n".join([*lines, *_notes(result.notes)])


def subgroup_text(result: SubgroupResult) -> str:
    """One row per subgroup, all together, and the test between them."""
    everyone = result.overall
    rows = [*zip(result.names, result.groups, strict=True), ("all studies", everyone)]
    lines = [
        f"{everyone.measure or 'estimates'}: {len(result.names)} subgroups, "
        f"{result.tau2_across} tau2",
        *(
            f"  {name}  k = {one.k}  {number_text(one.estimate)}  {interval_text(one.ci)}  "
            f"tau2 {number_text(one.tau2)}"
            for name, one in rows
        ),
        f"  difference  Q = {number_text(result.q_between)}, df {result.df}, "
        f"{p_text(result.p_value)}",
    ]
    return "\n".join([*lines, *_notes(result.notes)])


def sign_permutation_text(result: PermutationResult) -> str:
    """A permutation test of the mean."""
    how = "all" if result.exact else "random"
    return "\n".join(
        [
            f"permutation test of the mean: {result.draws} {how} sign changes",
            f"  test      statistic {number_text(result.statistic)}, {p_text(result.p_value)}",
            f"  smallest  {p_text(result.smallest)} can be reached",
        ]
    )


def moderator_permutation_text(result: ModeratorPermutation) -> str:
    """A permutation test of moderators."""
    how = "all" if result.exact else "random"
    lines = [
        f"permutation test of moderators: {result.permutations} {how} orders",
        *(f"  {name}  {p_text(p)}" for name, p in zip(result.names, result.p_values, strict=True)),
        f"  moderators together  {p_text(result.qm_p)}",
    ]
    return "\n".join([*lines, *_notes(result.notes)])


def bootstrap_text(result: BootstrapResult) -> str:
    """Percentile intervals of the mean and of tau2."""
    return "\n".join(
        [
            f"bootstrap: {len(result.estimates)} draws, {result.kind}",
            f"  estimate  {interval_text(result.estimate)}",
            f"  tau2      {interval_text(result.tau2)}",
        ]
    )
