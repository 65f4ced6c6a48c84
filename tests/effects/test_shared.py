"""Contrasts that share a comparator arm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evidencekit.effects.contrast import make_contrast
from evidencekit.effects.shared import JointEffects, shared_comparator, stack_effects
from evidencekit.effects.shared_measures import (
    SHARED_MEASURES,
    Group,
    _common_sd,
    _comparator_sd,
    _mean_variance,
)
from evidencekit.effects.zero_cells import ZeroCells
from evidencekit.errors import MethodError
from evidencekit.models import multilevel
from evidencekit.quantities import Counts, GroupCounts, GroupMean, GroupRate, Means, Rates
from reference_cases import load
from tolerances import CLOSED_FORM, assert_close, assert_printed_all

CASE: dict[str, Any] = load("shared_comparators")
TWO = {GroupCounts: Counts, GroupRate: Rates, GroupMean: Means}
DATA: dict[type[Group], list[Group]] = {
    GroupCounts: [
        GroupCounts(events=e, total=n) for e, n in ((20, 120), (31, 140), (14, 90), (26, 100))
    ],
    GroupRate: [GroupRate(events=e, time=t) for e, t in ((20, 12.5), (31, 14), (14, 9), (26, 10))],
    GroupMean: [
        GroupMean(mean=m, sd=s, total=n)
        for m, s, n in ((10, 2, 40), (11.5, 3, 25), (9, 2.2, 50), (8, 2.5, 30))
    ],
}
DIFFERENCES = [m for m in SHARED_MEASURES if m not in ("SMD", "SMDH", "D", "SMD1")]


def pair(measure: str, one: Group, two: Group) -> tuple[float, float]:
    """Estimate and standard error of two arms by themselves."""
    fields = type(one).__slots__
    data = TWO[type(one)](
        **{f"{name}_{i}": getattr(arm, name) for i, arm in ((1, one), (2, two)) for name in fields}
    )
    found = make_contrast(measure, data, study="x")
    return found.estimate, found.se


@pytest.mark.parametrize("measure", SHARED_MEASURES)
def test_each_contrast_is_that_of_its_two_arms(measure: str) -> None:
    *arms, comparator = DATA[SHARED_MEASURES[measure].data]
    joint = shared_comparator(measure, arms, comparator)
    expected = [pair(measure, arm, comparator) for arm in arms]
    assert_close(joint.estimate, [y for y, _ in expected], CLOSED_FORM)
    assert_close(joint.se, [se for _, se in expected], CLOSED_FORM)
    assert (joint.covariance == joint.covariance.T).all()
    assert np.linalg.eigvalsh(joint.covariance).min() > 0
    assert joint.steps == ()


@pytest.mark.parametrize("measure", DIFFERENCES)
def test_any_comparator_gives_the_same_trial(measure: str) -> None:
    groups = DATA[SHARED_MEASURES[measure].data]
    last = shared_comparator(measure, groups[:-1], groups[-1])
    first = shared_comparator(measure, groups[1:], groups[0])
    # Arm against the first arm, from arms against the last: B - A = (B - D) - (A - D).
    basis = np.array([[-1, 1, 0], [-1, 0, 1], [-1, 0, 0]], dtype=float)
    assert_close(first.estimate, basis @ last.estimate, 1e-11)
    assert_close(first.covariance, basis @ last.covariance @ basis.T, 1e-11, atol=1e-16)
    # So any weighted mean of the arms' differences has one test statistic.
    for joint in (first, last):
        q = joint.estimate @ np.linalg.solve(joint.covariance, joint.estimate)
        assert_close(q, last.estimate @ np.linalg.solve(last.covariance, last.estimate), 1e-10)


def reference_trials(measure: str) -> list[JointEffects]:
    counts = CASE["counts"]
    trials = []
    for trial in dict.fromkeys(counts["trial"]):
        rows = [i for i, name in enumerate(counts["trial"]) if name == trial]
        arms = [GroupCounts(events=counts["events"][i], total=counts["total"][i]) for i in rows]
        control = GroupCounts(
            events=counts["control_events"][rows[0]], total=counts["control_total"][rows[0]]
        )
        # A single arm beside its control is given twice and its copy left out again.
        joint = shared_comparator(measure, arms if len(arms) > 1 else arms * 2, control)
        k = len(arms)
        trials.append(
            JointEffects(
                measure=measure,
                scale=joint.scale,
                estimate=joint.estimate[:k],
                covariance=joint.covariance[:k, :k],
            )
        )
    return trials


@pytest.mark.parametrize("measure", ["RD", "RR", "OR", "AS"])
def test_three_trials_agree_with_r(measure: str) -> None:
    expected = CASE["measures"][measure]
    stacked = stack_effects(reference_trials(measure))
    assert_close(stacked.estimate, expected["yi"], CLOSED_FORM, atol=1e-15)
    assert_close(stacked.covariance, expected["V"], CLOSED_FORM)
    assert stacked.trial == (0, 0, 1, 2, 2, 2)
    treatment = np.array(CASE["counts"]["treatment"])
    x = (treatment[:, None] == np.arange(1, 4)).astype(float)
    weights = np.linalg.solve(stacked.covariance, x)
    vcov = np.linalg.inv(x.T @ weights)
    assert_close(vcov, expected["vcov"], 1e-10)
    assert_close(vcov @ (weights.T @ stacked.estimate), expected["coef"], 1e-10)


def test_risk_differences_of_gleser_and_olkin() -> None:
    # Gleser & Olkin 2009, page 361, eq. 19.6 and 19.7; their differences are control minus arm.
    expected = CASE["measures"]["RD"]
    assert_printed_all([-y for y in expected["coef"]], ["0.0200", "0.0043", "0.0211"])
    scaled = np.array(expected["vcov"]) * 1e6
    assert_printed_all(np.diag(scaled), ["24.612", "28.538", "69.806"])
    assert_printed_all(scaled[0, 1:], ["19.954", "13.323"])


def means(sds: tuple[float, float, float]) -> list[GroupMean]:
    given = CASE["means"]
    return [
        GroupMean(mean=m, sd=s, total=n)
        for m, s, n in zip(given["mean"], sds, given["n"], strict=True)
    ]


@pytest.mark.parametrize("measure", ["MD", "ROM", "VR", "CVR"])
def test_means_agree_with_numerical_derivatives_in_r(measure: str) -> None:
    *arms, comparator = means(tuple(CASE["means"]["sd"]))
    joint = shared_comparator(measure, arms, comparator)
    assert_close(joint.covariance, CASE["measures"][measure]["V"], 1e-7)


def test_mean_differences_of_one_spread_agree_with_vcalc() -> None:
    *arms, comparator = means((2.5, 2.5, 2.5))
    joint = shared_comparator("MD", arms, comparator)
    assert_close(joint.covariance, CASE["measures"]["vcalc"]["V"], CLOSED_FORM)


@pytest.mark.parametrize(
    ("measure", "covariance"),
    [("D", _common_sd), ("SMD1", _comparator_sd), ("SMDH", _mean_variance)],
)
def test_standardised_covariances_agree_with_numerical_derivatives_in_r(
    measure: str, covariance: Any
) -> None:
    sds = tuple(CASE["means"]["sd"]) if measure == "SMDH" else (2.5, 2.5, 2.5)
    groups = means(sds)
    table = np.array([[g.mean, g.sd, g.total] for g in groups]).T
    mean, sd, _ = table
    spread = np.sqrt(0.5 * (sd[:-1] ** 2 + sd[-1] ** 2))
    d = (mean[:-1] - mean[-1]) / spread
    assert_close(covariance(d, table)[0, 1], CASE["measures"][measure]["V"][0][1], 1e-7)


def test_standardised_differences_vary_together_as_simulated() -> None:
    rng = np.random.default_rng(11)
    n, true = (40, 25, 30), (0.6, 1.0, 0.0)
    draws = 20_000
    x = [rng.normal(m, 1.0, (draws, size)) for m, size in zip(true, n, strict=True)]
    m, v = [a.mean(axis=1) for a in x], [a.var(axis=1, ddof=1) for a in x]
    d = []
    for i in (0, 1):
        pooled = ((n[i] - 1) * v[i] + (n[2] - 1) * v[2]) / (n[i] + n[2] - 2)
        d.append((m[i] - m[2]) / np.sqrt(pooled))
    table = np.array([true, (1.0, 1.0, 1.0), n])
    # A simulated covariance of 20,000 draws is within 3% twice in a row; leading order 2%.
    assert_close(_common_sd(np.array(true[:2]), table)[0, 1], np.cov(*d)[0, 1], 0.06)


def test_a_zero_corrects_all_arms_of_a_ratio() -> None:
    arms = [GroupCounts(events=0, total=40), GroupCounts(events=5, total=50)]
    comparator = GroupCounts(events=8, total=45)
    joint = shared_comparator("OR", arms, comparator)
    more = [GroupCounts(events=g.events + 0.5, total=g.total + 1) for g in (*arms, comparator)]
    by_hand = shared_comparator("OR", more[:2], more[2])
    assert_close(joint.estimate, by_hand.estimate, CLOSED_FORM)
    assert_close(joint.covariance, by_hand.covariance, CLOSED_FORM)
    assert joint.steps == ("Added 0.5 to the cells of all arms, because one of them is 0.",)
    with pytest.raises(MethodError) as caught:
        shared_comparator("OR", arms, comparator, zero_cells=ZeroCells(to="none"))
    assert str(caught.value) == (
        "the arms do not allow OR: a zero without a correction, standard deviations of 0, or "
        "means without one sign"
    )


def test_one_arm_without_events_leaves_differences_as_they_are() -> None:
    comparator = GroupCounts(events=8, total=45)
    arms = [GroupCounts(events=0, total=40), GroupCounts(events=5, total=50)]
    joint = shared_comparator("RD", arms, comparator)
    assert_close([joint.se[i] for i in (0, 1)], [pair("RD", a, comparator)[1] for a in arms], 1e-12)
    assert joint.steps == ()
    two = shared_comparator("RD", [arms[0], arms[0]], comparator)
    assert_close(two.estimate, [-8 / 45, -8 / 45], CLOSED_FORM)
    assert two.steps == (
        "Added 0.5 to the cells of all arms, for their variances, because one of them is 0.",
    )
    everywhere = shared_comparator("RD", arms[1:] * 2, comparator, zero_cells=ZeroCells(to="all"))
    assert everywhere.steps == (
        "Added 0.5 to the cells of all arms, for their variances, by choice.",
    )


def test_rates_without_events_are_corrected() -> None:
    arms = [GroupRate(events=0, time=4.0), GroupRate(events=0, time=5.0)]
    joint = shared_comparator("IRD", arms, GroupRate(events=3, time=4.5))
    assert_close(joint.covariance[0, 1], 3.5 / 4.5**2, CLOSED_FORM)
    with pytest.raises(MethodError) as caught:
        shared_comparator("IRR", arms, GroupRate(events=0, time=4.5))
    assert str(caught.value) == "no event in every arm, which says nothing about a ratio"
    kept = shared_comparator(
        "IRR", arms, GroupRate(events=0, time=4.5), zero_cells=ZeroCells(double_zero="keep")
    )
    assert_close(kept.estimate, np.log([4.5 / 4.0, 4.5 / 5.0]), CLOSED_FORM)
    assert_close(kept.covariance, [[4.0, 2.0], [2.0, 4.0]], CLOSED_FORM)


def test_stacked_trials_go_into_the_multilevel_model() -> None:
    stacked = stack_effects(reference_trials("RR"))
    fit = multilevel((stacked.estimate, stacked.se), stacked.trial, covariance=stacked.covariance)
    alone = multilevel((stacked.estimate, stacked.se), stacked.trial)
    assert np.isfinite(fit.coefficients[0].estimate)
    assert fit.coefficients[0].estimate != alone.coefficients[0].estimate


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: shared_comparator("PETO", DATA[GroupCounts][:2], DATA[GroupCounts][3]),
            "'PETO' with a shared comparator: choose one of RR, OR, RD, AS, IRR, IRD, IRSD, MD, "
            "ROM, VR, CVR, SMD, SMDH, D, SMD1",
        ),
        (
            lambda: shared_comparator("RR", DATA[GroupCounts][:1], DATA[GroupCounts][3]),
            "1 arms with a shared comparator: 2 or more",
        ),
        (
            lambda: shared_comparator("RR", DATA[GroupMean][:2], DATA[GroupCounts][3]),
            "RR is computed from GroupCounts of every arm, not from GroupMean",
        ),
        (
            lambda: shared_comparator(
                "RR",
                DATA[GroupCounts][:2],
                DATA[GroupCounts][3],
                zero_cells=ZeroCells(increment="treatment_arm"),
            ),
            "zero cells: increment 'treatment_arm' needs two arms; several arms share a comparator",
        ),
        (lambda: stack_effects([]), "trials of one measure, not of 0: "),
    ],
)
def test_what_cannot_be_shared_is_said(call: Any, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        call()
    assert str(caught.value) == message


def test_means_of_both_signs_have_no_ratio() -> None:
    groups = DATA[GroupMean]
    negative = [GroupMean(mean=-g.mean, sd=g.sd, total=g.total) for g in groups]
    turned = shared_comparator("ROM", negative[:2], negative[3])
    same = shared_comparator("ROM", groups[:2], groups[3])
    assert_close(turned.estimate, same.estimate, CLOSED_FORM)
    with pytest.raises(MethodError) as caught:
        shared_comparator("ROM", [negative[0], groups[1]], groups[3])
    assert str(caught.value).startswith("the arms do not allow ROM: ")


def test_one_mean_may_have_no_variance_and_two_may_not() -> None:
    fixed = GroupMean(mean=10.0, sd=0.0, total=30)
    comparator = GroupMean(mean=9.0, sd=2.5, total=30)
    joint = shared_comparator("MD", [fixed, DATA[GroupMean][0]], comparator)
    assert_close(joint.covariance[0], [2.5**2 / 30] * 2, CLOSED_FORM)
    with pytest.raises(MethodError) as caught:
        shared_comparator("MD", [fixed, fixed], comparator)
    assert str(caught.value) == (
        "the arms do not allow MD: a zero without a correction, standard deviations of 0, or "
        "means without one sign"
    )
