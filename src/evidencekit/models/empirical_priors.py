"""Published predictive distributions of tau2, as priors for the next meta-analysis.

Both tables come from hierarchical models of the meta-analyses in the Cochrane
Database of Systematic Reviews. Their locations are sums of an effect of the
outcome and an effect of the comparison, so that neighbouring columns differ by
a constant; a test holds the numbers to that, which shows slips of copying.

References
----------
[1] Turner RM, Jackson D, Wei Y, Thompson SG, Higgins JPT. Stat Med
    2015;34:984-98, Table IV. doi:10.1002/sim.6381
[2] Rhodes KM, Turner RM, Higgins JPT. J Clin Epidemiol 2015;68:52-60, Tables 3,
    A.3.1 and A.3.2. doi:10.1016/j.jclinepi.2014.08.012
"""

from __future__ import annotations

from evidencekit.errors import MethodError
from evidencekit.models.priors import LogNormal, LogT

Pair = tuple[float, float]

TURNER_GENERAL: Pair = (-2.56, 1.74)
"""Any outcome and comparison: mean and standard deviation of log tau2. [1]"""

RHODES_GENERAL: Pair = (-3.44, 2.59)
"""Any outcome, comparison and area: location and scale of log tau2. [2]"""


def turner2015(outcome: str | None = None, *, comparison: str | None = None) -> LogNormal:
    """Prior of tau for log odds ratios, from the kind of outcome and comparison. [1]

    Parameters
    ----------
    outcome
        A row of ``TURNER_2015``, e.g. "all-cause mortality"; None for the general
        distribution over all outcomes and comparisons.
    comparison
        One of ``TURNER_COMPARISONS``, e.g. "pharmacological v placebo"; goes
        with ``outcome``.

    Returns
    -------
    LogNormal
        For tau on the log odds ratio scale.

    Raises
    ------
    MethodError
        For an unknown outcome or comparison, or one without the other.

    Notes
    -----
    In R: ``bayesmeta::TurnerEtAlPrior(outcome, comparator1, comparator2)``.

    References
    ----------
    Turner RM, et al. Stat Med 2015;34:984-98. doi:10.1002/sim.6381
    """
    if outcome is None and comparison is None:
        return LogNormal(*TURNER_GENERAL)
    row = _choose("outcome", outcome, tuple(TURNER_2015))
    column = _choose("comparison", comparison, TURNER_COMPARISONS)
    return LogNormal(*TURNER_2015[row][TURNER_COMPARISONS.index(column)])


def rhodes2015(
    outcome: str | None = None, *, comparison: str | None = None, area: str = "other"
) -> LogT:
    """Prior of tau for standardised mean differences, from outcome, comparison and area. [2]

    Parameters
    ----------
    outcome
        A row of ``RHODES_2015[area]``, e.g. "biological marker"; None for the
        general distribution over all outcomes, comparisons and areas.
    comparison
        One of ``RHODES_COMPARISONS``; goes with ``outcome``.
    area
        "respiratory", "cancer" or "other"; used only with an outcome.

    Returns
    -------
    LogT
        With 5 degrees of freedom, for tau on the scale of the SMD.

    Raises
    ------
    MethodError
        For an unknown outcome, comparison or area, and for the two cells that
        are left out because the location in circulation contradicts the additive
        structure of its table (``RHODES_LEFT_OUT``).

    Notes
    -----
    In R: ``bayesmeta::RhodesEtAlPrior(outcome, comparator1, comparator2, area)``.

    References
    ----------
    Rhodes KM, et al. J Clin Epidemiol 2015;68:52-60. doi:10.1016/j.jclinepi.2014.08.012
    """
    table = RHODES_2015[_choose("area", area, tuple(RHODES_2015))]
    if outcome is None and comparison is None:
        return LogT(*RHODES_GENERAL)
    row = _choose("outcome", outcome, tuple(table))
    column = _choose("comparison", comparison, RHODES_COMPARISONS)
    cell = table[row][RHODES_COMPARISONS.index(column)]
    if cell is None:
        quoted, implied, scale = RHODES_LEFT_OUT[area, row, column]
        raise MethodError(
            f"{row}, {column}, {area}: left out, because the location is quoted as {quoted:g} "
            f"where the rest of the table implies {implied:g}; decide from the paper and give "
            f"LogT(location, {scale:g})"
        )
    return LogT(*cell)


def _choose(what: str, value: str | None, known: tuple[str, ...]) -> str:
    if value in known:
        return value
    found = f"no {what}" if value is None else f"unknown {what} {value!r}"
    raise MethodError(f"{found}; choose one of {', '.join(known)}")


TURNER_COMPARISONS = (
    "pharmacological v placebo",
    "pharmacological v pharmacological",
    "non-pharmacological v placebo",
    "non-pharmacological v pharmacological",
    "non-pharmacological v non-pharmacological",
)

RHODES_COMPARISONS = (
    "pharmacological v placebo",
    "pharmacological v pharmacological",
    "non-pharmacological (any)",
)

TURNER_2015: dict[str, tuple[Pair, ...]] = {
    "all-cause mortality": (
        (-3.95, 1.34),
        (-4.18, 1.41),
        (-4.17, 1.55),
        (-2.92, 1.02),
        (-3.50, 1.26),
    ),
    "obstetric outcomes": (
        (-3.52, 1.74),
        (-3.75, 1.79),
        (-3.74, 1.91),
        (-2.49, 1.50),
        (-3.08, 1.68),
    ),
    "cause-specific mortality or major morbidity": (
        (-3.71, 1.74),
        (-3.95, 1.79),
        (-3.93, 1.91),
        (-2.68, 1.51),
        (-3.27, 1.68),
    ),
    "resource use or hospital stay": (
        (-2.34, 1.74),
        (-2.58, 1.79),
        (-2.56, 1.91),
        (-1.31, 1.50),
        (-1.90, 1.68),
    ),
    "surgical or device success": (
        (-2.14, 1.74),
        (-2.37, 1.79),
        (-2.36, 1.91),
        (-1.11, 1.50),
        (-1.69, 1.68),
    ),
    "withdrawals or drop-outs": (
        (-2.99, 1.74),
        (-3.23, 1.79),
        (-3.21, 1.91),
        (-1.96, 1.51),
        (-2.55, 1.68),
    ),
    "internal or structure-related outcomes": (
        (-2.71, 1.74),
        (-2.94, 1.79),
        (-2.93, 1.92),
        (-1.67, 1.51),
        (-2.26, 1.68),
    ),
    "general physical health": (
        (-2.29, 1.53),
        (-2.53, 1.58),
        (-2.51, 1.72),
        (-1.26, 1.25),
        (-1.85, 1.46),
    ),
    "adverse events": ((-1.87, 1.52), (-2.10, 1.58), (-2.10, 1.71), (-0.84, 1.24), (-1.43, 1.45)),
    "infection or new disease": (
        (-2.49, 1.52),
        (-2.73, 1.58),
        (-2.71, 1.71),
        (-1.46, 1.24),
        (-2.05, 1.45),
    ),
    "signs or symptoms": (
        (-2.06, 1.51),
        (-2.29, 1.58),
        (-2.28, 1.71),
        (-1.03, 1.24),
        (-1.61, 1.45),
    ),
    "pain": ((-1.83, 1.52), (-2.06, 1.58), (-2.05, 1.71), (-0.80, 1.25), (-1.38, 1.45)),
    "quality of life or functioning": (
        (-2.54, 1.54),
        (-2.78, 1.60),
        (-2.77, 1.73),
        (-1.51, 1.27),
        (-2.10, 1.47),
    ),
    "mental health": ((-2.12, 1.53), (-2.35, 1.60), (-2.34, 1.72), (-1.09, 1.27), (-1.67, 1.47)),
    "biological markers": (
        (-1.77, 1.52),
        (-2.00, 1.58),
        (-1.99, 1.71),
        (-0.74, 1.24),
        (-1.33, 1.45),
    ),
    "subjective outcomes": (
        (-2.70, 1.52),
        (-2.93, 1.58),
        (-2.92, 1.71),
        (-1.67, 1.25),
        (-2.26, 1.45),
    ),
}
"""Mean and standard deviation of log tau2 for each of ``TURNER_COMPARISONS``. [1]"""

RHODES_2015: dict[str, dict[str, tuple[Pair | None, ...]]] = {
    "other": {
        "obstetric outcome": ((-4.13, 2.34), (-4.40, 2.31), (-3.99, 2.11)),
        "resource use or hospital stay": ((-2.55, 2.73), (-2.83, 2.70), (-2.41, 2.57)),
        "structure-related outcome": ((-2.43, 2.50), (-2.70, 2.46), (-2.29, 2.32)),
        "physical health, adverse event, pain or quality of life": (
            (-3.16, 2.50),
            (-3.44, 2.44),
            (-3.02, 2.27),
        ),
        "signs, symptoms or new disease": ((-3.00, 2.50), (-3.27, 2.47), (-2.86, 2.33)),
        "mental health": ((-2.99, 2.16), (-3.27, 2.14), None),
        "biological marker": ((-3.41, 2.83), (-3.68, 2.78), (-3.27, 2.66)),
        "subjective outcomes": ((-2.76, 2.58), (-3.03, 2.59), (-2.62, 2.41)),
    },
    "respiratory": {
        "obstetric outcome": ((-6.03, 2.36), (-6.31, 2.31), (-5.89, 2.21)),
        "resource use or hospital stay": ((-4.46, 2.74), (-4.73, 2.70), (-4.32, 2.57)),
        "structure-related outcome": ((-4.33, 2.51), (-4.61, 2.46), (-4.19, 2.33)),
        "physical health, adverse event, pain or quality of life": (
            (-5.07, 2.51),
            (-5.34, 2.45),
            (-4.93, 2.28),
        ),
        "signs, symptoms or new disease": ((-4.90, 2.50), (-5.18, 2.47), (-4.76, 2.33)),
        "mental health": ((-4.90, 2.17), (-5.17, 2.14), (-4.76, 1.94)),
        "biological marker": ((-5.31, 2.83), (-5.59, 2.78), (-5.17, 2.66)),
        "subjective outcomes": ((-4.66, 2.59), (-4.94, 2.59), (-4.52, 2.41)),
    },
    "cancer": {
        "obstetric outcome": ((-1.57, 2.45), (-1.85, 2.41), (-1.43, 2.24)),
        "resource use or hospital stay": ((0.01, 2.83), (-0.27, 2.79), (0.15, 2.68)),
        "structure-related outcome": (None, (-0.14, 2.56), (0.27, 2.45)),
        "physical health, adverse event, pain or quality of life": (
            (-0.60, 2.61),
            (-0.88, 2.55),
            (-0.46, 2.40),
        ),
        "signs, symptoms or new disease": ((-0.44, 2.60), (-0.71, 2.57), (-0.30, 2.46)),
        "mental health": ((-0.43, 2.28), (-0.71, 2.25), (-0.29, 2.08)),
        "biological marker": ((-0.85, 2.93), (-1.13, 2.87), (-0.71, 2.78)),
        "subjective outcomes": ((-0.20, 2.68), (-0.48, 2.68), (-0.06, 2.53)),
    },
}
"""Location and scale of log tau2 for each of ``RHODES_COMPARISONS``, by area. [2]"""

RHODES_LEFT_OUT: dict[tuple[str, str, str], tuple[float, float, float]] = {
    ("other", "mental health", "non-pharmacological (any)"): (-3.85, -2.85, 1.93),
    ("cancer", "structure-related outcome", "pharmacological v placebo"): (-0.13, 0.13, 2.61),
}
"""Location as quoted, location implied by the other columns, and scale of the left-out cells."""
