"""``read_table``: a file to a :class:`Table`, by what its name ends in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from evidencekit.errors import FileError, UsageError
from evidencekit.tables.books import read_excel, read_parquet
from evidencekit.tables.table import Table
from evidencekit.tables.text import read_csv, read_tsv


class TableFormat(NamedTuple):
    """A row of ``TABLE_FORMATS``."""

    name: str
    suffixes: tuple[str, ...]
    read: Callable[..., Table]
    sheets: bool = False


def read_table(path: Path, *, sheet: str = "") -> Table:
    """Read a table of studies.

    Parameters
    ----------
    path
        A file whose name ends in one of the suffixes of ``TABLE_FORMATS``.
    sheet
        Sheet of a workbook.

    Returns
    -------
    Table
        At least one row; its ``findings`` name rows that could not be read.

    Raises
    ------
    FileError
        When there is no such file, it cannot be read, or it is no table.
    UsageError
        For a sheet that does not exist or was not named.
    """
    file = path.as_posix()
    found = checked_format(path, sheet)
    table = (
        found.read(path, file=file, sheet=sheet) if found.sheets else found.read(path, file=file)
    )
    _check_names(table)
    return table


def checked_format(path: Path, sheet: str) -> TableFormat:
    """The format of a file that is there; errors as for :func:`read_table`."""
    file = path.as_posix()
    if not path.exists():
        raise FileError(f"{file}: no such file")
    if path.is_dir():
        raise FileError(f"{file}: a folder, not a table")
    found = format_of(path)
    if sheet and not found.sheets:
        raise UsageError(f"{file}: --sheet is for Excel; {found.name} has no sheets")
    return found


def format_of(path: Path) -> TableFormat:
    """The row of ``TABLE_FORMATS`` for a file name; FileError when there is none."""
    suffix = path.suffix.lower()
    for row in TABLE_FORMATS.values():
        if suffix in row.suffixes:
            return row
    known = ", ".join(s for row in TABLE_FORMATS.values() for s in row.suffixes)
    hint = "; save it as .xlsx" if suffix in (".xls", ".ods", ".xlsb", ".numbers") else ""
    raise FileError(
        f"{path.as_posix()}: not a table that can be read{hint}; the name must end in {known}"
    )


def _check_names(table: Table) -> None:
    names = [name for name in table.header if name]
    if not table.rows and not table.findings:
        raise FileError(f"{table.file}: column names but no rows")
    if names and all(_is_number(name) for name in names):
        raise FileError(
            f"{table.file}: the first row holds numbers; it must name the columns, "
            "such as study,events1,total1,events2,total2"
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


TABLE_FORMATS: dict[str, TableFormat] = {
    row.name: row
    for row in (
        TableFormat("CSV", (".csv", ".txt"), read_csv),
        TableFormat("TSV", (".tsv", ".tab"), read_tsv),
        TableFormat("Excel", (".xlsx", ".xlsm"), read_excel, sheets=True),
        TableFormat("Parquet", (".parquet", ".pq"), read_parquet),
    )
}
