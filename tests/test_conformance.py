"""The page of comparisons with other programs, and the recorder behind it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import conformance
import conformance_page
from conformance import Reference, Seen
from conformance_page import COLUMNS, PAGE, TABLES, differences, lines, page, without_comparison
from workspaces import write

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


# --- a whole run ----------------------------------------------------------------------

SUITE = """\
from conformance import Reference

def test_one():
    Reference("kind", "first", "other 1.0", "a").agrees({numbers}, {numbers}, 1e-8)

def test_two():
    Reference("kind", "second", "other 1.0", "a").agrees(1.0, 1.0, 1e-8)
"""
# The hooks of our conftest around another page.
CONFTEST = """\
import importlib.util, pathlib, sys
sys.path.insert(0, {tests!r})
import conformance_page
conformance_page.PAGE = pathlib.Path({page!r})
spec = importlib.util.spec_from_file_location("ours", {tests!r} + "/conftest.py")
ours = importlib.util.module_from_spec(spec)
spec.loader.exec_module(ours)
pytest_addoption = ours.pytest_addoption
pytest_sessionfinish = ours.pytest_sessionfinish
pytest_terminal_summary = ours.pytest_terminal_summary
pytest_testnodedown = ours.pytest_testnodedown
"""


def suite(root: Path, *options: str, numbers: str = "[1.0, 2.0]") -> tuple[int, str]:
    """Run a suite of two comparisons; exit code and output."""
    write(root, "tests/test_it.py", SUITE.format(numbers=numbers))
    tests = str(Path(__file__).parent)
    write(root, "conftest.py", CONFTEST.format(tests=tests, page=str(root / "page.md")))
    write(root, "pytest.ini", "[pytest]\ntestpaths = tests\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_whole_run_writes_the_page_and_then_holds_to_it(tmp_path: Path) -> None:
    code, text = suite(tmp_path, "--conformance", "-n", "2")
    assert code == 0, text
    written = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "| first | other 1.0 | 1 | 2 |  | ≤ 1e-13 | 1e-08 |" in written.splitlines()
    assert "| second | other 1.0 | 1 | 1 |  | ≤ 1e-13 | 1e-08 |" in written.splitlines()
    code, text = suite(tmp_path)
    assert code == 0, text
    code, text = suite(tmp_path, "-n", "2", numbers="[1.0, 2.0, 3.0]")
    assert code == 1, text
    assert "recorded now: | first | other 1.0 | 1 | 3 |  | ≤ 1e-13 | 1e-08 |" in text
    assert "FAILED docs/conformance.md is not what this run recorded: make conformance" in text
    # A part of the suite cannot be held to the page, nor write it.
    code, text = suite(tmp_path, "--conformance", "-k", "two")
    assert code == 0, text
    assert "docs/conformance.md was not written: run the whole suite" in text
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == written
