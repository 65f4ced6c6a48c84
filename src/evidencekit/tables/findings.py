"""What is wrong with the cells of a table: every problem, with its place."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from evidencekit.errors import Finding
from evidencekit.tables.cells import Number, Wrong, is_missing, read_number
from evidencekit.tables.checks import Check, broken_checks
from evidencekit.tables.columns import Columns
from evidencekit.tables.shapes import Shape
from evidencekit.tables.table import Table

MOST_SHOWN = 25
"""Findings of one column beyond this many are counted, not shown."""


def read_columns(
    table: Table, columns: Columns, shape: Shape, findings: list[Finding]
) -> dict[str, list[Number]]:
    """The numbers of every quantity of the shape; what is wrong goes to *findings*."""
    numbers: dict[str, list[Number]] = {}
    for quantity in shape.quantities:
        if quantity not in columns.known:
            continue
        position, name = columns.known[quantity]
        column, wrong = [], []
        for row, cell in enumerate(table.column(position)):
            number = read_number(cell)
            if isinstance(number, Wrong):
                wrong.append(
                    table.finding(
                        number.code,
                        f"{name}: {number.title}",
                        row=row,
                        column=position,
                        detail=number.detail,
                        remedy=number.remedy,
                    )
                )
                number = Number(math.nan, 0)
            column.append(number)
        numbers[quantity] = column
        findings.extend(_shortened(table, wrong, name))
    return numbers


def _shortened(table: Table, findings: list[Finding], name: str) -> list[Finding]:
    """The first findings of a column, and how many more there are."""
    if len(findings) <= MOST_SHOWN:
        return findings
    last = findings[MOST_SHOWN - 1]
    more = len(findings) - MOST_SHOWN
    counted = Finding(last.code, f"{name}: {more} more cells like these", last.place)
    return [*findings[:MOST_SHOWN], counted]


def values_of(numbers: Mapping[str, list[Number]]) -> dict[str, NDArray[np.float64]]:
    """Columns as arrays, NaN where a value is missing."""
    return {
        quantity: np.array([number.value for number in column])
        for quantity, column in numbers.items()
    }


def range_findings(
    table: Table, columns: Columns, numbers: dict[str, list[Number]], *, ratio: bool
) -> list[Finding]:
    """Every row that breaks one of ``CHECKS``."""
    values = values_of(numbers)
    findings: list[Finding] = []
    for check, rows in broken_checks(values, ratio=ratio):
        position, name = columns.known[check.at]
        found = [
            table.finding(
                check.code,
                f"{name}: {check.title}",
                row=int(row),
                column=position,
                detail=f"{values[check.at][row]:g}; allowed: {check.allowed}",
                remedy=check.remedy or compared(check, values, int(row)),
            )
            for row in rows
        ]
        findings.extend(_shortened(table, found, name))
    return findings


def compared(check: Check, values: Mapping[str, NDArray[np.float64]], row: int) -> str:
    """The other numbers a check looked at: "total1 is 60"."""
    return ", ".join(f"{name} is {values[name][row]:g}" for name in check.needs if name != check.at)


def name_rows(table: Table, columns: Columns) -> tuple[list[str], list[Finding]]:
    """The name of each row: study, else author and year, else its number."""
    known = columns.known
    if "study" not in known and "author" not in known:
        return [f"row {line}" for line in table.lines], []
    parts = [known["study"]] if "study" in known else [known["author"]]
    if "study" not in known and "year" in known:
        parts.append(known["year"])
    names, findings = [], []
    for row, cells in enumerate(table.rows):
        words = [_plain(cells[p]) for p, _ in parts if not is_missing(cells[p])]
        if not words:
            findings.append(
                table.finding(
                    "EK039",
                    "study has no name",
                    row=row,
                    column=parts[0].position,
                    detail=f'called "row {table.lines[row]}"',
                    severity="warning",
                )
            )
        names.append(" ".join(words) or f"row {table.lines[row]}")
    return names, findings


def _plain(cell: object) -> str:
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell)) if whole else str(cell).strip()  # type: ignore[call-overload]


def nameless(table: Table, position: int) -> list[Finding]:
    """Rows without a cluster: whether they belong together cannot be known."""
    return [
        table.finding(
            "EK059",
            "cluster is not stated",
            row=row,
            column=position,
            remedy="name the cluster; a row that stands alone has a name of its own",
        )
        for row, cell in enumerate(table.column(position))
        if is_missing(cell)
    ]


def twins(
    table: Table,
    columns: Columns,
    names: list[str],
    numbers: dict[str, list[Number]],
    *,
    clustered: bool,
) -> list[Finding]:
    """Rows of one name: an error when the numbers are the same too, else a warning.

    *clustered*: the model knows that rows belong together, and nothing is wrong with that.
    """
    counts = Counter(names)
    position = columns.known["study"].position if "study" in columns.known else 0
    first: dict[str, int] = {}
    seen: dict[tuple[object, ...], int] = {}
    findings = []
    for row, name in enumerate(names):
        if counts[name] == 1:
            continue
        # Text, so that two missing numbers are the same.
        key = (name, *(str(column[row].value) for column in numbers.values()))
        if key in seen:
            where = f'"{name}" with the same numbers stands on line {table.lines[seen[key]]}'
            findings.append(
                table.finding(
                    "EK038",
                    "row is there twice",
                    row=row,
                    column=position,
                    detail=where,
                    remedy="delete one of them",
                )
            )
        elif name in first and not clustered:
            findings.append(
                table.finding(
                    "EK037",
                    "study is listed twice",
                    row=row,
                    column=position,
                    detail=f'"{name}" also stands on line {table.lines[first[name]]}',
                    remedy="both are pooled, as two studies; people must not count twice",
                    severity="warning",
                )
            )
        seen.setdefault(key, row)
        first.setdefault(name, row)
    return findings
