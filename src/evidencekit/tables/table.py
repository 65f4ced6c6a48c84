"""A table as it was read: names, cells and where each cell stands. No cell is interpreted here."""

from __future__ import annotations

from dataclasses import dataclass

from evidencekit.errors import Finding, Place, Severity

Cell = object
"""A text (CSV), or whatever a workbook or Parquet file holds: text, number, date, None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Column names and rows of one file.

    Parameters
    ----------
    file
        Its path as given, for messages.
    header
        Column names as they stand, one for each cell of a row; "" for a column without one.
    rows
        Cells, as many in each row as there are names.
    lines
        Line of the file (row of the sheet) on which each row begins.
    header_line
        Line of the names; 0 in a format without lines.
    raw
        Physical lines of a text file, to show the place; empty for other formats.
    delimiter
        Between the cells of a text file.
    findings
        Rows that could not be read as rows.
    """

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    lines: tuple[int, ...]
    header_line: int = 1
    raw: tuple[str, ...] = ()
    delimiter: str = ""
    findings: tuple[Finding, ...] = ()

    def column(self, position: int) -> list[Cell]:
        """All cells of one column."""
        return [row[position] for row in self.rows]

    def finding(  # the parts of a message
        self,
        code: str,
        title: str,
        *,
        row: int | None,
        column: int,
        detail: str = "",
        remedy: str = "",
        severity: Severity = "error",
    ) -> Finding:
        """A finding at a cell (``row`` counts from 0), or at a column name (``row=None``)."""
        line = self.header_line if row is None else self.lines[row]
        place, excerpt = locate(self.file, self.raw, self.delimiter, line, column)
        return Finding(code, title, place, detail, remedy, severity, excerpt)


def locate(
    file: str, raw: tuple[str, ...], delimiter: str, line: int, column: int
) -> tuple[Place, str]:
    """Place of a cell and the line to show.

    In text the column of the place counts characters; in a sheet, and where quotes make
    characters hard to count, it counts cells and no line is shown.
    """
    if not raw or not 0 < line <= len(raw) or '"' in raw[line - 1]:
        return Place(file, line, column + 1 if line else 0), ""
    cells = raw[line - 1].split(delimiter)
    if column >= len(cells):
        return Place(file, line, column + 1), ""
    start = sum(len(cell) + 1 for cell in cells[:column])
    blank = len(cells[column]) - len(cells[column].lstrip())
    width = len(cells[column].strip())
    first = start + (blank if width else 0) + 1
    return Place(file, line, first, first + width), raw[line - 1]
