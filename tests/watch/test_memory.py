"""``watch.json``: what is written is read again, and what is not ours is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evidencekit.errors import FileError
from evidencekit.watch.memory import (
    WATCH_NAME,
    Candidate,
    Memory,
    Searched,
    memory_text,
    read_memory,
    write_memory,
)

MEMORY = Memory(
    searches={
        "colds": Searched(
            query='"a cold"[tiab]',
            on="2026-11-24",
            candidates=(
                Candidate(pmid="9", found="2026-11-01", title="Één", decision="no control"),
                Candidate(pmid="10", found="2026-11-24", doi="10.5555/x", year="2026"),
            ),
        )
    }
)


def test_the_round_trip(tmp_path: Path) -> None:
    assert read_memory(tmp_path) == Memory()
    write_memory(tmp_path, MEMORY)
    assert read_memory(tmp_path) == MEMORY
    assert (tmp_path / WATCH_NAME).read_text(encoding="utf-8") == memory_text(MEMORY)


PLACE = "watch.json: searches.colds"
RESTORE = "restore it from version control, or correct it"
CANDIDATE = "texts expected under decision, doi, found, pmid, title, year, and nothing else"


def edited(path: tuple[str | int, ...], value: Any) -> str:
    """The file with one value replaced."""
    document: Any = json.loads(memory_text(MEMORY))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", f"watch.json:1:2: not valid JSON (Expecting property name enclosed in double "
              f"quotes): {RESTORE}"),
        ("[]", "watch.json: watch_version None is not 1"),
        (edited(("watch_version",), 2), "watch.json: watch_version 2 is not 1"),
        (edited(("searches",), []), f"watch.json: searches: an object expected: {RESTORE}"),
        (edited(("searches", "colds"), 1),
         f"{PLACE}: query, on and candidates expected: {RESTORE}"),
        (edited(("searches", "colds", "more"), "x"),
         f"{PLACE}: texts expected under on, query, and nothing else: {RESTORE}"),
        (edited(("searches", "colds", "on"), "soon"),
         f"{PLACE}.on: 'soon' is not a day (2026-01-31): {RESTORE}"),
        (edited(("searches", "colds", "candidates", 1), {"pmid": "10"}),
         f"{PLACE}.candidates[1]: {CANDIDATE}: {RESTORE}"),
        (edited(("searches", "colds", "candidates", 0, "year"), 2026),
         f"{PLACE}.candidates[0]: {CANDIDATE}: {RESTORE}"),
        (edited(("searches", "colds", "candidates", 0, "pmid"), "x"),
         f"{PLACE}.candidates[0]: 'x' is not a PMID"),
        (edited(("searches", "colds", "candidates", 0, "found"), ""),
         f"{PLACE}.candidates[0].found: '' is not a day (2026-01-31): {RESTORE}"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / WATCH_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_memory(tmp_path)
    assert str(caught.value) == message
