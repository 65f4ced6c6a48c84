"""Three-level models against rma.mv and against dense matrices."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_dependence as naive
from conformance import Reference
from dependence_cases import CASES, choices, pair
from evidencekit.errors import MethodError
from evidencekit.models.regression import regress
from evidencekit.models.three_level import multilevel
from reference_cases import load
from tolerances import assert_close

KON = "konstantopoulos2011"
METAFOR = "metafor 3.8.1"
# rma.mv stops when its likelihood does not change any more: sigma2 is good to about 1e-6.
THREE_LEVEL = 1e-5


def sampling(name: str, rho: float | None) -> np.ndarray:
    _, se = pair(name)
    return naive.correlated(se**2, np.array(load(name)["cluster"]), rho or 0.0)


@pytest.mark.parametrize("ci", ["wald", "t"])
@pytest.mark.parametrize(("name", "key"), CASES)
def test_agrees_with_metafor(name: str, key: str, ci: str) -> None:
    theirs = load(name)["fits"][key]
    ours = multilevel(pair(name), ci=ci, **choices(name, key))
    reference = Reference("three-level model", ours.method, METAFOR, f"{name}: {key}")
    reference.agrees([ours.sigma2_cluster, ours.sigma2_effect], theirs["sigma2"], THREE_LEVEL)
    unit = np.atleast_1d(theirs["se"])
    reference.agrees(ours.beta, np.atleast_1d(theirs["estimate"]), 1e-6, relative_to=unit)
    reference.agrees([c.se for c in ours.coefficients], unit, 1e-6)
    assert_close(ours.vcov, theirs["vcov"], 1e-5, atol=1e-9)
    assert_close([ours.qe, ours.qe_p], [theirs["qe"], theirs["qe_p"]], 1e-10)
    expected = theirs if ci == "wald" else theirs["t"]
    assert_close([c.p_value for c in ours.coefficients], np.atleast_1d(expected["p_value"]), 1e-5)
    assert_close([c.ci.low for c in ours.coefficients], np.atleast_1d(expected["ci_low"]), 1e-5)
    assert_close([ours.qm.statistic, ours.qm.p_value], [expected["qm"], expected["qm_p"]], 1e-5)
    # Not below R's likelihood: ours is the maximum.
    assert ours.loglik >= theirs["loglik"] - 1e-12
    reference.agrees(ours.loglik, theirs["loglik"], 1e-9)


@pytest.mark.parametrize(("name", "key"), CASES)
def test_likelihood_is_that_of_the_data(name: str, key: str) -> None:
    chosen = choices(name, key)
    ours = multilevel(pair(name), **chosen)
    y, _ = pair(name)
    v, together = sampling(name, chosen["rho"]), naive.same(np.array(chosen["clusters"]))

    def loglik(a: float, b: float) -> float:
        return naive.loglik(
            y,
            ours.design.matrix,
            v + a * together + b * np.eye(len(y)),
            restricted=ours.method == "REML",
        )

    a, b = ours.sigma2_cluster, ours.sigma2_effect
    assert_close(ours.loglik, loglik(a, b), 1e-11)
    for da, db in ((1e-3, 0), (-1e-3, 0), (0, 1e-3), (0, -1e-3), (1e-3, -1e-3)):
        assert loglik(a * (1 + da), b * (1 + db)) < ours.loglik


def test_i2_splits_between_the_levels() -> None:
    ours = multilevel(pair(KON), **choices(KON, "REML"))
    y, se = pair(KON)
    w = np.diag(se**-2)
    one = np.ones((len(y), 1))
    p = w - w @ one @ np.linalg.inv(one.T @ w @ one) @ one.T @ w
    typical = (len(y) - 1) / np.trace(p)
    total = ours.sigma2_cluster + ours.sigma2_effect
    assert_close(ours.i2, total / (total + typical), 1e-12)
    assert_close(ours.i2_cluster + ours.i2_effect, ours.i2, 1e-12)
    assert_close(ours.icc, ours.sigma2_cluster / total, 1e-12)


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_given_covariance_agrees_with_metafor(method: str) -> None:
    case = load("berkey1998")
    theirs = case["fits"][method]
    v = np.array(case["V"])
    x = np.array([[o == "AL", o == "PD"] for o in case["outcome"]], dtype=float)
    ours = multilevel(
        (case["yi"], np.sqrt(np.diag(v))),
        case["cluster"],
        x,
        method=method,
        covariance=v,
        ci="wald",
    )
    reference = Reference("three-level model", f"{method}, given covariance", METAFOR, "berkey1998")
    reference.agrees([ours.sigma2_cluster, ours.sigma2_effect], theirs["sigma2"], THREE_LEVEL)
    reference.agrees(ours.beta, theirs["estimate"], 1e-6)
    reference.agrees([c.se for c in ours.coefficients], theirs["se"], 1e-6)
    assert_close([ours.qe, ours.loglik], [theirs["qe"], theirs["loglik"]], 1e-9)
    assert ours.loglik >= theirs["loglik"] - 1e-12
    if method == "REML":
        # Compound symmetry of the true effects is the same model in other words.
        symmetric = case["compound_symmetry"]
        assert_close(ours.effect_variance, symmetric["tau2"], THREE_LEVEL)
        assert_close(ours.icc, symmetric["rho"], THREE_LEVEL)
        assert_close(ours.loglik, symmetric["loglik"], 1e-9)


def test_a_given_covariance_may_be_a_constant_correlation() -> None:
    chosen = choices(KON, "REML rho 0.6")
    ours = multilevel(pair(KON), **chosen)
    v = sampling(KON, 0.6)
    given = multilevel(pair(KON), chosen["clusters"], covariance=v)
    assert_close(given.sigma2_cluster, ours.sigma2_cluster, 1e-9)
    assert_close(given.vcov, ours.vcov, 1e-9)
    assert given.sampling.kind == "given"


def test_profile_intervals_fit_no_value_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    from evidencekit.models import multilevel_profile

    asked: list[tuple[float, ...]] = []
    climb = multilevel_profile.climb

    def counted(nested: Any, start: np.ndarray, **chosen: Any) -> Any:
        asked.append((*start.tolist(), *chosen["free"]))
        return climb(nested, start, **chosen)

    monkeypatch.setattr(multilevel_profile, "climb", counted)
    multilevel(pair(KON), **choices(KON, "REML")).sigma2_intervals()
    assert len(asked) == len(set(asked))
    assert len(asked) < 60


@pytest.mark.parametrize("key", ["REML", "ML", "REML rho 0.6"])
def test_profile_intervals(key: str) -> None:
    from scipy.special import ndtri

    chosen = choices(KON, key)
    ours = multilevel(pair(KON), **chosen)
    cluster, effect = ours.sigma2_intervals()
    theirs = load(KON)["fits"][key]["sigma2_ci"]
    # metafor's root search stops at 1e-4 of the scale of the variance.
    reference = Reference("three-level model", "profile intervals", METAFOR, f"{KON}: {key}")
    scale = cluster.high
    reference.agrees([cluster.low, cluster.high], theirs["cluster"], 1e-4, relative_to=scale)
    reference.agrees([effect.low, effect.high], theirs["effect"], 1e-4, relative_to=scale)
    y, _ = pair(KON)
    v, together = sampling(KON, chosen["rho"]), naive.same(np.array(chosen["clusters"]))
    x, restricted = ours.design.matrix, ours.method == "REML"
    grid = np.linspace(0.0, 0.2, 4001)
    # At each limit the best likelihood over the other component is lower by half a chi squared.
    best = max(
        naive.loglik(y, x, v + cluster.high * together + b * np.eye(len(y)), restricted=restricted)
        for b in grid[::20]
    )
    drop = 0.5 * ndtri(0.975) ** 2
    assert_close(ours.loglik - best, drop, 5e-4)
    best = max(
        naive.loglik(y, x, v + a * together + effect.low * np.eye(len(y)), restricted=restricted)
        for a in grid[::20]
    )
    assert_close(ours.loglik - best, drop, 5e-4)


def test_an_interval_may_begin_at_the_boundary() -> None:
    rng = np.random.default_rng(5)
    ours = multilevel((rng.normal(size=40), np.full(40, 1.0)), np.repeat(np.arange(10), 4))
    cluster, effect = ours.sigma2_intervals()
    assert cluster.low == effect.low == 0.0
    assert cluster.high > ours.sigma2_cluster
    assert effect.high > ours.sigma2_effect


@settings(derandomize=True, max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), power=st.floats(-6.0, 6.0), rho=st.sampled_from([0.0, 0.5]))
def test_scale_shift_order_and_names(seed: int, power: float, rho: float) -> None:
    rng = np.random.default_rng(seed)
    k = int(rng.integers(6, 30))
    labels = rng.integers(0, max(k // 3, 2), k)
    labels[:3] = [0, 0, 1]
    y = rng.normal(size=k) + rng.normal(size=50)[labels]
    se, c = rng.lognormal(-1.0, 0.5, k), 10.0**power
    plain = multilevel((y, se), labels, rho=rho)
    assert plain.sigma2_cluster >= 0.0
    assert plain.sigma2_effect >= 0.0
    order = rng.permutation(k)
    moved = multilevel(
        ((c * (y + 2.0))[order], (c * se)[order]), [f"lab {n}" for n in labels[order]], rho=rho
    )
    atol = 1e-6 * plain.effect_variance + 1e-7 * se.min() ** 2
    assert_close(moved.sigma2_cluster / c**2, plain.sigma2_cluster, 1e-5, atol=atol)
    assert_close(moved.sigma2_effect / c**2, plain.sigma2_effect, 1e-5, atol=atol)
    assert_close(moved.beta / c - 2.0, plain.beta, 1e-5, atol=1e-6)
    # The likelihood is nowhere higher on a grid.
    together, v = naive.same(labels), naive.correlated(se**2, labels, rho)
    for a in (0.0, 0.1, 0.5, 1.0, 3.0):
        for b in (0.0, 0.1, 0.5, 1.0, 3.0):
            sigma = v + a * together + b * np.eye(k)
            value = naive.loglik(y, np.ones((k, 1)), sigma, restricted=True)
            assert value <= plain.loglik + 1e-9


def test_no_variance_between_clusters_is_meta_regression() -> None:
    y, se = [0.1, 0.5, 0.12, 0.48, 0.11, 0.51], [0.1, 0.12, 0.09, 0.1, 0.1, 0.11]
    ours = multilevel((y, se), [1, 1, 2, 2, 3, 3], ci="wald")
    flat = regress((y, se), np.ones((6, 1)), ci="wald")
    assert ours.sigma2_cluster == 0.0
    assert_close(ours.sigma2_effect, flat.tau2, 1e-8)
    assert_close(ours.coefficients[0].se, flat.coefficients[0].se, 1e-8)
    assert "The variance between clusters is estimated as 0, the boundary." in ours.notes
    assert any(note.startswith("3 clusters: tests that count effects") for note in ours.notes)


def test_effects_that_agree() -> None:
    ours = multilevel(([0.2] * 6, [0.1] * 6), [1, 1, 2, 2, 3, 3])
    assert ours.effect_variance == 0.0
    assert math.isnan(ours.icc)
    assert any("between clusters and within clusters is estimated as 0" in n for n in ours.notes)
    json.dumps(ours.to_dict(), allow_nan=False)
    giant = multilevel(([0.2, 0.3, 0.1, 0.9], [1e-7, 0.1, 0.1, 1e3]), [1, 1, 2, 2])
    assert math.isfinite(giant.coefficients[0].se)


def test_tables_and_text() -> None:
    ours = multilevel(pair(KON), **choices(KON, "REML rho 0.6 decade2"))
    text = ours.summary()
    for part in (
        "56 effects in 11 clusters, three-level model, REML",
        "correlated 0.6 within clusters",
        "I2  ",
    ):
        assert part in text
    held = json.loads(json.dumps(ours.to_dict(), allow_nan=False))
    assert held["sampling"] == {"kind": "constant", "rho": 0.6}
    assert len(held["design"]["matrix"]) == 56
    assert ours.to_frame("metafor").index[0] == "intrcpt"
    low = ours.predict({"decade": [0.0]})
    assert_close(
        (low.prediction_high[0] - low.estimate[0]) / (low.ci_high[0] - low.estimate[0]),
        math.sqrt(low.se[0] ** 2 + ours.effect_variance) / low.se[0],
        1e-12,
    )


@pytest.mark.parametrize(
    ("clusters", "extra", "message"),
    [
        ([1] * 6, {}, "a three-level model needs at least two clusters; there is 1"),
        (
            list(range(6)),
            {},
            "every cluster holds one effect, so the two levels cannot be told apart; "
            "use pool or regress",
        ),
        ([1, 1, 2], {}, "the list of clusters has 3 entries for 6 studies"),
        ([1, 1, 2, 2, None, 3], {}, "effect 5 has no cluster"),
        ([1, 1, 2, 2, 3, 3], {"rho": 1.0}, "rho 1.0: a sampling correlation from 0 to below 1"),
        ([1, 1, 2, 2, 3, 3], {"method": "DL"}, "unknown method 'DL'; choose one of REML, ML"),
        (
            [1, 1, 2, 2, 3, 3],
            {"ci": "HKSJ"},
            "unknown confidence interval 'HKSJ'; choose one of t, wald",
        ),
        (
            [1, 1, 2, 2, 3, 3],
            {"rho": 0.5, "covariance": np.eye(6)},
            "give rho or covariance, not both",
        ),
        (
            [1, 1, 2, 2, 3, 3],
            {"covariance": np.eye(5)},
            "the sampling covariance has 5 rows for 6 studies",
        ),
        (
            [1, 1, 2, 2, 3, 3],
            {"covariance": 0.01 * (np.eye(6) + 0.1)},
            "the sampling covariance of effects 1 and 3 is 0.001, but they are in "
            "different clusters",
        ),
        (
            [1, 1, 2, 2, 3, 3],
            {"covariance": 0.04 * np.eye(6)},
            "effect 1: standard error 0.1, but 0.2 in the sampling covariance",
        ),
        (
            [1, 1, 2, 2, 3, 3],
            {"covariance": 0.01 * np.kron(np.eye(3), np.ones((2, 2)))},
            "the sampling covariance of cluster 1 is not positive definite",
        ),
        (
            [1, 1, 2, 2, 3, 3],
            {"covariance": 0.01 * (np.eye(6) + np.eye(6, k=1) * [0, 1, 0, 0, 0, 0])},
            "the sampling covariance is not symmetric",
        ),
    ],
)
def test_what_cannot_be_done_is_said(clusters: list, extra: dict, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        multilevel(([0.1, 0.2, 0.3, 0.1, 0.5, 0.2], [0.1] * 6), clusters, **extra)
    assert str(caught.value) == message
