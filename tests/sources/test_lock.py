"""The lock: canonical bytes, strict reading with remedies, merging that loses nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.errors import FileError
from evidencekit.sources.entry import (
    Entry,
    RecordAnswer,
    RegistrationAnswer,
    Search,
    merged_entry,
    record_digest,
)
from evidencekit.sources.lock import (
    LOCK_NAME,
    Lock,
    entry_key,
    lock_text,
    parse_lock,
    read_lock,
    update_lock,
    write_lock,
)
from evidencekit.sources.moments import check_moment, utc_text
from evidencekit.sources.record import BibliographicRecord, Title
from evidencekit.sources.status import StatusAnswer

RECORD = BibliographicRecord(doi="10.1000/a", titles=(Title(text="Müsli"),))
FOUND = RecordAnswer(
    outcome="found",
    source="crossref",
    on="2026-11-24T10:00:00Z",
    urls=("https://api.crossref.org/works/10.1000%2Fa",),
    http_status=200,
    sha256="ab" * 32,
    data=RECORD,
)
TRANSCRIBED = RecordAnswer(
    outcome="found", source="publisher's page", on="2026-11-20", origin="transcribed", data=RECORD
)
SILENT = RecordAnswer(
    outcome="unchecked", source="crossref", on="2026-11-25", reason="no answer in 20 s"
)
ABSENT = RecordAnswer(outcome="absent", source="crossref", on="2026-11-24", http_status=404)
SEARCH = Search(query="Title", places=("pubmed",), on="2026-11-24", outcome="nothing")
ENTRY = Entry(
    record=FOUND,
    registration=RegistrationAnswer(
        state="registered", source="doi.org", on="2026-11-24", agency="Crossref", handle_code=1
    ),
    status={
        "crossref": StatusAnswer(state="ok", on="2026-11-24"),
        "pubmed": StatusAnswer(state="unchecked", on="2026-11-24", reason="no answer in 20 s"),
    },
    searches=(SEARCH,),
)
LOCK = Lock(entries={"doi:10.1000/b": Entry(record=ABSENT), "doi:10.1000/a": ENTRY})
RESTORE = "restore it from version control, or delete it and run `evidencekit fetch`"


def test_a_lock_survives_its_file(tmp_path: Path) -> None:
    assert read_lock(tmp_path) == Lock()
    write_lock(tmp_path, LOCK)
    assert read_lock(tmp_path) == LOCK
    text = (tmp_path / LOCK_NAME).read_text(encoding="utf-8")
    assert text == lock_text(LOCK) == lock_text(read_lock(tmp_path))
    assert "Müsli" in text
    assert text.index("doi:10.1000/a") < text.index("doi:10.1000/b")
    assert [p.name for p in tmp_path.iterdir()] == [LOCK_NAME]


def test_changing_one_entry_changes_its_lines_only(tmp_path: Path) -> None:
    write_lock(tmp_path, LOCK)
    before = (tmp_path / LOCK_NAME).read_text(encoding="utf-8").splitlines()
    update_lock(tmp_path, {"doi:10.1000/c": Entry(searches=(SEARCH,))})
    after = (tmp_path / LOCK_NAME).read_text(encoding="utf-8").splitlines()
    gone = [line for line in before if line not in after]
    assert len(gone) <= 1  # the comma after the entry that was last
    assert read_lock(tmp_path).entries.keys() == {*LOCK.entries, "doi:10.1000/c"}


def test_what_another_run_wrote_since_is_kept(tmp_path: Path) -> None:
    write_lock(tmp_path, LOCK)
    mine = read_lock(tmp_path)
    update_lock(tmp_path, {"doi:10.1000/other": ENTRY})
    update_lock(tmp_path, {"doi:10.1000/mine": ENTRY})
    assert read_lock(tmp_path).entries.keys() == {
        *mine.entries,
        "doi:10.1000/other",
        "doi:10.1000/mine",
    }


def damaged(change: Any) -> bytes:
    """The lock's bytes after a change of its document."""
    document = json.loads(lock_text(LOCK))
    change(document)
    return json.dumps(document).encode()


def deep_set(*path: Any, value: Any) -> Any:
    """A change of one value."""

    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


A = ("entries", "doi:10.1000/a")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", f"{LOCK_NAME}:1:1: not valid JSON (cut off): {RESTORE}"),
        (b'{"lock_version": 1', f"{LOCK_NAME}:1:19: not valid JSON (cut off): {RESTORE}"),
        (
            b"{\n x",
            f"{LOCK_NAME}:2:2: not valid JSON (Expecting property name enclosed in double "
            f"quotes): {RESTORE}",
        ),
        (b"{}\n\xff", f"{LOCK_NAME}:2: not UTF-8 text: {RESTORE}"),
        (b"[" * 200_000, f"{LOCK_NAME}: nested too deeply: {RESTORE}"),
        (b"[]", f"{LOCK_NAME}: an object expected: {RESTORE}"),
        (b'{"a":1,"a":2}', f"{LOCK_NAME}: 'a' is given twice: {RESTORE}"),
        (b'{"a":NaN}', f"{LOCK_NAME}: NaN is not a value: {RESTORE}"),
        (b"{}", f"{LOCK_NAME}: lock_version None is not 1: {RESTORE}"),
        (b'{"lock_version":true}', f"{LOCK_NAME}: lock_version True is not 1: {RESTORE}"),
        (
            b'{"lock_version":2,"odd":1}',
            f"{LOCK_NAME}: lock_version 2 is of a newer evidencekit (this one reads 1): upgrade "
            "evidencekit",
        ),
        (
            b'{"lock_version":1}',
            f"{LOCK_NAME}: lock_version and entries expected, and nothing else: {RESTORE}",
        ),
        (
            b"{\n<<<<<<< HEAD\n",
            f"{LOCK_NAME}:2: holds a merge conflict: keep the entries of both sides, or take one "
            "side and run `evidencekit fetch`",
        ),
        (
            b'{"lock_version":1,"entries":{"doi:10.1000/A":{}}}',
            f"{LOCK_NAME}: 'doi:10.1000/A' is not the key of an entry (doi:10... or pmid:...)",
        ),
        (
            b'{"lock_version":1,"entries":{"doi:10.1000/a":[]}}',
            f"{LOCK_NAME}: doi:10.1000/a: an object expected, [] found",
        ),
        (
            damaged(deep_set(*A, "record", "on", value="yesterday")),
            f"{LOCK_NAME}: doi:10.1000/a.record: 'yesterday' is neither a day (2026-01-31) nor a "
            "time (2026-01-31T09:30:00Z)",
        ),
        (
            damaged(deep_set(*A, "record", "outcome", value="absent")),
            f"{LOCK_NAME}: doi:10.1000/a.record: a record is there when, and only when, the "
            "outcome is found",
        ),
        (
            damaged(deep_set(*A, "record", "data", "volume", value="9")),
            f"{LOCK_NAME}: doi:10.1000/a: the record does not agree with its digest, so it was "
            "changed by hand; restore it from version control, or run `evidencekit fetch "
            "--refresh 10.1000/a`",
        ),
    ],
    ids=range(18),
)
def test_a_damaged_lock_is_answered_with_place_and_remedy(data: bytes, message: str) -> None:
    with pytest.raises(FileError) as caught:
        parse_lock(data)
    assert str(caught.value) == message


@given(st.integers(0, len(lock_text(LOCK).encode()) - 2))
def test_a_half_written_lock_is_always_refused(length: int) -> None:
    with pytest.raises(FileError):
        parse_lock(lock_text(LOCK).encode()[:length])


def test_an_unreadable_lock_names_its_path(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).mkdir()
    with pytest.raises(FileError) as caught:
        read_lock(tmp_path)
    assert str(caught.value) == f"cannot read {tmp_path / LOCK_NAME}: Is a directory"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (None, FOUND, FOUND),
        (FOUND, None, FOUND),
        (FOUND, SILENT, FOUND),
        (ABSENT, SILENT, ABSENT),
        (SILENT, FOUND, FOUND),
        (SILENT, TRANSCRIBED, TRANSCRIBED),
        (TRANSCRIBED, FOUND, FOUND),
        (TRANSCRIBED, ABSENT, ABSENT),
        (FOUND, TRANSCRIBED, FOUND),
        (FOUND, ABSENT, ABSENT),
    ],
)
def test_what_replaces_what(
    old: RecordAnswer | None, new: RecordAnswer | None, expected: RecordAnswer
) -> None:
    assert merged_entry(Entry(record=old), Entry(record=new)).record == expected


def test_a_live_answer_replaces_transcribed_ones_of_every_source() -> None:
    transcribed = StatusAnswer(state="ok", on="2026-11-20", origin="transcribed")
    silent = StatusAnswer(state="unchecked", on="2026-11-24", reason="no answer")
    live = StatusAnswer(state="retracted", on="2026-11-24")
    old = Entry(status={"index": transcribed, "pubmed": transcribed})
    outage = merged_entry(old, Entry(status={"crossref": silent, "pubmed": silent}))
    assert outage.status == {"crossref": silent, "index": transcribed, "pubmed": transcribed}
    asked = merged_entry(outage, Entry(status={"crossref": live, "pubmed": silent}))
    assert asked.status == {"crossref": live, "pubmed": silent}


def test_searches_add_up_and_repeat_ones_replace() -> None:
    later = Search(query="Title", places=("pubmed",), on="2026-12-01", outcome="nothing")
    other = Search(query="Authors", places=("pubmed",), on="2026-11-23", outcome="others")
    merged = merged_entry(Entry(searches=(SEARCH, other)), Entry(searches=(later,)))
    assert merged.searches == (other, later)


def test_merging_again_changes_nothing() -> None:
    once = LOCK.merged({"doi:10.1000/a": Entry(record=SILENT)})
    assert once == LOCK
    assert once.merged(LOCK.entries) == LOCK


def test_what_is_missing() -> None:
    unasked = Lock(entries={"doi:10.1000/x": Entry(record=SILENT), **LOCK.entries})
    keys = ["doi:10.1000/a", "doi:10.1000/b", "doi:10.1000/x", "doi:10.1000/y"]
    assert unasked.missing(keys) == ("doi:10.1000/x", "doi:10.1000/y")
    assert unasked.entry("doi:10.1000/y") is None
    searched = Lock(entries={"doi:10.1000/x": Entry(searches=(SEARCH,))})
    assert searched.missing(["doi:10.1000/x"]) == ()


def test_a_record_copied_from_the_workspace_confirms_nothing() -> None:
    seeded = RecordAnswer(
        outcome="found",
        source="study file",
        on="2026-11-24",
        origin="transcribed",
        seeded_from=("studies/a.yaml",),
        data=RECORD,
    )
    assert not seeded.confirms
    assert FOUND.confirms
    assert not ABSENT.confirms


def test_keys() -> None:
    assert entry_key("https://doi.org/10.1000/A") == "doi:10.1000/a"
    assert entry_key("PMID: 12") == "pmid:12"
    with pytest.raises(ValueError, match="neither a DOI nor a PMID: 'x'"):
        entry_key("x")


def test_the_digest_is_of_the_record_alone() -> None:
    assert ENTRY.digest == Entry(record=TRANSCRIBED).digest == record_digest(RECORD)
    assert Entry(record=ABSENT).digest == Entry().digest == ""
    assert record_digest(BibliographicRecord(doi="10.1000/b")) != record_digest(RECORD)


def test_moments() -> None:
    east = timezone(timedelta(hours=2))
    assert utc_text(datetime(2026, 11, 24, 1, 0, tzinfo=east)) == "2026-11-23T23:00:00Z"
    check_moment(utc_text(datetime(2026, 1, 1, tzinfo=UTC)))
    with pytest.raises(ValueError, match="the moment has no time zone"):
        utc_text(datetime(2026, 1, 1))
    for text in ("2026-02-30", "2026-01-01T25:00:00Z", "2026", ""):
        with pytest.raises(ValueError, match="is neither a day"):
            check_moment(text)
