"""Finding and reading the data files of a workspace, whatever lies in its folders."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from evidencekit.errors import Finding, Place

STUDIES = "studies"
ANALYSES = "analyses"
ARTICLES = "articles"
OUTCOMES = "studies/outcomes.yaml"
"""The vocabulary of outcomes."""

ENDINGS = {STUDIES: ".yaml", ANALYSES: ".yaml", ARTICLES: ".claims.yaml"}
"""Folders of data files, and how the names of those end; ``articles/`` holds other files too."""

MAX_BYTES = 32 * 1024 * 1024
"""Larger files are refused: a data file is edited by hand."""


@dataclass(slots=True)
class Found:
    """Files of one folder, as posix paths relative to the workspace, sorted."""

    paths: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def find(root: Path, folder: str) -> Found:
    """Every data file below a folder of the workspace, by the ending in `ENDINGS`.

    Hidden files and folders are passed over, links are followed, and a link
    back into a folder already seen is not entered again.
    """
    found = Found()
    _scan(root / folder, folder, found, ending=ENDINGS[folder], seen=set())
    found.paths.sort()
    return found


def _scan(directory: Path, name: str, found: Found, *, ending: str, seen: set[str]) -> None:
    real = os.path.realpath(directory)
    if real in seen:
        return
    seen.add(real)
    try:
        with os.scandir(directory) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        found.findings.append(_unreadable(name, error))
        return
    for entry in listed:
        path = f"{name}/{entry.name}"
        if entry.name.startswith("."):
            continue
        if _is(entry.is_dir):
            _scan(directory / entry.name, path, found, ending=ending, seen=seen)
        elif entry.name.endswith(ending):
            if _is(entry.is_file):
                found.paths.append(path)
            else:
                found.findings.append(_not_a_file(path, is_link=entry.is_symlink()))
        elif entry.name.lower().endswith((ending, ending.replace(".yaml", ".yml"))):
            remedy = f"rename it to {Path(entry.name).stem}.yaml"
            found.findings.append(
                Finding(
                    "EK017",
                    "file is not read",
                    Place(path),
                    f"data files end in {ending}",
                    remedy,
                    "warning",
                )
            )


def _is(question: Callable[[], bool]) -> bool:
    """What a directory entry is; a link that leads in circles is nothing."""
    try:
        return question()
    except OSError:
        return False


def _not_a_file(name: str, *, is_link: bool) -> Finding:
    """A pipe or device would block or never end; a link may lead nowhere."""
    if is_link:
        detail, remedy = "it is a link that does not lead to a file", "delete the link"
    else:
        detail, remedy = "it is not a regular file", "move it out of the data folders"
    return Finding("EK001", "file cannot be read", Place(name), detail, remedy)


def read(root: Path, name: str) -> bytes | Finding:
    """The bytes of a file, or the finding that says why there are none."""
    try:
        with open(os.path.join(root, name), "rb") as file:
            return file.read()
    except OSError as error:
        return _unreadable(name, error)


def _unreadable(name: str, error: OSError) -> Finding:
    if isinstance(error, PermissionError):
        detail, remedy = "permission denied", "allow reading it"
    else:
        detail, remedy = error.strerror or type(error).__name__, "check the file system"
    return Finding("EK001", "file cannot be read", Place(name), detail, remedy)


def as_text(data: bytes, name: str) -> str | Finding:
    """The text of a file in UTF-8, with or without byte order mark, or why it is none."""
    place = Place(name)
    if len(data) > MAX_BYTES:
        detail = f"{len(data) / 2**20:.0f} MB; at most {MAX_BYTES // 2**20} MB are read"
        remedy = "split it, one study per file"
        return Finding("EK005", "file is too large", place, detail, remedy)
    remedy = "save the file as UTF-8"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Finding("EK002", "file is not UTF-8 text", place, "it is UTF-16", remedy)
    if b"\x00" in data:
        detail = f"it holds a NUL byte at byte {data.index(0) + 1}"
        return Finding("EK003", "file is not text", place, detail, "is it a YAML file at all?")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        detail = f"byte 0x{data[error.start]:02x} in line {line} is not UTF-8"
        return Finding("EK002", "file is not UTF-8 text", place, detail, remedy)
