"""Exact likelihoods for counts: against metafor, brute force, statsmodels and identities."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from scipy.integrate import dblquad, quad
from scipy.optimize import minimize, minimize_scalar
from scipy.special import comb, expit, log_expit

from conformance import Reference
from evidencekit.errors import MethodError
from evidencekit.models.count_data import gather_arms, without_contrast
from evidencekit.models.count_families import Binomial, Hypergeometric, Poisson, log_choose
from evidencekit.models.glmm import (
    GLMM_LIKELIHOODS,
    GlmmResult,
    glmm_odds_ratio,
    glmm_proportion,
    glmm_rate,
    glmm_rate_ratio,
)
from evidencekit.models.glmm_models import Model, RandomStudies
from evidencekit.models.maximise import maximise
from reference_cases import load
from tolerances import assert_close

DATA = load("glmm")["data"]
# R stops here: lme4's optimiser and numerical Hessians, metafor's numerical integrals.
R_MIXED = 1e-5
METAFOR = "metafor 3.8.1, lme4 1.1.31"
MODELS = {"EE": "common_effect", "ML": "random_effects"}
CASES = [(data, fit) for data, case in DATA.items() for fit in case["fits"]]


def columns(name: str) -> list[np.ndarray]:
    return [
        np.array(DATA[name][key], float) for key in ("x1", "n1", "x2", "n2") if key in DATA[name]
    ]


def with_events(name: str) -> list[np.ndarray]:
    """Without the studies that metafor drops, also under UM.RS."""
    cols = columns(name)
    keep = cols[0] + cols[2] > 0 if len(cols) == 4 else np.ones(cols[0].size, dtype=bool)
    return [column[keep] for column in cols]


@cache
def fit(name: str, likelihood: str, model: str) -> GlmmResult:
    function: dict[str, Callable[..., GlmmResult]] = {
        "OR": glmm_odds_ratio,
        "IRR": glmm_rate_ratio,
        "PLO": glmm_proportion,
        "IRLN": glmm_rate,
    }
    more = {"likelihood": likelihood} if likelihood else {}
    return function[DATA[name]["measure"]](*with_events(name), model=MODELS[model], **more)


def build(name: str, likelihood: str) -> Model:
    measure = DATA[name]["measure"]
    cols = with_events(name)
    kind = "total" if measure in ("OR", "PLO") else "time"
    arms = gather_arms(list(zip(cols[::2], cols[1::2], strict=True)), kind=kind, labels=None)
    return GLMM_LIKELIHOODS[f"{measure} {likelihood}".strip()].function(arms)


@pytest.mark.parametrize("name", GLMM_LIKELIHOODS)
def test_every_row_has_a_reference_case(name: str) -> None:
    row = GLMM_LIKELIHOODS[name]
    measure, _, likelihood = name.partition(" ")
    assert any(
        case["measure"] == measure and f"{likelihood} ML".strip() in case["fits"]
        for case in DATA.values()
    ), f"likelihood {name!r} has no reference case"
    assert row.name == name
    assert row.label
    assert row.r_call.startswith(f'rma.glmm(measure = "{measure}"')
    assert re.fullmatch(r"10\.\d{4,9}/\S+", row.doi)


@pytest.mark.parametrize(("name", "which"), CASES)
def test_agrees_with_metafor_and_is_no_less_likely(name: str, which: str) -> None:
    expected = DATA[name]["fits"][which]
    likelihood, _, method = which.rpartition(" ")
    result = fit(name, likelihood, method)
    assert result.converged
    tau2 = expected["tau2"] or 0.0
    at = np.array([expected["estimate"], tau2**0.5])
    row = f"{DATA[name]['measure']} {likelihood}".strip()
    reference = Reference("generalised linear mixed model", row, METAFOR, f"{name} {method}")
    if which == "UM.RS ML":
        # metafor has the Laplace approximation here (lme4 with two random effects): see below.
        reference.agrees(result.estimate, expected["estimate"], 0.02, relative_to=result.se)
        reference.differs(
            "random effects: metafor has the Laplace approximation (lme4 with two random "
            "effects), here the integral itself; the log-likelihood is no lower"
        )
    else:
        one = 3 * R_MIXED
        reference.agrees(result.estimate, expected["estimate"], one, relative_to=result.se)
        reference.agrees(result.se, expected["se"], 5 * R_MIXED)
        reference.agrees(result.tau2, tau2, R_MIXED, noise=1e-9)
    model = build(name, likelihood)
    if likelihood == "UM.RS":
        at = at_metafor(model, expected)
        assert result.intercept_sd is not None
        if which == "UM.RS EE":
            assert_close(result.intercept_sd**2, expected["sigma2"], R_MIXED)
    # Both log-likelihoods by our integral: R's optimum cannot be above ours.
    assert model.loglik(at).value <= result.loglik + 1e-9


def at_metafor(model: Model, expected: dict[str, float]) -> np.ndarray:
    """metafor's parameters of UM.RS; it does not give alpha, so the best one for it, by Newton."""
    tau2 = expected["tau2"] or 0.0
    at = np.array([expected["estimate"], model.start()[1], expected["sigma2"] ** 0.5, tau2**0.5])
    for _ in range(6):
        here = model.loglik(at)
        at[1] -= here.gradient[1] / here.hessian[1, 1]
    return at


@pytest.mark.parametrize(("name", "which"), [c for c in CASES if c[1].endswith("EE")])
def test_common_effect_agrees_in_likelihood_and_heterogeneity(name: str, which: str) -> None:
    expected = DATA[name]["fits"][which]
    likelihood = which.rpartition(" ")[0]
    result = fit(name, likelihood, "EE")
    if likelihood != "UM.RS":  # lme4 leaves out constants when it has more than one point
        assert_close(result.loglik, expected["loglik"], 1e-9)
        assert_close(result.q_lrt, expected["lrt_q"], 1e-7)
        assert result.q_df == result.k_used - 1
    else:
        assert math.isnan(result.q_lrt)
    assert math.isnan(result.tau2_p)
    assert result.tau2 == 0.0


@pytest.mark.parametrize("name", ["bcg", "nielweise2007", "lee2004"])
def test_conditional_likelihood_agrees_with_metafor(name: str) -> None:
    # The one mixed model whose likelihood metafor computes itself, with all constants.
    assert_close(fit(name, "CM.EL", "ML").loglik, DATA[name]["fits"]["CM.EL ML"]["loglik"], 1e-9)


def laplace(model: RandomStudies, parameters: np.ndarray) -> float:
    """Laplace's approximation of the UM.RS log-likelihood, by its definition."""
    theta, alpha, sigma, tau = parameters
    scale = np.array([[sigma, tau / 2], [sigma, -tau / 2]])
    z = np.zeros((model.arm_1.k, 2))
    for _ in range(60):
        eta = np.array([alpha + theta / 2, alpha - theta / 2]) + z @ scale.T
        f, g = model.arm_1.terms(eta[:, :1]), model.arm_2.terms(eta[:, 1:])
        first = np.hstack([f.first, g.first]) @ scale - z
        second = np.hstack([f.second, g.second])
        hessian = np.einsum("kr,ri,rj->kij", second, scale, scale) - np.eye(2)
        z = z - np.clip(np.linalg.solve(hessian, first[:, :, None])[:, :, 0], -1.0, 1.0)
    height = (f.value + g.value)[:, 0] - 0.5 * (z**2).sum(axis=1)
    return float(np.sum(height - 0.5 * np.linalg.slogdet(-hessian)[1]))


@pytest.mark.parametrize("name", ["bcg", "nielweise2007", "lee2004", "nielweise2008"])
def test_metafor_under_random_intercepts_is_the_laplace_approximation(name: str) -> None:
    expected = DATA[name]["fits"]["UM.RS ML"]
    model = build(name, "UM.RS")
    assert isinstance(model, RandomStudies)
    start = at_metafor(model, expected)
    start[1] = minimize_scalar(
        lambda alpha: -laplace(model, np.array([start[0], alpha, *start[2:]])),
        bounds=(start[1] - 0.5, start[1] + 0.5),
        method="bounded",
        options={"xatol": 1e-8},
    ).x
    # lme4 finds the modes and its alpha to limited accuracy, so at most this much lower.
    assert -1e-8 < laplace(model, start) - expected["loglik"] < 2e-5
    found = minimize(lambda x: -laplace(model, x), start, method="BFGS", options={"gtol": 1e-5})
    assert_close(found.x[0], start[0], 0, atol=1e-3 * expected["se"])
    assert_close(found.x[3] ** 2, start[3] ** 2, 1e-3)
    # And the approximation is what separates it from the integral.
    assert abs(model.loglik(start).value - laplace(model, start)) > 1e-3


def brute_hypergeometric(a: int, n1: int, n2: int, m: int, theta: float, tau: float) -> float:
    support = range(max(0, m - n2), min(m, n1) + 1)

    def density(z: float) -> float:
        odds = theta + tau * z
        total = sum(comb(n1, x) * comb(n2, m - x) * math.exp((x - a) * odds) for x in support)
        return comb(n1, a) * comb(n2, m - a) / total * math.exp(-z * z / 2)

    return math.log(quad(density, -12, 12, epsabs=0, epsrel=1e-11, limit=200)[0]) - 0.5 * math.log(
        2 * math.pi
    )


@pytest.mark.parametrize(("theta", "tau"), [(-1.0, 0.7), (0.5, 0.01), (-2.0, 4.0)])
def test_one_row_integrals_by_brute_force(theta: float, tau: float) -> None:
    a, n1, c, n2 = (np.array(x) for x in ([0, 2, 7], [30, 40, 9], [3, 1, 2], [28, 44, 12]))
    model = GLMM_LIKELIHOODS["OR CM.EL"].function(
        gather_arms([(a, n1), (c, n2)], kind="total", labels=None)
    )
    expected = sum(
        brute_hypergeometric(*(int(v) for v in row), theta, tau)
        for row in zip(a, n1, n2, a + c, strict=True)
    )
    assert_close(model.loglik(np.array([theta, tau])).value, expected, 1e-10)
    zero = np.zeros(3)
    for family in (Binomial(a, n1, zero), Poisson(a, n1 / 10)):
        from evidencekit.models.glmm_models import OneRow

        def density(z: float, i: int, family: Binomial | Poisson = family) -> float:
            at = np.array([[theta + tau * z]] * 3)
            return math.exp(family.terms(at).value[i, 0] - z * z / 2)

        expected = sum(
            math.log(quad(density, -12, 12, args=(i,), epsabs=0, epsrel=1e-11, limit=300)[0])
            for i in range(3)
        ) - 1.5 * math.log(2 * math.pi)
        assert_close(OneRow(family).loglik(np.array([theta, tau])).value, expected, 1e-8)


def test_two_arm_integrals_by_brute_force() -> None:
    a, n1, c, n2 = (np.array(x, float) for x in ([0, 4], [30, 9], [3, 2], [28, 12]))
    arms = gather_arms([(a, n1), (c, n2)], kind="total", labels=None)
    theta, alpha, sigma, tau = -0.8, -1.2, 0.9, 0.6

    def arm(x: float, n: float, eta: float) -> float:
        size = float(log_choose(np.array(n), np.array(x)))
        return size + x * log_expit(eta) + (n - x) * log_expit(-eta)

    def both(level: float, effect: float, i: int) -> float:
        return arm(a[i], n1[i], level + effect / 2) + arm(c[i], n2[i], level - effect / 2)

    expected = 0.0
    for i in range(2):
        inner = dblquad(
            lambda z2, z1, i=i: math.exp(
                both(alpha + sigma * z1, theta + tau * z2, i) - (z1**2 + z2**2) / 2
            ),
            -9,
            9,
            -9,
            9,
            epsabs=0,
            epsrel=1e-8,
        )[0]
        expected += math.log(inner / (2 * math.pi))
    model = GLMM_LIKELIHOODS["OR UM.RS"].function(arms)
    assert_close(model.loglik(np.array([theta, alpha, sigma, tau])).value, expected, 1e-8)

    def fixed(i: int) -> float:
        def negative(level: float) -> float:
            value = quad(
                lambda z: math.exp(both(level, theta + tau * z, i) - z * z / 2), -10, 10, epsabs=0
            )[0]
            return -math.log(value / math.sqrt(2 * math.pi))

        return -minimize(lambda x: negative(float(x[0])), [-1.0], method="Nelder-Mead").fun

    model = GLMM_LIKELIHOODS["OR UM.FS"].function(arms)
    assert_close(model.loglik(np.array([theta, tau])).value, fixed(0) + fixed(1), 1e-7)


@pytest.mark.parametrize("row", GLMM_LIKELIHOODS)
def test_derivatives_are_exact(row: str) -> None:
    measure, _, likelihood = row.partition(" ")
    name = {"OR": "nielweise2007", "IRR": "nielweise2008", "PLO": "pritz1997"}.get(
        measure, "nielweise2008_arm2"
    )
    model = build(name, likelihood)
    at = np.array([-0.7, -1.1, 0.8, 0.5])[[0, -1] if len(model.spreads) == 1 else slice(None)]
    found, step = model.loglik(at), 1e-5
    for i in range(at.size):
        e = step * np.eye(at.size)[i]
        up, down = model.loglik(at + e), model.loglik(at - e)
        assert_close(found.gradient[i], (up.value - down.value) / (2 * step), 1e-7, atol=1e-7)
        slope = (up.gradient - down.gradient) / (2 * step)
        assert_close(found.hessian[i], slope, 1e-6, atol=1e-6)


@pytest.mark.parametrize("likelihood", ["UM.FS", "UM.RS", "CM.EL"])
def test_swapping_the_arms_flips_the_sign(likelihood: str) -> None:
    a, n1, c, n2 = (column[:9] for column in columns("lee2004"))
    plain = glmm_odds_ratio(a, n1, c, n2, likelihood=likelihood)
    swapped = glmm_odds_ratio(c, n2, a, n1, likelihood=likelihood)
    assert_close(swapped.estimate, -plain.estimate, 1e-7)
    assert_close([swapped.se, swapped.tau2], [plain.se, plain.tau2], 1e-6)
    assert_close(swapped.loglik, plain.loglik, 1e-10)
    reordered = glmm_odds_ratio(*(x[::-1] for x in (a, n1, c, n2)), likelihood=likelihood)
    assert_close(reordered.estimate, plain.estimate, 1e-8)


def test_events_and_non_events_mirror_each_other() -> None:
    a, n1, c, n2 = columns("lee2004")
    plain, other = glmm_odds_ratio(a, n1, c, n2), glmm_odds_ratio(n1 - a, n1, n2 - c, n2)
    assert_close(other.estimate, -plain.estimate, 1e-8)
    x, n = columns("pritz1997")
    assert_close(glmm_proportion(n - x, n).estimate, -glmm_proportion(x, n).estimate, 1e-8)


def test_the_unit_of_time_does_not_matter() -> None:
    x1, t1, x2, t2 = columns("nielweise2008")
    for likelihood in ("UM.FS", "CM.EL", "UM.RS"):
        plain = glmm_rate_ratio(x1, t1, x2, t2, likelihood=likelihood)
        days = glmm_rate_ratio(x1, 365 * t1, x2, 365 * t2, likelihood=likelihood)
        assert_close([days.estimate, days.tau2], [plain.estimate, plain.tau2], 1e-7)
    one, day = glmm_rate(x1, t1), glmm_rate(x1, 365 * t1)
    assert_close(day.estimate, one.estimate - math.log(365), 1e-9)


def test_conditional_and_fixed_intercepts_agree_for_rates_with_a_common_effect() -> None:
    cols = columns("nielweise2008")
    fits = [
        glmm_rate_ratio(*cols, likelihood=name, model="common_effect")
        for name in ("UM.FS", "CM.EL")
    ]
    assert_close(fits[0].estimate, fits[1].estimate, 1e-10)
    assert_close(fits[0].se, fits[1].se, 1e-10)


@pytest.mark.parametrize("name", ["lee2004", "nielweise2007"])
def test_statsmodels_fits_the_same_common_effects(name: str) -> None:
    import statsmodels.api as sm
    from statsmodels.discrete.conditional_models import ConditionalLogit

    a, n1, c, n2 = with_events(name)
    k = a.size
    design = np.hstack([np.tile(np.eye(k), (2, 1)), np.repeat([1.0, 0.0], k)[:, None]])
    table = np.column_stack([np.r_[a, c], np.r_[n1 - a, n2 - c]])
    glm = sm.GLM(table, design, family=sm.families.Binomial()).fit(tol=1e-13)
    fixed = glmm_odds_ratio(a, n1, c, n2, model="common_effect")
    reference = Reference("generalised linear mixed model", "OR UM.FS", "statsmodels GLM", name)
    reference.agrees(fixed.estimate, glm.params[-1], 1e-8)
    reference.agrees(fixed.se, glm.bse[-1], 1e-6)
    reference.agrees(fixed.loglik, glm.llf, 1e-10)
    if name == "lee2004":  # statsmodels' recursion over persons is slow: the first four studies
        y, x, groups = [], [], []
        for i in range(4):
            for events, total, arm in ((a[i], n1[i], 1.0), (c[i], n2[i], 0.0)):
                y += [1] * int(events) + [0] * int(total - events)
                x += [arm] * int(total)
                groups += [i] * int(total)
        logit = ConditionalLogit(np.array(y), np.array(x)[:, None], groups=np.array(groups))
        exact = glmm_odds_ratio(
            a[:4], n1[:4], c[:4], n2[:4], likelihood="CM.EL", model="common_effect"
        )
        # Its own fit stops after three digits; its score at our estimate tells more.
        assert abs(logit.score(np.array([exact.estimate]))[0]) * exact.se < 1e-7
        curvature = logit.score(np.array([exact.estimate + 1e-4]))[0] / 1e-4
        assert_close(-curvature, exact.se**-2, 1e-3)


def test_rate_regression_by_statsmodels() -> None:
    import statsmodels.api as sm

    x1, t1, x2, t2 = columns("hart1999")
    design = np.hstack([np.tile(np.eye(6), (2, 1)), np.repeat([1.0, 0.0], 6)[:, None]])
    glm = sm.GLM(
        np.r_[x1, x2], design, family=sm.families.Poisson(), offset=np.log(np.r_[t1, t2])
    ).fit(tol=1e-13)
    result = glmm_rate_ratio(x1, t1, x2, t2, likelihood="UM.FS", model="common_effect")
    assert_close([result.estimate, result.se], [glm.params[-1], glm.bse[-1]], 1e-7)


def test_test_of_tau() -> None:
    some, none = fit("bcg", "CM.EL", "ML"), fit("hart1999", "CM.EL", "ML")
    assert_close(some.tau2_lrt, 2 * (some.loglik - some.loglik_common), 1e-12)
    assert some.tau2_p < 1e-20
    assert (none.tau2, none.tau2_lrt, none.tau2_p) == (0.0, 0.0, 1.0)
    assert none.estimate == fit("hart1999", "CM.EL", "EE").estimate


def test_the_profile_over_tau_has_no_higher_place() -> None:
    for name, likelihood in (("lee2004", "UM.FS"), ("nielweise2007", "CM.AL"), ("pritz1997", "")):
        result, model = fit(name, likelihood, "ML"), build(name, likelihood)
        for tau in np.linspace(0.0, 3.0, 7):
            theta = result.estimate
            for _ in range(8):
                at = model.loglik(np.array([theta, tau]))
                theta -= at.gradient[0] / at.hessian[0, 0]
            assert at.value <= result.loglik + 1e-9


def test_studies_without_events() -> None:
    cols = columns("nielweise2007")
    empty = int(np.flatnonzero(cols[0] + cols[2] == 0)[0])
    for likelihood in ("UM.FS", "CM.AL"):
        whole = glmm_odds_ratio(*cols, likelihood=likelihood)
        part = glmm_odds_ratio(*(np.delete(x, empty) for x in cols), likelihood=likelihood)
        assert_close(whole.estimate, part.estimate, 1e-12)
        assert (whole.k, whole.k_used) == (18, 17)
        assert whole.notes == (
            "study 15: no event, or only events, in both arms; the likelihood does not depend on "
            "the effect there, so it is left out.",
        )
    kept = glmm_odds_ratio(*cols, likelihood="UM.RS")
    without = fit("nielweise2007", "UM.RS", "ML")
    assert kept.k_used == 18
    assert "kept, since random intercepts learn from it" in kept.notes[0]
    assert kept.intercept_sd is not None
    assert without.intercept_sd is not None
    assert kept.intercept_sd > without.intercept_sd
    assert without_contrast(
        gather_arms([([2, 0], [2, 5]), ([3, 1], [3, 5])], kind="total", labels=None), kind="total"
    ).tolist() == [True, False]


def test_one_study_and_two() -> None:
    one = glmm_odds_ratio([3], [20], [6], [21])
    odds = math.log(3 / 17) - math.log(6 / 15)
    assert_close(one.estimate, odds, 1e-10)
    assert_close(one.se, math.sqrt(1 / 3 + 1 / 17 + 1 / 6 + 1 / 15), 1e-9)
    assert math.isnan(one.tau2)
    assert one.notes[0].startswith("One study: tau is not defined")
    assert one.to_dict()["tau2"] is None
    two = glmm_odds_ratio([3, 9], [20, 30], [6, 2], [21, 30], likelihood="CM.EL")
    assert two.converged
    assert two.tau2 > 0
    alone = glmm_proportion([3], [10])
    assert_close(alone.estimate, math.log(3 / 7), 1e-10)


def test_identical_studies_have_tau_zero() -> None:
    for likelihood in ("UM.FS", "CM.EL", "UM.RS"):
        result = glmm_odds_ratio([5] * 4, [50] * 4, [9] * 4, [50] * 4, likelihood=likelihood)
        assert result.tau2 == 0.0
        assert result.converged
    assert glmm_rate([4, 4, 4], [10, 10, 10]).tau2 == 0.0
    giant = glmm_odds_ratio([5, 40_000], [50, 900_000], [9, 50_000], [50, 900_000])
    assert giant.converged


def test_effective_counts_need_not_be_whole() -> None:
    result = glmm_odds_ratio([4.5, 9.1], [30.2, 41.7], [8.3, 9.9], [29.5, 40.0])
    assert result.converged
    with pytest.raises(
        MethodError, match=re.escape("study 1: the hypergeometric likelihood CM.EL")
    ):
        glmm_odds_ratio([4.5, 9], [30, 41], [8, 9], [29, 40], likelihood="CM.EL")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: glmm_odds_ratio([], [], [], []), "no studies to pool"),
        (lambda: glmm_odds_ratio([0, 0], [9, 9], [0, 0], [9, 9]), "no study is informative"),
        (lambda: glmm_odds_ratio([0, 0], [9, 9], [1, 2], [9, 9]), "OR UM.FS is infinite"),
        (
            lambda: glmm_odds_ratio([9, 9], [9, 9], [1, 2], [9, 9], likelihood="CM.EL"),
            "OR CM.EL is infinite",
        ),
        (
            lambda: glmm_odds_ratio([0, 0], [9, 9], [1, 2], [9, 9], likelihood="UM.RS"),
            "OR UM.RS is infinite",
        ),
        (lambda: glmm_rate_ratio([0, 0], [9, 9], [1, 2], [9, 9]), "IRR CM.EL is infinite"),
        (lambda: glmm_proportion([0, 0], [9, 8]), "PLO is infinite"),
        (lambda: glmm_proportion([9, 8], [9, 8]), "PLO is infinite"),
        (lambda: glmm_rate([0, 0], [9, 8]), "IRLN is infinite"),
        (lambda: glmm_proportion([0, 500], [500, 500]), "rises without end in tau"),
        (
            lambda: glmm_odds_ratio([1, 0], [92, 161], [0, 1], [190, 186], likelihood="CM.AL"),
            "OR CM.AL: the likelihood rises without end in tau",
        ),
        (lambda: glmm_proportion([1, 2], [3, 4], level=0.0), "level 0.0"),
        (lambda: glmm_proportion([1, 2], [3, 4], model="fixed"), "unknown model 'fixed'"),  # type: ignore[arg-type]
        (
            lambda: glmm_odds_ratio([1], [3], [1], [3], likelihood="PQL"),
            "unknown likelihood 'PQL'; choose one of UM.FS, UM.RS, CM.EL, CM.AL",
        ),
        (lambda: glmm_proportion([4, 2], [3, 4]), "study 1: 4 events, total 3"),
        (lambda: glmm_proportion([1, np.nan], [3, 4]), "study 2: nan events, total 4"),
        (lambda: glmm_rate([1, 2], [3, np.inf]), "study 2: 2 events, time inf"),
        (lambda: glmm_rate([1, 2], [3, 0]), "a time above 0"),
        (lambda: glmm_odds_ratio([1], [3], [-1], [3], labels=["A"]), "A, arm 2: -1 events"),
        (lambda: glmm_proportion([1, 2], [3]), "they have shapes (2,), (1,)"),
        (lambda: glmm_proportion([1, 2], [3, 4], labels=["A"]), "1 labels for 2 studies"),
    ],
)
def test_errors(call: Callable[[], GlmmResult], message: str) -> None:
    with pytest.raises(MethodError) as caught:
        call()
    assert message in str(caught.value)


def test_families_at_their_ends() -> None:
    exact = Hypergeometric(*(np.array([v]) for v in (0.0, 5.0, 6.0, 3.0)))
    terms = exact.terms(np.array([[-800.0, 0.0, 800.0]]))
    assert np.isfinite(np.array(terms)).all()
    assert_close(terms.value[0, 0], 0.0, 0, atol=1e-12)
    assert_close(terms.value[0, 1], math.log(comb(6, 3) / comb(11, 3)), 1e-12)
    assert exact.saturated() == 0.0
    one = Binomial(np.array([1.0]), np.array([3.0]), np.array([0.3]))
    p = expit(0.5)
    assert_close(one.terms(np.array([[0.2]])).value[0, 0], math.log(3 * p * (1 - p) ** 2), 1e-12)
    assert np.isfinite(Poisson(np.array([2.0]), np.array([1.0])).terms(np.array([[900.0]])).value)


def test_a_search_that_cannot_end_says_so() -> None:
    from evidencekit.models.glmm_models import LogLik

    def rising(x: np.ndarray) -> LogLik:
        return LogLik(float(x[0]), np.array([1.0]), np.array([[-1e-9]]))

    assert not maximise(rising, np.zeros(1)).converged


def test_summary() -> None:
    text = glmm_odds_ratio(*columns("nielweise2007")).summary()
    assert text.startswith("OR UM.FS, random-effects model: k = 17 of 18\n")
    assert "for tau = 0" in text
    assert "note: study 15" in text
