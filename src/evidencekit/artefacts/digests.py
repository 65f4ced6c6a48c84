"""Content hashes: of files, of this package's own source, and of what feeds an analysis."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from evidencekit.workspace.plan import Plan
from evidencekit.workspace.workspace import Workspace

# Rooms whose code cannot change what an analysis computes or draws.
_WITHOUT_INFLUENCE = ("tables", "batch.py", "cli", "sources", "audit", "embed", "watch")
_SOURCES = (".py", ".jinja", ".ttf")


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def file_sha256(path: Path) -> str | None:
    """SHA-256 of a file's bytes; None when there is no such file."""
    try:
        return sha256(path.read_bytes())
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def package_digest(root: Path | None = None) -> str:
    """SHA-256 over every source file, template and font that outputs depend on.

    The same on every system: sorted by posix path, line ends of text made equal, and
    nothing counted that an editor or a file manager may have left there.
    """
    home = root or Path(__file__).parents[1]
    names = sorted(
        path.relative_to(home).as_posix()
        for path in home.rglob("*")
        if path.suffix in _SOURCES and _has_influence(path.relative_to(home))
    )
    return combined((name, sha256(_source(home / name))) for name in names)


def _has_influence(relative: Path) -> bool:
    return relative.parts[0] not in _WITHOUT_INFLUENCE and "template" not in relative.parts


def _source(path: Path) -> bytes:
    data = path.read_bytes()
    # A checkout with other line ends is the same source.
    return data if path.suffix == ".ttf" else data.replace(b"\r\n", b"\n")


def combined(parts: Iterable[tuple[str, str]]) -> str:
    """One hash over named hashes, in the order given."""
    total = hashlib.sha256()
    for name, digest in parts:
        total.update(f"{name}\0{digest}\n".encode())
    return total.hexdigest()


def inputs_of(plan: Plan, workspace: Workspace) -> dict[str, str]:
    """The files an analysis depends on, with their hashes: plan, vocabulary, studies.

    Every study that reports the plan's outcome feeds it, also one that the plan excludes:
    it is listed in the results with the reason.
    """
    files = [workspace.files[f"plan:{plan.id}"], workspace.files["outcomes"]]
    for study in workspace.studies.values():
        if any(result.outcome == plan.question.outcome for result in study.results):
            files.append(workspace.files[f"study:{study.id}"])
    return {file: workspace.digests[file] for file in sorted(files)}


def analysis_key(inputs: Mapping[str, str], package: str) -> str:
    """What an analysis's outputs are a function of: its inputs and the package's source."""
    return combined([*sorted(inputs.items()), ("evidencekit", package)])
