"""``pool``: any number of meta-analyses of one long table, in bounded memory, on all cores.

A meta-analysis that cannot be pooled comes back as a row with a status and a message; it never
costs the others their result.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evidencekit import __version__
from evidencekit.effects.zero_cells import ZeroCells
from evidencekit.errors import FileError, UsageError
from evidencekit.models.settings import Settings
from evidencekit.quantities import Scale
from evidencekit.tables.choose import check_columns, choose_shape
from evidencekit.tables.columns import recognise
from evidencekit.tables.execute import executed
from evidencekit.tables.fit import POOLED, STATUS, Arrays, Choices, empty_columns
from evidencekit.tables.journal import Journal
from evidencekit.tables.long import Plan, make_plan
from evidencekit.tables.long_table import frame_of, long_table
from evidencekit.tables.shapes import scale_of
from evidencekit.tables.studies import InputScale, is_natural
from evidencekit.tables.table import Table

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """Pooled results, one entry for each meta-analysis, in order of first appearance.

    Parameters
    ----------
    by
        Names of the columns that name the meta-analyses.
    measure, scale
        What was pooled, and the scale that estimates and intervals stand on.
    settings
        Model and methods.
    columns
        Arrays of shape (m,): the columns named by ``by``; ``status`` ("ok",
        "not_converged": the last iterate, not to be relied on; "no_studies": no estimable
        row; "failed", with the reason in ``message``); ``rows`` of the table and ``k`` of them
        pooled; and the columns of :class:`~evidencekit.models.batch.PooledBatch`.
    """

    by: tuple[str, ...]
    measure: str
    scale: Scale
    settings: Settings
    columns: Mapping[str, NDArray[Any]]

    @property
    def m(self) -> int:
        """Number of meta-analyses."""
        return int(self.columns["status"].size)

    def counts(self) -> dict[str, int]:
        """How many meta-analyses have each status, without those that none has."""
        found = {name: int((self.columns["status"] == name).sum()) for name in STATUS}
        return {name: number for name, number in found.items() if number}

    def messages(self) -> list[str]:
        """One line for each meta-analysis that failed: its names, and why."""
        failed = np.flatnonzero(self.columns["status"] == "failed")
        return [
            ", ".join(f"{name} {self.columns[name][i]}" for name in self.by)
            + f": {self.columns['message'][i]}"
            for i in failed
        ]

    def to_dict(self) -> dict[str, NDArray[Any]]:
        """The columns."""
        return dict(self.columns)

    def to_frame(self) -> pd.DataFrame:
        """The columns as a pandas data frame."""
        return frame_of(self.columns)

    def to_arrow(self) -> Any:
        """The columns as an Arrow table; FileError when pyarrow is not installed."""
        try:
            import pyarrow
        except ImportError:
            raise FileError(
                'Arrow tables need pyarrow: pip install "evidencekit[tables]"'
            ) from None
        return pyarrow.table(dict(self.columns))


def pool(  # noqa: PLR0913 - every choice is named
    table: Any,
    *,
    by: Sequence[str],
    measure: str = "",
    input_scale: InputScale | None = None,
    zero_cells: ZeroCells | None = None,
    settings: Settings | None = None,
    jobs: int = 1,
    client: Any = None,
    journal: Path | None = None,
    progress: Progress | None = None,
) -> BatchResult:
    """Pool every meta-analysis of a long table.

    Parameters
    ----------
    table
        A pandas data frame, an Arrow table, a mapping of columns, or what
        :func:`~evidencekit.tables.bulk.read_long` reads; one row for each study,
        columns as for ``evidencekit pool``. Rows with missing numbers are left out.
    by
        Columns that together name a meta-analysis; empty: the table is one.
    measure, input_scale, zero_cells
        As for :func:`~evidencekit.tables.studies.read_studies`.
    settings
        Model and methods; default :class:`~evidencekit.models.settings.Settings`.
    jobs
        At most this many processes (joblib); -1: one for each core. Little work is done
        in this one.
    client
        A ``distributed.Client``: its workers compute instead.
    journal
        A side file of finished chunks. An interrupted call with the same data and choices
        goes on where it stopped; delete the file when the result is safe.
    progress
        Called with meta-analyses done and in all, after each chunk.

    Returns
    -------
    BatchResult

    Raises
    ------
    UsageError
        For a table of another type, columns of ``by`` that are not there, or a measure that
        does not go with the columns.
    DataError
        When no set of columns is recognised.
    FileError
        When the journal cannot be written.

    Notes
    -----
    Meta-analyses are sorted by size, padded to arrays of shape (m, k) of bounded size and
    pooled by :func:`~evidencekit.models.batch.pool_batch`; beyond the table and the result,
    memory does not grow with their number.
    """
    if jobs != -1 and jobs < 1:
        raise UsageError(f"jobs {jobs}: 1 or more, or -1 for one for each core")
    if isinstance(by, str):
        raise UsageError(f"by is a list of columns: write [{by!r}]")
    plan, choices, scale = _prepare(
        table,
        by,
        measure=measure,
        input_scale=input_scale,
        zero_cells=zero_cells or ZeroCells(),
        settings=settings or Settings(),
    )
    out = _Output(plan)
    with contextlib.ExitStack() as stack:
        record = None
        if journal is not None:
            digest = plan.digest(f"{__version__} {choices!r}")
            record = stack.enter_context(Journal(journal, digest))
        done = record.done() if record else frozenset()
        for number in sorted(done):
            assert record is not None
            out.put(record.get(number))
        left = len(plan.bounds) - len(done)
        _tell(progress, out)
        for number, arrays in executed(
            plan.chunks(done), choices, left=left, jobs=jobs, client=client
        ):
            if record is not None:
                record.add(number, arrays)
            out.put(arrays)
            _tell(progress, out)
    return BatchResult(
        by=tuple(by),
        measure=choices.measure,
        scale=scale,
        settings=choices.settings,
        columns=out.columns,
    )


def _tell(progress: Progress | None, out: _Output) -> None:
    if progress is not None:
        progress(out.done, out.m)


def _prepare(
    table: Any,
    by: Sequence[str],
    *,
    measure: str,
    input_scale: InputScale | None,
    zero_cells: ZeroCells,
    settings: Settings,
) -> tuple[Plan, Choices, Scale]:
    """Recognise the columns, and cut the table into chunks."""
    long = long_table(table)
    columns = long.columns
    # Columns that name the meta-analyses are no data, whatever they are called.
    names = tuple("" if name in by else name for name in columns)
    known = recognise(names)
    check_columns(
        Table(file=long.file or "table", header=names, rows=(), lines=(), header_line=0), known
    )
    shape = choose_shape(known, measure, file=long.file or "the table")
    measure = measure or shape.default
    scale = scale_of(measure)
    natural = is_natural(known, shape, scale, input_scale)
    repeated = [q for q in shape.quantities if q in known.repeated]
    if repeated:
        both = " and ".join(f'"{found.name}"' for found in known.repeated[repeated[0]])
        raise UsageError(f"two columns for {repeated[0]}: {both}; rename the one not meant")
    plan = make_plan(long, by=by, columns=known, shape=shape, ratio=natural and scale == "log")
    choices = Choices(
        shape=shape.name,
        measure=measure,
        natural=natural,
        zero_cells=zero_cells,
        settings=settings,
    )
    return plan, choices, scale


class _Output:
    """The columns of the result, filled chunk by chunk."""

    def __init__(self, plan: Plan) -> None:
        self.m = plan.m
        self.done = 0
        self.columns: dict[str, NDArray[Any]] = {
            **plan.keys,
            "status": np.full(self.m, "", dtype="<U13"),
            "message": np.full(self.m, "", dtype=object),
            "rows": plan.counts,
            **empty_columns(self.m),
        }
        clash = [name for name in plan.keys if name in (*POOLED, "status", "message", "rows")]
        if clash:
            raise UsageError(f'by: "{clash[0]}" is also a column of the result; rename it')

    def put(self, arrays: Arrays) -> None:
        """Put the results of a chunk where they belong."""
        groups = arrays["groups"]
        self.done += groups.size
        self.columns["status"][groups] = np.array(STATUS)[arrays["status"]]
        self.columns["message"][groups[arrays["message_at"]]] = arrays["message"]
        for name in POOLED:
            self.columns[name][groups] = arrays[name]
