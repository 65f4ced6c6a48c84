"""``watch.json``: when each search was last run, what it found, and what people decided.

It is a file of its own because the lock holds what services said of cited papers, and this
holds papers that nobody cites yet, with words that people write into it. It is committed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Final

from evidencekit.atomic import write_file
from evidencekit.errors import FileError

WATCH_NAME: Final = "watch.json"
WATCH_VERSION: Final = 1
"""Rises when a key changes its meaning or goes."""

_RESTORE = "restore it from version control, or correct it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A paper that a search found and no study cites.

    Parameters
    ----------
    found
        Day of the run that found it.
    decision
        Why it is no study here, in a person's words; empty as long as nobody has decided.
    """

    pmid: str
    found: str
    doi: str = ""
    title: str = ""
    year: str = ""
    decision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """The last run of one analysis's search.

    Parameters
    ----------
    query
        As it was sent; another one in the plan begins again.
    on
        Day (UTC) of the run.
    candidates
        All that any run found, in order of PMID, decided or not.
    """

    query: str
    on: str
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The searches by analysis."""

    searches: Mapping[str, Searched] = field(default_factory=dict)


def memory_text(memory: Memory) -> str:
    """The file's canonical text: sorted, one value per line."""
    searches = {
        name: {**asdict(found), "candidates": [asdict(item) for item in found.candidates]}
        for name, found in memory.searches.items()
    }
    document = {"watch_version": WATCH_VERSION, "searches": searches}
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write_memory(root: Path, memory: Memory) -> None:
    """Write the file of a workspace, whole or not at all."""
    write_file(root / WATCH_NAME, memory_text(memory).encode())


def read_memory(root: Path) -> Memory:
    """What was searched before; empty when there is no file.

    Raises
    ------
    FileError
        The file cannot be read or is not what `memory_text` writes; people edit it, so
        the message has the place and what to do.
    """
    path = root / WATCH_NAME
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return Memory()
    except OSError as error:
        raise FileError(f"cannot read {WATCH_NAME}: {error.strerror or error}") from error
    except json.JSONDecodeError as error:
        place = f"{WATCH_NAME}:{error.lineno}:{error.colno}"
        raise FileError(f"{place}: not valid JSON ({error.msg}): {_RESTORE}") from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise FileError(f"{WATCH_NAME}: not JSON in UTF-8: {_RESTORE}") from error
    version = document.get("watch_version") if isinstance(document, dict) else None
    if version != WATCH_VERSION:
        raise FileError(f"{WATCH_NAME}: watch_version {version!r} is not {WATCH_VERSION}")
    searches = document.get("searches")
    if not isinstance(searches, dict):
        raise FileError(f"{WATCH_NAME}: searches: an object expected: {_RESTORE}")
    return Memory(searches={name: _searched(name, item) for name, item in searches.items()})


def _searched(name: str, value: Any) -> Searched:
    place = f"{WATCH_NAME}: searches.{name}"
    if not isinstance(value, dict) or not isinstance(value.get("candidates"), list):
        raise FileError(f"{place}: query, on and candidates expected: {_RESTORE}")
    found = value["candidates"]
    candidates = tuple(
        _texts(Candidate, item, f"{place}.candidates[{number}]")
        for number, item in enumerate(found)
    )
    alone = {key: item for key, item in value.items() if key != "candidates"}
    searched: Searched = _texts(Searched, alone, place, candidates=candidates)
    _check_day(searched.on, f"{place}.on")
    for number, item in enumerate(candidates):
        _check_day(item.found, f"{place}.candidates[{number}].found")
        if not re.fullmatch(r"[1-9]\d{0,7}", item.pmid, re.ASCII):
            raise FileError(f"{place}.candidates[{number}]: {item.pmid!r} is not a PMID")
    return searched


def _texts(kind: Any, value: Any, place: str, **further: Any) -> Any:
    """A dataclass of texts from an object."""
    names = {f.name for f in fields(kind)} - set(further)
    needed = {f.name for f in fields(kind) if f.default == ""} ^ names
    if (
        not isinstance(value, dict)
        or not needed <= set(value) <= names
        or not all(isinstance(item, str) for item in value.values())
    ):
        listed = ", ".join(sorted(names))
        raise FileError(f"{place}: texts expected under {listed}, and nothing else: {_RESTORE}")
    return kind(**value, **further)


def _check_day(text: str, place: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise FileError(f"{place}: {text!r} is not a day (2026-01-31): {_RESTORE}") from error
