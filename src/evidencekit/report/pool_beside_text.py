"""What stands beneath a pooled result in its text: clusters, coefficients, a Bayesian fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidencekit.models.regression_text import coefficient_lines, joint_text
from evidencekit.models.results import PooledResult, natural, natural_interval
from evidencekit.models.text import number_text, p_text
from evidencekit.report.pool_values import tau2_limits
from evidencekit.report.pool_values_text import limits_text, percent_short, value_text

if TYPE_CHECKING:
    from evidencekit.models.bayes_results import BayesResult
    from evidencekit.models.coefficients import WaldTest
    from evidencekit.models.robust import RobustTest
    from evidencekit.tables.dependent import Levels
    from evidencekit.tables.moderators import TableRegression


def levels_line(levels: Levels) -> str:
    """The clusters, and both variances of a three-level model."""
    text = f"clusters: {levels.n_clusters}"
    if levels.sigma2_cluster is None or levels.sigma2_effect is None:
        return text
    return (
        f"{text}; sigma2 {number_text(levels.sigma2_cluster)} between them, "
        f"{number_text(levels.sigma2_effect)} between effects within"
    )


def regression_lines(regression: TableRegression, result: PooledResult) -> list[str]:
    """Coefficients on the analysis scale, the omnibus test, and what is left over."""
    scale = "" if result.scale == "identity" else f", {result.scale} scale"
    lines = [
        f"meta-regression {regression.formula} (k = {regression.k}{scale})",
        *coefficient_lines(regression.coefficients, result.level),
    ]
    if regression.omnibus is not None:
        lines.append(f"  all moderators  {_omnibus(regression.omnibus)}")
    found = tau2_limits(regression.tau2_ci)
    limits = f" ({number_text(found[0])} to {number_text(found[1])})" if found else ""
    if result.model == "random_effects":
        lines.append(f"  residual tau2   {number_text(regression.tau2)}{limits}")
    lines.append(f"  residual I2     {percent_short(regression.i2)}")
    lines.append(f"  R2              {percent_short(regression.r2)}")
    q = f"{number_text(regression.qe)}, df {regression.qe_df}, {p_text(regression.qe_p)}"
    return [*lines, f"  residual Q      {q}"]


def _omnibus(test: WaldTest | RobustTest) -> str:
    if test.kind != "HTZ":
        return joint_text(test)
    f = f"F({test.df1}, {test.df2:.4g}) = {number_text(test.statistic)}"
    return f"{f}, {p_text(test.p_value)} (HTZ)"


def bayes_lines(fit: BayesResult, log: bool) -> list[str]:
    """Posterior medians with shortest intervals, on the scale people read, and the priors."""
    percent = f"{percent_short(fit.level)} CrI"
    mean = value_text(natural(fit.mu.median, fit.scale), log)
    interval = limits_text(natural_interval(fit.mu.shortest, fit.scale), log)
    new = limits_text(natural_interval(fit.new_study.shortest, fit.scale), log)
    tau = fit.tau.shortest
    return [
        f"few studies, so also a Bayesian fit (prior of tau: {fit.tau_prior}; "
        f"of the mean: {fit.mu_prior})",
        f"  mean            {mean} ({percent} {interval})",
        f"  new study       {percent} {new}",
        f"  tau             {number_text(fit.tau.median)} "
        f"({number_text(tau.low)} to {number_text(tau.high)})",
    ]
