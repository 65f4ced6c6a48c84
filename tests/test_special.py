"""Distribution functions in plain Python against R, scipy and closed forms."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys

import numpy as np
import pytest
from scipy import special as scipy_special

from evidencekit import special
from reference_cases import load
from tolerances import CLOSED_FORM, assert_close

FUNCTIONS = ("ndtr", "ndtri", "stdtr", "stdtrit", "chdtrc", "gammainccinv")
ONE_ARGUMENT = ("ndtr", "ndtri")
DF = (1, 2, 3, 4, 5, 7, 10, 12, 19, 20, 50, 99, 150, 299, 300)
TAILS = (1e-50, 1e-10, 0.001, 0.005, 0.025, 0.05, 0.1, 0.3, 0.6, 0.9, 0.95, 0.975, 0.995)
GRIDS = {
    "ndtr": [np.linspace(-37, 8, 91)],
    "ndtri": [TAILS],
    "stdtr": [(*DF, 1.5, 13.7), (-200, -50, -20, *np.linspace(-12, 12, 41))],
    "stdtrit": [(*DF, 1.5, 13.7), TAILS],
    "chdtrc": [DF, (0, 1e-8, 0.001, 0.5, 2, 10, 40, 152.2, 300, 600, 1200)],
    "gammainccinv": [[df / 2 for df in DF], TAILS],
}


def values(name: str, *arguments: object) -> np.ndarray:
    return np.asarray(getattr(special, name)(*arguments))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_agrees_with_r(name: str) -> None:
    case = load("distributions")[name]
    for first, second, expected in zip(case["first"], case["second"], case["value"], strict=True):
        arguments = (second,) if name in ONE_ARGUMENT else (first, second)
        # R's quantiles of chi squared stop at about 1e-12 in the far tail.
        assert_close(values(name, *arguments), expected, 2e-12, atol=1e-300)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_agrees_with_scipy(name: str) -> None:
    for row in itertools.product(*GRIDS[name]):
        expected = getattr(scipy_special, name)(*row)
        assert_close(values(name, *row), expected, 5e-13, atol=1e-300)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_many_values_and_few_are_the_same(name: str) -> None:
    rows = list(itertools.product(*GRIDS[name]))
    columns = [np.array(column, dtype=float) for column in zip(*rows, strict=True)]
    many = [np.tile(column, 9) for column in columns]
    assert many[0].size > special.FEW
    few = np.concatenate(
        [values(name, *(c[i : i + 8] for c in columns)) for i in range(0, len(rows), 8)]
    )
    assert_close(values(name, *many)[: len(rows)], few, 5e-13, atol=1e-300)


@pytest.mark.parametrize("p", [1e-9, 0.01, 0.025, 0.2, 0.7, 0.99])
def test_closed_forms(p: float) -> None:
    assert_close(values("stdtrit", 1.0, p), -1.0 / math.tan(math.pi * p), CLOSED_FORM)
    assert_close(values("stdtrit", 2.0, p), (2 * p - 1) / math.sqrt(2 * p * (1 - p)), CLOSED_FORM)
    assert_close(values("gammainccinv", 1.0, p), -math.log(p), CLOSED_FORM)
    assert_close(values("gammainccinv", 0.5, p), 0.5 * values("ndtri", p / 2) ** 2, CLOSED_FORM)
    assert_close(values("ndtr", values("ndtri", p)), p, CLOSED_FORM)
    for df in (1.0, 3.0, 8.5, 40.0):
        assert_close(values("stdtr", df, values("stdtrit", df, p)), p, CLOSED_FORM)
        whole = math.floor(df)
        x = 2 * values("gammainccinv", whole / 2, p)
        assert_close(values("chdtrc", whole, x), p, CLOSED_FORM)


def test_edges() -> None:
    assert values("stdtrit", 5.0, 0.5) == 0.0
    assert values("stdtr", 5.0, 0.0) == 0.5
    assert values("stdtr", 5.0, -np.inf) == 0.0
    assert values("stdtr", 5.0, np.inf) == 1.0
    assert values("stdtr", 5.0, 1e200) == 1.0
    assert values("ndtr", -np.inf) == 0.0
    assert values("chdtrc", 4.0, 0.0) == 1.0
    assert np.isnan(values("ndtr", np.nan))
    assert np.isnan(values("stdtr", 5.0, np.nan))
    assert values("ndtr", []).shape == (0,)
    assert values("ndtr", [[0.0, 1.0]]).shape == (1, 2)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("stdtr", (1e4, -2.0)), ("stdtr", (0.5, -2.0)), ("stdtrit", (301.0, 0.025)),
        ("chdtrc", (2.5, 3.0)), ("chdtrc", (5.0, 5000.0)), ("gammainccinv", (0.3, 0.2)),
        ("gammainccinv", (400.0, 0.2)), ("ndtri", (0.0,)), ("ndtri", (1.0,)), ("ndtri", (2.0,)),
    ],
)  # fmt: skip
def test_what_does_not_suit_is_left_to_scipy(name: str, arguments: tuple[float, ...]) -> None:
    expected = getattr(scipy_special, name)(*arguments)
    np.testing.assert_array_equal(values(name, *arguments), expected)


def test_a_single_analysis_loads_no_scipy() -> None:
    code = (
        "import sys\nfrom evidencekit import pool\n"
        "pool(([0.1, 0.5, 0.3], [0.1, 0.2, 0.3])).summary()\n"
        "print([m for m in sys.modules if m.startswith('scipy')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"


NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("ndtr", (INF,), 1.0), ("ndtr", (-INF,), 0.0), ("ndtr", (NAN,), NAN),
        ("ndtri", (0.0,), -INF), ("ndtri", (1.0,), INF), ("ndtri", (NAN,), NAN),
        ("ndtri", (-0.1,), NAN), ("ndtri", (INF,), NAN),
        ("stdtr", (5.0, INF), 1.0), ("stdtr", (5.0, -INF), 0.0), ("stdtr", (5.0, NAN), NAN),
        ("stdtr", (NAN, 1.0), NAN), ("stdtr", (INF, 0.0), 0.5), ("stdtr", (0.0, 1.0), NAN),
        ("stdtrit", (5.0, NAN), NAN), ("stdtrit", (NAN, 0.1), NAN), ("stdtrit", (INF, 0.5), 0.0),
        ("stdtrit", (0.0, 0.3), NAN), ("stdtrit", (5.0, -1.0), NAN),
        ("chdtrc", (4.0, INF), 0.0), ("chdtrc", (4.0, NAN), NAN), ("chdtrc", (NAN, 1.0), NAN),
        ("chdtrc", (4.0, -1.0), NAN), ("chdtrc", (INF, 1.0), 1.0),
        ("gammainccinv", (2.0, 0.0), INF), ("gammainccinv", (2.0, 1.0), 0.0),
        ("gammainccinv", (2.0, NAN), NAN), ("gammainccinv", (NAN, 0.1), NAN),
        ("gammainccinv", (2.0, 2.0), NAN), ("gammainccinv", (0.0, 0.3), NAN),
    ],
)  # fmt: skip
def test_infinite_and_missing_arguments(
    name: str, arguments: tuple[float, ...], expected: float
) -> None:
    """By themselves, and among others, which they leave as they are."""
    usual = {"ndtr": (0.3,), "ndtri": (0.3,)}.get(name, (4.0, 0.3))
    alone = values(name, *usual)
    assert_close(values(name, *arguments), expected, 0)
    for times in (1, special.FEW):
        columns = [np.array([a] + [u] * times) for a, u in zip(arguments, usual, strict=True)]
        found = values(name, *columns)
        assert_close(found[0], expected, 0)
        assert_close(found[1:], np.full(times, alone), 5e-13)
