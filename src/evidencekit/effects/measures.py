"""The effect measures.

``MEASURES`` is the one list of them; commands, documentation and contract tests are
generated from it. :func:`~evidencekit.effects.contrast.make_contrast` applies one.
"""

from __future__ import annotations

from evidencekit.effects import (
    binary,
    continuous,
    correlations,
    generic,
    one_group,
    one_group_rates,
    paired,
    paired_counts,
    rates,
    standardised,
)
from evidencekit.effects.measure import Measure
from evidencekit.errors import MethodError


def find_measure(name: str) -> Measure:
    """Return the row of ``MEASURES`` of that name.

    Parameters
    ----------
    name
        "RR", "SMD", ...

    Returns
    -------
    Measure
        The row.

    Raises
    ------
    MethodError
        For an unknown name; lists those there are.
    """
    try:
        return MEASURES[name]
    except KeyError:
        known = ", ".join(MEASURES)
        raise MethodError(f"unknown measure {name!r}; choose one of {known}") from None


# name, label, kind, scale, function
MEASURES: dict[str, Measure] = {
    row.name: row
    for row in (
        Measure(
            "RR",
            "risk ratio",
            "binary",
            "log",
            binary.risk_ratio,
            r_call='escalc("RR", drop00 = TRUE)',
        ),
        Measure(
            "OR",
            "odds ratio",
            "binary",
            "log",
            binary.odds_ratio,
            r_call='escalc("OR", drop00 = TRUE)',
        ),
        Measure(
            "PETO",
            "Peto odds ratio",
            "binary",
            "log",
            binary.peto_odds_ratio,
            r_call='escalc("PETO", to = "none")',
        ),
        Measure(
            "RD",
            "risk difference",
            "binary",
            "identity",
            binary.risk_difference,
            r_call='escalc("RD", to = "none")',
        ),
        Measure("AS", "arcsine difference", "binary", "identity", binary.arcsine_difference),
        Measure(
            "IRR",
            "rate ratio",
            "rates",
            "log",
            rates.rate_ratio,
            r_call='escalc("IRR", drop00 = TRUE)',
        ),
        Measure(
            "IRD",
            "rate difference",
            "rates",
            "identity",
            rates.rate_difference,
            r_call='escalc("IRD", to = "none")',
        ),
        Measure(
            "IRSD",
            "difference of square roots of rates",
            "rates",
            "identity",
            rates.root_rate_difference,
        ),
        Measure(
            "MD",
            "mean difference",
            "continuous",
            "identity",
            continuous.mean_difference,
            variants=("LS", "HO"),
        ),
        Measure(
            "SMD",
            "standardised mean difference",
            "continuous",
            "identity",
            standardised.standardised_mean_difference,
            variants=("LS", "LS2", "UB", "RM"),
        ),
        Measure(
            "SMDH",
            "standardised mean difference, unequal variances",
            "continuous",
            "identity",
            standardised.heteroscedastic_smd,
        ),
        Measure(
            "D",
            "Cohen's d",
            "continuous",
            "identity",
            standardised.cohens_d,
            r_call='escalc("SMD", correct = FALSE)',
        ),
        Measure(
            "SMD1",
            "Glass's delta",
            "continuous",
            "identity",
            standardised.glass_delta,
            symmetric=False,
            variants=("LS", "H"),
        ),
        Measure(
            "ROM",
            "ratio of means",
            "continuous",
            "log",
            continuous.ratio_of_means,
            variants=("LS", "HO", "second_order"),
        ),
        Measure("VR", "variability ratio", "continuous", "log", continuous.variability_ratio),
        Measure(
            "CVR",
            "ratio of coefficients of variation",
            "continuous",
            "log",
            continuous.variation_ratio,
        ),
        Measure(
            "HR",
            "hazard ratio",
            "log_rank",
            "log",
            generic.log_hazard_ratio,
            r_call="conv.wald(out = HR, ci.lb = low, ci.ub = high, transf = log)",
        ),
        Measure("MC", "mean change", "paired_means", "identity", paired.mean_change),
        Measure(
            "SMCC",
            "standardised mean change",
            "paired_means",
            "identity",
            paired.standardised_change,
        ),
        Measure(
            "SMCR",
            "standardised mean change, raw score",
            "paired_means",
            "identity",
            paired.raw_score_change,
            symmetric=False,
            variants=("LS", "H"),
        ),
        Measure(
            "ROMC", "ratio of paired means", "paired_means", "log", paired.ratio_of_paired_means
        ),
        Measure(
            "MPRR", "risk ratio of pairs", "paired_counts", "log", paired_counts.paired_risk_ratio
        ),
        Measure(
            "MPOR",
            "marginal odds ratio of pairs",
            "paired_counts",
            "log",
            paired_counts.paired_odds_ratio,
        ),
        Measure(
            "MPORC",
            "conditional odds ratio of pairs",
            "paired_counts",
            "log",
            paired_counts.conditional_odds_ratio,
        ),
        Measure(
            "MPRD",
            "risk difference of pairs",
            "paired_counts",
            "identity",
            paired_counts.paired_risk_difference,
            r_call='escalc("MPRD", to = "none")',
        ),
        Measure("COR", "correlation", "correlation", "identity", correlations.raw_correlation),
        Measure(
            "ZCOR", "correlation (Fisher's z)", "correlation", "fisher_z", correlations.fisher_z
        ),
        Measure(
            "UCOR",
            "correlation, unbiased",
            "correlation",
            "identity",
            correlations.unbiased_correlation,
            variants=("LS", "UB"),
        ),
        Measure(
            "PR",
            "proportion",
            "proportion",
            "identity",
            one_group.proportion,
            r_call='escalc("PR", to = "none")',
        ),
        Measure("PLN", "proportion (log)", "proportion", "log", one_group.log_proportion),
        Measure("PLO", "proportion (logit)", "proportion", "logit", one_group.logit_proportion),
        Measure(
            "PAS", "proportion (arcsine)", "proportion", "arcsine", one_group.arcsine_proportion
        ),
        Measure(
            "PFT",
            "proportion (Freeman-Tukey)",
            "proportion",
            "arcsine",
            one_group.double_arcsine_proportion,
        ),
        Measure(
            "IR",
            "incidence rate",
            "rate",
            "identity",
            one_group_rates.rate,
            r_call='escalc("IR", to = "none")',
        ),
        Measure("IRLN", "incidence rate (log)", "rate", "log", one_group_rates.log_rate),
        Measure("IRS", "incidence rate (square root)", "rate", "sqrt", one_group_rates.root_rate),
        Measure(
            "IRFT",
            "incidence rate (Freeman-Tukey)",
            "rate",
            "sqrt",
            one_group_rates.freeman_tukey_rate,
        ),
        Measure("MN", "mean", "mean", "identity", one_group.mean),
        Measure("MNLN", "mean (log)", "mean", "log", one_group.log_mean),
        Measure("GEN", "estimate", "generic", "identity", None),
    )
}
