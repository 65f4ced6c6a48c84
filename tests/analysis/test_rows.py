"""Selection, readings and arms: what becomes of each study, and why."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from evidencekit.analysis.candidates import candidates
from evidencekit.analysis.result import Message, Row
from evidencekit.analysis.rows import build_rows, group_name
from evidencekit.errors import DataError
from evidencekit.workspace.plan import Choice, ContrastChoice, Named, Plan, Readings, Select
from evidencekit.workspace.workspace import Workspace, load_workspace
from workspaces import write

MULTI_ARM = """\
# SYNTHETIC: invented for tests
id: evans-2018
label: Evans 2018
year: 2018
design: parallel
reports:
  - {doi: "10.5555/evans-2018", role: primary}
  - {doi: "10.5555/a-review", role: review}
population: {text: invented people, age: adults}
arms:
  - {id: low, role: intervention, text: low dose, tags: {live: true}}
  - {id: high, role: intervention, text: high dose, tags: {live: false}}
  - {id: placebo, role: comparator, text: placebo}
results:
  - id: own
    outcome: cold
    group: colds
    reading: own_report
    arms:
      low: {events: 5, total: 30}
      high: {events: 4, total: 32}
      placebo: {events: 10, total: 31}
    source: {report: "10.5555/evans-2018", locator: Table 1, reported: counts, basis: read}
  - id: review
    outcome: cold
    group: colds
    reading: {as_printed_in: "10.5555/a-review"}
    arms:
      low: {events: 6, total: 30}
      placebo: {events: 10, total: 31}
    source: {report: "10.5555/a-review", locator: Fig 2, reported: 6/30 v 10/31, basis: from_review}
"""

OTHER_SCALE = """\
# SYNTHETIC: invented for tests
id: frank-2019
label: Frank 2019
design: parallel
reports:
  - {doi: "10.5555/frank-2019", role: primary}
population: {text: invented people, age: adults}
arms:
  - {id: active, role: intervention, text: active}
  - {id: placebo, role: comparator, text: placebo}
results:
  - outcome: cold
    reading: own_report
    estimate: {measure: OR, value: 0.50, ci: [0.30, 0.83], arms: [active, placebo]}
    source: {report: "10.5555/frank-2019", locator: abstract, reported: OR 0.50, basis: read}
"""

SAME_SCALE = OTHER_SCALE.replace("frank", "green").replace("Frank", "Green").replace("OR", "RR")
INCOMPLETE = (
    OTHER_SCALE.replace("frank", "hall")
    .replace("Frank", "Hall")
    .replace(
        "    estimate: {measure: OR, value: 0.50, ci: [0.30, 0.83], arms: [active, placebo]}\n",
        "    arms:\n      active: {events: 5}\n      placebo: {events: 9}\n",
    )
)


@pytest.fixture
def workspace(small: Path) -> Workspace:
    """The small workspace with a three-arm trial and estimates on two scales."""
    write(small, "studies/evans-2018.yaml", MULTI_ARM)
    write(small, "studies/frank-2019.yaml", OTHER_SCALE)
    write(small, "studies/green-2019.yaml", SAME_SCALE)
    write(small, "studies/hall-2019.yaml", INCOMPLETE)
    return load_workspace(small).raise_errors()


@pytest.fixture
def plan(workspace: Workspace) -> Plan:
    """Its plan."""
    return workspace.plans["colds"]


def rows_by_study(plan: Plan, workspace: Workspace, **options: tuple[str, ...]) -> dict[str, Row]:
    """Rows by study id."""
    return {row.study.id: row for row in build_rows(plan, workspace.studies, **options)}


def test_every_study_gets_a_row_oldest_first(plan: Plan, workspace: Workspace) -> None:
    rows = build_rows(plan, workspace.studies)
    assert [row.label for row in rows] == [
        "Adams 2001", "Baker 2004", "Clark 2010", "Davis 2015", "Evans 2018",
        "Frank 2019", "Green 2019", "Hall 2019",
    ]  # fmt: skip


def test_several_intervention_arms_are_combined(plan: Plan, workspace: Workspace) -> None:
    row = rows_by_study(plan, workspace)["evans-2018"]
    assert row.contrast is not None
    data = row.contrast.data
    assert data is not None
    assert (data.events_1, data.total_1, data.events_2, data.total_2) == (9, 62, 10, 31)
    assert row.contrast.steps[0] == "Combined arms low and high into one group."
    assert row.contrast.estimate == pytest.approx(math.log((9 / 62) / (10 / 31)), rel=1e-12)


def test_a_plan_may_refuse_to_combine(plan: Plan, workspace: Workspace) -> None:
    each = replace(plan, contrast=ContrastChoice(multi_arm="each"))
    with pytest.raises(DataError) as caught:
        build_rows(each, workspace.studies)
    assert str(caught.value) == (
        "evans-2018: 2 arms (low, high) match 'role == \"intervention\"' - combine them "
        "(contrast.multi_arm) or narrow the condition"
    )


def test_a_condition_on_arms_narrows_the_contrast(plan: Plan, workspace: Workspace) -> None:
    only_low = ContrastChoice(intervention='role == "intervention" and id != "high"')
    row = rows_by_study(replace(plan, contrast=only_low), workspace)["evans-2018"]
    assert row.contrast is not None
    assert row.contrast.data is not None
    assert row.contrast.data.total_1 == 30


def test_preferred_reading_is_used_and_the_other_kept(plan: Plan, workspace: Workspace) -> None:
    row = rows_by_study(plan, workspace)["evans-2018"]
    assert row.result is not None
    assert (row.result.id, [r.id for r in row.unused]) == ("own", ["review"])


def test_a_reading_chosen_by_name_wins(plan: Plan, workspace: Workspace) -> None:
    chosen = Readings(choose=(Choice(study="evans-2018", result="review", why="to see"),))
    row = rows_by_study(replace(plan, readings=chosen), workspace)["evans-2018"]
    assert row.result is not None
    assert (row.result.id, row.chosen_because) == ("review", "to see")


def test_equal_readings_are_refused(plan: Plan, workspace: Workspace) -> None:
    study = workspace.studies["evans-2018"]
    own = study.results[0]
    twice = replace(study, results=(own, replace(own, id="own-2")))
    with pytest.raises(DataError) as caught:
        candidates(twice, plan)
    assert str(caught.value) == (
        "evans-2018: 2 readings of one quantity (own, own-2) are equally preferred "
        "(own_report) - name one under readings.choose of the plan"
    )


def test_another_scale_is_shown_not_pooled(plan: Plan, workspace: Workspace) -> None:
    row = rows_by_study(plan, workspace)["frank-2019"]
    assert (row.status, row.measure, row.estimate) == ("shown", "OR", 0.5)
    assert row.reason == Message("report.reason.other_measure", {"measure": "OR", "wanted": "RR"})
    assert row.ci is not None
    assert (row.ci.low, row.ci.high, row.ci.method) == (0.30, 0.83, "as printed")


def test_an_estimate_on_the_plans_scale_is_pooled_and_shown_as_printed(
    plan: Plan, workspace: Workspace
) -> None:
    row = rows_by_study(plan, workspace)["green-2019"]
    assert row.status == "pooled"
    assert row.contrast is not None
    assert row.contrast.se == pytest.approx(math.log(0.83 / 0.30) / 2 / 1.959963984540054)
    assert row.ci is not None
    assert (row.ci.low, row.ci.high) == (0.30, 0.83)


def test_numbers_that_cannot_be_used_say_so(plan: Plan, workspace: Workspace) -> None:
    row = rows_by_study(plan, workspace)["hall-2019"]
    assert (row.status, row.estimate) == ("shown", None)
    assert row.reason == Message("report.reason.incomplete", {})


def test_where_and_exclude_leave_out_with_a_reason(plan: Plan, workspace: Workspace) -> None:
    where = "arms.intervention.tags.live == true"
    select = Select(where=where, exclude=(Named(study="adams-2001", why="too old"),))
    rows = rows_by_study(replace(plan, select=select), workspace)
    assert (rows["adams-2001"].status, rows["adams-2001"].reason) == ("excluded", "too old")
    assert rows["clark-2010"].status == "excluded"
    assert rows["clark-2010"].reason == Message("report.not_selected", {"condition": where})
    assert rows["davis-2015"].status == "pooled"
    # Arms that disagree on a tag have none: the combined arms of Evans are neither live nor not.
    assert rows["evans-2018"].status == "excluded"


def test_the_reason_of_a_condition_can_be_worded(plan: Plan, workspace: Workspace) -> None:
    select = Select(where="year > 2002", why="published before 2003")
    rows = rows_by_study(replace(plan, select=select), workspace)
    assert rows["adams-2001"].reason == "published before 2003"


def test_show_only_and_pool(plan: Plan, workspace: Workspace) -> None:
    select = Select(show_only=(Named(study="davis-2015", why="doubtful"),))
    changed = replace(plan, select=select)
    assert rows_by_study(changed, workspace)["davis-2015"].status == "shown"
    pooled = rows_by_study(changed, workspace, pool=("davis-2015",))
    assert pooled["davis-2015"].status == "pooled"


@pytest.mark.parametrize(
    ("value", "name"),
    [(None, "not_stated"), ("", "not_stated"), (True, "yes"), (False, "no"), (("a", "b"), "a, b"),
     (3, "3"), ("adults", "adults")],
)  # fmt: skip
def test_group_names(value: object, name: str) -> None:
    assert group_name(value) == name
