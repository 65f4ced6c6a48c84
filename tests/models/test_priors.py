"""Priors: what they refuse, and the published tables held to their own structure."""

from __future__ import annotations

import re

import numpy as np
import pytest

from evidencekit.errors import MethodError
from evidencekit.models.empirical_priors import (
    RHODES_2015,
    RHODES_COMPARISONS,
    RHODES_LEFT_OUT,
    TURNER_2015,
    TURNER_COMPARISONS,
    rhodes2015,
    turner2015,
)
from evidencekit.models.priors import (
    TAU_PRIORS,
    Exponential,
    HalfCauchy,
    HalfNormal,
    HalfT,
    LogNormal,
    LogT,
    Normal,
    Uniform,
)
from reference_cases import load
from tolerances import assert_close


@pytest.mark.parametrize("name", TAU_PRIORS)
def test_every_row_has_a_reference_case(name: str) -> None:
    assert name in load("bayes")["priors"], f"prior {name!r} has no reference case"
    row = TAU_PRIORS[name]
    assert row.name == name
    assert row.label
    assert row.r_call
    assert re.fullmatch(r"10\.\d{4,9}/\S+", row.doi)


@pytest.mark.parametrize(
    "make",
    [
        lambda: HalfNormal(0.0),
        lambda: HalfCauchy(-1.0),
        lambda: HalfT(1.0, 0.1),
        lambda: HalfT(np.inf, 3.0),
        lambda: Uniform(0.0),
        lambda: Uniform(np.nan),
        lambda: Exponential(np.nan),
        lambda: LogNormal(np.nan, 1.0),
        lambda: LogNormal(0.0, 0.0),
        lambda: LogT(np.inf, 1.0),
        lambda: LogT(0.0, 1.0, 2.0),
        lambda: Normal(np.nan, 1.0),
        lambda: Normal(0.0, 0.0),
    ],
)
def test_impossible_parameters_are_refused(make: object) -> None:
    with pytest.raises(MethodError, match="prior: "):
        make()  # type: ignore[operator]


def test_turner_is_additive_in_outcome_and_comparison() -> None:
    means = np.array([[mean for mean, _ in row] for row in TURNER_2015.values()])
    assert means.shape == (16, len(TURNER_COMPARISONS))
    steps = means - means[:, :1]
    # Printed to two decimals, so a constant step shows as two neighbouring values at most.
    assert (np.ptp(steps, axis=0) < 0.0101).all()


@pytest.mark.parametrize("area", RHODES_2015)
def test_rhodes_is_additive_except_where_left_out(area: str) -> None:
    table = RHODES_2015[area]
    assert len(table) == 8
    filled = np.array([[np.nan if cell is None else cell[0] for cell in r] for r in table.values()])
    assert filled.shape == (8, len(RHODES_COMPARISONS))
    for (where, outcome, comparison), (quoted, implied, _) in RHODES_LEFT_OUT.items():
        if where == area:
            place = list(table).index(outcome), RHODES_COMPARISONS.index(comparison)
            assert np.isnan(filled[place])
            assert abs(quoted - implied) > 0.2
            filled[place] = implied
    steps = filled - filled[:, :1]
    assert (np.ptp(steps, axis=0) < 0.0101).all()


@pytest.mark.parametrize("area", RHODES_2015)
def test_rhodes_areas_differ_by_a_constant(area: str) -> None:
    other = RHODES_2015["other"]
    gaps = [
        a[0] - b[0]
        for row, base in zip(RHODES_2015[area].values(), other.values(), strict=True)
        for a, b in zip(row, base, strict=True)
        if a is not None and b is not None
    ]
    assert np.ptp(gaps) < 0.0201


def test_known_cells() -> None:
    mortality = turner2015("all-cause mortality", comparison="pharmacological v placebo")
    assert mortality == LogNormal(-3.95, 1.34)
    assert turner2015() == LogNormal(-2.56, 1.74)
    assert rhodes2015() == LogT(-3.44, 2.59)
    assert rhodes2015(
        "biological marker", comparison="non-pharmacological (any)", area="cancer"
    ) == LogT(-0.71, 2.78)
    # The median of tau^2 is exp(mean).
    assert_close(np.exp(mortality.mean), 0.01925, 1e-3)


def test_cells_that_do_not_exist() -> None:
    with pytest.raises(MethodError, match="unknown outcome 'death'; choose one of all-cause"):
        turner2015("death", comparison="pharmacological v placebo")
    with pytest.raises(MethodError, match="no comparison; choose one of pharmacological v"):
        turner2015("pain")
    with pytest.raises(MethodError, match="no outcome"):
        rhodes2015(comparison="non-pharmacological (any)")
    with pytest.raises(MethodError, match="unknown area 'heart'"):
        rhodes2015(area="heart")
    for area, outcome, comparison in RHODES_LEFT_OUT:
        with pytest.raises(MethodError, match="left out, because the location is quoted as -"):
            rhodes2015(outcome, comparison=comparison, area=area)
