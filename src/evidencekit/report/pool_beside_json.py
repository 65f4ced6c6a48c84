"""What stands beside a pooled result in its JSON: coefficients, clusters, a Bayesian fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidencekit.models.results import natural, natural_interval
from evidencekit.report.pool_values_json import Values

if TYPE_CHECKING:
    from evidencekit.models.bayes_results import BayesResult, Posterior
    from evidencekit.tables.dependent import Levels
    from evidencekit.tables.moderators import TableRegression


def regression_json(regression: TableRegression, values: Values) -> dict[str, Any]:
    """``coefficients``, and ``regression`` with the omnibus test and what is left over."""
    omnibus = regression.omnibus
    return {
        "coefficients": [
            {
                "name": c.name,
                "estimate": values.number(f"coefficients.{c.name}.estimate", c.estimate),
                "se": values.number(f"coefficients.{c.name}.se", c.se),
                "statistic": values.number(f"coefficients.{c.name}.statistic", c.statistic),
                "df": values.df(f"coefficients.{c.name}.df", c.df),
                "p_value": values.number(f"coefficients.{c.name}.p_value", c.p_value),
                "ci": values.named(f"coefficients.{c.name}.ci", c.ci, level=True),
            }
            for c in regression.coefficients
        ],
        "regression": {
            "formula": regression.formula,
            "k": regression.k,
            "omnibus": omnibus
            and {
                "kind": omnibus.kind,
                "statistic": values.number("regression.omnibus.statistic", omnibus.statistic),
                "df1": omnibus.df1,
                "df2": values.df("regression.omnibus.df2", omnibus.df2),
                "p_value": values.number("regression.omnibus.p_value", omnibus.p_value),
            },
            "tau2": values.number("regression.tau2", regression.tau2),
            "tau2_ci": values.tau2_ci("regression.tau2_ci", regression.tau2_ci),
            "i2": values.number("regression.i2", regression.i2),
            "r2": values.number("regression.r2", regression.r2),
            "q": {
                "statistic": values.number("regression.q.statistic", regression.qe),
                "df": regression.qe_df,
                "p_value": values.number("regression.q.p_value", regression.qe_p),
            },
        },
    }


def levels_json(levels: Levels) -> dict[str, Any]:
    """``clusters``: how many, and the variances of a three-level model (null without one)."""
    return {
        "clusters": {
            "number": levels.n_clusters,
            "sigma2_between": levels.sigma2_cluster,
            "sigma2_within": levels.sigma2_effect,
        }
    }


def bayes_json(fit: BayesResult, values: Values) -> dict[str, Any]:
    """Posterior medians and shortest intervals, with the priors in words."""
    return {
        "tau_prior": fit.tau_prior,
        "mu_prior": fit.mu_prior,
        "mean": _posterior(fit.mu, values, "bayes.mean"),
        "tau": _posterior(fit.tau, values, "bayes.tau"),
        "new_study": _posterior(fit.new_study, values, "bayes.new_study"),
        "natural": {
            "estimate": values.number("bayes.natural.estimate", natural(fit.mu.median, fit.scale)),
            "ci": values.interval("bayes.natural.ci", natural_interval(fit.mu.shortest, fit.scale)),
            "prediction": values.interval(
                "bayes.natural.prediction", natural_interval(fit.new_study.shortest, fit.scale)
            ),
        },
    }


def _posterior(posterior: Posterior, values: Values, path: str) -> dict[str, Any]:
    return {
        "median": values.number(f"{path}.median", posterior.median),
        "mean": values.number(f"{path}.mean", posterior.mean),
        "sd": values.number(f"{path}.sd", posterior.sd),
        "ci": values.named(f"{path}.ci", posterior.shortest, level=True),
    }
