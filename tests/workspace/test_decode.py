"""Decoding: what a plain value becomes, by the type that is expected."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit.workspace.decode import decode, decoder_for
from evidencekit.workspace.fields import Printed, PValue, Reading, TagValue, Text
from evidencekit.workspace.numbers import as_printed
from evidencekit.workspace.outcome import Outcomes
from evidencekit.workspace.plan import Plan, Sensitivity
from evidencekit.workspace.problems import UNKNOWN, Incomplete, Problems
from evidencekit.workspace.study import Population, Study
from evidencekit.workspace.yaml import parse


def read(annotation: Any, text: str, pattern: str = "") -> tuple[Any, list[str]]:
    document, findings = parse(f"v: {text}\n")
    assert findings == []
    problems = Problems(document)
    at, node = document.locate(["v"])
    value = decoder_for(annotation, pattern)(node, at, problems)
    return value, [finding.code for finding in problems.findings]


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        (str, "NO", "NO"),
        (str, "12:30", "12:30"),
        (str, "yes", "yes"),
        (str, "2026-01-01", "2026-01-01"),
        (str, '"12"', "12"),
        (str, "1e9 CFU/day", "1e9 CFU/day"),
        (int, "42", 42),
        (int, '"42"', 42),
        (float, "1e-3", 0.001),
        (float, ".5", 0.5),
        (float, "-3", -3.0),
        (bool, "true", True),
        (bool, "false", False),
        (date, "2026-01-31", date(2026, 1, 31)),
        (date, '"2026-01-31"', date(2026, 1, 31)),
        (Printed, "0.90", Printed("0.90", 0.9, 2)),
        (Printed, '"0.90"', Printed("0.90", 0.9, 2)),
        (Printed, "1e-3", Printed("1e-3", 0.001, 3)),
        (Printed, "1.5e-3", Printed("1.5e-3", 0.0015, 4)),
        (Printed, "1e9", Printed("1e9", 1e9, 0)),
        (PValue, "0.03", PValue("=", Printed("0.03", 0.03, 2))),
        (PValue, '"<0.001"', PValue("<", Printed("0.001", 0.001, 3))),
        (PValue, "<0.001", PValue("<", Printed("0.001", 0.001, 3))),
        (PValue, '"> .99"', PValue(">", Printed(".99", 0.99, 2))),
        (Reading, "own_report", Reading("own_report")),
        (Reading, '{as_printed_in: "10.1/x"}', Reading("as_printed_in", "10.1/x")),
        (Literal["a", "b"], "b", "b"),
        (int | None, "null", None),
        (int | None, "~", None),
        (int | None, "", None),
        (str | None, '"null"', "null"),
        (Text | str, "one", "one"),
        (Text | str, "{en: one, nl: een}", {"en": "one", "nl": "een"}),
        (tuple[str, ...], "[]", ()),
        (tuple[str, ...], "[a, b]", ("a", "b")),
        (tuple[Printed, Printed], "[1, 2]", (Printed("1", 1.0, 0), Printed("2", 2.0, 0))),
        (TagValue, "true", True),
        (TagValue, '"true"', "true"),
        (TagValue, "3", 3),
        (TagValue, "3.0", 3.0),
        (TagValue, "null", None),
        (TagValue, "north", "north"),
        (TagValue, "[1, a, true]", (1, "a", True)),
        (Sensitivity | Literal["leave-one-out"], "leave-one-out", "leave-one-out"),
    ],
)
def test_values(annotation: Any, text: str, value: Any) -> None:
    found, codes = read(annotation, text)
    assert found == value
    assert type(found) is type(value)
    assert codes == []


@pytest.mark.parametrize(
    ("annotation", "text", "code"),
    [
        (str, "12", "EK049"),
        (str, "1e9", "EK049"),
        (str, "0x1F", "EK049"),
        (str, ".inf", "EK049"),
        (str, "null", "EK050"),
        (str, "{a: b}", "EK042"),
        (int, "4.0", "EK043"),
        (int, "0x10", "EK044"),
        (float, ".nan", "EK043"),
        (float, "1e999", "EK043"),
        (float, "1_000", "EK043"),
        (float, "true", "EK043"),
        (Printed, '"1 000"', "EK044"),
        (Printed, "\u22120.5", "EK044"),
        (Printed, "'1,000,000'", "EK044"),
        (Printed, "1.000,5", "EK044"),
        (Printed, "≤5", "EK044"),
        (Printed, '""', "EK043"),
        (bool, "True", "EK052"),
        (bool, '"true"', "EK052"),
        (date, "2026-1-5", "EK051"),
        (date, "2026-02-30", "EK051"),
        (PValue, "[1]", "EK042"),
        (tuple[str, ...], "a", "EK042"),
        (tuple[Printed, Printed], "[1]", "EK053"),
        (dict[str, str], "[a]", "EK042"),
        (Reading, "{as_printed_in: [a]}", "EK042"),
        (Sensitivity | Literal["leave-one-out"], "leave-two-out", "EK046"),
    ],
)
def test_problems(annotation: Any, text: str, code: str) -> None:
    found, codes = read(annotation, text)
    assert codes == [code]
    assert found is UNKNOWN


def test_a_leading_zero_is_ten_and_a_warning() -> None:
    assert read(int, "010") == (10, ["EK045"])
    assert read(Printed, "0.10") == (Printed("0.10", 0.1, 2), [])
    assert read(int, "0") == (0, [])


def test_a_numeric_pattern_takes_plain_digits_and_others_do_not() -> None:
    assert read(str, "12345", r"\d{1,8}") == ("12345", [])
    assert read(str, "123", r"[a-z0-9]+")[1] == ["EK049"]


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    digits=st.integers(0, 10**9),
    decimals=st.integers(0, 9),
    negative=st.booleans(),
)
def test_printed_numbers_keep_their_last_place(digits: int, decimals: int, negative: bool) -> None:
    text = f"{'-' if negative else ''}{digits / 10**decimals:.{decimals}f}"
    number = as_printed(text)
    assert number is not None
    assert number.text == text
    assert number.value == float(text)
    assert f"{number.value:.{number.decimals}f}" == text
    assert number.half_unit == pytest.approx(0.5 * 10.0**-decimals)


def test_every_problem_of_a_file_is_reported_and_the_rest_is_kept() -> None:
    text = "id: X Y\nlabel: 3\ncolour: red\ndesign: paralel\nyear: 2001\nreports: [{pmid: 1}, 7]\n"
    record, findings = decode(parse(text)[0], Study)
    codes = sorted(finding.code for finding in findings)
    assert codes == sorted(["EK047", "EK049", "EK041", "EK046", "EK042", "EK040", "EK040", "EK040"])
    assert record.year == 2001
    assert record.reports[0].pmid == "1"
    assert record.funding == "unclear"
    assert record.arms is UNKNOWN


def test_using_what_could_not_be_read_raises_incomplete() -> None:
    for use in (
        lambda: UNKNOWN.value,
        lambda: list(UNKNOWN),
        lambda: bool(UNKNOWN),
        lambda: UNKNOWN == 1,
        lambda: UNKNOWN < 1,
        lambda: UNKNOWN in {1},
        lambda: "x" in UNKNOWN,
        lambda: f"{UNKNOWN}",
    ):
        with pytest.raises(Incomplete):
            use()


def test_defaults_are_not_shared() -> None:
    text = "{text: x}"
    first, _ = read(Population, text)
    second, _ = read(Population, text)
    assert first.tags == {}
    assert first.tags is not second.tags
    with pytest.raises(dataclasses.FrozenInstanceError):
        first.text = "y"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "label", "arms", "results", "estimate", "ci", "select", "where"])
            | st.sampled_from(["outcomes", "labels", "model", "source", "reading", "sensitivity"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(value=JSON)
@pytest.mark.parametrize("cls", [Study, Plan, Outcomes])
def test_any_tree_decodes_to_findings(cls: Any, value: Any) -> None:
    document, problems = parse(json.dumps(value))
    if document.root is None:
        assert problems
        return
    _, findings = decode(document, cls)
    # No random tree is a whole record: each of the three has required keys.
    assert findings or value == {"outcomes": []} or problems
    assert all(str(finding) for finding in findings)
