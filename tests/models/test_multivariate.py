"""Models of several outcomes against rma.mv, dense matrices, and models they contain."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import naive_dependence as naive
from conformance import Reference
from evidencekit.errors import MethodError
from evidencekit.models.correlated_outcomes import multivariate
from evidencekit.models.multivariate_results import MultivariateResult
from evidencekit.models.pool import pool
from evidencekit.models.structures import STRUCTURES
from evidencekit.models.three_level import multilevel
from evidencekit.quantities import Contrast
from reference_cases import load
from tolerances import CLOSED_FORM, ITERATIVE, assert_close

# rma.mv stops when its likelihood does not change any more.
RMA_MV = 1e-5
DATA = ("berkey1998", "kalaian1996", "ishak2007")
CASES = [(name, method, s) for name in DATA for method in ("REML", "ML") for s in STRUCTURES]


def fit(name: str, structure: str, method: Any = "REML", **chosen: Any) -> MultivariateResult:
    case = load("multivariate")[name]
    v = np.array(case["V"])
    return multivariate(
        (case["yi"], np.sqrt(np.diag(v))),
        case["study"],
        case["outcome"],
        structure=structure,
        method=method,
        covariance=v,
        **{"ci": "wald", **chosen},
    )


@pytest.mark.parametrize(("name", "method", "structure"), CASES)
def test_agrees_with_metafor(name: str, method: str, structure: str) -> None:
    theirs = load("multivariate")[name]["fits"][method][structure]
    ours = fit(name, structure, method)
    levels = sorted(ours.outcomes, key=str)  # R sorts the levels of a factor
    order = [ours.outcomes.index(level) for level in levels]
    size = np.max(theirs["tau2"])
    expected = np.broadcast_to(theirs["tau2"], len(levels))
    assert_close(np.array(ours.tau2)[order] / size, expected / size, RMA_MV, atol=1e-6)
    if STRUCTURES[structure].correlated:
        rho = np.array(ours.correlation)[np.ix_(order, order)][np.triu_indices(len(order), 1)]
        assert_close(rho, np.broadcast_to(theirs["rho"], rho.shape), RMA_MV)
    reference = Reference(
        "several outcomes per study", f"{structure} {method}", "metafor 3.8.1", name
    )
    reference.agrees(ours.beta[order], theirs["estimate"], 1e-6)
    ses = np.array([c.se for c in ours.coefficients])[order]
    reference.agrees(ses, theirs["se"], RMA_MV)
    assert_close([ours.qe, ours.qe_p], [theirs["qe"], theirs["qe_p"]], 1e-9)
    assert_close(ours.qm.statistic, theirs["qm"], RMA_MV)
    assert_close(ours.qm.p_value, theirs["qm_p"], 1e-3)
    # Not below R's likelihood: ours is the maximum.
    assert ours.loglik >= theirs["loglik"] - 1e-12
    assert_close(ours.loglik, theirs["loglik"], 1e-9)
    assert not any("did not converge" in note for note in ours.notes)


def dense(name: str, ours: MultivariateResult, covariance: np.ndarray) -> float:
    case = load("multivariate")[name]
    code = np.array([ours.outcomes.index(o) for o in case["outcome"]])
    together = naive.same(np.array(case["study"]))
    sigma = np.array(case["V"]) + together * covariance[np.ix_(code, code)]
    return naive.loglik(
        np.array(case["yi"]), ours.design.matrix, sigma, restricted=ours.method == "REML"
    )


def covariance_of(result: MultivariateResult) -> np.ndarray:
    sd = np.sqrt(result.tau2)
    return np.nan_to_num(np.array(result.correlation)) * np.outer(sd, sd)


@pytest.mark.parametrize(("name", "method", "structure"), CASES)
def test_likelihood_is_that_of_the_data(name: str, method: str, structure: str) -> None:
    ours = fit(name, structure, method)
    best = covariance_of(ours)
    assert_close(ours.loglik, dense(name, ours, best), 1e-10)
    if structure != "UN":
        return
    # No covariance near it is better.
    rng = np.random.default_rng(20)
    values, vectors = np.linalg.eigh(best)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    for _ in range(50):
        near = root + 0.02 * np.sqrt(np.trace(best)) * rng.normal(size=best.shape)
        assert dense(name, ours, near @ near.T) < ours.loglik


@pytest.mark.parametrize("structure", STRUCTURES)
def test_no_random_start_finds_more(structure: str) -> None:
    from scipy.optimize import minimize

    rng = np.random.default_rng(7)
    for name in ("berkey1998", "kalaian1996"):
        ours = fit(name, structure)
        size = STRUCTURES[structure].start(np.ones(2), 0.1).size
        unit = max(*ours.tau2, 1e-3)

        def minus(theta: np.ndarray) -> float:
            jet = STRUCTURES[structure].jet(theta, 2)
            return -dense(name, ours, jet.value * unit)  # noqa: B023

        for _ in range(6):
            found = minimize(minus, rng.normal(size=size), method="Nelder-Mead")
            assert -found.fun <= ours.loglik + 1e-9


@pytest.mark.parametrize("q", [1, 2, 3, 4])
@pytest.mark.parametrize("structure", STRUCTURES)
def test_derivatives_of_a_structure(structure: str, q: int) -> None:
    row, rng = STRUCTURES[structure], np.random.default_rng(q)
    theta = row.start(np.linspace(0.5, 1.5, q), 0.3) + 0.1 * rng.normal(
        size=row.start(np.ones(q), 0.3).size
    )
    here, step = row.jet(theta, q), 1e-6
    for r in range(theta.size):
        there, back = theta.copy(), theta.copy()
        there[r] += step
        back[r] -= step
        ahead, behind = row.jet(there, q), row.jet(back, q)
        assert_close(here.first[r], (ahead.value - behind.value) / (2 * step), 1e-6, atol=1e-8)
        assert_close(here.second[r], (ahead.first - behind.first) / (2 * step), 1e-6, atol=1e-8)


@pytest.mark.parametrize("structure", STRUCTURES)
@given(st.lists(st.floats(-30, 30), min_size=15, max_size=15), st.integers(1, 5))
def test_a_structure_is_never_indefinite(structure: str, values: list[float], q: int) -> None:
    row = STRUCTURES[structure]
    size = row.start(np.ones(q), 0.3).size
    covariance = row.jet(np.array(values[:size]), q).value
    assert (covariance == covariance.T).all()
    assert np.linalg.eigvalsh(covariance)[0] >= -1e-12 * np.abs(covariance).max()


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("q", [1, 2, 4])
def test_a_start_is_the_covariance_asked_for(structure: str, q: int) -> None:
    row, sd = STRUCTURES[structure], np.full(q, 0.7)
    covariance = row.jet(row.start(sd, 0.4), q).value
    expected = np.full((q, q), 0.4 if row.correlated else 0.0)
    np.fill_diagonal(expected, 1.0)
    assert_close(covariance, 0.49 * expected, CLOSED_FORM, atol=1e-15)


@pytest.mark.parametrize("name", ["berkey1998", "kalaian1996"])
@pytest.mark.parametrize("method", ["REML", "ML"])
def test_two_outcomes_need_no_more_than_hcs(name: str, method: str) -> None:
    one, other = fit(name, "UN", method), fit(name, "HCS", method)
    assert_close(one.loglik, other.loglik, 1e-11)
    assert_close(one.tau2, other.tau2, 1e-5)
    assert_close(one.correlation, other.correlation, 1e-5)


def test_compound_symmetry_is_the_three_level_model() -> None:
    case = load("multivariate")["ishak2007"]
    ours = fit("ishak2007", "CS")
    v = np.array(case["V"])
    nested = multilevel(
        (case["yi"], np.sqrt(np.diag(v))),
        case["study"],
        ours.design.matrix,
        covariance=v,
        ci="wald",
    )
    assert_close(ours.loglik, nested.loglik, 1e-12)
    assert_close(ours.tau2[0], nested.sigma2_cluster + nested.sigma2_effect, 1e-6)
    assert_close(ours.correlation[0][1], nested.icc, 1e-6)
    assert_close(ours.beta, nested.beta, ITERATIVE)


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_without_any_correlation_outcomes_are_pooled_apart(method: Any) -> None:
    case = load("multivariate")["ishak2007"]
    y, se = np.array(case["yi"]), np.sqrt(np.diag(np.array(case["V"])))
    named = np.array(case["outcome"])
    ours = multivariate((y, se), case["study"], named, structure="DIAG", method=method, ci="wald")
    for i, name in enumerate(ours.outcomes):
        alone = pool((y[named == name], se[named == name]), tau2=method, ci="wald")
        assert_close(ours.tau2[i], alone.tau2, 1e-6)
        assert_close(ours.coefficients[i].estimate, alone.estimate, ITERATIVE)
        assert_close(ours.coefficients[i].se, alone.se, 1e-7)
    assert_close(ours.qm.df1, 4, CLOSED_FORM)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_one_outcome_is_a_random_effects_model(structure: str) -> None:
    case = load("multivariate")["berkey1998"]
    y, se = np.array(case["yi"])[::2], np.sqrt(np.diag(np.array(case["V"])))[::2]
    ours = multivariate((y, se), list("abcde"), ["PD"] * 5, structure=structure)
    alone = pool((y, se), ci="wald")
    assert_close(ours.tau2[0], alone.tau2, 1e-6)
    assert_close(ours.coefficients[0].estimate, alone.estimate, ITERATIVE)
    assert_close(ours.coefficients[0].se, alone.se, 1e-7)
    assert ours.correlation == ((1.0,),)
    assert ours.df == 4.0


def test_studies_that_never_report_both_outcomes() -> None:
    y, se = [0.1, 0.9, 0.4, -0.3, 0.8, 0.2], [0.2] * 6
    ours = multivariate((y, se), list("abcdef"), [1, 1, 1, 2, 2, 2])
    apart = multivariate((y, se), list("abcdef"), [1, 1, 1, 2, 2, 2], structure="DIAG")
    assert math.isnan(ours.correlation[0][1])
    assert_close(ours.tau2, apart.tau2, 1e-6)
    assert_close(ours.beta, apart.beta, 1e-7)
    assert ours.notes == (
        "No study reports both 1 and 2: the data say nothing about the correlation of their true "
        "effects.",
        "6 studies: variances and correlations of the true effects are uncertain, and tests that "
        "count effects are too sure.",
    )
    assert json.loads(json.dumps(ours.to_dict()))["correlation"] == [[1.0, None], [None, 1.0]]


def test_two_studies() -> None:
    ours = multivariate(
        ([0.1, 0.5, 0.9, -0.5], [0.1] * 4), ["a", "a", "b", "b"], ["x", "y", "x", "y"]
    )
    # Differences between two studies have one direction: the covariance has rank 1.
    assert_close(ours.correlation[0][1], -1.0, 1e-7)
    assert_close(ours.tau2, [0.32 - 0.01, 0.5 - 0.01], 0.03)
    assert "Correlations of the true effects at the end of their range: x and y -1." in ours.notes


def test_no_heterogeneity_is_said() -> None:
    y = [0.1, 0.5, 0.1, 0.5, 0.1, 0.5]
    ours = multivariate((y, [0.3] * 6), list("aabbcc"), ["x", "y"] * 3)
    assert ours.tau2 == (0.0, 0.0)
    assert math.isnan(ours.correlation[0][1])
    assert ours.notes[0] == "The variance of the true effects is estimated as 0, the boundary."
    assert_close(ours.beta, [0.1, 0.5], CLOSED_FORM)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
@pytest.mark.parametrize("structure", STRUCTURES)
def test_units_and_order_do_not_matter(structure: str, scale: float) -> None:
    case = load("multivariate")["berkey1998"]
    ours = fit("berkey1998", structure)
    order = np.random.default_rng(3).permutation(len(case["yi"]))
    v = np.array(case["V"])[np.ix_(order, order)] * scale**2
    y = np.array(case["yi"])[order] * scale + 5.0 * scale
    other = multivariate(
        (y, np.sqrt(np.diag(v))),
        np.array(case["study"])[order],
        np.array(case["outcome"])[order],
        structure=structure,
        covariance=v,
    )
    place = [other.outcomes.index(name) for name in ours.outcomes]
    assert_close(np.array(other.tau2)[place] / scale**2, ours.tau2, 1e-6)
    assert_close(other.beta[place] / scale - 5.0, ours.beta, 1e-7)
    freedom = len(y) - 2
    assert_close(other.loglik + freedom * math.log(scale), ours.loglik, 1e-9)


def test_moderators_missing_effects_and_assumed_correlation() -> None:
    case = load("multivariate")["berkey1998"]
    v, k = np.array(case["V"]), len(case["yi"])
    effects = [
        Contrast(
            measure="MD",
            scale="identity",
            study=f"e{i}",
            label=f"e{i}",
            estimate=case["yi"][i],
            se=math.sqrt(v[i, i]),
        )
        for i in range(k)
    ]
    missing = Contrast(
        measure="MD", scale="identity", study="lost", label="lost", estimate=math.nan, se=math.nan,
        not_estimable="no standard deviation",
    )  # fmt: skip
    x = np.column_stack([np.eye(2)[[int(o == "AL") for o in case["outcome"]]], case["year"]])
    whole = multivariate(effects, case["study"], case["outcome"], x, rho=0.4)
    partial = multivariate(
        [missing, *effects],
        ["z", *case["study"]],
        ["PD", *case["outcome"]],
        np.vstack([[1, 0, 1990], x]),
        rho=0.4,
    )
    assert_close(partial.beta, whole.beta, CLOSED_FORM)
    assert partial.notes[0] == "lost is left out: no standard deviation."
    sampling = naive.correlated(np.diag(v), np.array(case["study"]), 0.4)
    given_v = multivariate(effects, case["study"], case["outcome"], x, covariance=sampling)
    assert_close(given_v.loglik, whole.loglik, 1e-12)
    assert given_v.sampling.kind == "given"


def test_predictions_take_the_variance_of_their_outcome() -> None:
    ours = fit("berkey1998", "UN")
    new = ours.predict([[1.0, 0.0], [0.0, 1.0]], outcomes=ours.outcomes)
    half = (np.array(new.prediction_high) - np.array(new.prediction_low)) / 2
    assert_close(half, 1.959963984540054 * np.sqrt(np.array(new.se) ** 2 + ours.tau2), 1e-10)
    assert all(math.isnan(x) for x in ours.predict([[1.0, 0.0]]).prediction_low)
    own = ours.predict()
    assert_close(own.prediction_low[:2], new.prediction_low, CLOSED_FORM)
    with pytest.raises(MethodError, match=r"^no outcome 'XX'; choose from PD, AL$"):
        ours.predict([[1.0, 0.0]], outcomes=["XX"])
    with pytest.raises(MethodError, match=r"^1 outcomes for 2 predictions$"):
        ours.predict([[1.0, 0.0], [0.0, 1.0]], outcomes=["PD"])


def test_text() -> None:
    lines = fit("berkey1998", "UN", ci="t").summary().splitlines()
    assert lines[0] == (
        "estimates: 10 effects on 2 outcomes in 5 studies, any covariance of the outcomes, REML"
    )
    assert lines[-3:] == [
        "  tau2        0.01173 PD",
        "  tau2        0.03265 AL  correlation 0.6088 with PD",
        "  note: 5 studies: variances and correlations of the true effects are uncertain, and "
        "tests that count effects are too sure.",
    ]


PAIR = ([0.1, 0.5, 0.9, -0.5], [0.1] * 4)


@pytest.mark.parametrize(
    ("clusters", "outcomes", "chosen", "message"),
    [
        (
            list("aabb"),
            list("xyxy"),
            {"structure": "AR"},
            "unknown structure 'AR'; choose one of UN, HCS, CS, DIAG, ID",
        ),
        (
            list("aaaa"),
            list("xyxy"),
            {},
            "a multivariate model needs at least two studies; there is 1",
        ),
        (
            list("aabc"),
            list("xyxx"),
            {"structure": "HCS"},
            "outcome 'y' is reported by one study, which says nothing about its variance between "
            "studies; leave it out or choose structure CS or ID",
        ),
        (list("aab"), list("xyxy"), {}, "the list of clusters has 3 entries for 4 studies"),
        (list("aabb"), list("xyx"), {}, "the list of outcomes has 3 entries for 4 studies"),
        (
            list("aabb"),
            list("xyxy"),
            {"covariance": np.kron(np.eye(2), np.full((2, 2), 0.01))},
            "the sampling covariance of cluster 'a' is not positive definite",
        ),
        (
            list("aabb"),
            list("xyxy"),
            {"method": "DL"},
            "unknown method 'DL'; choose one of REML, ML",
        ),
    ],
)
def test_what_cannot_be_fitted(
    clusters: list[str], outcomes: list[str], chosen: dict[str, Any], message: str
) -> None:
    with pytest.raises(MethodError) as raised:
        multivariate(PAIR, clusters, outcomes, **chosen)
    assert str(raised.value) == message
