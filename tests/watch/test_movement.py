"""Results without studies, against workspaces that never had them."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidencekit.analysis.run import analyse
from evidencekit.watch.movement import Facts, movements, pooled_studies
from evidencekit.workspace.workspace import Workspace, load_workspace
from tolerances import CLOSED_FORM, ITERATIVE


@pytest.fixture
def workspace(small: Path) -> Workspace:
    return load_workspace(small).raise_errors()


def without_file(root: Path, *studies: str) -> Workspace:
    """The workspace from which files of studies were deleted."""
    for study in studies:
        (root / "studies" / f"{study}.yaml").unlink()
    return load_workspace(root).raise_errors()


def agrees(facts: Facts, workspace: Workspace) -> None:
    """Facts are those of a whole run on another workspace."""
    result = analyse(workspace.plans["colds"], workspace)
    assert facts.k == result.pooled.k
    assert facts.participants == result.participants
    pairs = [
        (facts.estimate, result.natural.estimate),
        (facts.ci.low, result.natural.ci.low),
        (facts.ci.high, result.natural.ci.high),
        (facts.tau2, result.pooled.tau2),
        (facts.i2, result.pooled.i2),
        (facts.differences["typical"][0], result.absolute[0].effect.difference),
    ]
    for found, expected in pairs:
        assert found == pytest.approx(expected, rel=CLOSED_FORM, abs=CLOSED_FORM)


def test_without_a_study_is_as_if_it_had_never_been_there(
    small: Path, workspace: Workspace
) -> None:
    (moved,) = movements(workspace.plans["colds"], workspace, ["davis-2015"])
    assert moved.studies == ("davis-2015",)
    agrees(moved.whole, workspace)
    assert moved.without is not None
    agrees(moved.without, without_file(small, "davis-2015"))


def test_it_is_the_row_of_leave_one_out(workspace: Workspace) -> None:
    (moved,) = movements(workspace.plans["colds"], workspace, ["adams-2001"])
    result = analyse(workspace.plans["colds"], workspace)
    (row,) = [v for v in result.variations if v.id == "without-adams-2001"]
    assert moved.without is not None
    assert moved.without.estimate == pytest.approx(row.estimate, rel=ITERATIVE)
    assert moved.without.ci.high == pytest.approx(row.ci.high, rel=ITERATIVE)


def test_several_are_left_out_in_turn_and_together(small: Path, workspace: Workspace) -> None:
    found = movements(workspace.plans["colds"], workspace, ["adams-2001", "davis-2015"])
    assert [m.studies for m in found] == [
        ("adams-2001",),
        ("davis-2015",),
        ("adams-2001", "davis-2015"),
    ]
    assert found[2].without is not None
    agrees(found[2].without, without_file(small, "adams-2001", "davis-2015"))


def test_when_nothing_is_left(workspace: Workspace) -> None:
    plan = workspace.plans["colds"]
    everything = pooled_studies(plan, workspace.studies)
    assert len(everything) == 4
    last = movements(plan, workspace, everything)[-1]
    assert last.without is None
    assert last.reason == (
        "colds: no study can be pooled - look at the reasons in `select`, or add studies"
    )


def test_a_study_that_is_not_pooled_moves_nothing(workspace: Workspace) -> None:
    assert movements(workspace.plans["colds"], workspace, ["hart-2019"]) == ()
