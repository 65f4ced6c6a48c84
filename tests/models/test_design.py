"""Formulas and design matrices."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evidencekit.errors import MethodError
from evidencekit.models.design import check_rank, design_matrix, given_design

TABLE = pd.DataFrame(
    {
        "dose": [1.0, 2.0, 3.0, 4.0, 5.0, np.nan],
        "group": ["x", "y", "z", "x", "y", "x"],
        "two words": [1, 2, 4, 4, 5, 6],
    }
)


@pytest.mark.parametrize(
    ("formula", "names"),
    [
        ("~ dose + group", ("Intercept", "dose", "group[T.y]", "group[T.z]")),
        ("dose - 1", ("dose",)),
        ("0 + group", ("group[x]", "group[y]", "group[z]")),
        ("~ 1", ("Intercept",)),
        ("`two words` + I(dose**2)", ("Intercept", "two words", "I(dose ** 2)")),
        ("log(dose)", ("Intercept", "log(dose)")),
        ("dose:`two words`", ("Intercept", "dose:two words")),
        (
            'C(group, contr.treatment("y"))',
            (
                "Intercept",
                "C(group, contr.treatment('y'))[T.x]",
                "C(group, contr.treatment('y'))[T.z]",
            ),
        ),
    ],
)
def test_formulas(formula: str, names: tuple[str, ...]) -> None:
    design = design_matrix(formula, TABLE)
    assert design.names == names
    assert design.used.sum() == (5 if "dose" in formula else 6)
    check_rank(design, len(design.matrix) + (0 if len(names) < 5 else 9))
    assert np.array_equal(design.rows(TABLE[design.used]), design.matrix)


def test_terms_gather_columns() -> None:
    design = design_matrix("~ group + dose", TABLE)
    assert design.terms == {"group": (1, 2), "dose": (3,)}
    assert design.moderators == (1, 2, 3)
    assert design_matrix("~ 1", TABLE).moderators == (0,)


def test_knots_and_centres_are_remembered() -> None:
    design = design_matrix("~ center(dose) + bs(`two words`, df=4)", TABLE)
    row = design.rows({"dose": [3.0], "two words": [4]})
    assert np.array_equal(row[0], design.matrix[2])


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("nix", "no column 'nix'; choose from dose, group, two words"),
        ("zz(dose)", "no function 'zz'; choose from C, I, bs, center, contr, cr, exp, log, log10, "
                     "log2, poly, scale"),
        ("np.log(dose)", "'np.log' is not allowed"),
        ("dose.mean()", "'dose.mean' is not allowed"),
        ("dose[0]", "'dose[0]' is not allowed"),
        ("{dose}", "braces are not allowed; write I(...)"),
        ("I([d for d in dose])", "'[d for d in dose]' is not allowed"),
        ("contr.poly.x(dose)", "'contr.poly.x' is not allowed"),
    ],
)  # fmt: skip
def test_only_columns_and_known_functions(formula: str, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        design_matrix(formula, TABLE)
    assert str(caught.value) == f"formula {formula!r}: {message}"


@pytest.mark.parametrize("formula", ["y ~ dose", "dose | group", "dose +", "dose + (", "2 = x"])
def test_what_cannot_be_read_is_said(formula: str) -> None:
    with pytest.raises(MethodError, match=r"^formula "):
        design_matrix(formula, TABLE)


def test_a_formula_runs_no_code(tmp_path) -> None:
    target = tmp_path / "made"
    for formula in (
        f"__import__('pathlib').Path('{target}').touch()",
        f"I(open('{target}', 'w'))",
        "I((lambda: dose)())",
        "dose.__class__",
        "I(dose if dose else dose)",
        "C(group, contr.__class__)",
    ):
        with pytest.raises(MethodError):
            design_matrix(formula, TABLE)
    assert not target.exists()


def test_new_rows() -> None:
    design = design_matrix("~ dose + group", TABLE)
    assert design.rows({"dose": [2.5], "group": ["z"]}).tolist() == [[1.0, 2.5, 0.0, 1.0]]
    for new, message in (
        ({"dose": [1.0], "group": ["q"]}, "cannot be evaluated"),
        ({"dose": [1.0]}, "cannot be evaluated"),
        ({"dose": [None], "group": ["x"]}, "new rows hold missing or infinite moderators"),
    ):
        with pytest.raises(MethodError, match=message):
            design.rows(new)


def test_nothing_left() -> None:
    empty = TABLE.assign(dose=np.nan)
    with pytest.raises(MethodError, match=r"^formula '~ dose': no study has all of dose$"):
        design_matrix("~ dose", empty)
    with pytest.raises(MethodError, match="divide by zero"):
        design_matrix("log(0 * dose)", TABLE)


def test_given_matrices() -> None:
    design = given_design([[1.0, 3.0], [1.0, 4.0], [1.0, 6.0]])
    assert design.names == ("Intercept", "x2")
    assert design.terms == {"x2": (1,)}
    assert given_design(pd.DataFrame({"a": [1, 2, 3]})).names == ("a",)
    assert given_design([1.0, 2.0, 3.0], names=["lat"]).names == ("lat",)
    assert design.rows([1.0, 9.0]).tolist() == [[1.0, 9.0]]
    for matrix, names, message in (
        ([[1.0, np.nan]], None, "study 1: moderator 'x2' is nan"),
        ([["a"]], None, "a design matrix holds numbers; use a formula for factors"),
        ([[1.0, 2.0]], ["a"], "1 names for 2 columns"),
        (np.ones((2, 2, 2)), None, "a design matrix needs two dimensions; this one has shape "
                                   "(2, 2, 2)"),
    ):  # fmt: skip
        with pytest.raises(MethodError) as caught:
            given_design(matrix, names)
        assert str(caught.value) == message
    with pytest.raises(MethodError, match="new rows need 2 columns"):
        design.rows([1.0])


def test_rank_names_the_columns() -> None:
    x = np.column_stack([np.ones(6), np.arange(6), 3 + 2 * np.arange(6), np.zeros(6)])
    for columns, message in (
        ([0, 1, 2], "column 'c' is a linear combination of one, b"),
        ([0, 1, 3], "column 'zero' is zero everywhere"),
    ):
        design = given_design(x[:, columns], [("one", "b", "c", "zero")[i] for i in columns])
        with pytest.raises(MethodError) as caught:
            check_rank(design, 6)
        assert str(caught.value) == f"the design matrix is rank deficient: {message}"
    with pytest.raises(MethodError) as caught:
        check_rank(given_design(x[:2, :2], ["one", "b"]), 2)
    assert str(caught.value) == ("2 coefficients (one, b) need at least 3 studies; there are 2")
