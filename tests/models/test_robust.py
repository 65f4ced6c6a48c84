"""Cluster-robust inference against clubSandwich and against dense matrices."""

from __future__ import annotations

import json

import numpy as np
import pytest

import naive_dependence as naive
from conformance import Reference
from dependence_cases import CASES, choices, pair
from evidencekit.errors import MethodError
from evidencekit.models.regression import regress
from evidencekit.models.robust import cluster_robust
from evidencekit.models.robust_corrections import CORRECTIONS
from evidencekit.models.three_level import multilevel
from reference_cases import load
from tolerances import assert_close

KON = "konstantopoulos2011"
CLUBSANDWICH = "clubSandwich 0.5.8"


@pytest.mark.parametrize("name", CORRECTIONS)
def test_every_correction_has_a_reference_case(name: str) -> None:
    row = CORRECTIONS[name]
    assert row.name == name
    assert row.label
    assert row.r_call
    assert row.doi.startswith("10.")
    assert all(name in load(case)["fits"][key]["robust"] for case, key in CASES)


@pytest.mark.parametrize("correction", CORRECTIONS)
@pytest.mark.parametrize(("name", "key"), CASES)
def test_agrees_with_clubsandwich(name: str, key: str, correction: str) -> None:
    model = multilevel(pair(name), **choices(name, key))
    ours = cluster_robust(model, correction=correction)
    theirs = load(name)["fits"][key]["robust"][correction]
    # The fits under them agree to about 1e-7.
    reference = Reference("cluster-robust correction", correction, CLUBSANDWICH, f"{name}: {key}")
    reference.agrees([c.se for c in ours.coefficients], np.atleast_1d(theirs["se"]), 1e-6)
    reference.agrees([c.df for c in ours.coefficients], np.atleast_1d(theirs["df"]), 1e-6)
    assert_close([c.p_value for c in ours.coefficients], np.atleast_1d(theirs["p_value"]), 1e-5)
    tested = list(model.design.names[1:]) or ["Intercept"]
    test = ours.test(tested)
    statistic, df1, df2, p = theirs["htz"]
    reference.agrees([test.statistic, test.df2, test.p_value], [statistic, df2, p], 1e-5)
    assert test.df1 == df1


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_meta_regression_agrees_with_clubsandwich(correction: str) -> None:
    case = load(KON)
    x = np.column_stack([np.ones(56), case["decade"]])
    model = regress(pair(KON), x)
    assert_close(model.tau2, case["one_level"]["REML decade"]["tau2"], 1e-8)
    theirs = case["one_level"]["REML decade"]["robust"][correction]
    ours = cluster_robust(model, case["cluster"], correction=correction)
    assert_close(ours.vcov, theirs["vcov"], 1e-7)
    assert_close([c.df for c in ours.coefficients], theirs["df"], 1e-7)
    assert_close([c.p_value for c in ours.coefficients], theirs["p_value"], 1e-7)
    assert_close(ours.test("x2").statistic, theirs["htz"][0], 1e-7)


def dense_cr2(
    y: np.ndarray, x: np.ndarray, sigma: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Bell-McCaffrey covariance and Satterthwaite df with k by k matrices, as written."""
    w = np.linalg.inv(sigma)
    bread = np.linalg.inv(x.T @ w @ x)
    outside = np.eye(len(y)) - x @ bread @ x.T @ w
    e = outside @ y
    vectors = []
    for name in np.unique(labels):
        rows = np.flatnonzero(labels == name)
        pick = np.eye(len(y))[rows]
        d = np.linalg.cholesky(pick @ sigma @ pick.T).T
        values, axes = np.linalg.eigh(d @ pick @ outside @ sigma @ outside.T @ pick.T @ d.T)
        a = d.T @ (axes / np.sqrt(values)) @ axes.T @ d
        w_j = np.linalg.inv(pick @ sigma @ pick.T)
        vectors.append(bread @ x[rows].T @ w_j @ a @ pick)
    covariance = sum(np.outer(b @ e, b @ e) for b in vectors)
    df = []
    for i in range(x.shape[1]):
        g = np.array([(b @ outside)[i] for b in vectors])
        theta = g @ sigma @ g.T
        df.append(np.trace(theta) ** 2 / np.sum(theta**2))
    return covariance, np.array(df)


@pytest.mark.parametrize("rho", [0.0, 0.4])
@pytest.mark.parametrize("seed", range(6))
def test_agrees_with_dense_matrices(seed: int, rho: float) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 7, 30)
    labels[:7] = np.arange(7)
    y, se = rng.normal(size=30) + rng.normal(size=7)[labels], rng.lognormal(-1.0, 0.4, 30)
    x = np.column_stack([np.ones(30), rng.normal(size=30)])
    model = multilevel((y, se), labels, x, rho=rho)
    sigma = (
        naive.correlated(se**2, labels, rho)
        + model.sigma2_cluster * naive.same(labels)
        + model.sigma2_effect * np.eye(30)
    )
    covariance, df = dense_cr2(y, x, sigma, labels)
    ours = model.robust()
    assert_close(ours.vcov, covariance, 1e-8)
    assert_close([c.df for c in ours.coefficients], df, 1e-8)


def test_cr2_is_unbiased_under_its_working_model() -> None:
    # E(CR2) = (X'WX)^-1 exactly: apply it to every direction of the working covariance.
    rng = np.random.default_rng(3)
    labels = np.repeat(np.arange(5), [1, 2, 3, 4, 4])
    se = rng.lognormal(-1.0, 0.4, 14)
    x = np.column_stack([np.ones(14), rng.normal(size=14)])
    y = rng.normal(size=14)
    ours = cluster_robust(regress((y, se), x), labels)
    expected = np.array(regress((y, se), x).vcov_wald)
    scores = ours.scores
    found = (scores.own - np.einsum("cji,cjk->cik", scores.cross, scores.cross)).sum(axis=0)
    assert_close(found, expected, 1e-10)


def test_joint_and_single_tests_are_one() -> None:
    ours = multilevel(pair(KON), **choices(KON, "REML decade2")).robust()
    single = ours.test("decade")
    assert_close(single.statistic, ours.coefficients[1].statistic ** 2, 1e-10)
    assert_close(
        [single.df2, single.p_value], [ours.coefficients[1].df, ours.coefficients[1].p_value], 1e-9
    )
    assert single.contrasts[0].p_value == pytest.approx(single.p_value)


@pytest.mark.parametrize("c", [1e-6, 1e6])
def test_scale(c: float) -> None:
    y, se = pair(KON)
    chosen = choices(KON, "REML decade2")
    plain = multilevel((y, se), **chosen).robust()
    scaled = multilevel((c * y, c * se), **chosen).robust()
    assert_close(np.array(scaled.vcov) / c**2, plain.vcov, 1e-6)
    assert_close(scaled.test(["decade"]).df2, plain.test(["decade"]).df2, 1e-6)


def test_too_few_clusters_is_a_note_or_a_reason() -> None:
    y, se = pair(KON)
    model = regress((y, se), np.ones((56, 1)))
    labels = np.where(np.arange(56) < 20, "a", "b")
    ours = cluster_robust(model, labels)
    assert ours.notes == (
        "Fewer than 4 degrees of freedom for Intercept: the p-value and interval cannot be "
        "trusted.",
    )
    with pytest.raises(MethodError) as caught:
        cluster_robust(model, ["a"] * 56)
    assert str(caught.value) == "cluster-robust inference needs two clusters; there is 1"
    with pytest.raises(MethodError, match="give the cluster of each effect"):
        cluster_robust(model)
    with pytest.raises(MethodError, match="3 cluster labels for 56 effects"):
        cluster_robust(model, [1, 2, 3])
    with pytest.raises(MethodError, match="unknown correction 'CR3'; choose one of CR0, CR1, CR1S"):
        cluster_robust(model, labels, correction="CR3")
    three = multilevel((y, se), load(KON)["cluster"])
    with pytest.raises(MethodError, match="has its own clusters; leave out `clusters`"):
        cluster_robust(three, labels)


def test_a_coefficient_that_one_cluster_informs() -> None:
    y, se = pair(KON)
    clusters = np.array(load(KON)["cluster"])
    x = np.column_stack([np.ones(56), clusters == 11])
    ours = cluster_robust(regress((y, se), x), clusters)
    assert all(np.isfinite(c.se) for c in ours.coefficients)
    test = ours.test([[1.0, 0.0], [0.0, 1.0]])
    json.dumps(ours.to_dict(), allow_nan=False)
    assert np.isfinite(test.statistic) or np.isnan(test.p_value)


def test_tables_and_text() -> None:
    ours = multilevel(pair(KON), **choices(KON, "REML")).robust()
    assert ours.summary().startswith("cluster-robust CR2, 11 clusters, Satterthwaite tests\n")
    assert list(ours.to_frame()["name"]) == ["Intercept"]
    held = json.loads(json.dumps(ours.to_dict(), allow_nan=False))
    assert held["correction"] == "CR2"
