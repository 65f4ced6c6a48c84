"""Ad hoc rules for Hartung-Knapp, Kenward-Roger and IVhet."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from conformance import Reference
from evidencekit.errors import MethodError
from evidencekit.models import Settings, pool
from reference_cases import fits, load, others, studies
from tolerances import CLOSED_FORM, ITERATIVE, assert_close, assert_printed

TRAP = load("meta_8.4_intervals")
HOMOGENEOUS = (TRAP["y"], np.sqrt(TRAP["v"]))


@pytest.mark.parametrize("ci", TRAP["ci"])
def test_rules_on_homogeneous_studies_are_those_of_meta(ci: str) -> None:
    found = pool(HOMOGENEOUS, ci=ci).ci
    reference = Reference("interval of the mean", ci, "meta 8.4-0", "homogeneous (4 studies)")
    for ours, theirs in zip((found.low, found.high), TRAP["ci"][ci], strict=True):
        reference.printed(ours, theirs)


def width(fit: dict) -> float:
    return fit["ci"][1] - fit["ci"][0]


@pytest.mark.parametrize(("name", "fit"), fits("REML"))
def test_the_rules_choose_among_metafors_intervals(name: str, fit: dict) -> None:
    """Each rule by its words: which of metafor's own intervals it names, on every dataset."""
    y, v = studies(name)
    knapp, classic, truncated = (fit["ci"][ci] for ci in ("HKSJ", "wald", "HKSJ-adhoc"))
    moment = load(name)["fits"]["DL"]["ci"]["wald"]
    for ci, expected in (
        ("HKSJ-ci", max(knapp, classic, key=width)),
        ("HKSJ-IQWiG6", truncated if width(knapp) < width(moment) else knapp),
    ):
        ours = pool((y, np.sqrt(v)), ci=ci)
        reference = Reference("interval of the mean", ci, "metafor 3.8.1, its intervals", name)
        reference.agrees(ours.se, expected["se"], ITERATIVE)
        limits = (ours.ci.low, ours.ci.high)
        reference.agrees(limits, expected["ci"], ITERATIVE, relative_to=ours.se)


def test_the_wider_interval_depends_on_the_level() -> None:
    # Half-widths cross at 99%: t with few degrees of freedom has the longer tail.
    y, se = np.array([0.0, 0.3, 0.05, 0.2]), np.full(4, 0.2)
    wide = pool((y, se), ci="HKSJ-ci", level=0.999)
    narrow = pool((y, se), ci="HKSJ-ci", level=0.5)
    assert wide.df == 3
    assert np.isinf(narrow.df)


def test_iqwig_compares_with_dersimonian_laird() -> None:
    # Under PM the Hartung-Knapp standard error is the Wald one, wider with its t quantile: no
    # truncation; and on homogeneous studies it truncates.
    y, v = studies("bcg_RR")
    plain = pool((y, np.sqrt(v)), tau2="PM")
    assert_close(pool((y, np.sqrt(v)), tau2="PM", ci="HKSJ-IQWiG6").se, plain.se, CLOSED_FORM)
    assert pool(HOMOGENEOUS, ci="HKSJ-IQWiG6").se > pool(HOMOGENEOUS).se


def test_hk_pr_honours_the_ad_hoc_rule() -> None:
    """meta 8.4 leaves HK-PR unchanged when its adhoc.hakn.pi is "se"."""
    Reference("prediction interval", "HK-PR-adhoc", "meta 8.4-0", "four alike").differs(
        'meta leaves HK-PR as it is when its adhoc.hakn.pi is "se"; here the standard error is '
        "not below Wald"
    )
    plain = pool(HOMOGENEOUS, prediction="HK-PR").prediction
    adhoc = pool(HOMOGENEOUS, prediction="HK-PR-adhoc").prediction
    assert plain is not None
    assert adhoc is not None
    low, high = TRAP["prediction"]["HK-PR"]
    assert_printed(plain.low, low)
    assert_printed(plain.high, high)
    # tau2 is 0 here, so the interval is that of the mean with k - 2 degrees of freedom.
    half = stats.t.ppf(0.975, 2) * pool(HOMOGENEOUS).se_wald
    assert_close(adhoc.width / 2, half, CLOSED_FORM)


@pytest.mark.parametrize(("name", "expected"), others("kenward_roger"))
def test_kenward_roger_agrees_with_its_matrices(name: str, expected: dict) -> None:
    y, v = studies(name)
    ours = pool((y, np.sqrt(v)), ci="KR", prediction="KR")
    reference = Reference("interval of the mean", "KR", "matrices in R 4.2.2", name)
    reference.agrees(ours.se, expected["se"], ITERATIVE)
    reference.agrees(ours.df, expected["df"], ITERATIVE)
    limits = (ours.ci.low, ours.ci.high)
    reference.agrees(limits, expected["ci"], ITERATIVE, relative_to=ours.se)
    for prediction in ("KR", "KR-PR"):
        found = pool((y, np.sqrt(v)), ci="KR", prediction=prediction).prediction
        assert found is not None
        reference = Reference("prediction interval", prediction, "matrices in R 4.2.2", name)
        limits = (found.low, found.high)
        reference.agrees(limits, expected[prediction], ITERATIVE, relative_to=found.width)


def test_kenward_roger_of_meta() -> None:
    y, v = studies("bcg_RR")
    expected = TRAP["bcg_RR"]
    result = pool((y, np.sqrt(v)), ci="KR")
    assert_printed(result.df, expected["kr_df"])
    # meta's tau2 is off in the eighth digit.
    limits = [float(x) for x in expected["KR"]]
    reference = Reference("interval of the mean", "KR", "meta 8.4-0", "bcg_RR")
    reference.agrees((result.ci.low, result.ci.high), limits, 5e-7, relative_to=result.se)
    assert_printed(pool(HOMOGENEOUS, ci="KR").df, TRAP["kr_df"])
    for name, (low, high) in expected["prediction"].items():
        found = pool((y, np.sqrt(v)), prediction=name).prediction
        assert found is not None
        reference = Reference("prediction interval", name, "meta 8.4-0", "bcg_RR")
        limits = [float(low), float(high)]
        reference.agrees((found.low, found.high), limits, 1e-6, relative_to=found.width)


@pytest.mark.parametrize("k", [2, 3, 8])
def test_kenward_roger_of_equal_variances_is_exact(k: int) -> None:
    """With equal variances the adjustment vanishes: t with k - 1 degrees of freedom."""
    y = np.linspace(-1.0, 1.0, k)
    result = pool((y, np.full(k, 0.1)), ci="KR")
    assert_close(result.se, y.std(ddof=1) / np.sqrt(k), 1e-10)
    assert_close(result.df, k - 1.0, 1e-10)


def test_kenward_roger_with_next_to_no_degrees_of_freedom_says_so() -> None:
    result = pool(([0.1, 0.5], [1e-6, 0.3]), ci="KR", prediction="KR-PR")
    assert result.df < 1
    assert any("fewer than one" in note for note in result.notes)
    three = pool(([0.1, 0.5, 0.3], [1e-7, 1e-7, 9.0]), ci="KR", prediction="KR-PR")
    assert np.isfinite([three.ci.low, three.ci.high]).all()
    if three.df <= 1:
        assert three.prediction is None
        assert three.prediction_reason == "KR-PR has no degrees of freedom left here"


@pytest.mark.parametrize(("name", "expected"), others("ivhet"))
def test_ivhet_agrees_with_metafor(name: str, expected: dict) -> None:
    y, v = studies(name)
    ours = pool((y, np.sqrt(v)), model="common_effect", ci="IVhet")
    reference = Reference("interval of the mean", "IVhet", "metafor 3.8.1", name)
    reference.agrees(ours.estimate, expected["estimate"], 1e-11, relative_to=ours.se)
    reference.agrees(ours.se, expected["se"], 1e-11)
    reference.agrees((ours.ci.low, ours.ci.high), expected["ci"], 1e-11, relative_to=ours.se)


def test_ivhet_of_equal_variances_is_the_random_effects_interval() -> None:
    y = np.array([0.1, 0.9, -0.6, 1.4, 0.3])
    ours = pool((y, np.full(5, 0.2)), model="common_effect", ci="IVhet")
    random = pool((y, np.full(5, 0.2)), tau2="DL", ci="wald")
    assert_close((ours.ci.low, ours.ci.high), (random.ci.low, random.ci.high), 1e-12)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        (
            {"ci": "KR", "tau2": "DL", "prediction": None},
            "KR is defined for tau2 by REML, not by DL",
        ),
        (
            {"prediction": "KR-PR", "tau2": "ML"},
            "KR-PR is defined for tau2 by REML, not by ML",
        ),
        (
            {"ci": "IVhet"},
            "IVhet belongs to model 'common_effect', not 'random_effects'",
        ),
        (
            {"ci": "KR", "model": "common_effect"},
            "KR belongs to model 'random_effects', not 'common_effect'",
        ),
    ],
)
def test_methods_are_refused_where_they_are_not_defined(choices: dict, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        Settings(**choices)
    assert str(caught.value) == message
