"""Running a plan: variations, subgroups, absolute effects, reproductions."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from evidencekit.analysis.run import analyse, comparator_risks
from evidencekit.analysis.variations import vary
from evidencekit.errors import DataError, MethodError
from evidencekit.models.batch import Settings
from evidencekit.models.pool import pool
from evidencekit.workspace.fields import Printed
from evidencekit.workspace.plan import (
    BaselineRisk,
    ContrastChoice,
    Model,
    ModelChange,
    Plan,
    Reproduces,
    Select,
    Sensitivity,
)
from evidencekit.workspace.workspace import Workspace, load_workspace


@pytest.fixture
def workspace(small: Path) -> Workspace:
    """The small workspace."""
    return load_workspace(small).raise_errors()


@pytest.fixture
def plan(workspace: Workspace) -> Plan:
    """Its plan."""
    return workspace.plans["colds"]


def printed(text: str) -> Printed:
    """A number as printed."""
    return Printed(text, float(text), len(text.partition(".")[2]))


def test_weights_belong_to_the_pooled_rows(plan: Plan, workspace: Workspace) -> None:
    result = analyse(plan, workspace)
    assert math.fsum(row.weight or 0 for row in result.rows) == pytest.approx(1, rel=1e-12)
    for row, weight in zip(result.rows_pooled, result.pooled.weights, strict=True):
        assert row.weight == weight


def test_leave_one_out_equals_pooling_the_others(plan: Plan, workspace: Workspace) -> None:
    result = analyse(plan, workspace)
    contrasts = [row.contrast for row in result.rows_pooled if row.contrast]
    left_out = [v for v in result.variations if v.kind == "leave-one-out"]
    assert len(left_out) == len(contrasts) == 4
    for i, variation in enumerate(left_out):
        others = pool([c for j, c in enumerate(contrasts) if j != i])
        assert math.log(variation.estimate) == pytest.approx(others.estimate, rel=1e-12)
        assert math.log(variation.ci.high) == pytest.approx(others.ci.high, rel=1e-10)
        assert variation.tau2 == pytest.approx(others.tau2, rel=1e-10, abs=1e-14)


def test_a_variation_changes_only_what_it_names(plan: Plan) -> None:
    change = Sensitivity(id="x", name="x", where="year > 2002", exclude=("davis-2015",))
    changed = vary(plan, change)
    assert changed.select.where == "year > 2002"
    assert [named.study for named in changed.select.exclude] == ["davis-2015"]
    assert replace(changed, select=plan.select) == plan


def test_variation_results(plan: Plan, workspace: Workspace) -> None:
    result = analyse(plan, workspace)
    dl = next(v for v in result.variations if v.id == "dl")
    contrasts = [row.contrast for row in result.rows_pooled if row.contrast]
    direct = pool(contrasts, tau2="DL", ci="wald", prediction="V")
    assert math.log(dl.estimate) == pytest.approx(direct.estimate, rel=1e-13)
    assert (dl.method.tau2, dl.method.ci, dl.k) == ("DL", "wald", 4)


def test_subgroups_split_all_pooled_rows(plan: Plan, workspace: Workspace) -> None:
    result = analyse(replace(plan, subgroups=("population.age",)), workspace)
    grouping = result.groupings[0]
    assert grouping.result.names == ("adults", "children")
    assert sum(part.k for part in grouping.result.groups) == result.pooled.k
    assert grouping.result.df == 1


def test_one_group_only_is_no_grouping(plan: Plan, workspace: Workspace) -> None:
    select = Select(where='population.age == "adults"')
    result = analyse(replace(plan, select=select, subgroups=("population.age",)), workspace)
    assert result.groupings == ()


def test_baseline_risk_is_the_median_of_comparator_arms(plan: Plan, workspace: Workspace) -> None:
    result = analyse(plan, workspace)
    risks = sorted([20 / 58, 41 / 112, 8 / 44, 44 / 93])
    assert sorted(comparator_risks(result.rows)) == pytest.approx(risks, rel=1e-15)
    assert result.absolute[0].effect.baseline == pytest.approx((risks[1] + risks[2]) / 2)


def test_a_given_baseline_risk_is_used_as_it_is(plan: Plan, workspace: Workspace) -> None:
    given = BaselineRisk(id="high", label="high", value=0.5, source="10.5555/cohort")
    certainty = replace(plan.certainty, baseline_risk=(given,))
    result = analyse(replace(plan, certainty=certainty), workspace)
    effect = result.absolute[0].effect
    assert effect.baseline == 0.5
    assert effect.risk == pytest.approx(0.5 * result.natural.estimate, rel=1e-14)


def test_no_study_left_is_said(plan: Plan, workspace: Workspace) -> None:
    with pytest.raises(DataError) as caught:
        analyse(replace(plan, select=Select(where="year > 2100")), workspace)
    assert str(caught.value) == (
        "colds: no study can be pooled - look at the reasons in `select`, or add studies"
    )


def test_median_of_comparator_arms_needs_counts(plan: Plan, workspace: Workspace) -> None:
    from evidencekit.analysis.run import _risk

    with pytest.raises(MethodError, match="baseline risk typical: no pooled trial reports counts"):
        _risk(plan.certainty.baseline_risk[0], ())


@pytest.mark.parametrize(("shift", "agrees"), [(0.0, True), (0.02, False)])
def test_reproduction_is_judged_on_the_printed_digits(
    plan: Plan, workspace: Workspace, shift: float, agrees: bool
) -> None:
    natural = analyse(plan, workspace).natural
    low, high = (printed(f"{x:.2f}") for x in (natural.ci.low, natural.ci.high))
    claim = Reproduces(
        label="invented", estimate=printed(f"{natural.estimate + shift:.2f}"), ci=(low, high)
    )
    result = analyse(replace(plan, reproduces=(claim,)), workspace)
    assert [r.agrees for r in result.reproductions] == [agrees]


def test_the_common_effect_model(plan: Plan, workspace: Workspace) -> None:
    model = Model(effects="common", ci="wald", prediction="none")
    result = analyse(replace(plan, model=model), workspace)
    contrasts = [row.contrast for row in result.rows_pooled if row.contrast]
    weights = [contrast.se**-2 for contrast in contrasts]
    mean = math.fsum(w * c.estimate for w, c in zip(weights, contrasts, strict=True))
    assert result.pooled.estimate == pytest.approx(mean / math.fsum(weights), rel=1e-12)
    assert result.natural.prediction is None
    assert Settings(model="common_effect").model == result.pooled.model


def test_a_change_of_the_model_leaves_the_rest_of_it(plan: Plan) -> None:
    main = replace(plan, model=Model(tau2="DL", prediction="V", level=0.9))
    change = Sensitivity(id="x", name="x", model=ModelChange(ci="wald"))
    assert vary(main, change).model == Model(tau2="DL", ci="wald", prediction="V", level=0.9)


def test_an_arm_cannot_be_compared_with_itself(plan: Plan, workspace: Workspace) -> None:
    same = ContrastChoice(comparator='role == "intervention"')
    with pytest.raises(DataError, match="adams-2001: arm active is on both sides"):
        analyse(replace(plan, contrast=same), workspace)


def test_what_was_unusual_in_a_variation_is_in_the_notes(plan: Plan, workspace: Workspace) -> None:
    one = Sensitivity(id="one", name="one", where='id == "adams-2001"')
    result = analyse(replace(plan, sensitivity=(one,)), workspace)
    assert any(note.startswith("one: One study: ") for note in result.notes)


def test_leaving_out_needs_three_studies(plan: Plan, workspace: Workspace) -> None:
    two = replace(plan, select=Select(where="year > 2005"))
    result = analyse(two, workspace)
    assert [v.kind for v in result.variations] == ["plan"]
    assert "Leaving studies out in turn needs three studies; there are 2." in result.notes
