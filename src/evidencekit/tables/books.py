"""Excel workbooks and Parquet files; their libraries are optional and loaded when used."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from evidencekit.errors import FileError, UsageError
from evidencekit.tables.table import Table

INSTALL = 'pip install "evidencekit[tables]"'


def read_excel(path: Path, *, file: str, sheet: str = "") -> Table:
    """One sheet of a workbook; formulas count as the value saved with them.

    Parameters
    ----------
    path, file
        The workbook, and its name for messages.
    sheet
        Its sheet by name; needed when several sheets hold something.

    Raises
    ------
    FileError
        When openpyxl is missing, or the file is no workbook or holds no table.
    UsageError
        For a sheet that is not there, or one left out where there are several.
    """
    try:
        import openpyxl
    except ImportError:
        raise FileError(f"{file}: reading Excel needs openpyxl: {INSTALL}") from None
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError, openpyxl.utils.exceptions.InvalidFileException):
        raise FileError(f"{file}: not an Excel workbook, whatever its name says") from None
    try:
        found = _choose(book, file, sheet)
        rows = [(i, r) for i, r in enumerate(found.iter_rows(values_only=True), 1) if _holds(r)]
    finally:
        book.close()
    if not rows:
        raise FileError(f"{file}: the sheet is empty; a table begins with a row of column names")
    line, names = rows[0]
    header = tuple("" if name is None else str(name).strip() for name in names)
    width = len(header)
    return Table(
        file=file,
        header=header,
        rows=tuple(tuple(row[:width]) + (None,) * (width - len(row)) for _, row in rows[1:]),
        lines=tuple(number for number, _ in rows[1:]),
        header_line=line,
    )


def _holds(row: tuple[Any, ...]) -> bool:
    return any(cell is not None and str(cell).strip() for cell in row)


def _choose(book: Any, file: str, sheet: str) -> Any:
    sheets = {found.title: found for found in book.worksheets}
    named = ", ".join(f'"{name}"' for name in sheets)
    if sheet:
        if sheet not in sheets:
            raise UsageError(f'{file}: no sheet "{sheet}"; there are {named}')
        return sheets[sheet]
    filled = [
        found
        for found in sheets.values()
        if any(_holds(row) for row in found.iter_rows(values_only=True))
    ]
    if len(filled) > 1:
        raise UsageError(f"{file}: several sheets ({named}); choose one with --sheet NAME")
    if not sheets:
        raise FileError(f"{file}: the workbook has no sheet of cells")
    return filled[0] if filled else next(iter(sheets.values()))


def open_parquet(path: Path, *, file: str) -> Any:
    """The Arrow table of a Parquet file; errors as for :func:`read_parquet`."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise FileError(f"{file}: reading Parquet needs pyarrow: {INSTALL}") from None
    try:
        return parquet.read_table(path)
    except pyarrow.ArrowInvalid:
        raise FileError(f"{file}: not a Parquet file, whatever its name says") from None


def read_parquet(path: Path, *, file: str) -> Table:
    """A Parquet file; row 1 is the first row of data.

    Raises
    ------
    FileError
        When pyarrow is missing or the file is no Parquet file.
    """
    found = open_parquet(path, file=file)
    columns = [column.to_pylist() for column in found.columns]
    return Table(
        file=file,
        header=tuple(str(name) for name in found.column_names),
        rows=tuple(zip(*columns, strict=True)),
        lines=tuple(range(1, found.num_rows + 1)),
        header_line=0,
    )
