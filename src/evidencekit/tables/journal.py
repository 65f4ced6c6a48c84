"""Finished chunks of a long run in one side file, so that an interrupted run goes on.

SQLite makes each chunk whole or absent, whatever kills the process.
"""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.errors import FileError

Arrays = Mapping[str, NDArray[Any]]


class Journal:
    """Chunks by number, valid for one run: the one with this *digest*.

    A file of another run, or one that is no journal, is begun afresh or refused.

    Raises
    ------
    FileError
        When the file cannot be written, or is something else.
    """

    def __init__(self, path: Path, digest: str) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(path)
            with self._db:
                self._db.execute("CREATE TABLE IF NOT EXISTS run (digest TEXT)")
                self._db.execute(
                    "CREATE TABLE IF NOT EXISTS chunk (number INTEGER PRIMARY KEY, data BLOB)"
                )
                if self._db.execute("SELECT digest FROM run").fetchall() != [(digest,)]:
                    self._db.execute("DELETE FROM chunk")
                    self._db.execute("DELETE FROM run")
                    self._db.execute("INSERT INTO run VALUES (?)", (digest,))
        except sqlite3.Error as error:
            raise FileError(f"{path}: cannot be used as a journal: {error}") from error

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()

    def done(self) -> frozenset[int]:
        """Numbers of the chunks that are there."""
        return frozenset(number for (number,) in self._db.execute("SELECT number FROM chunk"))

    def add(self, number: int, arrays: Arrays) -> None:
        """Record a finished chunk."""
        stream = io.BytesIO()
        np.savez(stream, allow_pickle=False, **arrays)
        try:
            with self._db:
                self._db.execute(
                    "INSERT OR REPLACE INTO chunk VALUES (?, ?)", (number, stream.getvalue())
                )
        except sqlite3.Error as error:
            raise FileError(f"{self.path}: cannot be written: {error}") from error

    def get(self, number: int) -> dict[str, NDArray[Any]]:
        """The arrays of a chunk."""
        query = self._db.execute("SELECT data FROM chunk WHERE number = ?", (number,))
        with np.load(io.BytesIO(query.fetchone()[0]), allow_pickle=False) as file:
            return dict(file)
