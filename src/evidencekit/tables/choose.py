"""Which shape of data a table has, given its columns and the measure asked for."""

from __future__ import annotations

from evidencekit.effects.measures import MEASURES
from evidencekit.errors import DataError, Finding, UsageError
from evidencekit.tables.columns import QUANTITIES, Columns, folded
from evidencekit.tables.shapes import SHAPES, Shape
from evidencekit.tables.table import Table
from evidencekit.workspace.suggest import did_you_mean


def choose_shape(columns: Columns, measure: str, *, file: str) -> Shape:
    """The shape that the measure is computed from; arm data before printed estimates.

    Parameters
    ----------
    columns
        What was recognised.
    measure
        A row of ``MEASURES``, or "" for the default of the shape, else estimates as they stand.
    file
        For messages.

    Raises
    ------
    UsageError
        When the measure cannot be computed from what the table holds, or must be named.
    """
    usable = complete_shapes(columns)
    if not measure:
        return _without_measure(usable, file)
    kind = MEASURES[measure].kind
    for wanted in dict.fromkeys((kind, "generic")):
        for shape in usable:
            if shape.kind == wanted:
                return shape
    raise UsageError(
        f"{file} holds {usable[0].label}, from which {measure} is not computed; "
        f"choose one of {', '.join(measures_of(usable[0]))}"
    )


def _without_measure(usable: list[Shape], file: str) -> Shape:
    if usable[0].kind == "generic" or usable[0].default:
        return usable[0]
    names = ", ".join(measures_of(usable[0]))
    raise UsageError(f"{file} holds {usable[0].label}: name the measure with --measure: {names}")


def measures_of(shape: Shape) -> tuple[str, ...]:
    """Names of the measures computed from a shape."""
    generic = shape.kind == "generic"
    return tuple(row.name for row in MEASURES.values() if generic or row.kind == shape.kind)


def complete_shapes(columns: Columns) -> list[Shape]:
    """Shapes whose columns are all there, in the order of ``SHAPES``."""
    return [s for s in SHAPES.values() if all(name in columns.known for name in s.needs)]


def check_columns(table: Table, columns: Columns) -> None:
    """Raise DataError when no shape is complete; the findings say what to rename."""
    if complete_shapes(columns):
        return
    known = set(columns.known)
    most = max(len(known & set(shape.needs)) for shape in SHAPES.values())
    nearest = [s for s in SHAPES.values() if most and len(known & set(s.needs)) == most]
    findings = [_summary(table, nearest, known)]
    findings += _misspelt(table, columns, known)
    raise DataError(f"{table.file}: no complete set of columns", tuple(findings))


def _summary(table: Table, nearest: list[Shape], known: set[str]) -> Finding:
    if nearest:
        # The shape that lacks least of those that have most.
        shape = min(nearest, key=lambda s: len(s.needs))
        lacking = ", ".join(name for name in shape.needs if name not in known)
        title = f"columns are missing: {lacking}"
        detail = f"{shape.label} need {', '.join(shape.needs)}"
    else:
        title = "columns are missing: none of the names is known"
        detail = "a table has one of: " + " | ".join(",".join(s.needs) for s in SHAPES.values())
    found = ", ".join(name for name in table.header if name)
    return table.finding(
        "EK035", title, row=None, column=0, detail=detail, remedy=f"found: {found}"
    )


def _misspelt(table: Table, columns: Columns, known: set[str]) -> list[Finding]:
    """A finding for every unknown name that is nearly that of a quantity not yet found."""
    absent = [
        name
        for quantity in QUANTITIES.values()
        if quantity.name not in known
        for name in (quantity.name, *quantity.aliases)
        if len(name) > 2
    ]
    findings = []
    for position, name in columns.others:
        hint = did_you_mean(name, absent)
        if hint:
            title = f'column "{name}" is not known'
            findings.append(table.finding("EK035", title, row=None, column=position, remedy=hint))
    return findings


def find_column(table: Table, name: str, *, option: str) -> int:
    """Position of a column named by an option, by its exact name or one folded alike.

    Raises
    ------
    UsageError
        With a did-you-mean, when there is no such column.
    """
    if name in table.header:
        return table.header.index(name)
    alike = [i for i, other in enumerate(table.header) if folded(other) == folded(name)]
    if len(alike) == 1:
        return alike[0]
    there = [other for other in table.header if other]
    hint = did_you_mean(name, there) or f"there are {', '.join(there)}"
    raise UsageError(f'{table.file}: no column "{name}" for {option}; {hint}')


def repeated_findings(table: Table, columns: Columns, shape: Shape) -> list[Finding]:
    """Quantities of a shape that several columns offer."""
    findings = []
    for quantity in ("study", *shape.quantities):
        for found in columns.repeated.get(quantity, ())[1:]:
            first = columns.known[quantity].name
            findings.append(
                table.finding(
                    "EK036",
                    f"two columns for {quantity}",
                    row=None,
                    column=found.position,
                    detail=f'"{first}" and "{found.name}" both mean {QUANTITIES[quantity].meaning}',
                    remedy="rename the one that is not meant",
                )
            )
    return findings


def original_name(columns: Columns, quantity: str) -> str:
    """The folded name under which a table has a quantity."""
    return folded(columns.known[quantity].name) if quantity in columns.known else ""
