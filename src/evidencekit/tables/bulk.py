"""Large files in and out: a long table to columns, a batch of results to a file."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from evidencekit.atomic import write_file
from evidencekit.errors import FileError, UsageError
from evidencekit.models.kernel import IntArray
from evidencekit.tables.books import INSTALL, open_parquet
from evidencekit.tables.cells import MISSING
from evidencekit.tables.long_table import LongTable, long_table
from evidencekit.tables.read import checked_format, read_table
from evidencekit.tables.text import COMMENT, delimiter_of

if TYPE_CHECKING:
    import pandas as pd


def read_long(path: Path, *, keys: Sequence[str] = (), sheet: str = "") -> LongTable:
    """Read a long table for :func:`evidencekit.batch.pool`.

    Parameters
    ----------
    path
        CSV, TSV, Excel or Parquet.
    keys
        Columns that stay text, so that "007" keeps its noughts.
    sheet
        Sheet of a workbook.

    Returns
    -------
    LongTable

    Raises
    ------
    FileError
        When there is no such file, or it is no table.
    UsageError
        For a sheet of a file that has none.
    """
    file = path.as_posix()
    kind = checked_format(path, sheet).name
    if kind in ("CSV", "TSV"):
        return _read_text(path, file, keys)
    if kind == "Parquet":
        found = long_table(open_parquet(path, file=file))
        return replace(found, file=file)
    import numpy as np

    table = read_table(path, sheet=sheet)
    twice = [name for name in table.header if name and table.header.count(name) > 1]
    if twice:
        raise FileError(f'{file}: two columns are called "{twice[0]}"; rename one of them')
    columns = {}
    for position, name in enumerate(table.header):
        column = np.empty(len(table.rows), dtype=object)
        column[:] = table.column(position)
        columns[name] = column
    return LongTable(file=file, columns=columns, lines=np.array(table.lines, dtype=np.intp))


def _read_text(path: Path, file: str, keys: Sequence[str]) -> LongTable:
    import numpy as np
    import pandas as pd

    delimiter, skipped = delimiter_of(path, file)
    try:
        frame = pd.read_csv(
            path,
            sep=delimiter,
            skiprows=skipped,
            dtype=dict.fromkeys(keys, str),
            na_values=sorted({*MISSING, *(text.upper() for text in MISSING)}),
            skipinitialspace=True,
            # Kept until each row has its line, then left out.
            skip_blank_lines=False,
            encoding="utf-8-sig",
            # One pass over whole columns: a type is not guessed anew for every part.
            low_memory=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise FileError(f"{file}: not a table: {error}") from None
    lines = _lines(frame, first=skipped + 2)
    left_out = frame.iloc[:, 0].astype(str).str.startswith(COMMENT) | frame.isna().all(axis=1)
    kept = ~np.asarray(left_out, dtype=bool)
    return replace(long_table(frame.loc[kept]), file=file, lines=lines[kept])


def _lines(frame: pd.DataFrame, *, first: int) -> IntArray:
    """The line on which each row begins: cells in quotes may hold line breaks."""
    import numpy as np
    import pandas as pd

    lines = np.arange(first, first + len(frame), dtype=np.intp)
    texts = [name for name, kind in frame.dtypes.items() if pd.api.types.is_string_dtype(kind)]
    for name in texts:
        breaks = frame[name].str.count("\n").fillna(0).to_numpy(dtype=np.intp)
        lines[1:] += np.cumsum(breaks)[:-1]
    return lines


def write_long(frame: pd.DataFrame, path: Path) -> None:
    """Write a table whole or not at all; the name ends in one of ``OUTPUTS``.

    Raises
    ------
    UsageError
        For another ending.
    FileError
        When pyarrow is missing or the file cannot be written.
    """
    write_file(path, writer_for(path)(frame))


def writer_for(path: Path) -> Callable[[pd.DataFrame], bytes]:
    """The row of ``OUTPUTS`` for a file name; checked before hours of work."""
    try:
        writer = OUTPUTS[path.suffix.lower()]
    except KeyError:
        raise UsageError(f"{path}: the name must end in {', '.join(OUTPUTS)}") from None
    if writer is _parquet:
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            raise FileError(f"{path}: writing Parquet needs pyarrow: {INSTALL}") from None
    return writer


def _csv(frame: pd.DataFrame) -> bytes:
    """Numbers as the shortest text that reads back the same; undefined ones are empty."""
    return frame.to_csv(index=False, lineterminator="\n").encode()


def _tsv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, sep="\t", lineterminator="\n").encode()


def _parquet(frame: pd.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.to_parquet(stream, index=False, engine="pyarrow")
    return stream.getvalue()


OUTPUTS: dict[str, Callable[[pd.DataFrame], bytes]] = {
    ".parquet": _parquet,
    ".csv": _csv,
    ".tsv": _tsv,
}
