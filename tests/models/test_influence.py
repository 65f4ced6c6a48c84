"""Influence measures against metafor, against refits one by one, and their invariances."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from evidencekit.errors import MethodError
from evidencekit.models.case_deletion import influence
from evidencekit.models.pool import pool
from evidencekit.models.regression import regress
from evidencekit.models.regression_results import RegressionResult
from evidencekit.models.residual_tau2 import RESIDUAL_TAU2
from evidencekit.models.results import PooledResult
from evidencekit.models.tau2 import TAU2_ESTIMATORS
from reference_cases import load
from tolerances import CLOSED_FORM, ITERATIVE, assert_close

MEASURES = (
    "residual",
    "residual_se",
    "rstudent",
    "dffits",
    "cook",
    "cov_ratio",
    "tau2_deleted",
    "qe_deleted",
    "hat",
    "weight",
    "dfbetas",
)
CASES = [
    (name, formula, method)
    for name in ("bcg", "raudenbush1985")
    for formula, fits in load("influence")[name]["fits"].items()
    for method in fits
]


def pair(name: str) -> tuple[np.ndarray, np.ndarray]:
    case = load("influence")[name]
    return np.array(case["yi"]), np.sqrt(np.array(case["vi"]))


def fit(name: str, formula: str, method: str) -> RegressionResult:
    case = load("influence")[name]
    table = pd.DataFrame({key: value for key, value in case.items() if isinstance(value, list)})
    common = method == "EE"
    return regress(
        pair(name),
        f"~ {formula}",
        table=table,
        model="common_effect" if common else "random_effects",
        tau2="REML" if common else method,
        ci="wald",
    )


@pytest.mark.parametrize(("name", "formula", "method"), CASES)
def test_agrees_with_metafor(name: str, formula: str, method: str) -> None:
    theirs = load("influence")[name]["fits"][formula][method]
    ours = influence(fit(name, formula, method))
    for measure in MEASURES:
        expected = np.array(theirs[measure], dtype=float).reshape(ours.k, -1)
        found = np.array(getattr(ours, measure)).reshape(ours.k, -1)
        size = np.abs(expected).max(axis=0)
        size[size == 0.0] = 1.0  # tau2 under a common effect
        # Differences that cancel are good to the size of the largest of their kind.
        assert_close(found / size, expected / size, ITERATIVE, atol=1e-9)
    assert ours.influential == tuple(bool(one) for one in theirs["influential"])


@pytest.mark.parametrize("method", RESIDUAL_TAU2)
@pytest.mark.parametrize("formula", ["1", "ablat + year", "alloc"])
def test_agrees_with_refits_one_by_one(formula: str, method: str) -> None:
    whole = fit("bcg", formula, method)
    ours = influence(whole)
    y, se = pair("bcg")
    x = whole.design.matrix
    v_whole = np.array(whole.vcov_wald)
    hat = np.diag(x @ v_whole @ x.T) / (se**2 + whole.tau2)
    assert_close(ours.hat, hat, ITERATIVE)
    for i in range(whole.k):
        rest = np.arange(whole.k) != i
        part = regress((y[rest], se[rest]), x[rest], tau2=method, ci="wald")
        moved = whole.beta - part.beta
        total = se[i] ** 2 + part.tau2
        spread = total + x[i] @ np.array(part.vcov_wald) @ x[i]
        same = np.linalg.inv((x.T / (se**2 + part.tau2)) @ x)
        assert_close(ours.tau2_deleted[i], part.tau2, ITERATIVE)
        assert_close(ours.qe_deleted[i], part.qe, 1e-9)
        assert_close(ours.residual[i], y[i] - x[i] @ part.beta, ITERATIVE, atol=1e-10)
        assert_close(ours.rstudent[i], (y[i] - x[i] @ part.beta) / np.sqrt(spread), 1e-7)
        assert_close(ours.dffits[i], x[i] @ moved / np.sqrt(hat[i] * total), 1e-6)
        assert_close(ours.cook[i], moved @ np.linalg.solve(v_whole, moved), 1e-6)
        ratio = np.linalg.det(part.vcov_wald) / np.linalg.det(v_whole)
        assert_close(ours.cov_ratio[i], ratio, 1e-7)
        assert_close(ours.dfbetas[i], moved / np.sqrt(np.diag(same)), 1e-5, atol=1e-8)


@pytest.mark.parametrize("method", TAU2_ESTIMATORS)
def test_a_pooled_result_is_a_regression_on_a_constant(method: str) -> None:
    y, se = pair("bcg")
    pooled = influence(pool((y, se), tau2=method))
    if method in RESIDUAL_TAU2:
        regression = influence(regress((y, se), np.ones(len(y)), tau2=method))
        for measure in MEASURES:
            assert_close(
                getattr(pooled, measure), getattr(regression, measure), ITERATIVE, atol=1e-12
            )
    for i in range(len(y)):
        rest = np.arange(len(y)) != i
        part = pool((y[rest], se[rest]), tau2=method, ci="wald")
        assert_close(pooled.tau2_deleted[i], part.tau2, ITERATIVE, atol=1e-12)
        spread = np.sqrt(se[i] ** 2 + part.tau2 + part.se**2)
        assert_close(pooled.rstudent[i], (y[i] - part.estimate) / spread, 1e-7)
        assert_close(pooled.qe_deleted[i], part.q, 1e-9)


def test_common_effect_measures_are_those_of_weighted_least_squares() -> None:
    """Deleting a row has closed forms when nothing else is estimated."""
    ours = influence(fit("bcg", "ablat", "EE"))
    y, se = pair("bcg")
    hat, size = np.array(ours.hat), np.array(ours.residual)
    fitted = y - size * (1.0 - hat)  # the residual without a study is the residual over 1 - h
    x = np.column_stack([np.ones(len(y)), load("influence")["bcg"]["ablat"]])
    w = se**-2
    beta = np.linalg.solve((x.T * w) @ x, (x.T * w) @ y)
    assert_close(fitted, x @ beta, 1e-10)
    assert_close(ours.residual_se, se / np.sqrt(1.0 - hat), CLOSED_FORM)
    assert_close(ours.cov_ratio, 1.0 / (1.0 - hat), 1e-11)
    assert_close(ours.dffits, np.array(ours.rstudent) * np.sqrt(hat / (1.0 - hat)), 1e-10)
    assert_close(ours.cook, np.array(ours.dffits) ** 2, 1e-10)
    assert_close(sum(ours.hat), 2.0, CLOSED_FORM)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_units_and_order_do_not_matter(scale: float) -> None:
    y, se = pair("bcg")
    x = np.column_stack([np.ones(len(y)), load("influence")["bcg"]["ablat"]])
    ours = influence(regress((y, se), x))
    order = np.random.default_rng(5).permutation(len(y))
    other = influence(regress((y[order] * scale + 3.0 * scale, se[order] * scale), x[order]))
    for measure in ("rstudent", "dffits", "cook", "cov_ratio", "hat", "qe_deleted"):
        assert_close(getattr(other, measure), np.array(getattr(ours, measure))[order], 1e-6)
    assert_close(np.array(other.tau2_deleted) / scale**2, np.array(ours.tau2_deleted)[order], 1e-7)
    assert_close(np.array(other.dfbetas)[:, 1], np.array(ours.dfbetas)[order, 1], 1e-5, atol=1e-8)


def test_one_giant_study_keeps_its_digits() -> None:
    """Leverage 1 - 1e-14: the study's own residual comes from the others, not from 1 - h."""
    y, se = pair("bcg")
    se = se.copy()
    se[3] = 1e-8
    ours = influence(regress((y, se), np.ones(len(y)), model="common_effect"))
    rest = np.arange(len(y)) != 3
    w = se[rest] ** -2
    mean = (w * y[rest]).sum() / w.sum()
    assert_close(ours.residual[3], y[3] - mean, 1e-9)
    assert_close(ours.residual_se[3], np.sqrt(se[3] ** 2 + 1.0 / w.sum()), 1e-9)
    assert ours.influential[3]


def test_a_study_that_alone_informs_a_coefficient() -> None:
    y, se = pair("bcg")
    only = np.zeros(len(y))
    only[4] = 1.0
    names = [f"trial {i}" for i in range(len(y))]
    result = regress((y, se), np.column_stack([np.ones(len(y)), only]), labels=names)
    ours = influence(result)
    assert ours.notes == (
        "Without trial 4 a coefficient cannot be estimated: no influence measures there.",
    )
    assert np.isnan(ours.rstudent[4])
    assert np.isnan(ours.dfbetas[4]).all()
    assert_close(ours.hat[4], 1.0, CLOSED_FORM)
    assert np.isfinite(np.delete(ours.cook, 4)).all()
    # The other studies are as they are without it.
    rest = np.arange(len(y)) != 4
    alone = influence(pool((y[rest], se[rest]), tau2="REML"))
    assert_close(np.delete(ours.rstudent, 4), alone.rstudent, 1e-7)
    assert json.loads(json.dumps(ours.to_dict()))["rstudent"][4] is None


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    result = fit("bcg", "ablat + year", "REML")
    whole = influence(result)
    monkeypatch.setattr("evidencekit.models.case_deletion.AT_ONCE", 100)
    parts = influence(result)
    for measure in MEASURES:
        assert_close(getattr(parts, measure), getattr(whole, measure), 1e-10, atol=1e-12)


@pytest.mark.parametrize("k", [1, 2])
def test_too_few_studies(k: int) -> None:
    count = "there is 1" if k == 1 else "there are 2"
    with pytest.raises(
        MethodError,
        match=f"^influence measures of 1 coefficient need at least 3 studies; {count}$",
    ):
        influence(pool((np.arange(k) * 1.0, np.ones(k))))


def test_two_studies_with_a_common_effect() -> None:
    result: PooledResult = pool(([0.0, 1.0], [1.0, 2.0]), model="common_effect")
    ours = influence(result)
    assert_close(ours.rstudent, [-1.0 / np.sqrt(5.0), 1.0 / np.sqrt(5.0)], CLOSED_FORM)
    assert ours.qe_deleted == (0.0, 0.0)
    with pytest.raises(
        MethodError,
        match=r"^influence measures of 2 coefficients need at least 4 studies; there are 3$",
    ):
        influence(regress(([0.0, 1.0, 3.0], [1.0, 1.0, 1.0]), [[1, 0], [1, 1], [1, 3]]))


def test_frames_and_text() -> None:
    result = fit("bcg", "ablat", "REML")
    ours = influence(result)
    frame = ours.to_frame()
    assert list(frame.columns) == [
        "label",
        *MEASURES[:-1],
        "dfbetas[Intercept]",
        "dfbetas[ablat]",
        "influential",
    ]
    theirs = ours.to_frame(names="metafor")
    assert list(theirs.columns)[2:8] == [
        "rstudent",
        "dffits",
        "cook.d",
        "cov.r",
        "tau2.del",
        "QE.del",
    ]
    assert list(theirs.index) == list(ours.labels)
    assert_close(theirs["weight"].sum(), 100.0, CLOSED_FORM)
    assert_close(theirs["intrcpt"], frame["dfbetas[Intercept]"], CLOSED_FORM)
    text = influence(pool(pair("bcg"), labels=[f"trial {i}" for i in range(13)])).summary()
    assert text.splitlines()[0] == "estimates: influence of each of 13 studies; 0 to look at"
    y, se = pair("bcg")
    y = y.copy()
    y[2] = 9.0
    lines = influence(pool((y, se))).summary().splitlines()
    assert lines[0] == "estimates: influence of each of 13 studies; 1 to look at"
    assert lines[1].startswith("  study 3  studentised residual ")
    with pytest.raises(MethodError, match=r"^unknown names 'meta'; choose None or \"metafor\"$"):
        ours.to_frame(names="meta")  # type: ignore[arg-type]
