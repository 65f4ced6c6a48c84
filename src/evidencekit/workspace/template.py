"""What ``evidencekit init`` and ``evidencekit schema --write`` put on disk."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from evidencekit.atomic import write_file
from evidencekit.errors import FileError, UsageError
from evidencekit.workspace.jsonschema import SCHEMAS, schema

SCHEMA_FOLDER = ".evidencekit/schema"

TEMPLATE: dict[str, str] = {
    # Stored without leading dots: packaging tools pass over hidden files.
    "README.md": "README.md",
    "studies/outcomes.yaml": "studies/outcomes.yaml",
    "studies/alpha-2001.yaml": "studies/alpha-2001.yaml",
    "studies/beta-2005.yaml": "studies/beta-2005.yaml",
    "studies/gamma-2012.yaml": "studies/gamma-2012.yaml",
    "analyses/colds.yaml": "analyses/colds.yaml",
    ".vscode/settings.json": "vscode-settings.json",
    ".gitignore": "gitignore",
}
"""Files of a new workspace, and the package data they are copied from."""


def write_template(directory: Path) -> list[Path]:
    """Write a new workspace.

    Parameters
    ----------
    directory
        A folder that does not exist or is empty but for hidden files.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    UsageError
        When the folder holds something that would be overwritten or mixed up.
    FileError
        When it cannot be written.
    """
    if directory.exists() and not directory.is_dir():
        raise UsageError(f"{directory.as_posix()} is a file; name a folder")
    taken = [name for name in TEMPLATE if _exists(directory / name)]
    mixed = [name for name in ("studies", "analyses") if _exists(directory / name)]
    if taken or mixed:
        found = ", ".join(taken or mixed)
        raise UsageError(
            f"{directory.as_posix()} already holds {found}; nothing was written - "
            "name a folder without them"
        )
    source = resources.files("evidencekit.workspace") / "template"
    for name, stored in TEMPLATE.items():
        write_file(directory / name, source.joinpath(stored).read_bytes())
    return [directory / name for name in TEMPLATE] + write_schemas(directory)


def write_schemas(root: Path, kinds: Iterable[str] = tuple(SCHEMAS)) -> list[Path]:
    """Write JSON Schemas into a workspace, for editors; gives the files."""
    if not root.is_dir():
        raise FileError(f"{root.as_posix()}: there is no such folder")
    written = []
    for kind in kinds:
        text = json.dumps(schema(kind), ensure_ascii=False, indent=2) + "\n"
        path = root / SCHEMA_FOLDER / f"{kind}.json"
        write_file(path, text.encode("utf-8"))
        written.append(path)
    return written


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()
