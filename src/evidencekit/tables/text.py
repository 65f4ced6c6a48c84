"""CSV and TSV, read with the standard library: a small table costs no more than its bytes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from evidencekit.errors import FileError, Finding
from evidencekit.tables.table import Table, locate

COMMENT = "#"
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def read_csv(path: Path, *, file: str) -> Table:
    """A table with commas, semicolons, tabs or bars between the cells: what the names have most.

    Raises
    ------
    FileError
        When the file is empty, no UTF-8 text, or no table.
    """
    return _read(path, file, "")


def read_tsv(path: Path, *, file: str) -> Table:
    """A table with tabs between the cells; errors as for :func:`read_csv`."""
    return _read(path, file, "\t")


def _read(path: Path, file: str, delimiter: str) -> Table:
    text = _decoded(path.read_bytes(), file)
    raw = tuple(text.splitlines())
    first = next((line for line in raw if line.strip() and not line.startswith(COMMENT)), "")
    if not first:
        raise FileError(f"{file}: the file is empty; a table begins with a row of column names")
    delimiter = delimiter or max(DELIMITERS, key=lambda mark: _outside_quotes(first, mark))
    rows, lines = _split(text, file, delimiter)
    header = tuple(name.strip() for name in rows[0])
    whole, numbers, findings = [], [], []
    for row, line in zip(rows[1:], lines[1:], strict=True):
        extra = [cell for cell in row[len(header) :] if cell.strip()]
        if len(row) < len(header) or extra:
            findings.append(_ragged(file, raw, delimiter, line, len(row), len(header)))
        else:
            whole.append(tuple(cell.strip() for cell in row[: len(header)]))
            numbers.append(line)
    return Table(
        file=file,
        header=header,
        rows=tuple(whole),
        lines=tuple(numbers),
        header_line=lines[0],
        raw=raw,
        delimiter=delimiter,
        findings=tuple(findings),
    )


def delimiter_of(path: Path, file: str) -> tuple[str, int]:
    """What stands between the cells of a text file, and the lines before its column names.

    Raises
    ------
    FileError
        As for :func:`read_csv`, as far as the first lines tell.
    """
    with path.open("rb") as stream:
        lines = [*_decoded(stream.read(65536), file, part=True).splitlines(), ""]
    before = 0
    while before < len(lines) - 1 and (not lines[before].strip() or lines[before][0] == COMMENT):
        before += 1
    if path.suffix.lower() in (".tsv", ".tab"):
        return "\t", before
    return max(DELIMITERS, key=lambda mark: _outside_quotes(lines[before], mark)), before


def _decoded(data: bytes, file: str, *, part: bool = False) -> str:
    if not data.strip():
        raise FileError(f"{file}: the file is empty; a table begins with a row of column names")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileError(f"{file}: UTF-16 text; save it as CSV with UTF-8")
    if b"\0" in data[:65536]:
        raise FileError(f"{file}: not a table but a binary file, whatever its name says")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if part and error.start > len(data) - 4:  # cut inside a letter
            return data[: error.start].decode("utf-8-sig")
        line = data.count(b"\n", 0, error.start) + 1
        raise FileError(
            f"{file}: line {line} is not UTF-8 text; save the table as CSV with UTF-8, "
            "so that no letter is guessed"
        ) from None


def _outside_quotes(line: str, mark: str) -> int:
    return sum(part.count(mark) for part in line.split('"')[::2])


def _split(text: str, file: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """Rows that hold something, and the line on which each begins."""
    rows, lines, before = [], [], 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            begins, before = before + 1, reader.line_num
            if any(cell.strip() for cell in row) and not row[0].startswith(COMMENT):
                rows.append(row)
                lines.append(begins)
    except csv.Error as error:
        raise FileError(f"{file}:{before + 1}: not a table: {error}") from None
    return rows, lines


def _ragged(
    file: str, raw: tuple[str, ...], delimiter: str, line: int, found: int, wanted: int
) -> Finding:
    place, excerpt = locate(file, raw, delimiter, line, 0)
    return Finding(
        "EK034",
        "row has the wrong number of cells",
        place,
        f"{found} cells; there are {wanted} column names, with {DELIMITERS[delimiter]} between",
        "put a cell that holds one of these marks in quotes; leave a missing value empty",
        excerpt=excerpt,
    )
