"""What is asked for and what came of it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from evidencekit.cli.fetch_text import summary_json, summary_lines
from evidencekit.errors import UsageError
from evidencekit.sources.entry import Entry, RecordAnswer, RegistrationAnswer
from evidencekit.sources.lock import Lock
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.refresh import (
    Change,
    definite_only,
    parse_age,
    status_older_than,
    status_only,
    summary,
)
from evidencekit.sources.status import NO_RECORD, StatusAnswer
from evidencekit.sources.updates import State

DAY = "2026-11-24"


def entry(
    volume: str = "1", state: State = "ok", *, origin: str = "fetched", on: str = DAY
) -> Entry:
    """A record with its status."""
    data = BibliographicRecord(doi="10.1000/a", volume=volume)
    return Entry(
        record=RecordAnswer(outcome="found", source="crossref", on=on, origin=origin, data=data),  # type: ignore[arg-type]
        status={"crossref": StatusAnswer(state=state, on=on, origin=origin)},  # type: ignore[arg-type]
    )


SILENT = Entry(
    record=RecordAnswer(outcome="unchecked", source="crossref", on=DAY, reason="Crossref: late"),
    registration=RegistrationAnswer(
        state="unchecked", source="doi.org", on=DAY, reason="doi.org: late"
    ),
    status={
        "crossref": StatusAnswer(state="unchecked", on=DAY, reason="Crossref: late"),
        "pubmed": StatusAnswer(state="unchecked", on=DAY, reason=NO_RECORD),
    },
)
ABSENT = Entry(record=RecordAnswer(outcome="absent", source="doi.org", on=DAY))


@pytest.mark.parametrize(("text", "days"), [("30d", 30), ("4w", 28), ("0d", 0)])
def test_ages(text: str, days: int) -> None:
    assert parse_age(text) == timedelta(days=days)


@pytest.mark.parametrize("text", ["30", "d", "-1d", "1m", "99999d", "٣d", ""])
def test_what_is_no_age(text: str) -> None:
    with pytest.raises(
        UsageError, match=re.escape(f"{text!r} is not an age; write days or weeks: 30d, 4w")
    ):
        parse_age(text)


def test_only_a_service_confirms_a_status() -> None:
    entries = {
        "old": entry(on="2026-10-01"),
        "new": entry(on="2026-11-20"),
        "time": entry(on="2026-11-20T10:00:00Z"),
        "transcribed": entry(origin="transcribed", on="2026-11-20"),
        "silent": SILENT,
    }
    keys = [*entries, "unknown"]
    asked = status_older_than(Lock(entries=entries), keys, date(2026, 11, 1))
    assert asked == ("old", "transcribed", "silent", "unknown")
    assert status_older_than(Lock(entries=entries), ["new"], date(2026, 11, 20)) == ()


def test_what_came_of_a_run() -> None:
    before = Lock(
        entries={
            "changed": entry("1"),
            "retracted": entry(),
            "same": entry(),
            "kept": entry(),
            "typed": entry(origin="transcribed"),
        }
    )
    answers = {
        "changed": entry("2"),
        "retracted": entry(state="retracted"),
        "same": entry(on="2026-12-01"),
        "kept": SILENT,
        "typed": entry("3"),
        "first": entry(),
        "gone": ABSENT,
        "silent": SILENT,
    }
    after = before.merged(answers)
    outcome = summary(before, after, answers)
    assert outcome.new == ("first", "typed")
    assert outcome.changed == (
        Change(key="changed", fields=("volume",), before="ok", after="ok"),
        Change(key="retracted", fields=(), before="ok", after="retracted"),
    )
    assert outcome.absent == ("gone",)
    assert outcome.same == ("kept", "same", "silent")
    assert outcome.failed == {
        "kept": ("doi.org: late", "Crossref: late"),
        "silent": ("doi.org: late", "Crossref: late"),
    }
    assert summary_lines(outcome, after, most=10) == [
        "changed: changed: volume",
        "changed: retracted: ok to retracted",
        "status: retracted: retracted",
        "absent: gone",
        "unanswered: Crossref: late (2 papers)",
        "unanswered: doi.org: late (2 papers)",
    ]
    assert summary_lines(outcome, after, most=1)[:2] == [
        "changed: changed: volume",
        "changed: and 1 more",
    ]
    document = summary_json(outcome, after, cited=9, requests={"crossref": 2})
    assert document["changed"][1] == {
        "key": "retracted", "fields": [], "before": "ok", "after": "retracted"
    }  # fmt: skip
    assert document["status"]["retracted"] == "retracted"
    assert document["failed"]["silent"] == ["doi.org: late", "Crossref: late"]
    assert (document["cited"], document["requests"]) == (9, {"crossref": 2})


def test_a_run_for_the_status_alone_leaves_records() -> None:
    assert status_only({"a": entry("2")}) == {"a": Entry(status=entry().status)}


def test_silence_of_a_run_that_asked_nobody_is_not_kept() -> None:
    half = Entry(record=ABSENT.record, registration=SILENT.registration, status=SILENT.status)
    assert definite_only({"a": SILENT, "b": half, "c": entry()}) == {
        "b": Entry(record=ABSENT.record),
        "c": entry(),
    }
