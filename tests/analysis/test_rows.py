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
    each = replace(plan, contrast=ContrastChoice(multi_arm="refuse"))
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


def estimate_study(name: str, estimate: str, arms: str = "[active, placebo]") -> str:
    """A synthetic study that prints only an estimate."""
    text = OTHER_SCALE.replace("frank-2019", name).replace("Frank 2019", name)
    old = "{measure: OR, value: 0.50, ci: [0.30, 0.83], arms: [active, placebo]}"
    return text.replace(old, f"{{{estimate}, arms: {arms}}}")


def rows_with(small: Path, plan: Plan, text: str) -> dict[str, Row]:
    """Rows after adding one more study, whatever the checks say of it."""
    write(small, "studies/more-2022.yaml", text)
    return rows_by_study(plan, load_workspace(small).workspace)


def test_an_estimate_printed_the_other_way_is_turned_round(small: Path, plan: Plan) -> None:
    text = estimate_study(
        "more-2022", "measure: RR, value: 2.00, ci: [1.25, 3.20]", "[placebo, active]"
    )
    row = rows_with(small, plan, text)["more-2022"]
    assert row.status == "pooled"
    assert row.contrast is not None
    assert row.estimate == pytest.approx(0.5)
    assert row.contrast.se == pytest.approx(math.log(3.20 / 1.25) / 2 / 1.959963984540054)
    assert row.contrast.steps[0] == "Turned round: printed as placebo against active."


def test_an_estimate_of_other_arms_is_not_pooled(small: Path, plan: Plan) -> None:
    text = estimate_study(
        "more-2022", "measure: RR, value: 0.50, ci: [0.30, 0.83]", "[third, placebo]"
    ).replace("results:", "  - {id: third, role: other, text: third}\nresults:")
    row = rows_with(small, plan, text)["more-2022"]
    assert (row.status, row.reason) == ("shown", Message("report.reason.other_arms", {}))


@pytest.mark.parametrize(
    ("estimate", "on_axis", "value"),
    [
        ("measure: OR, value: 0.50, ci: [0.30, 0.83]", True, 0.5),
        ("measure: RD, value: -0.05, ci: [-0.10, 0.00]", False, -0.05),
        ("measure: MD, value: 3.1, ci: [1.0, 5.2]", False, 3.1),
        ("measure: HR, value: -0.7, scale: log, ci: [-1.2, -0.2]", True, math.exp(-0.7)),
    ],
)
def test_only_ratios_stand_on_the_axis_of_a_ratio(
    small: Path, plan: Plan, estimate: str, on_axis: bool, value: float
) -> None:
    row = rows_with(small, plan, estimate_study("more-2022", estimate))["more-2022"]
    assert (row.status, row.on_axis) == ("shown", on_axis)
    assert row.estimate == pytest.approx(value)


@pytest.mark.parametrize(
    "estimate", ["measure: RR, value: 1.00, p: 0.98", "measure: RR, value: 0.90, p: 1.0"]
)
def test_data_a_method_cannot_take_keep_their_row(small: Path, plan: Plan, estimate: str) -> None:
    row = rows_with(small, plan, estimate_study("more-2022", estimate))["more-2022"]
    assert row.status == "shown"
    assert isinstance(row.reason, Message)
    assert row.reason.key == "report.reason.not_estimable"
    assert row.reason.values["why"]


def test_an_estimate_rounded_to_its_own_limit_is_used(small: Path, plan: Plan) -> None:
    text = estimate_study("more-2022", "measure: RR, value: 0.505, ci: [0.51, 0.83]")
    assert rows_with(small, plan, text)["more-2022"].status == "pooled"


def test_a_study_without_a_preferred_reading_is_listed(plan: Plan, workspace: Workspace) -> None:
    study = workspace.studies["evans-2018"]
    review = study.results[1]
    both = replace(study, results=(review, replace(review, id="review-2")))
    studies = {**workspace.studies, "evans-2018": both}
    row = {r.study.id: r for r in build_rows(plan, studies)}["evans-2018"]
    assert (row.status, row.reason) == ("excluded", Message("report.reason.no_reading", {}))
    assert [r.id for r in row.unused] == ["review", "review-2"]


@pytest.mark.parametrize("design", ["cluster", "crossover"])
def test_counts_of_dependent_designs_are_not_pooled_unadjusted(
    plan: Plan, workspace: Workspace, design: str
) -> None:
    study = replace(workspace.studies["adams-2001"], design=design)
    studies = {**workspace.studies, "adams-2001": study}
    row = {r.study.id: r for r in build_rows(plan, studies)}["adams-2001"]
    assert (row.status, row.reason) == ("shown", Message(f"report.reason.design.{design}", {}))
    effective = replace(study, results=(replace(study.results[0], effective=True),))
    rows = build_rows(plan, {**workspace.studies, "adams-2001": effective})
    assert {r.study.id: r for r in rows}["adams-2001"].status == "pooled"


def test_the_same_people_are_not_pooled_twice(plan: Plan, workspace: Workspace) -> None:
    study = workspace.studies["adams-2001"]
    twice = replace(study, results=(study.results[0], replace(study.results[0], id="again")))
    with pytest.raises(DataError, match="adams-2001: two results that share the arm active"):
        build_rows(plan, {**workspace.studies, "adams-2001": twice})


def test_an_arm_that_is_not_compared_is_not_counted_twice(small: Path, plan: Plan) -> None:
    first = """  - id: own
    outcome: cold
    reading: own_report
    arms:
      low: {events: 5, total: 30}
      placebo: {events: 10, total: 31}
      untreated: {events: 9, total: 29}
    source: {report: "10.5555/evans-2018", locator: Table 1, reported: counts, basis: read}
"""
    second = (
        first.replace("own\n    out", "later\n    out")
        .replace("low", "high")
        .replace("      placebo", "      sham")
    )
    arms = MULTI_ARM[: MULTI_ARM.index("results:")] + (
        "  - {id: sham, role: comparator, text: another placebo}\n"
        "  - {id: untreated, role: other, text: nothing}\nresults:\n"
    )
    write(small, "studies/evans-2018.yaml", arms + first + second)
    rows = build_rows(plan, load_workspace(small).raise_errors().studies)
    found = sorted(row.arms for row in rows if row.study.id == "evans-2018")
    assert found == [("high", "sham"), ("low", "placebo")]


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
