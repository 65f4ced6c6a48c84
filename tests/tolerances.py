"""How closely two numbers must agree, by the kind of number. Defined once, with the reason."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import numpy as np

# Both sides evaluate one formula in double precision; a few roundings apart.
CLOSED_FORM = 1e-12
# Both sides are the root of an equation, solved far beyond this.
ITERATIVE = 1e-8


def assert_close(actual: object, expected: object, rtol: float, *, atol: float = 0.0) -> None:
    """Assert equality within a relative tolerance; NaN equals NaN."""
    np.testing.assert_allclose(
        np.asarray(actual, dtype=float), np.asarray(expected, dtype=float), rtol=rtol, atol=atol
    )


def assert_printed(value: float, text: str) -> None:
    """Assert that a value prints as *text*: half a unit in its last printed digit.

    ``assert_printed(0.30876, "0.3088")``. Thousands separators are not read.
    """
    match = re.fullmatch(r"[-+−]?\d*(?:\.(\d*))?(?:[eE]([-+]?\d+))?", text)
    assert match is not None, f"{text!r} is not a printed number"
    decimals, exponent = len(match[1] or ""), int(match[2] or 0)
    unit = 10.0 ** (exponent - decimals)
    expected = float(text.replace("−", "-"))
    # A hair more than half a unit: the half itself is rarely exact in binary.
    assert math.isfinite(value), f"{value} is not printed as {text}"
    assert abs(value - expected) <= 0.5 * unit * (1 + 1e-9), f"{value!r} is not printed as {text}"


def assert_printed_all(values: Iterable[float], texts: Iterable[str]) -> None:
    """:func:`assert_printed` for each pair."""
    for value, text in zip(values, texts, strict=True):
        assert_printed(value, text)
