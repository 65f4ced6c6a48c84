"""Rounding, directions and strength, against cases worked out by hand."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.audit.claims.judge import ClaimResult, claim_findings, judge_claim, judge_claims
from evidencekit.audit.claims.recompute import CLAIM_KINDS
from evidencekit.audit.claims.rounding import ROUNDINGS, Range
from evidencekit.audit.claims.rules import CLAIM_RULES
from evidencekit.audit.claims.verdict import CLAIM_VERDICTS, LEAST_CERTAINTY
from evidencekit.audit.rules import AUDIT_CHECKS
from evidencekit.errors import Place
from evidencekit.workspace.checks.claims import NEEDS
from evidencekit.workspace.claim import Claim, ClaimJudgement, Evidence
from evidencekit.workspace.numbers import as_printed
from evidencekit.workspace.workspace import Workspace, load_workspace
from workspaces import small_workspace, write

HERE = Place("articles/x.claims.yaml", 1, 7, 8)


def printed(text: str) -> Any:
    number = as_printed(text)
    assert number is not None
    return number


def evidence(estimate: str = "", ci: tuple[str, str] | None = None, **more: Any) -> Evidence:
    values: dict[str, Any] = {"role": "cited", "label": "Li 2020", "doi": "10.1000/li"}
    if estimate:
        values["estimate"] = printed(estimate)
    if ci:
        values["ci"] = (printed(ci[0]), printed(ci[1]))
    return Evidence(**values | more)


def claim(kind: str, *found: Evidence, value: str = "", **more: Any) -> Claim:
    values: dict[str, Any] = {"id": "x", "section": "s", "says": "it does", "kind": kind}
    if value:
        values["value"] = printed(value)
    return Claim(**values | {"evidence": found} | more)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return load_workspace(small_workspace(tmp_path_factory.mktemp("w"))).raise_errors()


def judged(one: Claim, workspace: Workspace) -> ClaimResult:
    return judge_claim(one, workspace, HERE)


@pytest.mark.parametrize(
    ("word", "value", "found", "agrees"),
    [
        ("exactly", "23", "0.77", True),
        ("exactly", "23", "0.765", True),  # 23.45 to 23.55 meets 22.5 to 23.5
        ("exactly", "23", "0.76", True),  # 0.755 to 0.765 is 23.5 to 24.5
        ("exactly", "23", "0.760", False),
        ("exactly", "23.0", "0.770", True),
        ("exactly", "23.0", "0.775", False),
        ("about", "23", "0.745", False),  # 25.5, beyond 25.3
        ("about", "23", "0.75", True),  # 24.5 to 25.5
        ("almost", "25", "0.77", True),
        ("almost", "23", "0.770", True),  # 22.95 is below 23
        ("almost", "22", "0.770", False),
        ("more_than", "20", "0.77", True),
        ("more_than", "25", "0.77", False),
        ("at_least", "23", "0.77", True),
        ("less_than", "30", "0.77", True),
        ("less_than", "20", "0.77", False),
        ("at_most", "23", "0.77", True),
    ],
)
def test_rounding(workspace: Workspace, word: str, value: str, found: str, agrees: bool) -> None:
    one = claim(
        "relative_change",
        evidence(found, ("0.1", "0.99"), measure="RR"),
        value=value,
        direction="lower",
        rounding=word,
    )
    (comparison,) = judged(one, workspace).comparisons
    assert comparison.agreement == ("agrees" if agrees else "differs")


@given(
    st.floats(-50, 50),
    st.floats(0.1, 20),
    st.floats(-50, 50),
    st.floats(0.1, 20),
)
def test_ranges_meet_when_a_point_lies_in_both(a: float, w: float, b: float, v: float) -> None:
    one, two = Range(a, a + w), Range(b, b + v)
    grid = [a, a + w, b, b + v]
    shared = any(a <= x <= a + w and b <= x <= b + v for x in grid)
    assert one.meets(two) is two.meets(one) is shared


def test_open_ends_do_not_meet() -> None:
    assert not Range(1500, math.inf, low_open=True).meets(Range(1500, 1500))
    assert Range(1500, math.inf).meets(Range(1500, 1500))
    assert not Range(1, 2, high_open=True).meets(Range(2, 3))


@pytest.mark.parametrize("measure", ["RR", "OR", "HR", "IRR"])
def test_percent_from_ratios_and_their_reciprocals(workspace: Workspace, measure: str) -> None:
    """More of one is the same as fewer of the other, each by its own formula."""
    for ratio in ("0.50", "0.80", "1.25", "2.00"):
        number = float(ratio)
        direction = "lower" if number < 1 else "higher"
        percent = f"{abs(1 - number) * 100:.0f}"
        one = claim(
            "relative_change",
            evidence(ratio, measure=measure),
            value=percent,
            direction=direction,
            strength="reported",
        )
        result = judged(one, workspace)
        assert result.verdict == "holds", ratio
        odds = ("a percentage of the odds, not of the risk",) if measure == "OR" else ()
        assert result.comparisons[0].remarks == odds


def direction(*found: Evidence, **more: Any) -> Claim:
    return claim("direction", *found, **{"direction": "lower", **more})


LOWER, HIGHER, NEITHER = ("0.6", "0.9"), ("1.1", "1.5"), ("0.8", "1.2")
CASES: list[tuple[str, Claim, str]] = [
    (
        "holds",
        direction(evidence("0.77", LOWER, measure="RR", certainty="high"), strength="strong"),
        "Li 2020 agrees",
    ),
    (
        "holds-with-limits",
        direction(evidence("0.77", LOWER, measure="RR", certainty="moderate"), strength="strong"),
        "the evidence is of moderate certainty",
    ),
    (
        "holds-with-limits",
        direction(evidence("0.77", LOWER, measure="RR", certainty="low")),
        "the evidence is of low certainty",
    ),
    (
        "holds",
        direction(evidence("0.77", LOWER, measure="RR", certainty="low"), strength="hedged"),
        "Li 2020 agrees",
    ),
    (
        "overstated",
        direction(evidence("0.77", LOWER, measure="RR", certainty="very_low"), strength="strong"),
        "worded as proven or very effective on evidence of very low certainty",
    ),
    (
        "overstated",
        direction(evidence("0.9", NEITHER, measure="RR"), strength="strong"),
        "Li 2020 did not show it",
    ),
    (
        "overstated",
        claim("relative_change", evidence("0.77", measure="RR"), value="40", direction="lower"),
        "larger than the number of Li 2020",
    ),
    (
        "unsupported",
        claim("relative_change", evidence("0.77", measure="RR"), value="10", direction="lower"),
        "Li 2020 does not show it",
    ),
    (
        "unsupported",
        direction(evidence("0.9", NEITHER, measure="RR")),
        "Li 2020 does not show it",
    ),
    (
        "contradicted",
        direction(evidence("1.3", HIGHER, measure="RR")),
        "Li 2020 says otherwise",
    ),
    (
        "contradicted",
        claim(
            "relative_change",
            evidence("1.3", HIGHER, measure="RR"),
            value="30",
            direction="lower",
        ),
        "Li 2020 says otherwise",
    ),
    (
        "unsupported",
        direction(evidence("1.3", HIGHER, measure="RR", status="second_hand")),
        "Li 2020 does not show it",
    ),
    (
        "unchecked",
        direction(evidence("0.77", LOWER, measure="RR", status="recalled")),
        "what would support it is recalled only, and was not seen",
    ),
    ("unchecked", direction(), "no evidence is recorded"),
    (
        "inconsistent",
        direction(
            evidence("0.77", LOWER, measure="RR"),
            evidence("1.3", HIGHER, measure="RR", role="other", label="Hart 2019"),
        ),
        "Li 2020 agrees, Hart 2019 does not",
    ),
    (
        "superseded",
        direction(
            evidence("0.77", LOWER, measure="RR"),
            evidence("0.9", NEITHER, measure="RR", role="newer", label="Hart 2019"),
        ),
        "Li 2020 agrees, but the newer Hart 2019 does not",
    ),
    (
        "misattributed",
        claim(
            "difference",
            evidence("-2.66", ("-4.79", "-0.54"), measure="MD", unit="days"),
            evidence("-1.89", measure="MD", unit="days", role="other", label="Hart 2019"),
            value="2",
            rounding="almost",
            direction="lower",
            unit="days",
        ),
        "not the number of Li 2020, but near that of Hart 2019",
    ),
    (
        "unsupported",
        claim(
            "difference",
            evidence("-2", measure="MD", unit="points"),
            value="2",
            direction="lower",
            unit="days",
        ),
        "no source that was seen supports it",
    ),
    ("unchecked", claim("statement"), "words only, and nobody has judged it"),
]


@pytest.mark.parametrize(("verdict", "one", "why"), CASES)
def test_verdict(workspace: Workspace, verdict: str, one: Claim, why: str) -> None:
    result = judged(one, workspace)
    assert (result.verdict, result.why) == (verdict, why)


def test_every_verdict_has_a_case_and_a_rule() -> None:
    assert {verdict for verdict, _, _ in CASES} == set(CLAIM_VERDICTS)
    ruled = {row.rule for row in CLAIM_VERDICTS.values() if row.rule} | {"EK177"}
    assert ruled == set(CLAIM_RULES)
    assert CLAIM_RULES.items() <= AUDIT_CHECKS.items()


def test_tables_have_the_words_of_the_model() -> None:
    from evidencekit.workspace.claim import ClaimKind, Rounding, Strength, Verdict

    assert set(CLAIM_KINDS) == set(NEEDS) == set(ClaimKind.__args__)
    assert set(ROUNDINGS) == set(Rounding.__args__)
    assert set(LEAST_CERTAINTY) == set(Strength.__args__)
    assert set(CLAIM_VERDICTS) == set(Verdict.__args__)


def test_an_analysis_is_computed_once_and_a_study_is_read(workspace: Workspace) -> None:
    from evidencekit.analysis.run import analyse

    analysis = analyse(workspace.plans["colds"], workspace)
    one = claim(
        "direction",
        Evidence(role="cited", analysis="colds"),
        Evidence(role="other", study="adams-2001", outcome="cold", measure="RR"),
        Evidence(role="other", study="adams-2001", outcome="cold", measure="MD"),
        direction="lower",
    )
    whole, single, unusable = judged(one, workspace).comparisons
    assert whole.found.estimate == analysis.natural.estimate
    assert (whole.found.k, whole.found.participants) == (4, 612)
    assert whole.found.certainty is None
    # 12/60 against 20/58
    assert single.found.estimate == pytest.approx((12 / 60) / (20 / 58), rel=1e-12)
    se = math.sqrt(1 / 12 - 1 / 60 + 1 / 20 - 1 / 58)
    assert single.found.high == pytest.approx(
        (12 / 60) / (20 / 58) * math.exp(1.959963984540054 * se), rel=1e-12
    )
    assert single.agreement == "not_shown"
    assert unusable.agreement == "silent"
    assert unusable.remarks == ("0 results of cold with an interval; one is needed",)


def test_size_counts_what_is_recorded(workspace: Workspace) -> None:
    more = {"k": 6, "participants": 1500, "rounding": "more_than"}
    for k, people, verdict in (
        (6, 1551, "holds"),
        (6, 1500, "unsupported"),
        (7, 1551, "unsupported"),
        (6, None, "holds"),
    ):
        result = judged(claim("size", evidence(k=k, participants=people), **more), workspace)
        assert result.verdict == verdict, (k, people)
    assert result.comparisons[0].remarks == ("number of participants not recorded",)


def test_no_difference_shown_is_not_one_ruled_out(workspace: Workspace) -> None:
    one = direction(evidence("1.01", NEITHER, measure="RR", certainty="high"), direction="none")
    result = judged(one, workspace)
    assert result.verdict == "holds"
    assert result.comparisons[0].remarks == (
        "no difference was shown, which does not rule one out",
    )
    other = direction(evidence("1.3", HIGHER, measure="RR"), direction="none")
    assert judged(other, workspace).verdict == "unsupported"


def test_findings_of_what_does_not_hold(workspace: Workspace) -> None:
    judgement = ClaimJudgement(
        verdict="holds", why="so it is", source="a page", by="A. Person", on=date(2026, 1, 31)
    )
    one = direction(evidence("1.3", HIGHER, measure="RR"), judgement=judgement)
    contradicted, disagreement = claim_findings([judged(one, workspace)])
    assert (contradicted.rule, contradicted.severity) == ("EK170", "error")
    assert contradicted.message == "x: it does - Li 2020 says otherwise"
    assert (contradicted.cited, contradicted.found) == ("lower", "higher")
    assert contradicted.place == HERE
    assert (disagreement.rule, disagreement.severity) == ("EK177", "warning")
    assert disagreement.message == (
        "x: recomputed contradicted (Li 2020 says otherwise), judged holds"
    )
    holds = direction(evidence("0.77", LOWER, measure="RR", certainty="high"))
    assert claim_findings([judged(holds, workspace)]) == ()


def test_a_judgement_stands_alone_for_a_statement(workspace: Workspace, tmp_path: Path) -> None:
    judgement = ClaimJudgement(
        verdict="holds", why="so it is", source="a page", by="A. Person", on=date(2026, 1, 31)
    )
    result = judged(claim("statement", judgement=judgement), workspace)
    assert (result.verdict, result.recomputed, result.why) == ("holds", None, "so it is")
    assert not result.disagrees


def test_evidence_of_a_workspace_with_errors_is_not_used(tmp_path: Path) -> None:
    root = small_workspace(tmp_path)
    text = (
        "- id: fewer\n  section: s\n  says: fewer colds\n  kind: direction\n"
        "  direction: lower\n  evidence:\n    - {role: cited, analysis: colds}\n"
    )
    file = write(root, "articles/tea.claims.yaml", text)
    assert judge_claims(load_workspace(root), file)[0].verdict == "holds-with-limits"
    study = root / "studies" / "adams-2001.yaml"
    study.write_text(study.read_text(encoding="utf-8").replace("year:", "yaer:"), encoding="utf-8")
    (result,) = judge_claims(load_workspace(root), file)
    assert result.verdict == "unchecked"
    assert result.why == "the data files have errors; run `evidencekit validate`"
