"""Subgroups and leave-one-out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from conformance import Reference
from evidencekit.errors import MethodError
from evidencekit.models import Settings, leave_one_out, pool, subgroups
from evidencekit.quantities import Contrast
from reference_cases import load, studies
from tolerances import ITERATIVE, assert_close, assert_printed

CASE = load("bcg_RR_subsets")
METAFOR = "metafor 3.8.1"


def bcg() -> tuple[tuple[np.ndarray, np.ndarray], list[str]]:
    y, v = studies("bcg_RR")
    return (y, np.sqrt(v)), load("bcg_RR")["inputs"]["alloc"]


def test_separate_tau2_agrees_with_metafor_by_group() -> None:
    data, alloc = bcg()
    result = subgroups(data, alloc)
    expected = CASE["separate"]
    assert list(result.names) == expected["groups"]
    reference = Reference("subgroups", "separate tau2", METAFOR, "bcg_RR by alloc")
    reference.agrees([g.estimate for g in result.groups], expected["estimate"], ITERATIVE)
    reference.agrees([g.se_wald for g in result.groups], expected["se"], ITERATIVE)
    reference.agrees([g.tau2 for g in result.groups], expected["tau2"], ITERATIVE)
    reference.agrees(result.q_between, expected["q_between"], ITERATIVE)
    reference.agrees(result.p_value, expected["p_value"], ITERATIVE)
    assert result.df == 2
    assert result.tau2_across == "separate"
    assert result.notes == ()
    assert_printed(result.q_between, load("meta_8.4_prediction")["q_between"]["separate"])


@pytest.mark.parametrize(
    ("method", "key"), [("REML", "tau2"), ("DL", "dl_tau2"), ("PM", "pm_tau2")]
)
def test_common_tau2_agrees_with_a_factor_moderator(method: str, key: str) -> None:
    data, alloc = bcg()
    result = subgroups(data, alloc, settings=Settings(tau2=method), tau2_across="common")
    assert {g.tau2 for g in result.groups} == {result.groups[0].tau2}
    reference = Reference("subgroups", "common tau2", METAFOR, f"bcg_RR by alloc, {method}")
    reference.agrees(result.groups[0].tau2, CASE["common"][key], ITERATIVE)
    assert all(g.tau2_ci is None for g in result.groups)
    assert result.overall.tau2_ci is not None


def test_the_test_differs_between_separate_and_common_tau2() -> None:
    data, alloc = bcg()
    common = subgroups(data, alloc, tau2_across="common")
    assert_close(common.q_between, CASE["common"]["q_between"], ITERATIVE)
    assert_close(common.p_value, CASE["common"]["p_value"], ITERATIVE)
    assert_printed(common.q_between, load("meta_8.4_prediction")["q_between"]["common"])


def test_common_tau2_follows_the_scale() -> None:
    (y, se), alloc = bcg()
    plain = subgroups((y, se), alloc, tau2_across="common").groups[0].tau2
    for c in (1e-4, 3.0, 1e4):
        scaled = subgroups((c * y, c * se), alloc, tau2_across="common").groups[0].tau2
        assert_close(scaled / c**2, plain, 1e-11)


def test_common_effect_splits_q() -> None:
    data, alloc = bcg()
    result = subgroups(data, alloc, settings=Settings(model="common_effect", ci="wald"))
    within = sum(g.q for g in result.groups)
    assert_close(result.q_between, result.overall.q - within, 1e-10)


def test_groups_keep_their_studies() -> None:
    data, alloc = bcg()
    labels = load("bcg_RR")["inputs"]["label"]
    result = subgroups(data, alloc, labels=labels)
    found = {
        label: name
        for name, g in zip(result.names, result.groups, strict=True)
        for label in g.labels
    }
    assert found == dict(zip(labels, alloc, strict=True))
    assert result.overall == pool(data, labels=labels)


def test_a_group_of_one_study_is_a_note() -> None:
    data, alloc = bcg()
    result = subgroups(data, ["solo", *alloc[1:]])
    assert math.isnan(result.groups[0].tau2)
    assert result.notes == (
        "Subgroups of one study (solo) have no tau2 of their own and enter the "
        "test with their own variance only; a common tau2 would treat all subgroups alike.",
    )
    common = subgroups(data, ["solo", *alloc[1:]], tau2_across="common")
    assert common.notes == ()
    assert common.groups[0].tau2 == common.groups[1].tau2 > 0


def test_contrasts_that_are_not_estimable_leave_their_group() -> None:
    def contrast(i: int, estimate: float) -> Contrast:
        return Contrast(
            study=str(i), label=str(i), measure="RR", scale="log", estimate=estimate, se=0.3
        )

    data = [contrast(0, 0.1), contrast(1, math.nan), contrast(2, 0.5), contrast(3, 0.4)]
    result = subgroups(data, ["a", "a", "b", "b"])
    assert [g.labels for g in result.groups] == [("0",), ("2", "3")]
    assert result.overall.notes[0].startswith("1 is left out")


@pytest.mark.parametrize(
    ("groups", "kind", "message"),
    [
        (["a"] * 13, "separate", "subgroups need at least two groups with a study; there is 1"),
        (["a", "b"], "separate", "2 groups for 13 studies"),
        (["a", "b"], "each", "unknown tau2_across 'each'; choose one of separate, common"),
    ],
)
def test_what_cannot_be_done_is_said(groups: list[str], kind: str, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        subgroups(bcg()[0], groups, tau2_across=kind)
    assert str(caught.value) == message


def test_leave_one_out_agrees_with_metafor() -> None:
    data, _ = bcg()
    result = pool(data, labels=load("bcg_RR")["inputs"]["label"])
    found = leave_one_out(result)
    assert found.labels == result.labels
    expected = CASE["leave_one_out"]["REML"]
    for name in ("estimate", "se", "tau2", "ci_low"):
        reference = Reference("leave one out", "REML, HKSJ", METAFOR, "bcg_RR")
        reference.agrees(getattr(found, name), expected[name], ITERATIVE)


def test_leave_one_out_uses_the_settings_again() -> None:
    data, _ = bcg()
    found = leave_one_out(pool(data, tau2="DL", ci="wald", prediction="HTS", level=0.9))
    again = pool((data[0][1:], data[1][1:]), tau2="DL", ci="wald", prediction="HTS", level=0.9)
    assert_close(found.ci_low[0], again.ci.low, 1e-11)
    assert again.prediction is not None
    assert_close(found.prediction_low[0], again.prediction.low, 1e-11)
    common = leave_one_out(pool(data, model="common_effect"))
    assert_close(
        common.ci_low[0], pool((data[0][1:], data[1][1:]), model="common_effect").ci.low, 1e-11
    )


def test_leave_one_out_needs_two() -> None:
    with pytest.raises(MethodError) as caught:
        leave_one_out(pool(([0.1], [0.1])))
    assert str(caught.value) == "leaving one out needs at least two studies; there is 1"
    pair = leave_one_out(pool(([0.1, 0.4], [0.1, 0.2])))
    assert_close(pair.estimate, [0.4, 0.1], 1e-12)
