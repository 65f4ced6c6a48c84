"""The front door: what goes in, what comes out, and what is said about it."""

from __future__ import annotations

import json
import math
from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest

from evidencekit.errors import MethodError
from evidencekit.models import NaturalResult, PooledResult, Settings, back_transform, pool
from evidencekit.quantities import Contrast
from reference_cases import load, studies
from tolerances import CLOSED_FORM, assert_close


def contrasts(**changes: object) -> list[Contrast]:
    case = load("bcg_RR")
    return [
        Contrast(
            study=f"s{i}", label=label, measure="RR", scale="log", estimate=y, se=v**0.5, **changes
        )
        for i, (label, y, v) in enumerate(
            zip(case["inputs"]["label"], case["yi"], case["vi"], strict=True)
        )
    ]


def bcg(**choices: object) -> PooledResult:
    return pool(contrasts(), **choices)


def test_contrasts_and_arrays_give_the_same_numbers() -> None:
    y, v = studies("bcg_RR")
    labels = load("bcg_RR")["inputs"]["label"]
    arrays = pool((y, np.sqrt(v)), labels=labels)
    assert replace(arrays, measure="RR", scale="log") == bcg()
    assert arrays.measure == ""
    assert arrays.scale == "identity"


def test_pairs_of_lists_are_arrays_too() -> None:
    assert pool(([0.1, 0.2], [0.3, 0.3])).k == 2
    assert pool(([0.1, 0.2], [0.3, 0.3])).labels == ("study 1", "study 2")


def test_a_tuple_of_two_contrasts_is_two_contrasts() -> None:
    assert pool(tuple(contrasts()[:2])).labels == ("Aronson 1948", "Ferguson & Simes 1949")


def test_weights() -> None:
    result = bcg()
    w = 1 / (np.array(result.ses) ** 2 + result.tau2)
    assert_close(result.weights, w / w.sum(), CLOSED_FORM)
    assert_close(result.estimate, np.dot(result.weights, result.estimates), CLOSED_FORM)
    assert_close(result.se_wald, w.sum() ** -0.5, CLOSED_FORM)
    common = np.array(bcg(model="common_effect").weights)
    assert_close(common, np.array(result.ses) ** -2 / (np.array(result.ses) ** -2).sum(), 1e-12)


def test_not_estimable_contrasts_are_left_out_and_named() -> None:
    nothing = math.nan
    odd = Contrast(
        study="x",
        label="Lee 2004",
        measure="RR",
        scale="log",
        estimate=nothing,
        se=nothing,
        not_estimable="no events in either arm",
    )
    result = pool([*contrasts(), odd])
    assert result.k == 13
    assert result.notes[0] == "Lee 2004 is left out: no events in either arm."
    assert replace(result, notes=result.notes[1:]) == bcg()
    with pytest.raises(MethodError) as caught:
        pool([odd])
    assert str(caught.value) == (
        "no estimable study to pool. Lee 2004 is left out: no events in either arm"
    )


def test_one_study() -> None:
    result = pool(contrasts()[:1])
    assert result.estimate == contrasts()[0].estimate
    assert_close(result.se, contrasts()[0].se, CLOSED_FORM)
    assert math.isnan(result.tau2)
    assert result.ci.method == "wald"
    assert result.df == math.inf
    assert result.weights == (1.0,)
    assert result.prediction is None
    assert result.prediction_reason == "HK needs at least 2 studies; there is 1"
    assert result.notes == (
        "One study: the between-study variance is not defined, and the result is that "
        "study's own estimate with a Wald interval.",
    )
    wald = pool(contrasts()[:1], model="common_effect")
    assert_close((result.ci.low, result.ci.high), (wald.ci.low, wald.ci.high), CLOSED_FORM)
    assert wald.notes == ()
    assert pool(contrasts()[:1], model="common_effect", ci="t").notes == (
        "One study: t needs two, so the interval is a Wald interval.",
    )


def test_two_studies() -> None:
    result = pool(contrasts()[:2], prediction="HTS")
    assert result.df == 1
    assert result.prediction is None
    assert result.prediction_reason == "HTS needs at least 3 studies; there are 2"
    assert result.notes == (
        "Two studies: the interval rests on a t distribution with 1 degree of freedom "
        "and is very wide; tau2 is estimated from one difference.",
    )


@pytest.mark.parametrize("data", [[], (), ([], [])])
def test_no_studies(data: object) -> None:
    with pytest.raises(MethodError, match=r"no (estimable )?stud(y|ies) to pool"):
        pool(data)


def test_common_effect() -> None:
    result = bcg(model="common_effect")
    assert result.ci.method == "wald"
    assert (result.tau2, result.tau2_method, result.tau2_ci) == (0.0, "none", None)
    assert result.prediction is None
    assert result.prediction_reason == (
        "the common-effect model assumes one effect for all studies"
    )
    assert math.isnan(result.i2)
    assert result.i2_ci is None
    assert result.i2_q == bcg().i2_q
    assert bcg(model="common_effect", ci="HKSJ").notes == (
        "A Hartung-Knapp interval around a common-effect estimate scales its standard error "
        "by the observed dispersion; it does not make it a random-effects estimate.",
    )


def test_two_modes_are_a_note() -> None:
    y, v = [-0.74, -0.99, 0.84, -0.58], [0.1418, 2.1717, 0.402, 0.0205]
    result = pool((y, np.sqrt(v)), ci="wald")
    assert_close((result.ci.low, result.ci.high), (-1.009656891, 0.1842962881), 1e-9)
    assert_close(result.estimate, -0.412680301301, 1e-10)
    assert_close(result.p_value, 0.175452117, 1e-8)
    assert result.notes == (
        "The REML likelihood has 2 maxima: tau2 = 0 (log-likelihood -0.0395 against the "
        "highest), tau2 = 0.1665 (log-likelihood highest). The highest is used; programs that "
        "search from one start may report another.",
    )


def test_no_intervals_when_not_asked_for() -> None:
    result = bcg(prediction=None, tau2_ci=None)
    assert result.prediction is None
    assert result.prediction_reason == "not asked for"
    assert result.tau2_ci is None
    assert result.i2_ci is None
    assert result.tau2 == bcg().tau2


def test_giant_study_takes_the_weight() -> None:
    result = pool(([0.5, 0.1, 0.9], [1e-9, 1.0, 1.0]), model="common_effect")
    assert_close(result.estimate, 0.5, 1e-12)
    assert_close(result.se, 1e-9, 1e-12)
    assert result.weights[0] == pytest.approx(1.0)


def test_identical_studies() -> None:
    result = pool(([0.3] * 4, [0.1] * 4))
    assert (result.estimate, result.q, result.tau2, result.se) == (0.3, 0.0, 0.0, 0.0)
    assert result.ci.low == result.ci.high == 0.3
    assert result.statistic == math.inf
    assert result.p_value == 0.0
    assert any("narrower" in note for note in result.notes)
    assert_close(pool(([0.3] * 4, [0.1] * 4), ci="wald").se, 0.05, CLOSED_FORM)
    assert math.isnan(pool(([0.0] * 4, [0.1] * 4)).statistic)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: pool(([0.1, math.nan], [0.1, 0.1]), labels=["Lee", "Hart"]),
            "study 'Hart': estimate nan with standard error 0.1; every study needs a finite "
            "estimate and a finite standard error above 0",
        ),
        (
            lambda: pool(([0.1, 0.2], [0.1, 0.0])),
            "study 'study 2': estimate 0.2 with standard error 0; every study needs a finite "
            "estimate and a finite standard error above 0",
        ),
        (
            lambda: pool(([0.1, 0.2], [0.1, 1e-200])),
            "study 'study 2': estimate 0.2 with variance 0; every study needs a finite "
            "estimate and a finite variance above 0",
        ),
        (lambda: pool(([0.1], [0.1]), labels=["a", "b"]), "2 labels for 1 studies"),
        (
            lambda: pool(contrasts(), labels=["a"]),
            "contrasts carry their own labels; leave out `labels`",
        ),
        (
            lambda: pool([*contrasts(), replace(contrasts()[0], measure="OR")]),
            "contrasts of different measures cannot be pooled: OR (log scale), RR (log scale)",
        ),
        (
            lambda: pool(([[0.1]], [[0.1]])),
            "one analysis needs two arrays of one length; estimates have shape (1, 1), "
            "standard errors (1, 1)",
        ),
        (
            lambda: bcg(model="fixed"),
            "unknown model 'fixed'; choose one of random_effects, common_effect",
        ),
        (lambda: bcg(level=95), "level 95: a fraction between 0 and 1, such as 0.95"),
        (
            lambda: bcg().to_frame(names="stata"),
            "unknown names 'stata'; choose None or \"metafor\"",
        ),
    ],
)
def test_what_cannot_be_done_is_said(call, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("choice", "what"),
    [
        ({"tau2": "XX"}, "tau2 estimator"),
        ({"ci": "XX"}, "confidence interval"),
        ({"prediction": "XX"}, "prediction interval"),
        ({"tau2_ci": "XX"}, "tau2 interval"),
    ],
)
def test_unknown_choices_list_the_known(choice: dict, what: str) -> None:
    with pytest.raises(MethodError, match=rf"^unknown {what} 'XX'; choose one of \w+"):
        bcg(**choice)
    with pytest.raises(MethodError, match=f"^unknown {what}"):
        Settings(**choice)


def test_results_are_frozen_and_not_iterable() -> None:
    result = bcg()
    with pytest.raises((FrozenInstanceError, AttributeError)):
        result.estimate = 0.0
    with pytest.raises(TypeError):
        iter(result)


# --- natural scale --------------------------------------------------------------------


def test_back_transform_is_another_type() -> None:
    result = bcg()
    natural = back_transform(result)
    assert isinstance(natural, NaturalResult)
    assert not isinstance(natural, PooledResult)
    assert_close(natural.estimate, np.exp(result.estimate), CLOSED_FORM)
    assert_close(natural.ci.high, np.exp(result.ci.high), CLOSED_FORM)
    assert natural.ci.method == "HKSJ"
    assert natural.prediction is not None
    assert_close(natural.prediction.low, np.exp(result.prediction.low), CLOSED_FORM)
    assert_close(natural.estimates, np.exp(result.estimates), CLOSED_FORM)
    assert_close(
        [interval.low for interval in natural.intervals],
        np.exp(np.array(result.estimates) - 1.959963984540054 * np.array(result.ses)),
        CLOSED_FORM,
    )
    assert natural.null == 1.0
    assert natural.analysis is result
    assert not hasattr(natural, "se")


def test_back_transform_of_differences_changes_nothing() -> None:
    result = pool(([1.0, 2.0, 4.0], [0.5, 0.5, 0.5]))
    natural = back_transform(result)
    assert natural.estimate == result.estimate
    assert (natural.ci, natural.prediction) == (result.ci, result.prediction)
    assert natural.null == 0.0


def test_back_transform_beyond_floats_is_infinite() -> None:
    two = pool([replace(c, estimate=c.estimate * 500) for c in contrasts()[:2]])
    assert back_transform(two).ci.high == math.inf
    assert back_transform(two).prediction is not None


# --- out ------------------------------------------------------------------------------


def test_to_dict_is_json_and_complete() -> None:
    result = pool(contrasts()[:1])
    plain = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert set(plain) == {field.name for field in fields(PooledResult)}
    assert plain["tau2"] is None
    assert plain["df"] is None
    assert plain["ci"] == {
        "low": result.ci.low,
        "high": result.ci.high,
        "level": 0.95,
        "method": "wald",
    }
    assert plain["labels"] == ["Aronson 1948"]


def test_to_frame() -> None:
    result = bcg()
    frame = result.to_frame()
    assert list(frame) == ["label", "estimate", "se", "ci_low", "ci_high", "weight"]
    assert tuple(frame["estimate"]) == result.estimates
    assert frame["weight"].sum() == pytest.approx(1.0)
    known = result.to_frame(names="metafor")
    assert list(known) == ["slab", "yi", "vi", "ci.lb", "ci.ub", "weight"]
    assert_close(known["vi"], load("bcg_RR")["vi"], CLOSED_FORM)
    assert known["weight"].sum() == pytest.approx(100.0)
    assert tuple(known["slab"]) == result.labels


def test_summary() -> None:
    assert bcg().summary() == "\n".join(
        [
            "RR, log scale: k = 13, random-effects model, restricted maximum likelihood",
            "  estimate    -0.7145  95% CI -1.108 to -0.3206 (Hartung-Knapp-Sidik-Jonkman)",
            "  test        t(12) = -3.952, p = 0.002",
            "  prediction  95% -1.996 to 0.567 (Hartung-Knapp standard error, t with k - 1)",
            "  tau2        0.3132  95% CI 0.1197 to 1.111 (QP)",
            "  I2          92.2% from tau2, 92.1% from Q",
            "  Q           152.2, df 12, p < 0.001",
        ]
    )


def test_summary_prints_every_note() -> None:
    for result in (
        pool(contrasts()[:1]),
        pool(([0.2, 0.21, 0.19], [0.1, 0.1, 0.1])),
        pool(studies("bcg_RD"), tau2="DL"),
        bcg(model="common_effect", ci="HKSJ"),
    ):
        text = result.summary()
        assert result.notes
        for note in result.notes:
            assert f"  note: {note}" in text
        assert "nan" not in text
