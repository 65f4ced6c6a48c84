"""Regressions as plain text, for the terminal and the notebook."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from evidencekit.models.residual_tau2 import RESIDUAL_TAU2
from evidencekit.models.text import TAU2_STATUS, number_text, p_text, percent_text

if TYPE_CHECKING:
    from evidencekit.models.coefficients import Coefficient, WaldTest
    from evidencekit.models.multilevel_results import MultilevelResult
    from evidencekit.models.regression_results import RegressionResult


def regression_text(result: RegressionResult) -> str:
    """Coefficients, the omnibus test, heterogeneity, then the notes."""
    what = result.measure or "estimates"
    scale = ", log scale" if result.scale == "log" else ""
    method = RESIDUAL_TAU2.get(result.tau2_method)
    how = f", {method.label}" if method else ""
    model = "mixed-effects" if result.model == "random_effects" else "common-effect"
    lines = [
        f"{what}{scale}: k = {result.k}, {model} meta-regression{how}",
        *coefficient_lines(result.coefficients, result.level),
        f"  moderators  {joint_text(result.qm)}",
        f"  QE          {number_text(result.qe)}, df {result.qe_df}, {p_text(result.qe_p)}",
    ]
    if result.model == "random_effects":
        lines.append(f"  tau2        {number_text(result.tau2)}{_interval(result)}")
        lines.append(
            f"  I2          {percent_text(result.i2)} from tau2, "
            f"{percent_text(result.i2_q)} from QE"
        )
        lines.append(f"  R2          {percent_text(result.r2)}")
    else:
        lines.append(f"  I2          {percent_text(result.i2_q)} from QE")
    lines.extend(f"  note: {note}" for note in result.notes)
    return "\n".join(lines)


def coefficient_lines(coefficients: Sequence[Coefficient], level: float) -> list[str]:
    """A table: name, estimate, standard error, interval, test."""
    width = max(len(c.name) for c in coefficients)
    percent = f"{100 * level:g}% CI"
    return [
        f"  {c.name:<{width}}  {number_text(c.estimate)}  se {number_text(c.se)}  {percent} "
        f"{number_text(c.ci.low)} to {number_text(c.ci.high)}  {_statistic(c)}"
        for c in coefficients
    ]


def _statistic(c: Coefficient) -> str:
    name = "z" if math.isinf(c.df) else f"t({c.df:.4g})"
    return f"{name} = {number_text(c.statistic)}, {p_text(c.p_value)}"


def joint_text(test: WaldTest) -> str:
    """The joint test in one line."""
    if test.kind == "chi2":
        return f"QM({test.df1}) = {number_text(test.statistic)}, {p_text(test.p_value)}"
    return f"F({test.df1}, {test.df2:.4g}) = {number_text(test.statistic)}, {p_text(test.p_value)}"


def _interval(result: RegressionResult) -> str:
    found = result.tau2_ci
    if found is None:
        return ""
    percent = f"{100 * result.level:g}% CI"
    if found.status == "empty":
        return f"  {percent} {TAU2_STATUS['empty']}"
    limits = f"{number_text(found.low)} to {number_text(found.high)}"
    return f"  {percent} {limits} ({found.method}{TAU2_STATUS[found.status]})"


def multilevel_text(result: MultilevelResult) -> str:
    """Coefficients, the omnibus test, both levels of heterogeneity, then the notes."""
    what = result.measure or "estimates"
    scale = ", log scale" if result.scale == "log" else ""
    sampling = {
        "independent": "independent sampling errors",
        "constant": f"sampling errors correlated {result.sampling.rho:g} within clusters",
        "given": "sampling covariance as given",
    }[result.sampling.kind]
    lines = [
        f"{what}{scale}: {result.k} effects in {result.n_clusters} clusters, three-level model, "
        f"{result.method}, {sampling}",
        *coefficient_lines(result.coefficients, result.level),
        f"  moderators  {joint_text(result.qm)}",
        f"  QE          {number_text(result.qe)}, df {result.qe_df}, {p_text(result.qe_p)}",
        f"  sigma2      {number_text(result.sigma2_cluster)} between clusters, "
        f"{number_text(result.sigma2_effect)} within",
        f"  I2          {percent_text(result.i2)}: "
        f"{percent_text(result.i2_cluster)} between clusters, "
        f"{percent_text(result.i2_effect)} within",
    ]
    lines.extend(f"  note: {note}" for note in result.notes)
    return "\n".join(lines)
