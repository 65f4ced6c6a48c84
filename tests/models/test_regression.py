"""Meta-regression against metafor, statsmodels, and a dense second implementation."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_dependence as naive
from conformance import Reference
from evidencekit.errors import EngineMismatch, MethodError
from evidencekit.models.coefficient_tests import COEFFICIENT_TESTS
from evidencekit.models.pool import pool
from evidencekit.models.regression import regress
from evidencekit.models.residual_tau2 import RESIDUAL_TAU2
from evidencekit.models.settings import Settings
from evidencekit.models.subgroups import subgroups
from evidencekit.quantities import Contrast
from reference_cases import load
from regression_cases import CASES, FORMULAS, NEW, TAU2, expected, pair, table
from tolerances import CLOSED_FORM, ITERATIVE, assert_close

BCG = "bcg_metareg"
METAFOR = "metafor 3.8.1"
DOI = re.compile(r"10\.\d{4,9}/\S+")
STEADY = settings(derandomize=True, max_examples=40, deadline=None)


def fit(name: str, moderators: str, **choices: object):
    return regress(pair(name), FORMULAS[name][moderators], table=table(name), **choices)


@pytest.mark.parametrize("name", RESIDUAL_TAU2)
def test_every_tau2_row_has_a_reference_case(name: str) -> None:
    assert all(name in load(case)["fits"][model] for case, model in CASES)
    assert name in TAU2


@pytest.mark.parametrize("name", COEFFICIENT_TESTS)
def test_every_test_row_has_a_reference_case(name: str) -> None:
    assert all(name in expected(case, model, "REML") for case, model in CASES)


@pytest.mark.parametrize("rows", [RESIDUAL_TAU2, COEFFICIENT_TESTS])
def test_rows_are_complete(rows: dict) -> None:
    for name, row in rows.items():
        assert row.name == name
        assert row.label
        assert row.r_call
        assert DOI.fullmatch(row.doi)


@pytest.mark.parametrize("method", [*TAU2, "EE"])
@pytest.mark.parametrize(("name", "model"), CASES)
class TestMetafor:
    def settings(self, method: str) -> dict[str, object]:
        return {"model": "common_effect"} if method == "EE" else {"tau2": method}

    def test_heterogeneity(self, name: str, model: str, method: str) -> None:
        theirs = expected(name, model, method)
        ours = fit(name, model, ci="wald", **self.settings(method))
        reference = Reference("residual tau2 of a regression", method, METAFOR, f"{name}: {model}")
        # metafor's own Fisher scoring ends within rounding of 0 where the maximum is 0.
        reference.agrees(ours.tau2, theirs["tau2"], ITERATIVE, noise=1e-13)
        reference.agrees(ours.qe, theirs["qe"], 1e-10)
        reference.agrees(ours.qe_p, theirs["qe_p"], 1e-9)
        assert_close(ours.loglik, theirs["loglik"], ITERATIVE)
        if method == "EE":
            assert_close(ours.i2_q, theirs["i2"], ITERATIVE)
            assert math.isnan(ours.i2)
            assert ours.tau2_ci is None
            return
        assert_close(ours.i2, theirs["i2"], ITERATIVE, atol=1e-12)
        assert_close(ours.h2, theirs["h2"], ITERATIVE)
        assert_close(ours.r2, theirs["r2"], ITERATIVE, atol=1e-12)
        assert ours.tau2_ci is not None
        assert_close([ours.tau2_ci.low, ours.tau2_ci.high], theirs["tau2_ci"], ITERATIVE)

    def test_coefficients(self, name: str, model: str, method: str) -> None:
        for ci in COEFFICIENT_TESTS:
            theirs = expected(name, model, method).get(ci)
            if theirs is None:  # a common effect has a Wald test only
                continue
            ours = fit(name, model, ci=ci, verify=True, **self.settings(method))
            cs = ours.coefficients
            # In standard errors: an intercept at year 0 is known to few digits.
            unit = np.array(theirs["se"])
            reference = Reference("coefficients of a regression", ci, METAFOR, f"{name}: {model}")
            for side, found in (
                ("estimate", [c.estimate for c in cs]),
                ("ci_low", [c.ci.low for c in cs]),
                ("ci_high", [c.ci.high for c in cs]),
            ):
                reference.agrees(found, theirs[side], ITERATIVE, relative_to=unit)
            reference.agrees([c.se for c in cs], theirs["se"], ITERATIVE)
            assert_close([c.p_value for c in cs], theirs["p_value"], 1e-7)
            reference.agrees(ours.qm.statistic, theirs["qm"], ITERATIVE)
            assert_close(ours.qm.p_value, theirs["qm_p"], 1e-7)
            assert ours.qm.kind == ("chi2" if ci == "wald" else "F")
            found = ours.predict(NEW[model])
            assert_close(found.estimate, theirs["predicted"], ITERATIVE)
            assert_close(found.ci_low, theirs["predicted_ci_low"], ITERATIVE)
            assert_close(found.ci_high, theirs["predicted_ci_high"], ITERATIVE)
            if method == "EE":
                assert all(math.isnan(x) for x in found.prediction_low)
            else:
                assert_close(found.prediction_low, theirs["prediction_low"], ITERATIVE)
                assert_close(found.prediction_high, theirs["prediction_high"], ITERATIVE)


@pytest.mark.parametrize("method", TAU2)
def test_metafor_centres_the_estimates_even_without_a_constant(method: str) -> None:
    # metafor 3.8-1 takes the mean from the estimates before it computes QE and tau2; without a
    # constant in the model that changes both. Ours are those of the estimates as they are.
    y, se = pair(BCG)
    theirs = expected(BCG, "ablat, no constant", method)
    x = table(BCG)[["ablat"]].astype(float)
    ours = regress((y, se), x, tau2=method, ci="wald")
    w, lat = se**-2, x["ablat"].to_numpy()
    slope = np.sum(w * lat * y) / np.sum(w * lat**2)
    assert_close(ours.qe, np.sum(w * (y - slope * lat) ** 2), CLOSED_FORM)
    assert_close(theirs["qe"], 209.68561528800302, 1e-12)
    Reference("residual tau2 of a regression", method, METAFOR, BCG).differs(
        "without a constant in the model metafor centres the estimates first, which changes QE "
        "and tau2; here they are taken as they are"
    )
    centred = regress((y - y.mean(), se), x, tau2=method, ci="wald")
    assert_close(centred.qe, theirs["qe"], 1e-11)
    assert_close(centred.tau2, theirs["tau2"], 1e-9)
    assert ours.tau2 < 0.8 * theirs["tau2"]


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize(("name", "model"), CASES)
def test_likelihood_is_that_of_the_data(name: str, model: str, method: str) -> None:
    ours = fit(name, model, tau2=method)
    y, se = pair(name)
    x = ours.design.matrix
    restricted = method == "REML"

    def loglik(t: float) -> float:
        return naive.loglik(y, x, np.diag(se**2 + t), restricted=restricted)

    assert_close(ours.loglik, loglik(ours.tau2), 1e-10)
    grid = np.concatenate([[0.0], np.geomspace(1e-4, 5.0, 150)])
    assert max(loglik(t) for t in grid) <= ours.loglik + 1e-10


@pytest.mark.parametrize("tau2", ["REML", "ML", "DL", "PM"])
@pytest.mark.parametrize("ci", COEFFICIENT_TESTS)
def test_a_constant_alone_is_pool(tau2: str, ci: str) -> None:
    y, se = pair(BCG)
    mean = pool((y, se), tau2=tau2, ci=ci)
    ours = regress((y, se), np.ones((13, 1)), tau2=tau2, ci=ci)
    only = ours.coefficients[0]
    assert_close(ours.tau2, mean.tau2, 1e-11)
    assert_close([only.estimate, only.se], [mean.estimate, mean.se], 1e-11)
    assert_close([only.ci.low, only.p_value], [mean.ci.low, mean.p_value], 1e-10)
    assert_close([ours.qe, ours.i2, ours.h2], [mean.q, mean.i2, mean.h2], 1e-10)
    assert ours.tau2_ci is not None
    assert mean.tau2_ci is not None
    assert_close(ours.tau2_ci.high, mean.tau2_ci.high, 1e-10)
    assert_close(ours.weights, mean.weights, 1e-10)
    assert math.isnan(ours.r2)


@pytest.mark.parametrize("tau2", ["REML", "DL", "PM"])
def test_a_factor_is_subgroups_with_a_common_tau2(tau2: str) -> None:
    groups = subgroups(
        pair(BCG), list(table(BCG)["alloc"]), settings=Settings(tau2=tau2), tau2_across="common"
    )
    ours = fit(BCG, "alloc", tau2=tau2, ci="wald")
    assert_close(ours.tau2, groups.groups[0].tau2, 1e-10)
    assert_close(ours.qm.statistic, groups.q_between, 1e-9)


@STEADY
@given(data=st.integers(0, 10_000), power=st.floats(-6.0, 6.0), method=st.sampled_from(TAU2))
def test_scale_shift_order_sign_and_coding(data: int, power: float, method: str) -> None:
    rng = np.random.default_rng(data)
    k = int(rng.integers(4, 12))
    x = np.column_stack([np.ones(k), rng.normal(size=k)])
    y, se, c = rng.normal(size=k), rng.lognormal(-1.0, 0.7, k), 10.0**power
    plain = regress((y, se), x, tau2=method)
    moved = regress((c * (y + 3.0), c * se), x, tau2=method)
    slack = 1e-8 * max(plain.tau2, se.min() ** 2)
    assert plain.tau2 >= 0.0
    assert_close(moved.tau2 / c**2, plain.tau2, 1e-8, atol=slack)
    assert_close(
        moved.coefficients[1].estimate / c, plain.coefficients[1].estimate, 1e-6, atol=1e-7
    )
    order = rng.permutation(k)
    turned = regress((-y[order], se[order]), x[order], tau2=method)
    assert_close(turned.tau2, plain.tau2, 1e-8, atol=slack)
    assert_close(turned.beta, -plain.beta, 1e-6, atol=1e-7)
    recoded = regress((y, se), x @ np.array([[1.0, 1e3], [0.0, 5.0]]), tau2=method)
    assert_close(recoded.tau2, plain.tau2, 1e-7, atol=slack)
    assert_close(recoded.predict().estimate, plain.predict().estimate, 1e-6, atol=1e-7)


def test_a_large_offset_cancels_nothing() -> None:
    y, se = pair(BCG)
    plain = fit(BCG, "ablat * year")
    moved = regress((y + 2.0**27, se), FORMULAS[BCG]["ablat * year"], table=table(BCG))
    assert_close(moved.qe, plain.qe, 1e-6)
    assert_close(moved.tau2, plain.tau2, 1e-6)


def test_the_global_maximum_is_found_and_all_are_told() -> None:
    y, v = (-0.74, -0.99, 0.84, -0.58), (0.1418, 2.1717, 0.402, 0.0205)
    ours = regress((y, np.sqrt(v)), np.ones((4, 1)), ci="wald")
    # From one start metafor ends at 0; the other maximum is higher.
    assert_close(ours.tau2, pool((y, np.sqrt(v))).tau2, 1e-10)
    assert ours.tau2 > 0.16
    assert any("REML likelihood has 2 maxima: tau2 = 0 (log" in note for note in ours.notes)


def test_contrasts_and_vif_agree_with_metafor() -> None:
    theirs = load(BCG)["contrasts"]
    weights = [[0, 0, 0, 10, 1], [0, 1, -1, 0, 0]]
    ours = regress(pair(BCG), "~ alloc + ablat + year", table=table(BCG), ci="wald")
    test = ours.test(weights, names=["both", "difference"])
    assert [c.name for c in test.contrasts] == ["both", "difference"]
    assert_close([c.estimate for c in test.contrasts], theirs["estimate"], ITERATIVE)
    assert_close([c.se for c in test.contrasts], theirs["se"], ITERATIVE)
    assert_close([c.p_value for c in test.contrasts], theirs["p_value"], ITERATIVE)
    assert_close([test.statistic, test.p_value], [theirs["qm"], theirs["qm_p"]], ITERATIVE)
    knha = regress(pair(BCG), "~ alloc + ablat + year", table=table(BCG)).test(weights)
    assert_close([knha.statistic, knha.p_value], [theirs["f"], theirs["f_p"]], ITERATIVE)
    assert (knha.kind, knha.df1, knha.df2) == ("F", 2, 8)
    vif = ours.vif()
    assert_close([vif["ablat"].gvif, vif["year"].gvif], theirs["vif"][:2], ITERATIVE)
    assert (vif["alloc"].df, set(vif)) == (2, {"alloc", "ablat", "year"})
    assert_close(vif["alloc"].gsif, vif["alloc"].gvif ** 0.25, CLOSED_FORM)
    # Named terms and coefficients.
    assert ours.test("alloc") == ours.test(["alloc[T.random]", "alloc[T.systematic]"])
    assert ours.test(["alloc", "ablat", "year"]).statistic == pytest.approx(ours.qm.statistic)


def test_splines_and_other_functions() -> None:
    ours = regress(pair(BCG), "~ bs(year, df=4)", table=table(BCG), verify=True)
    assert len(ours.coefficients) == 5
    again = ours.predict(pd.DataFrame({"year": [1950, 1970]}))
    assert len(again.estimate) == 2
    assert_close(ours.predict(table(BCG)).estimate, ours.predict().estimate, 1e-10)


def test_r2_that_would_be_negative_is_a_note() -> None:
    ours = fit(BCG, "alloc", tau2="REML")
    assert ours.r2 == 0.0
    assert any("negative values are set to 0" in note for note in ours.notes)


def test_missing_moderators_leave_studies_out() -> None:
    moderators = table(BCG)
    moderators["ablat"] = moderators["ablat"].astype(float)
    moderators.loc[[2, 5], "ablat"] = np.nan
    ours = regress(pair(BCG), "~ ablat", table=moderators, labels=[f"s{i}" for i in range(13)])
    assert ours.k == 11
    assert ours.notes[0] == "Left out for lack of a moderator: s2, s5."
    keep = np.delete(np.arange(13), [2, 5])
    y, se = pair(BCG)
    assert_close(
        ours.tau2, regress((y[keep], se[keep]), "~ ablat", table=moderators.iloc[keep]).tau2, 1e-12
    )


def test_contrasts_that_are_not_estimable_take_their_row_with_them() -> None:
    y, se = pair(BCG)
    data = [
        Contrast(study=str(i), label=f"s{i}", measure="RR", scale="log", estimate=a, se=b)
        for i, (a, b) in enumerate(zip(y.tolist(), se.tolist(), strict=True))
    ]
    data[4] = Contrast(
        study="4", label="s4", measure="RR", scale="log", estimate=math.nan, se=math.nan
    )
    ours = regress(data, "~ ablat", table=table(BCG))
    keep = np.delete(np.arange(13), 4)
    other = regress((y[keep], se[keep]), "~ ablat", table=table(BCG).iloc[keep])
    assert ours.measure == "RR"
    assert ours.scale == "log"
    assert ours.notes[0].startswith("s4 is left out")
    assert ours.coefficients == other.coefficients
    x = np.column_stack([np.ones(13), table(BCG)["ablat"]])
    assert_close(regress(data, x).beta, ours.beta, 1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tau2": "XX"}, "unknown tau2 estimator 'XX'; choose one of REML, ML, DL, PM, EB, HE, SJ"),
        ({"ci": "z"}, "unknown confidence interval 'z'; choose one of HKSJ, wald, t, HKSJ-adhoc"),
        ({"model": "fixed"}, "unknown model 'fixed'; choose one of random_effects, common_effect"),
        ({"level": 95}, "level 95: a fraction between 0 and 1, such as 0.95"),
        ({"table": None}, "formula '~ ablat' needs a table of moderators"),
    ],
)
def test_wrong_choices_are_said(change: dict, message: str) -> None:
    choices = {"table": table(BCG)} | change
    with pytest.raises(MethodError) as caught:
        regress(pair(BCG), "~ ablat", **choices)
    assert str(caught.value) == message


def test_wrong_input_is_said() -> None:
    y, se = pair(BCG)
    with pytest.raises(MethodError, match=r"^the table has 12 rows for 13 studies$"):
        regress((y, se), "~ ablat", table=table(BCG).iloc[1:])
    with pytest.raises(MethodError, match=r"^the design has 12 rows for 13 studies$"):
        regress((y, se), np.ones((12, 1)))
    with pytest.raises(MethodError, match="'study 3': estimate nan with standard error"):
        regress((np.where(np.arange(13) == 2, np.nan, y), se), np.ones((13, 1)))
    with pytest.raises(MethodError, match="variance inflation needs at least two moderators"):
        fit(BCG, "alloc").__class__.vif(regress((y, se), "~ ablat", table=table(BCG)))
    for contrasts, message in (
        ("nix", "no coefficient 'nix'; choose from Intercept, ablat"),
        ([[1.0, 0.0, 0.0]], r"contrasts need 2 columns \(Intercept, ablat\)"),
        ([[1.0, 0.0], [2.0, 0.0]], "contrasts must be finite and independent of each other"),
    ):
        with pytest.raises(MethodError, match=message):
            regress((y, se), "~ ablat", table=table(BCG)).test(contrasts)


def test_edges() -> None:
    # Three studies, two coefficients; all on a line; one giant study.
    for y, se in (
        ([0.1, 0.2, 0.3], [0.1, 0.1, 0.1]),
        ([0.1, 0.2, 0.4], [1e-8, 0.1, 1e3]),
        ([0.0, 0.0, 0.0], [0.1, 0.1, 0.1]),
    ):
        for tau2 in TAU2:
            ours = regress((y, se), [[1, 0], [1, 1], [1, 2]], tau2=tau2, verify=True)
            assert ours.tau2 >= 0.0
            assert all(math.isfinite(c.estimate) and c.se >= 0.0 for c in ours.coefficients)
            json.dumps(ours.to_dict(), allow_nan=False)
            assert "Intercept" in ours.summary()


def test_tables_and_text() -> None:
    ours = fit(BCG, "ablat + year")
    frame = ours.to_frame()
    assert list(frame["name"]) == ["Intercept", "ablat", "year"]
    theirs = ours.to_frame(names="metafor")
    assert list(theirs.index) == ["intrcpt", "ablat", "year"]
    assert list(theirs.columns) == ["estimate", "se", "zval", "df", "pval", "ci.lb", "ci.ub"]
    assert list(ours.predict().to_frame("metafor").columns)[-1] == "pi.ub"
    with pytest.raises(MethodError, match="unknown names 'R'; choose None or \"metafor\""):
        ours.to_frame(names="R")
    text = ours.summary()
    for part in ("k = 13, mixed-effects meta-regression", "F(2, 10) = 4.965", "R2          64.6%"):
        assert part in text
    held = json.loads(json.dumps(ours.to_dict(), allow_nan=False))
    assert held["design"]["names"] == ["Intercept", "ablat", "year"]
    assert held["coefficients"][1]["ci"]["low"] == pytest.approx(ours.coefficients[1].ci.low)


def test_statsmodels_is_reachable_and_guards() -> None:
    from dataclasses import replace

    from evidencekit.models.engine import verify_regression

    ours = fit(BCG, "ablat * year")
    assert_close(ours.wls.params, ours.beta, 1e-9)
    assert_close(ours.wls.bse, [c.se for c in ours.coefficients], 1e-9)
    assert_close(fit(BCG, "alloc", ci="wald").wls.bse[1], 0.515821633599066, 1e-8)
    wrong = replace(ours, coefficients=(replace(ours.coefficients[0], estimate=0.0),))
    with pytest.raises(EngineMismatch, match="statsmodels disagree: coefficient of Intercept"):
        verify_regression(wrong)


def test_results_can_be_compared() -> None:
    ours = fit(BCG, "alloc")
    assert ours == ours  # noqa: PLR0124 - arrays inside must not make this ambiguous
    assert ours != fit(BCG, "ablat + year")
