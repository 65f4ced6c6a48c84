"""Intervals for the mean, for a new study and for tau2."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import naive
from conformance import Reference
from evidencekit.models import CI_METHODS, PREDICTION_METHODS, TAU2_ESTIMATORS, pool
from evidencekit.models.quantiles import t_quantile, two_sided_p
from reference_cases import fits, load, studies
from tolerances import CLOSED_FORM, ITERATIVE, assert_close, assert_printed

METAFOR = "metafor 3.8.1"
HOMOGENEOUS = ([0.20, 0.21, 0.19, 0.205], np.sqrt([0.01, 0.02, 0.015, 0.012]))
FITS = [(method, name, fit) for method in TAU2_ESTIMATORS for name, fit in fits(method)]
IDS = [f"{method}-{name}" for method, name, _ in FITS]


def bcg(**choices: object):
    y, v = studies("bcg_RR")
    return pool((y, np.sqrt(v)), **choices)


@pytest.mark.parametrize(("method", "name", "fit"), FITS, ids=IDS)
def test_confidence_intervals_agree_with_metafor(method: str, name: str, fit: dict) -> None:
    y, v = studies(name)
    for ci, expected in fit["ci"].items():
        ours = pool((y, np.sqrt(v)), tau2=method, ci=ci)
        size = abs(expected["se"])
        reference = Reference("interval of the mean", ci, METAFOR, name)
        reference.agrees(ours.estimate, expected["estimate"], ITERATIVE, relative_to=size)
        reference.agrees(ours.se, expected["se"], ITERATIVE)
        assert_close(ours.statistic, expected["statistic"], 10 * ITERATIVE, atol=ITERATIVE)
        # A tail probability magnifies a relative error of the statistic by its square.
        assert_close(ours.p_value, expected["p_value"], 1e-5)
        limits = (ours.ci.low, ours.ci.high)
        reference.agrees(limits, expected["ci"], ITERATIVE, relative_to=size)


@pytest.mark.parametrize(("method", "name", "fit"), FITS, ids=IDS)
def test_prediction_intervals_agree_with_metafor(method: str, name: str, fit: dict) -> None:
    y, v = studies(name)
    for prediction, expected in fit["prediction"].items():
        ours = pool((y, np.sqrt(v)), tau2=method, prediction=prediction).prediction
        assert ours is not None
        assert ours.method == prediction
        width = expected[1] - expected[0]
        reference = Reference("prediction interval", prediction, METAFOR, name)
        reference.agrees((ours.low, ours.high), expected, ITERATIVE, relative_to=width)


@pytest.mark.parametrize("name", ["bcg_RR", "bcg_OR", "bcg_RD", "hackshaw1998_OR"])
def test_common_effect_agrees_with_metafor(name: str) -> None:
    y, v = studies(name)
    for ci, expected in load(name)["fits"]["EE"]["ci"].items():
        ours = pool((y, np.sqrt(v)), model="common_effect", ci=ci)
        assert_close(ours.estimate, expected["estimate"], 1e-11)
        assert_close(ours.se, expected["se"], CLOSED_FORM)
        assert_close((ours.ci.low, ours.ci.high), expected["ci"], 1e-11)
        # metafor's common-effect tau2 is 0 as well.
        assert ours.tau2 == 0.0


@pytest.mark.parametrize(
    ("ci", "se", "low", "high", "df"),
    [
        ("wald", "0.17978153", "-1.06689768", "-0.36216702", np.inf),
        ("HKSJ", "0.18079175", "-1.10844372", "-0.32062097", 12),
    ],
)
def test_bcg_reml_intervals(ci: str, se: str, low: str, high: str, df: float) -> None:
    result = bcg(ci=ci)
    assert_printed(result.estimate, "-0.71453")
    # These digits are metafor's at its default tolerance, which is off in the eighth.
    expected = (float(se), float(low), float(high))
    assert_close((result.se, result.ci.low, result.ci.high), expected, 0, atol=5e-8)
    assert result.df == df


@pytest.mark.parametrize(
    ("prediction", "low", "high"),
    [
        ("S", "-1.866692", "0.437628"),
        ("V", "-1.995342", "0.566277"),
        ("HTS", "-2.008376", "0.579311"),
        ("HK", "-1.996017", "0.566952"),
        ("HK-PR", "-2.009058", "0.579993"),
    ],
)
def test_bcg_prediction_intervals(prediction: str, low: str, high: str) -> None:
    result = bcg(prediction=prediction).prediction
    assert result is not None
    assert_printed(result.low, low)
    assert_printed(result.high, high)


def test_prediction_of_meta() -> None:
    expected = load("meta_8.4_prediction")["HK-PR"]
    result = bcg(prediction="HK-PR").prediction
    assert result is not None
    reference = Reference("prediction interval", "HK-PR", "meta 8.4-0", "bcg_RR")
    reference.printed(result.low, expected["low"])
    reference.printed(result.high, expected["high"])


def test_naive_formulas() -> None:
    """Each interval by its textbook formula, term by term."""
    y, v = studies("hackshaw1998_OR")
    k = len(y)
    tau2 = naive.dersimonian_laird(y, v)
    w = 1 / (v + tau2)
    mu = sum(w * y) / sum(w)
    classic = sum(w) ** -0.5
    knapp = (sum(w * (y - mu) ** 2) / (k - 1) / sum(w)) ** 0.5
    z, t1, t2 = stats.norm.ppf(0.975), stats.t.ppf(0.975, k - 1), stats.t.ppf(0.975, k - 2)
    ci = {
        "wald": z * classic,
        "t": t1 * classic,
        "HKSJ": t1 * knapp,
        "HKSJ-adhoc": t1 * max(knapp, classic),
    }
    new = {
        "S": z * (classic**2 + tau2) ** 0.5,
        "V": t1 * (classic**2 + tau2) ** 0.5,
        "HTS": t2 * (classic**2 + tau2) ** 0.5,
        "HK": t1 * (knapp**2 + tau2) ** 0.5,
        "HK-PR": t2 * (knapp**2 + tau2) ** 0.5,
    }
    # tau2 is by DerSimonian-Laird, so both rules compare the same two intervals.
    narrow = ci["HKSJ"] < ci["wald"]
    ci |= {
        "HKSJ-ci": max(ci["HKSJ"], ci["wald"]),
        "HKSJ-IQWiG6": ci["HKSJ-adhoc"] if narrow else ci["HKSJ"],
    }
    larger = (max(knapp, classic) ** 2 + tau2) ** 0.5
    new |= {"HK-adhoc": t1 * larger, "HK-PR-adhoc": t2 * larger}
    assert set(ci) == set(CI_METHODS) - {"KR", "IVhet", "PL", "PL-ML", "HC"}
    assert set(new) == set(PREDICTION_METHODS) - {"KR", "KR-PR"}
    for name, half in ci.items():
        result = pool((y, np.sqrt(v)), tau2="DL", ci=name)
        assert_close((result.ci.low, result.ci.high), (mu - half, mu + half), 1e-11)
    for name, half in new.items():
        prediction = pool((y, np.sqrt(v)), tau2="DL", prediction=name).prediction
        assert prediction is not None
        assert_close((prediction.low, prediction.high), (mu - half, mu + half), 1e-11)


def test_hartung_knapp_on_homogeneous_studies_is_narrow_and_says_so() -> None:
    result = pool(HOMOGENEOUS)
    assert_printed(result.ci.low, "0.188")
    assert_printed(result.ci.high, "0.213")
    wald = pool(HOMOGENEOUS, ci="wald")
    assert_printed(wald.ci.low, "0.088")
    assert_printed(wald.ci.high, "0.314")
    adhoc = pool(HOMOGENEOUS, ci="HKSJ-adhoc")
    assert_printed(adhoc.ci.low, "0.017")
    assert_printed(adhoc.ci.high, "0.385")
    assert any(note.startswith("The Hartung-Knapp interval is narrower") for note in result.notes)
    for other in (wald, adhoc, bcg()):
        assert not any("narrower" in note for note in other.notes)


def test_two_studies() -> None:
    # By hand: equal variances v, tau2 = d^2/2 - v, so the Hartung-Knapp se is d/2, the Wald too.
    d, v = 1.0, 0.1
    result = pool(([0.0, d], [v**0.5, v**0.5]))
    assert_close(result.se, d / 2, 1e-12)
    assert_close(result.se_wald, ((v + result.tau2) / 2) ** 0.5, 1e-12)
    assert_close(result.ci.high, d / 2 + np.tan(0.475 * np.pi) * d / 2, 1e-12)  # t with 1 df
    assert result.prediction is not None


# --- Q-profile ------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "name", "fit"), FITS, ids=IDS)
def test_q_profile_agrees_with_metafor(method: str, name: str, fit: dict) -> None:
    y, v = studies(name)
    expected = fit["tau2_ci"]["QP"]
    ours = pool((y, np.sqrt(v)), tau2=method).tau2_ci
    assert ours is not None
    assert ours.status in ("ok", "excludes_estimate")
    # uniroot's tolerance is absolute, so what it gives for risk differences is only good to
    # about 1e-14 / tau2.
    reference = Reference("interval of tau2", "QP", METAFOR, name)
    limits = (expected["low"], expected["high"])
    reference.agrees((ours.low, ours.high), limits, ITERATIVE, noise=1e-11)


def test_bcg_q_profile() -> None:
    interval = bcg().tau2_ci
    assert interval is not None
    assert_printed(interval.low, "0.1197183611")
    assert_printed(interval.high, "1.1114790841")
    assert interval.status == "ok"


@pytest.mark.parametrize("seed", range(10))
def test_limits_solve_the_q_equation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k = int(rng.integers(3, 12))
    v = rng.lognormal(-2, 1.5, k)
    y = rng.normal(0, np.sqrt(v + 0.2))
    interval = pool((y, np.sqrt(v)), level=0.9).tau2_ci
    assert interval is not None
    upper, lower = stats.chi2.ppf([0.95, 0.05], k - 1)
    if interval.status == "empty":
        assert naive.generalised_q(y, v, 0.0) < lower
        return
    assert_close(interval.low, naive.solve_q(y, v, upper), 1e-9, atol=1e-13)
    assert_close(interval.high, naive.solve_q(y, v, lower), 1e-9, atol=1e-13)


def test_an_estimate_outside_its_interval_is_said_to_be() -> None:
    y, v = studies("bcg_RD")
    result = pool((y, np.sqrt(v)), tau2="DL")
    assert result.tau2_ci is not None
    assert result.tau2_ci.status == "excludes_estimate"
    assert_printed(result.tau2, "1.87e-5")
    assert_printed(result.tau2_ci.low, "6.85e-4")
    assert_printed(result.tau2_ci.high, "4.38e-3")
    assert (
        "The QP interval of tau2 does not contain the DL estimate; the two rest on "
        "different equations." in result.notes
    )


def test_an_empty_interval_has_no_limits() -> None:
    result = pool(HOMOGENEOUS)
    assert result.tau2_ci is not None
    assert result.tau2_ci.status == "empty"
    assert np.isnan([result.tau2_ci.low, result.tau2_ci.high]).all()
    assert result.i2_ci is None
    assert any(note.startswith("The QP interval of tau2 is empty") for note in result.notes)


def test_one_study_excludes_nothing() -> None:
    interval = pool(([0.3], [0.1])).tau2_ci
    assert interval is not None
    assert (interval.low, interval.high, interval.status) == (0.0, np.inf, "unbounded")


def test_scale_does_not_matter() -> None:
    y, v = studies("bcg_RR")
    plain = pool((y, np.sqrt(v))).tau2_ci
    assert plain is not None
    for c in (1e-4, 1e-3, 1e-2, 1e3, 1e4):
        scaled = pool((c * y, c * np.sqrt(v))).tau2_ci
        assert scaled is not None
        assert_close((scaled.low / c**2, scaled.high / c**2), (plain.low, plain.high), 1e-12)


# --- quantiles ------------------------------------------------------------------------


def test_quantiles_agree_with_scipy_stats() -> None:
    df = np.array([1.0, 2.0, 5.0, 12.0, 100.0, 1e6, np.inf])
    expected = [*stats.t.ppf(0.975, df[:-1]), stats.norm.ppf(0.975)]
    assert_close(t_quantile(df, 0.95), expected, CLOSED_FORM)
    assert np.isnan(t_quantile(np.array([0.0, -1.0, np.nan]), 0.95)).all()
    statistic = np.array([0.0, 1.3, -2.5, 4.0, 30.0, 2.0, -40.0])
    p = [*(2 * stats.t.sf(abs(statistic[:-1]), df[:-1])), 2 * stats.norm.sf(40.0)]
    assert_close(two_sided_p(statistic, df), p, 1e-11)
