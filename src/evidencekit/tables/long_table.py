"""A long table as columns, whatever it came as, with the place of every row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.errors import UsageError
from evidencekit.models.kernel import IntArray

if TYPE_CHECKING:
    import pandas as pd

Column = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTable:
    """Columns of one file, and the line of the file (row of the sheet) of each row."""

    file: str
    columns: Mapping[str, Column]
    lines: IntArray

    def place(self, row: int) -> str:
        """Where a row stands: "trials.csv:7"; counts from 1 where there is no file."""
        return f"{self.file}:{self.lines[row]}" if self.file else f"row {self.lines[row]}"


def long_table(table: Any) -> LongTable:
    """A pandas data frame, an Arrow table, a mapping of arrays, or what was read from a file.

    Raises
    ------
    UsageError
        For anything else, or columns of different lengths.
    """
    if isinstance(table, LongTable):
        return table
    if hasattr(table, "column_names") and hasattr(table, "column"):  # pyarrow
        pairs = [
            (str(n), np.asarray(column.to_numpy(zero_copy_only=False)))
            for n, column in zip(table.column_names, table.columns, strict=True)
        ]
    elif hasattr(table, "columns") and hasattr(table, "iloc"):  # pandas
        pairs = [(str(n), table.iloc[:, i].to_numpy()) for i, n in enumerate(table.columns)]
    elif isinstance(table, Mapping):
        pairs = [(str(name), np.asarray(column)) for name, column in table.items()]
    else:
        kind = type(table).__name__
        raise UsageError(f"a pandas or Arrow table, or a mapping of columns, not {kind}")
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UsageError(f'two columns are called "{twice}"; rename one of them')
    lengths = {column.shape for column in found.values()}
    if len(lengths) > 1 or any(len(shape) != 1 for shape in lengths):
        raise UsageError(f"columns differ in shape: {', '.join(map(str, sorted(lengths)))}")
    rows = next(iter(lengths), (0,))[0]
    return LongTable(file="", columns=found, lines=np.arange(1, rows + 1))


def frame_of(columns: Mapping[str, Column]) -> pd.DataFrame:
    """Columns as a pandas data frame."""
    import pandas as pd

    return pd.DataFrame(dict(columns))
