"""``metadata.lock.json``: what was seen of every cited paper, when and from whom.

The file is evidence and is committed: canonical, sorted, one value per line, so that a
change of one entry is a change of its lines only. It is read strictly; a file that was
cut off, edited by hand or written by a newer version is refused with a remedy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from evidencekit.atomic import write_file
from evidencekit.errors import FileError
from evidencekit.sources.entry import Entry, merged_entry
from evidencekit.sources.identifiers import normalise_doi, normalise_pmid

LOCK_NAME: Final = "metadata.lock.json"
LOCK_VERSION: Final = 1
"""Rises when a key changes its meaning or goes."""

LARGEST_LOCK: Final = 256 * 2**20
"""Bytes; 100,000 cited papers need less."""

_RESTORE = "restore it from version control, or delete it and run `evidencekit fetch`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """All entries, by key: ``doi:`` and a DOI, or ``pmid:`` and a PubMed identifier."""

    entries: Mapping[str, Entry] = field(default_factory=dict)

    def entry(self, key: str) -> Entry | None:
        """The entry of a key as `entry_key` gives it, or None."""
        return self.entries.get(key)

    def merged(self, changes: Mapping[str, Entry]) -> Lock:
        """With *changes* merged in (`merged_entry`); all other entries as they are."""
        merged = {
            key: merged_entry(self.entries[key], change) if key in self.entries else change
            for key, change in changes.items()
        }
        return Lock(entries={**self.entries, **merged})

    def missing(self, keys: Iterable[str]) -> tuple[str, ...]:
        """The keys about which nothing definite is known, in order."""
        return tuple(
            key for key in keys if key not in self.entries or not self.entries[key].answered
        )


def entry_key(identifier: str) -> str:
    """The key of a DOI or PMID in any spelling.

    Raises
    ------
    ValueError
        When it is neither.

    Examples
    --------
    >>> entry_key("https://doi.org/10.1000/ABC"), entry_key("PMID 123")
    ('doi:10.1000/abc', 'pmid:123')
    """
    if doi := normalise_doi(identifier):
        return f"doi:{doi}"
    if pmid := normalise_pmid(identifier):
        return f"pmid:{pmid}"
    raise ValueError(f"neither a DOI nor a PMID: {identifier!r}")


def lock_text(lock: Lock) -> str:
    """The file's canonical text: the same entries give the same bytes."""
    document = {
        "lock_version": LOCK_VERSION,
        "entries": {key: entry.to_dict() for key, entry in lock.entries.items()},
    }
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write_lock(root: Path, lock: Lock) -> None:
    """Write the lock of a workspace, whole or not at all."""
    write_file(root / LOCK_NAME, lock_text(lock).encode())


def update_lock(root: Path, changes: Mapping[str, Entry]) -> Lock:
    """Merge entries into the lock on disk, as it is now, and write it.

    The file is read again here, so that what another run has written since is kept.
    """
    lock = read_lock(root).merged(changes)
    write_lock(root, lock)
    return lock


def read_lock(root: Path) -> Lock:
    """The lock of a workspace; empty when there is no file.

    Raises
    ------
    FileError
        When the file cannot be read, is damaged, was edited by hand, or is of a newer
        version. The message has the place and what to do.
    """
    path = root / LOCK_NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Lock()
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
    return parse_lock(data, name=path.as_posix())


def parse_lock(data: bytes, *, name: str = LOCK_NAME) -> Lock:
    """A lock from the bytes of its file; see `read_lock`."""
    document = _document(data, name)
    version = document.get("lock_version")
    if isinstance(version, int) and not isinstance(version, bool) and version > LOCK_VERSION:
        raise FileError(
            f"{name}: lock_version {version} is of a newer evidencekit (this one reads "
            f"{LOCK_VERSION}): upgrade evidencekit"
        )
    if type(version) is not int or version != LOCK_VERSION:
        raise FileError(f"{name}: lock_version {version!r} is not {LOCK_VERSION}: {_RESTORE}")
    entries = document.get("entries")
    if set(document) != {"lock_version", "entries"} or not isinstance(entries, Mapping):
        raise FileError(f"{name}: lock_version and entries expected, and nothing else: {_RESTORE}")
    return Lock(entries={key: _entry(key, value, name) for key, value in entries.items()})


def _entry(key: str, value: Any, name: str) -> Entry:
    kind, _, identifier = key.partition(":")
    normal = {"doi": normalise_doi, "pmid": normalise_pmid}.get(kind)
    if normal is None or not identifier or normal(identifier) != identifier:
        raise FileError(f"{name}: {key!r} is not the key of an entry (doi:10... or pmid:...)")
    entry = Entry.from_dict(value, place=f"{name}: {key}")
    written = value.get("digest", "")
    if written != entry.digest:
        raise FileError(
            f"{name}: {key}: the record does not agree with its digest, so it was changed by "
            f"hand; restore it from version control, or run `evidencekit fetch --refresh "
            f"{identifier}`"
        )
    return entry


def _document(data: bytes, name: str) -> dict[str, Any]:
    if len(data) > LARGEST_LOCK:
        raise FileError(f"{name}: larger than {LARGEST_LOCK >> 20} MB: {_RESTORE}")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileError(f"{name}:{line}: not UTF-8 text: {_RESTORE}") from error
    if text.startswith("<<<<<<<") or "\n<<<<<<<" in text:
        line = text[: text.index("<<<<<<<")].count("\n") + 1
        raise FileError(
            f"{name}:{line}: holds a merge conflict: keep the entries of both sides, or take one "
            "side and run `evidencekit fetch`"
        )
    try:
        document = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        end = "cut off" if not text[error.pos :].strip() else error.msg
        raise FileError(
            f"{name}:{error.lineno}:{error.colno}: not valid JSON ({end}): {_RESTORE}"
        ) from error
    except RecursionError as error:
        raise FileError(f"{name}: nested too deeply: {_RESTORE}") from error
    except ValueError as error:
        raise FileError(f"{name}: {error}: {_RESTORE}") from error
    if not isinstance(document, dict):
        raise FileError(f"{name}: an object expected: {_RESTORE}")
    return document


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{key!r} is given twice")
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a value")
