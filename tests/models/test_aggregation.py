"""Dependent effects combined into one per cluster."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from conformance import Reference
from dependence_cases import pair
from evidencekit.errors import MethodError
from evidencekit.models.aggregation import aggregate
from evidencekit.models.pool import pool
from evidencekit.quantities import Contrast
from reference_cases import load
from tolerances import CLOSED_FORM, assert_close

KON = "konstantopoulos2011"


@pytest.mark.parametrize("rho", [0.5, 0.8])
@pytest.mark.parametrize(
    ("weighting", "key"), [("simple", "simple"), ("inverse_variance", "weighted")]
)
def test_agrees_with_metafor(weighting: str, key: str, rho: float) -> None:
    theirs = load(KON)["aggregated"][f"{key} {rho:g}"]
    ours = aggregate(pair(KON), load(KON)["cluster"], rho=rho, weighting=weighting)
    reference = Reference("aggregation of effects", weighting, "metafor 3.8.1", KON)
    reference.agrees(ours.estimates, theirs["yi"], CLOSED_FORM)
    reference.agrees(np.array(ours.ses) ** 2, theirs["vi"], CLOSED_FORM)


@pytest.mark.parametrize("weighting", ["simple", "inverse_variance"])
def test_formulas_term_by_term(weighting: str) -> None:
    y, s, rho = np.array([0.3, -0.1, 0.5]), np.array([0.2, 0.1, 0.4]), 0.3
    ours = aggregate((y, s), ["a"] * 3, rho=rho, weighting=weighting)
    v = rho * np.outer(s, s) + (1 - rho) * np.diag(s**2)
    if weighting == "simple":
        assert_close(ours.estimates[0], y.mean(), CLOSED_FORM)
        assert_close(ours.ses[0], math.sqrt(v.sum()) / 3, CLOSED_FORM)
    else:
        w = np.linalg.inv(v).sum(axis=0)
        assert_close(ours.estimates[0], (w * y).sum() / w.sum(), CLOSED_FORM)
        assert_close(ours.ses[0], w.sum() ** -0.5, CLOSED_FORM)


def test_independent_effects_are_a_common_effect() -> None:
    ours = aggregate(pair(KON), ["one"] * 56, rho=0.0, weighting="inverse_variance")
    pooled = pool(pair(KON), model="common_effect")
    assert_close([ours.estimates[0], ours.ses[0]], [pooled.estimate, pooled.se], 1e-12)


@pytest.mark.parametrize("c", [1e-150, 1e-6, 1e6, 1e150])
def test_scale(c: float) -> None:
    y, se = pair(KON)
    for weighting in ("simple", "inverse_variance"):
        plain = aggregate((y, se), load(KON)["cluster"], rho=0.4, weighting=weighting)
        scaled = aggregate((c * y, c * se), load(KON)["cluster"], rho=0.4, weighting=weighting)
        assert_close(np.array(scaled.ses) / c, plain.ses, 1e-12)
        assert_close(np.array(scaled.estimates) / c, plain.estimates, 1e-12)


def test_clusters_of_one_stay_and_the_rest_can_be_pooled() -> None:
    ours = aggregate(([0.1, 0.2, 0.4], [0.1, 0.2, 0.3]), ["a", "b", "b"], rho=0.5)
    assert ours.sizes == (1, 2)
    assert (ours.estimates[0], ours.ses[0]) == (0.1, pytest.approx(0.1))
    assert pool(ours.data, labels=ours.labels).k == 2
    assert ours.summary().splitlines()[0] == (
        "3 effects in 2 clusters, simple mean, sampling correlation 0.5"
    )
    assert list(ours.to_frame("metafor").columns) == ["slab", "yi", "vi", "ki"]
    assert list(ours.to_frame()["size"]) == [1, 2]
    assert json.loads(json.dumps(ours.to_dict()))["rho"] == 0.5


def test_contrasts_keep_their_measure() -> None:
    def contrast(label: str, estimate: float) -> Contrast:
        return Contrast(
            study=label, label=label, measure="OR", scale="log", estimate=estimate, se=0.2
        )

    ours = aggregate(
        [contrast("a", 0.1), contrast("b", math.nan), contrast("c", 0.3)], [1, 1, 1], rho=0.5
    )
    assert (ours.measure, ours.scale, ours.sizes) == ("OR", "log", (2,))
    assert ours.notes[0].startswith("b is left out")


@pytest.mark.parametrize(
    ("clusters", "rho", "weighting", "message"),
    [
        ([1, 1], 1.0, "simple", "rho 1.0: a sampling correlation from 0 to below 1"),
        ([1, 1], math.nan, "simple", "rho nan: a sampling correlation from 0 to below 1"),
        ([1], 0.5, "simple", "the list of clusters has 1 entries for 2 studies"),
        ([1, math.nan], 0.5, "simple", "effect 2 has no cluster"),
        ([1, 1], 0.5, "x", "unknown weighting 'x'; choose one of simple, inverse_variance"),
    ],
)
def test_what_cannot_be_done_is_said(clusters, rho, weighting, message) -> None:
    with pytest.raises(MethodError) as caught:
        aggregate(([0.1, 0.2], [0.1, 0.2]), clusters, rho=rho, weighting=weighting)
    assert str(caught.value) == message
