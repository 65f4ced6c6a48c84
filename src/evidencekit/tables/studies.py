"""A table to studies: numbers read and checked, one contrast for each row, all problems at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evidencekit.effects.measures import find_measure
from evidencekit.effects.zero_cells import ZeroCells
from evidencekit.errors import DataError, Finding, UsageError
from evidencekit.quantities import Contrast, Scale
from evidencekit.tables.cells import is_missing
from evidencekit.tables.choose import (
    check_columns,
    choose_shape,
    find_column,
    original_name,
    repeated_findings,
)
from evidencekit.tables.columns import ON_ANALYSIS_SCALE, Columns, recognise
from evidencekit.tables.contrasts import Maker
from evidencekit.tables.findings import name_rows, range_findings, read_columns, twins
from evidencekit.tables.shapes import Shape
from evidencekit.tables.table import Table

InputScale = Literal["natural", "log"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyTable:
    """The studies of a table, ready to be pooled.

    Parameters
    ----------
    shape
        Where the contrasts were computed from.
    measure, scale
        A row of ``MEASURES`` ("" for estimates as they stand) and its analysis scale.
    contrasts
        One for each row, in order; those with missing numbers are not estimable.
    groups
        The subgroup of each row, or empty.
    warnings
        Findings that stop nothing.
    """

    shape: Shape
    measure: str
    scale: Scale
    contrasts: tuple[Contrast, ...]
    groups: tuple[str, ...] = ()
    warnings: tuple[Finding, ...] = ()


def read_studies(
    table: Table,
    *,
    measure: str = "",
    input_scale: InputScale | None = None,
    zero_cells: ZeroCells | None = None,
    subgroup: str = "",
) -> StudyTable:
    """Recognise the columns of a table and turn each row into a contrast.

    Parameters
    ----------
    table
        From :func:`~evidencekit.tables.read.read_table`.
    measure
        A row of ``MEASURES``; "" pools estimates as they stand.
    input_scale
        For estimates of a ratio: "natural" (0.80) or "log". Columns named yi or TE hold
        logarithms by convention. Standard errors are those of the logarithm in either case.
    zero_cells
        Policy for zero cells.
    subgroup
        Column that names each study's group.

    Raises
    ------
    DataError
        For cells that cannot be read or be true; ``findings`` lists them all.
    UsageError
        For a measure, scale or column that does not go with the table.
    """
    columns = recognise(table.header)
    check_columns(table, columns)
    shape = choose_shape(columns, measure, file=table.file)
    scale: Scale = find_measure(measure).scale if measure else "identity"
    natural = is_natural(columns, shape, scale, input_scale)
    place = find_column(table, subgroup, option="--subgroup") if subgroup else None
    findings = [*table.findings, *repeated_findings(table, columns, shape)]
    numbers = read_columns(table, columns, shape, findings)
    findings += range_findings(table, columns, numbers, ratio=natural and scale == "log")
    names, more = name_rows(table, columns)
    findings += more + twins(table, columns, names, numbers)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        count = "1 problem" if len(errors) == 1 else f"{len(errors)} problems"
        raise DataError(f"{table.file}: {count}; nothing was computed", tuple(findings))
    make = Maker(shape=shape, measure=measure, natural=natural, zero_cells=zero_cells)
    groups = () if place is None else tuple(_group(row[place]) for row in table.rows)
    return StudyTable(
        shape=shape,
        measure=measure,
        scale=scale,
        contrasts=make.all(table, columns, numbers, names),
        groups=groups,
        warnings=tuple(findings),
    )


def _group(cell: object) -> str:
    return "not stated" if is_missing(cell) else str(cell).strip()


def is_natural(columns: Columns, shape: Shape, scale: Scale, asked: InputScale | None) -> bool:
    """Whether estimates stand on the natural scale, or a UsageError when that is not known."""
    if shape.kind != "generic":
        if asked is not None:
            raise UsageError(
                f"--input-scale is for printed estimates; the table holds {shape.label}"
            )
        return True
    if scale == "identity":
        if asked == "log":
            raise UsageError("--input-scale log is for ratios; name one with --measure")
        return True
    by_name = original_name(columns, "estimate") in ON_ANALYSIS_SCALE
    if by_name and asked == "natural":
        name = columns.known["estimate"].name
        raise UsageError(
            f"--input-scale natural: a column named {name} holds logarithms by convention; "
            "rename it to estimate if it does not"
        )
    if asked is None and not by_name:
        raise UsageError(
            "estimates of a ratio: say --input-scale natural (0.80) or --input-scale log (-0.223)"
        )
    return asked == "natural"
