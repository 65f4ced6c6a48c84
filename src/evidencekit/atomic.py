"""Atomic writes: a reader sees the old file or the new one, never a part of it."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from evidencekit.errors import FileError

TEMPORARY = ".building-"
"""How temporary files and folders begin; git ignores them."""

_REMEDY = {
    errno.ENOSPC: "the disk is full: free some space and run again; earlier output is whole",
    errno.EDQUOT: "the quota is used up: free some space and run again; earlier output is whole",
    errno.EACCES: "no permission to write: make the folder writable, or close programs that have "
    "the file open",
    errno.EPERM: "no permission to write: make the folder writable or run elsewhere",
    errno.EROFS: "the file system is read-only: run on a copy of the workspace",
    errno.ENOTDIR: "a file stands where a folder is needed: move it away",
    errno.EEXIST: "a file stands where a folder is needed: move it away",
    errno.EISDIR: "a folder stands where a file is needed: move it away",
}


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn an ``OSError`` into a message with place and remedy."""
    try:
        yield
    except OSError as error:
        place = path if TEMPORARY in str(error.filename or "") else error.filename or path
        reason = _REMEDY.get(error.errno or 0, error.strerror or str(error))
        raise FileError(f"cannot write {place}: {reason}") from error


def write_file(path: Path, data: bytes) -> None:
    """Write *data* to *path* through a temporary neighbour and a rename."""
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
        try:
            temporary.write_bytes(data)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all *files* into *folder*; each is whole, and none is touched unless all fit.

    They are first written in full to a temporary folder on the same file system, then
    moved one by one; a full disk or an interrupt before that leaves the folder as it was.
    """
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(dir=folder.parent, prefix=TEMPORARY))
        try:
            for name, data in files.items():
                (staging / name).write_bytes(data)
            for name in files:
                os.replace(staging / name, folder / name)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
