"""A table to studies: numbers read and checked, one contrast for each row, all problems at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from evidencekit.effects.measures import find_measure
from evidencekit.effects.transforms import TRANSFORMS
from evidencekit.effects.zero_cells import ZeroCells
from evidencekit.errors import DataError, Finding, UsageError
from evidencekit.quantities import Contrast, Scale
from evidencekit.tables.cells import is_missing
from evidencekit.tables.choose import (
    check_columns,
    choose_shape,
    find_column,
    measures_of,
    original_name,
    repeated_findings,
)
from evidencekit.tables.columns import ON_ANALYSIS_SCALE, Columns, recognise
from evidencekit.tables.contrasts import Maker
from evidencekit.tables.findings import (
    name_rows,
    nameless,
    range_findings,
    read_columns,
    twins,
)
from evidencekit.tables.shapes import Shape, scale_of
from evidencekit.tables.table import Table

InputScale = Literal["natural", "log", "analysis"]


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
    groups, clusters
        The subgroup, and the cluster, of each row, or empty.
    source
        The table they were read from.
    notes
        What was chosen because nothing was named.
    warnings
        Findings that stop nothing.
    """

    shape: Shape
    measure: str
    scale: Scale
    contrasts: tuple[Contrast, ...]
    source: Table = field(repr=False, compare=False)
    groups: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[Finding, ...] = ()


def read_studies(
    table: Table,
    *,
    measure: str = "",
    input_scale: InputScale | None = None,
    zero_cells: ZeroCells | None = None,
    subgroup: str = "",
    cluster: str = "",
) -> StudyTable:
    """Recognise the columns of a table and turn each row into a contrast.

    Parameters
    ----------
    table
        From :func:`~evidencekit.tables.read.read_table`.
    measure
        A row of ``MEASURES``; "" takes the default of the table's shape, and pools estimates
        as they stand.
    input_scale
        For estimates of a ratio: "natural" (0.80) or "log"; for those of another transformed
        measure "natural" or "analysis". Columns named yi or TE stand on the scale of analysis
        by convention. Standard errors are those of the scale of analysis in either case.
    zero_cells
        Policy for zero cells.
    subgroup, cluster
        Columns that name each row's group, and the cluster it shares people or a laboratory
        with; rows of one cluster may have one name.

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
    notes = () if measure or not shape.default else (_chosen(shape),)
    measure = measure or shape.default
    scale = scale_of(measure)
    natural = is_natural(columns, shape, scale, input_scale)
    groups = _named(table, subgroup, "--subgroup")
    clusters = _named(table, cluster, "--cluster")
    findings = [*table.findings, *repeated_findings(table, columns, shape)]
    numbers = read_columns(table, columns, shape, findings)
    findings += range_findings(table, columns, numbers, ratio=natural and scale == "log")
    names, more = name_rows(table, columns)
    findings += more + twins(table, columns, names, numbers, clustered=bool(cluster))
    if cluster:
        findings += nameless(table, find_column(table, cluster, option="--cluster"))
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        count = "1 problem" if len(errors) == 1 else f"{len(errors)} problems"
        raise DataError(f"{table.file}: {count}; nothing was computed", tuple(findings))
    make = Maker(shape=shape, measure=measure, natural=natural, zero_cells=zero_cells)
    return StudyTable(
        shape=shape,
        measure=measure,
        scale=scale,
        contrasts=make.all(table, columns, numbers, names),
        source=table,
        groups=groups,
        clusters=clusters,
        notes=notes,
        warnings=tuple(findings),
    )


def _chosen(shape: Shape) -> str:
    return (
        f"No measure was named: {shape.default} ({find_measure(shape.default).label}) was taken; "
        f"--measure chooses among {', '.join(measures_of(shape))}."
    )


def _named(table: Table, column: str, option: str) -> tuple[str, ...]:
    """The entry of each row in a column named by an option; empty without one."""
    if not column:
        return ()
    place = find_column(table, column, option=option)
    return tuple(_group(row[place]) for row in table.rows)


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
        if asked is not None and asked != "natural":
            raise UsageError(f"--input-scale {asked} is for ratios; name one with --measure")
        return True
    if asked == "log" and scale != "log":
        raise UsageError("--input-scale log is for ratios; say natural or analysis here")
    by_name = original_name(columns, "estimate") in ON_ANALYSIS_SCALE
    if by_name and asked == "natural":
        name = columns.known["estimate"].name
        raise UsageError(
            f"--input-scale natural: a column named {name} holds {_held(scale)} by convention; "
            "rename it to estimate if it does not"
        )
    if asked is None and not by_name:
        raise UsageError(_say_which(scale))
    return asked == "natural"


def _held(scale: Scale) -> str:
    return "logarithms" if scale == "log" else "values on the scale of analysis"


def _say_which(scale: Scale) -> str:
    if scale == "log":
        return (
            "estimates of a ratio: say --input-scale natural (0.80) or --input-scale log (-0.223)"
        )
    there = TRANSFORMS[scale].forward(0.3)
    return (
        "estimates of a transformed measure: say --input-scale natural (0.3) or "
        f"--input-scale analysis ({there:.3f})"
    )
