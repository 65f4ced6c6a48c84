"""Conditions: the grammar, its errors, and what matches what."""

# ruff: noqa: E501 - one case per line reads best

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit.workspace.fields import Printed, Reading
from evidencekit.workspace.study import Arm, Report
from evidencekit.workspace.where import WhereError, compile_where, resolve

ARM = Arm(id="a", role="intervention", text="x", tags={"live": True, "genus": ("L", "B"), "n": 1})
RECORD = {
    "year": 2005,
    "design": "parallel",
    "label": "O'Hara 2005",
    "country": ("NO", "SE"),
    "funding": None,
    "open": False,
    "arms": {"intervention": ARM},
    "result": {"data": "counts", "level": 0.95},
    "size": Printed("0.90", 0.9, 2),
    "reading": Reading("as_printed_in", "x"),
}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("year == 2005", True),
        ("year == 2005.0", True),
        ("year != 2005", False),
        ("year < 2005", False),
        ("year <= 2005", True),
        ("year > 1.9e3", True),
        ("year >= 2006", False),
        ("design < 'q'", True),
        ("design in ['cohort', \"parallel\"]", True),
        ("design not in ['cohort']", True),
        ("not design in ['cohort']", True),
        ("label == 'O\\'Hara 2005'", True),
        ('label == "O\'Hara 2005"', True),
        ("country has 'NO'", True),
        ("country has 'DK'", False),
        ("not country has 'DK'", True),
        ("arms.intervention.tags.genus has 'L'", True),
        ("arms.intervention.tags.live has true", True),
        ("arms.intervention.tags.live == true", True),
        ("arms.intervention.tags.live == 1", False),
        ("arms.intervention.tags.n == true", False),
        ("arms.intervention.tags.n == 1", True),
        ("arms.intervention.role == 'intervention'", True),
        ("funding == null", True),
        ("funding != null", False),
        ("funding == 'x'", False),
        ("funding != 'x'", False),
        ("funding < 3", False),
        ("funding in ['x']", False),
        ("funding not in ['x']", False),
        ("nowhere.at.all == null", True),
        ("nowhere has 'x'", False),
        ("year == null", False),
        ("country == null", False),
        ("open == false", True),
        ("size == 0.9", True),
        ("reading == 'as_printed_in'", True),
        ("year == 1 or year == 2005 and design == 'x' or open == false", True),
        ("(year == 2005 or year == 1) and design == 'x'", False),
        ("not (year == 1 or year == 2)", True),
        ("not not year == 2005", True),
        ("result.data == 'counts' and\n  result.level > .9", True),
    ],
)
def test_matching(condition: str, expected: bool) -> None:
    if condition == "country == null":
        with pytest.raises(WhereError, match="country is a list"):
            compile_where(condition).matches(RECORD)
        return
    assert compile_where(condition).matches(RECORD) is expected


def test_paths_are_listed_once_and_in_order() -> None:
    condition = compile_where("year > 1 and (design == 'x' or not year < 3) and a.b has 1")
    assert condition.paths == ("year", "design", "a.b")
    assert [use.offset for use in condition.uses] == [0, 14, 35, 49]


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("", "condition ends where a name such as year or arms.intervention.tags.live is expected (column 1)"),
        ("year", "condition ends where a comparison (==, !=, <, <=, >, >=, in, has) is expected (column 5)"),
        ("year ==", "condition ends where a value is expected (column 8)"),
        ("year = 1", "unexpected character '=' (column 6) - write == to compare"),
        ("year == 1 && a == 2", "unexpected character '&' (column 11) - write and"),
        ("year == 1 and", "condition ends where a name such as year or arms.intervention.tags.live is expected (column 14)"),
        ("year == 1 year == 2", "and, or, or the end expected, not year (column 11)"),
        ("(year == 1", "condition ends where a closing ) is expected (column 11)"),
        ("design == cohort", 'a value expected, not cohort (column 11) - put text in quotes: "cohort"'),
        ("live == True", "a value expected, not True (column 9) - write true"),
        ("a in 'x'", "a list such as [\"a\", \"b\"] expected, not 'x' (column 6)"),
        ("a in []", "a value expected, not ] (column 7)"),
        ("a in [1, 2", "condition ends where a closing ] is expected (column 11)"),
        ("a == 'x", "unexpected character \"'\" (column 6) - the quotation mark is never closed"),
        ("a == \u201cx\u201d", "unexpected character '\u201c' (column 6) - use straight quotes \""),
        ("_a == 1", "unexpected character '_' (column 1) - names that start with _ are private"),
        ("a._b == 1", "unexpected character '.' (column 2)"),
        ("a == 1x", "unexpected character '1' (column 6)"),
        ("a contains 1", "a comparison (==, !=, <, <=, >, >=, in, has) expected, not contains (column 3) - write has"),
        ("__import__('os')", "unexpected character '_' (column 1) - names that start with _ are private"),
        ("f(1)", "a comparison (==, !=, <, <=, >, >=, in, has) expected, not ( (column 2)"),
        ("(" * 40, "condition is nested too deeply (column 31)"),
        ("not " * 40, "condition is nested too deeply (column 121)"),
        ("a" * 2001, "condition is longer than 2000 characters (column 2001)"),
    ],
)  # fmt: skip
def test_what_cannot_be_read(condition: str, message: str) -> None:
    with pytest.raises(WhereError) as caught:
        compile_where(condition)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("country == 'NO'", 'country is a list (column 1) - use "country has ..."'),
        ("year == 1 and country in ['NO']", 'country is a list (column 15) - use "country has ..."'),
        ("design > 3", "design is text (parallel) and cannot be compared with > (column 1) - use == or !="),
        ("open < true", "open is bool (False) and cannot be compared with < (column 1) - use == or !="),
    ],
)  # fmt: skip
def test_values_that_cannot_be_compared(condition: str, message: str) -> None:
    with pytest.raises(WhereError) as caught:
        compile_where(condition).matches(RECORD)
    assert str(caught.value) == message


def test_resolve_never_reaches_methods_properties_or_private_names() -> None:
    assert resolve(Report(doi="10.1/x"), "reference") is None
    assert resolve(RECORD, "arms.intervention.__class__") is None
    assert resolve(RECORD, "country.count") is None
    assert resolve({"a": {"b": 1}}, "a.b.c") is None
    assert resolve("text", "upper") is None


TOKENS = st.sampled_from(
    [
        "a",
        "a.b",
        "year",
        "and",
        "or",
        "not",
        "in",
        "has",
        "(",
        ")",
        "[",
        "]",
        ",",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "'x'",
        '"y"',
        "1",
        "-2.5e3",
        "true",
        "null",
        "=",
        "'",
        "é",
        "_",
        ".",
    ]
)


@settings(derandomize=True, max_examples=1000)
@given(tokens=st.lists(TOKENS, max_size=14), glue=st.sampled_from(["", " "]))
def test_nothing_but_where_errors(tokens: list[str], glue: str) -> None:
    _try(glue.join(tokens))


@settings(derandomize=True, max_examples=500)
@given(text=st.text(max_size=30))
def test_nothing_but_where_errors_for_any_text(text: str) -> None:
    _try(text)


def _try(text: str) -> None:
    offset = 0
    try:
        compile_where(text).matches({"a": {"b": (1, "x")}, "year": 3})
    except WhereError as error:
        offset = error.offset
    assert 0 <= offset <= len(text)
