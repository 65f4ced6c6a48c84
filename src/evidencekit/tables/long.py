"""A long table, many meta-analyses beneath each other, to columns, groups and chunks of work.

Whatever is wrong with a row is kept beside it, so that it costs its own meta-analysis only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evidencekit.errors import UsageError
from evidencekit.models.kernel import FloatArray, IntArray
from evidencekit.tables.cells import Wrong, read_number
from evidencekit.tables.checks import broken_checks
from evidencekit.tables.columns import Columns
from evidencekit.tables.findings import compared
from evidencekit.tables.long_table import Column, LongTable
from evidencekit.tables.shapes import Shape
from evidencekit.workspace.suggest import did_you_mean

CHUNK_ELEMENTS = 65_536
CHUNK_ROWS = 8_192
"""A chunk holds at most this many padded studies and this many meta-analyses."""

Message = tuple[str, str]
"""A code of ``TABLE_RULES``, and what was found, what is allowed and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Work that can be done on its own: some meta-analyses of about equal size.

    Parameters
    ----------
    number
        Its place in the plan.
    groups
        Numbers of the meta-analyses, in order of first appearance in the table.
    counts
        Rows of each.
    values
        Their numbers by quantity, one meta-analysis after the other.
    bad
        What is wrong with a meta-analysis, by its position in ``groups``.
    """

    number: int
    groups: IntArray
    counts: IntArray
    values: Mapping[str, FloatArray]
    bad: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All meta-analyses of a table, and how they are cut into chunks.

    ``keys`` holds the columns that name the meta-analyses, one entry for each; ``order`` the
    table's rows sorted by meta-analysis; ``bounds`` the chunks in ``by_size``.
    """

    keys: Mapping[str, Column]
    values: Mapping[str, FloatArray]
    order: IntArray
    starts: IntArray
    counts: IntArray
    by_size: IntArray
    bounds: tuple[tuple[int, int], ...]
    bad: Mapping[int, str]

    @property
    def m(self) -> int:
        """Number of meta-analyses."""
        return int(self.counts.size)

    def chunk(self, number: int) -> Chunk:
        """Gather the rows of one chunk."""
        first, last = self.bounds[number]
        groups = self.by_size[first:last]
        counts = self.counts[groups]
        ends = np.cumsum(counts)
        rows = self.order[
            np.repeat(self.starts[groups] - (ends - counts), counts) + np.arange(counts.sum())
        ]
        return Chunk(
            number=number,
            groups=groups,
            counts=counts,
            values={name: column[rows] for name, column in self.values.items()},
            bad={i: self.bad[g] for i, g in enumerate(groups.tolist()) if g in self.bad},
        )

    def chunks(self, done: frozenset[int] = frozenset()) -> Iterator[Chunk]:
        """All chunks but those done, gathered as they are asked for."""
        return (self.chunk(i) for i in range(len(self.bounds)) if i not in done)

    def digest(self, choices: str) -> str:
        """SHA-256 of the data, the cutting and the choices: what results are a function of."""
        total = hashlib.sha256(choices.encode())
        for name in sorted(self.values):
            total.update(name.encode())
            total.update(np.ascontiguousarray(self.values[name]).data)
        for part in (self.order, self.counts):
            total.update(np.ascontiguousarray(part).data)
        total.update(repr((self.bounds, sorted(self.bad.items()))).encode())
        return total.hexdigest()


def make_plan(
    table: LongTable,
    *,
    by: Sequence[str],
    columns: Columns,
    shape: Shape,
    ratio: bool,
) -> Plan:
    """Number the meta-analyses, check every row, sort by size and cut.

    Parameters
    ----------
    table
        From :func:`long_table`.
    by
        Columns that together name a meta-analysis; none: the whole table is one.
    columns, shape
        What was recognised.
    ratio
        Estimates are ratios on the natural scale, and so above 0.

    Raises
    ------
    UsageError
        For a column of ``by`` that is not there.
    """
    code = _group(table.columns, by)
    counts = np.bincount(code)
    order = np.argsort(code, kind="stable")
    starts = np.cumsum(counts) - counts
    first = order[starts]
    values, wrong = _numbers(table.columns, columns, shape)
    for row, message in _broken(values, columns, ratio=ratio):
        wrong.setdefault(row, message)
    by_size = np.argsort(counts, kind="stable")
    return Plan(
        keys={name: table.columns[name][first] for name in by},
        values=values,
        order=order,
        starts=starts,
        counts=counts,
        by_size=by_size,
        bounds=tuple(_cut(counts[by_size])),
        bad=_by_group(wrong, code, table, columns),
    )


def _group(table: Mapping[str, Column], by: Sequence[str]) -> IntArray:
    """The meta-analysis of each row, numbered by first appearance."""
    import pandas as pd

    for name in by:
        if name not in table:
            hint = did_you_mean(name, table) or f"there are {', '.join(table)}"
            raise UsageError(f'no column "{name}" for by; {hint}')
    code = np.zeros(len(next(iter(table.values()), ())), dtype=np.int64)
    for name in by:
        found, uniques = pd.factorize(table[name], use_na_sentinel=False)
        # Renumbered each time, so that products of many columns cannot overflow.
        code, _ = pd.factorize(code * max(len(uniques), 1) + found)
    return code.astype(np.intp)


def _numbers(
    table: Mapping[str, Column], columns: Columns, shape: Shape
) -> tuple[dict[str, FloatArray], dict[int, Message]]:
    """Columns as floats; cells that are no numbers are NaN, with a message for their row."""
    values: dict[str, FloatArray] = {}
    wrong: dict[int, Message] = {}
    for quantity in shape.quantities:
        if quantity in columns.known:
            name = columns.known[quantity].name
            column = table[name]
            if column.dtype.kind in "iuf":
                values[quantity] = column.astype(np.float64, copy=False)
            else:
                values[quantity] = _parsed(column, name, wrong)
    return values, wrong


def _parsed(column: Column, name: str, wrong: dict[int, Message]) -> FloatArray:
    out = np.full(column.shape, np.nan)
    for row, cell in enumerate(column.tolist()):
        number = read_number(cell)
        if isinstance(number, Wrong):
            what = f"{name}: {number.title}, {number.detail} - {number.remedy}"
            wrong.setdefault(row, (number.code, what))
        else:
            out[row] = number.value
    return out


def _broken(
    values: Mapping[str, FloatArray], columns: Columns, *, ratio: bool
) -> Iterator[tuple[int, Message]]:
    """Rows that break one of ``CHECKS``: the code, and the message as for one table."""
    for check, rows in broken_checks(values, ratio=ratio):
        name = columns.known[check.at].name
        for row in rows.tolist():
            number = values[check.at][row]
            what = f"{name}: {check.title}, {number:g}; allowed: {check.allowed}"
            remedy = check.remedy or compared(check, values, row)
            yield row, (check.code, f"{what} - {remedy}" if remedy else what)


def _by_group(
    wrong: Mapping[int, Message], code: IntArray, table: LongTable, columns: Columns
) -> dict[int, str]:
    """Messages of each meta-analysis with a wrong row: the first, and how many more."""
    study = columns.known.get("study")
    rows: dict[int, list[int]] = {}
    for row in sorted(wrong):
        rows.setdefault(int(code[row]), []).append(row)
    messages = {}
    for group, members in rows.items():
        row = members[0]
        name = f" ({table.columns[study.name][row]})" if study else ""
        others = len(members) - 1
        more = f" ({others} more row{'' if others == 1 else 's'})" if others else ""
        rule, what = wrong[row]
        messages[group] = f"{rule} {table.place(row)}{name}: {what}{more}"
    return messages


def _cut(counts: IntArray) -> Iterator[tuple[int, int]]:
    """Bounds of chunks over rising counts, so that little is padded."""
    start = 0
    while start < counts.size:
        # The last of a full chunk has the largest count; that bounds the padded size.
        last = min(start + CHUNK_ROWS, counts.size)
        while last > start + 1 and (last - start) * int(counts[last - 1]) > CHUNK_ELEMENTS:
            fits = CHUNK_ELEMENTS // max(int(counts[last - 1]), 1)
            last = start + max(min(last - start - 1, fits), 1)
        yield start, last
        start = last
