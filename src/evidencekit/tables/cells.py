"""A cell to a number, to nothing, or to what is wrong with it."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from evidencekit.tables.table import Cell
from evidencekit.workspace.numbers import as_printed, how_to_write

MISSING = frozenset(
    ("", "na", "n/a", "#n/a", "nan", "null", "none", ".", "-", "\u2013", "\u2014", "nr")
)
"""What stands for a value that is not there, in any case of letters."""


class Number(NamedTuple):
    """A value and its digits after the point; NaN and 0 when the cell holds none."""

    value: float
    decimals: int


class Wrong(NamedTuple):
    """The parts of a finding."""

    code: str
    title: str
    detail: str
    remedy: str


ABSENT = Number(math.nan, 0)


def is_missing(cell: Cell) -> bool:
    """Whether a cell holds no value."""
    if cell is None:
        return True
    if isinstance(cell, float):
        return math.isnan(cell)
    return isinstance(cell, str) and cell.strip().casefold() in MISSING


def read_number(cell: Cell) -> Number | Wrong:
    """Read one cell; the decimal mark is a point."""
    if is_missing(cell):
        return ABSENT
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        # The shortest text that reads back as this number: what a sheet shows of it.
        found = as_printed(repr(cell))
        return Number(float(cell), found.decimals if found else 0)
    text = str(cell).strip()
    number = as_printed(text)
    if number is not None:
        return Number(number.value, number.decimals)
    return _wrong(text, cell)


def _wrong(text: str, cell: Cell) -> Wrong:
    if not isinstance(cell, str):
        kind = type(cell).__name__
        return Wrong(
            "EK043", "number expected", f'"{text}" is a {kind}', "give the cell a number format"
        )
    percent = re.fullmatch(r"([-+]?\d+(?:[.,]\d+)?)\s*%", text)
    if percent:
        plain = percent[1].replace(",", ".")
        remedy = f"write {plain}, or {float(plain) / 100:g} where a fraction is meant"
        return Wrong("EK044", "number is not written in digits alone", f'"{text}"', remedy)
    if re.fullmatch(r"[<>≤≥=]\s*[\d.,]+", text):
        return Wrong(
            "EK044",
            "number is not written in digits alone",
            f'"{text}"',
            "give the number itself, or leave the cell empty",
        )
    remedy = how_to_write(text)
    if remedy:
        what = "with a decimal point" if "decimal" in remedy else "in digits alone"
        return Wrong("EK044", f"number is not written {what}", f'"{text}"', remedy)
    return Wrong(
        "EK043", "number expected", f'"{text}" is not a number', "leave a missing value empty"
    )
