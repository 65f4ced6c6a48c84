"""The page of comparisons with other programs, and the recorder behind it."""

from __future__ import annotations

import numpy as np
import pytest

import conformance
import conformance_page
from conformance import Reference, Seen
from conformance_page import COLUMNS, PAGE, TABLES, differences, lines, page, without_comparison

HERE = Reference("tau2 estimator", "DL", "other 1.0", "invented")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Seen]:
    """What is remembered here must not reach the page."""
    remembered: list[Seen] = []
    monkeypatch.setattr(conformance, "SEEN", remembered)
    return remembered


def test_every_row_of_every_table_is_compared_with_something() -> None:
    assert without_comparison(PAGE.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("kind", TABLES)
def test_a_row_without_a_comparison_is_named(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(conformance_page.TABLES, kind, [*TABLES[kind], "NEW"])
    text = PAGE.read_text(encoding="utf-8")
    assert without_comparison(text) == [f"{kind}: NEW"]


def test_the_difference_is_relative_to_the_number_or_to_what_is_said(seen: list[Seen]) -> None:
    HERE.agrees([2.0, np.nan, np.inf], [2.0 + 2e-9, np.nan, np.inf], 1e-8)
    HERE.agrees(1e-3 + 1e-9, 1e-3, 1e-5)
    HERE.agrees(1e-3 + 1e-9, 1e-3, 1e-8, relative_to=1.0)
    # Within what the other program leaves open; what is within the tolerance counts as it is.
    HERE.agrees([1e-14, 1.0 + 1e-12], [0.0, 1.0], 1e-11, noise=1e-13)
    assert [(one.numbers, one.absolute, f"{one.difference:.0e}") for one in seen] == [
        (3, 0, "1e-09"),
        (1, 0, "1e-06"),
        (1, 0, "1e-09"),
        (2, 1, "1e-12"),
    ]


@pytest.mark.parametrize(
    ("ours", "theirs", "message"),
    [
        (1.0, 1.1, "1.0 instead of 1.1, a difference of 0.091 where 1e-08 is allowed"),
        (np.nan, 1.0, "nan instead of 1.0, a difference of inf where 1e-08 is allowed"),
        (np.inf, -np.inf, "inf instead of -inf, a difference of inf where 1e-08 is allowed"),
        (1e-9, 0.0, "1e-09 instead of 0.0, a difference of inf where 1e-08 is allowed"),
    ],
)
def test_a_larger_difference_fails_with_both_numbers(
    ours: float, theirs: float, message: str, seen: list[Seen]
) -> None:
    with pytest.raises(AssertionError) as caught:
        HERE.agrees(ours, theirs, 1e-8)
    assert str(caught.value) == f"DL against other 1.0 on invented: {message}"
    assert len(seen) == 1


def test_printed_digits_and_shapes_are_checked(seen: list[Seen]) -> None:
    HERE.printed(0.30876, "0.3088")
    with pytest.raises(AssertionError, match=r"is not printed as 0\.3089"):
        HERE.printed(0.30876, "0.3089")
    with pytest.raises(AssertionError, match=r"\(2,\) against \(\)"):
        HERE.agrees([1.0, 2.0], 1.0, 1e-8)
    assert [one.printed for one in seen] == [True]


def test_the_page(seen: list[Seen]) -> None:
    HERE.agrees([1.0, 2.0], [1.0, 2.0 + 3e-9], 1e-8)
    Reference("tau2 estimator", "DL", "other 1.0", "second").agrees(
        [1.0, 1e-14], [1.0, 0.0], 1e-12, noise=1e-13
    )
    Reference("tau2 estimator", "REML", "other 1.0", "second").printed(1.25, "1.2")
    Reference("a kind without a table", "x", "other 1.0", "b").agrees(1.0, 1.0, 1e-12)
    HERE.differs("it stops early.")
    Reference("tau2 estimator", "PM", "other 1.0", "second").differs("it stops early")
    text = page(seen)
    assert text.startswith(conformance_page.HEAD)
    assert text.removeprefix(conformance_page.HEAD).splitlines() == [
        "",
        "",
        "## Tau2 estimator",
        "",
        *COLUMNS,
        "| REML | other 1.0 | 1 | 1 |  |  | printed |",
        "| DL | other 1.0 | 2 | 4 | 1 | 1e-08 | 1e-08 |",
        "",
        "## A kind without a table",
        "",
        *COLUMNS,
        "| x | other 1.0 | 1 | 1 |  | ≤ 1e-13 | 1e-12 |",
        "",
        "## Intended differences",
        "",
        "- **tau2 estimator, DL, PM**, other 1.0 (invented, second): it stops early.",
    ]
    # The order in which workers report does not matter.
    assert page(reversed(seen)) == text
    assert lines(seen[1:]) != lines(seen)


def test_a_page_that_differs_from_the_run_is_found(seen: list[Seen]) -> None:
    HERE.agrees([1.0, 2.0], [1.0, 2.0 + 3e-9], 1e-8)
    text = page(seen)
    assert differences(text, text) == []
    # One power of ten is another processor; two are another program.
    assert differences(text.replace("| 1e-08 | 1e", "| 1e-09 | 1e"), text) == []
    wrong = "| DL | other 1.0 | 1 | 2 |  | 1e-08 | 1e-08 |"
    assert differences(text.replace("| 1e-08 | 1e", "| 1e-10 | 1e"), text) == [wrong]
    assert differences(text.replace("| 1 | 2 |", "| 2 | 2 |"), text) == [wrong]
    assert differences(text.replace(f"{wrong}\n", ""), text) == [wrong]
