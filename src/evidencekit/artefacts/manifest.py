"""``figures/manifest.json``: what every generated file was made from.

The manifest alone decides what is stale. It records, per analysis, the hashes of the
inputs and of this package's source, and per output file its hash and the key it was built
under. Versions of libraries are recorded for the reader and decide nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidencekit.artefacts.digests import file_sha256, sha256
from evidencekit.atomic import write_file
from evidencekit.errors import FileError

SCHEMA = "evidencekit/manifest@1"
NAME = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One generated file. ``lang`` is empty for files without words."""

    sha256: str
    bytes: int
    lang: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One analysis: its inputs, what they were hashed with, and its outputs by file name."""

    key: str
    package: str
    inputs: Mapping[str, str]
    libraries: Mapping[str, str]
    outputs: Mapping[str, Output]


@dataclass(slots=True)
class Manifest:
    """The manifest of one ``figures/`` folder."""

    folder: Path
    entries: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read the manifest; an absent or damaged one counts as empty, so all is rebuilt."""
        try:
            data = json.loads((folder / NAME).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return cls(folder)
        except OSError as error:
            raise FileError(f"cannot read {folder / NAME}: {error.strerror}") from error
        try:
            if data["schema"] != SCHEMA:
                return cls(folder)
            entries = {k: _entry(v) for k, v in data["analyses"].items()}
        except (KeyError, TypeError, AttributeError):
            return cls(folder)
        if not all(_is_plain(n) for k, e in entries.items() for n in (k, *e.outputs)):
            # A manifest comes with the repository: names that lead elsewhere are not followed.
            return cls(folder)
        return cls(folder, entries)

    def merge(self) -> None:
        """Take over what another run has recorded since this one read the manifest."""
        for name, entry in Manifest.read(self.folder).entries.items():
            self.entries.setdefault(name, entry)

    def write(self) -> None:
        """Write the manifest, unless it already says the same."""
        data = (json.dumps(self.to_dict(), indent=1, ensure_ascii=False) + "\n").encode()
        if file_sha256(self.folder / NAME) != sha256(data):
            write_file(self.folder / NAME, data)

    def to_dict(self) -> dict[str, Any]:
        """Plain values with a stable order."""
        return {
            "schema": SCHEMA,
            "analyses": {name: _plain(self.entries[name]) for name in sorted(self.entries)},
        }

    def stale(self, analysis: str, key: str, languages: Iterable[str]) -> str:
        """Why the analysis must be rebuilt for these languages; empty when it need not be."""
        entry = self.entries.get(analysis)
        if entry is None:
            return "never built"
        if entry.key != key:
            return "inputs changed"
        wanted = {"", *languages}
        if not wanted <= {output.lang for output in entry.outputs.values()}:
            return "language not built"
        for name, output in entry.outputs.items():
            if output.lang not in wanted:
                continue
            if output.key != key:
                return "inputs changed"
            found = file_sha256(self.folder / analysis / name)
            if found != output.sha256:
                return f"{name} is missing" if found is None else f"{name} was edited"
        return ""

    def orphans(self, languages: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
        """Recorded files whose analysis or language is gone, as (analysis, file name)."""
        return [
            (analysis, name)
            for analysis, entry in sorted(self.entries.items())
            for name, output in sorted(entry.outputs.items())
            if output.lang not in {"", *languages.get(analysis, ())} or analysis not in languages
        ]


def _is_plain(name: str) -> bool:
    """Whether this is the name of a file or folder, and not a way to another place."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name) is not None


def _entry(data: Mapping[str, Any]) -> Entry:
    outputs = {name: Output(**output) for name, output in data["outputs"].items()}
    return Entry(
        key=data["key"],
        package=data["package"],
        inputs=dict(data["inputs"]),
        libraries=dict(data["libraries"]),
        outputs=outputs,
    )


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "package": entry.package,
        "inputs": dict(sorted(entry.inputs.items())),
        "libraries": dict(sorted(entry.libraries.items())),
        "outputs": {
            name: {"sha256": o.sha256, "bytes": o.bytes, "lang": o.lang, "key": o.key}
            for name, o in sorted(entry.outputs.items())
        },
    }
