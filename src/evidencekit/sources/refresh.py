"""Which papers a run asks about, and what came of it: nothing here touches the network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from evidencekit.errors import UsageError
from evidencekit.sources.entry import Entry
from evidencekit.sources.lock import Lock
from evidencekit.sources.status import NO_RECORD, merged_status
from evidencekit.sources.updates import State

_UNITS: Final = {"d": 1, "w": 7}


def parse_age(text: str) -> timedelta:
    """An age as people write it: ``30d`` or ``4w``.

    Raises
    ------
    UsageError
        When it is written another way.
    """
    found = re.fullmatch(r"(\d{1,4})([dw])", text, re.ASCII)
    if not found:
        raise UsageError(f"{text!r} is not an age; write days or weeks: 30d, 4w")
    return timedelta(days=int(found[1]) * _UNITS[found[2]])


def status_older_than(lock: Lock, keys: Iterable[str], limit: date) -> tuple[str, ...]:
    """Keys whose status no source has confirmed on or after a day, in order.

    A source that gave no answer has confirmed nothing, and neither has a transcription,
    which may be dated today and tell of last year.
    """
    return tuple(
        key for key in keys if _checked_on(lock.entries.get(key, Entry())) < limit.isoformat()
    )


def _checked_on(entry: Entry) -> str:
    days = [
        answer.on[:10]
        for answer in entry.status.values()
        if answer.state != "unchecked" and answer.origin == "fetched"
    ]
    return min(days, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is different about one paper since before the run.

    Parameters
    ----------
    fields
        Fields of the record that differ, in order.
    before, after
        Editorial status.
    """

    key: str
    fields: tuple[str, ...]
    before: State
    after: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What came of a run, by key.

    Parameters
    ----------
    new
        Papers of which a service's own record is here for the first time.
    changed
        Papers known before whose record or status differs now.
    same
        Papers about which nothing differs.
    absent
        Papers that the registry asked does not know.
    failed
        Reasons, by paper, for which something stayed unchecked.
    """

    new: tuple[str, ...]
    changed: tuple[Change, ...]
    same: tuple[str, ...]
    absent: tuple[str, ...]
    failed: Mapping[str, tuple[str, ...]]


def summary(before: Lock, after: Lock, answers: Mapping[str, Entry]) -> Summary:
    """Compare the lock before and after a run.

    Parameters
    ----------
    before, after
        The lock.
    answers
        What the run was told, by key; the lock may keep an older answer instead.
    """
    new, changed, same, absent = [], [], [], []
    for key in sorted(answers):
        old, now = before.entries.get(key, Entry()), after.entries.get(key, Entry())
        difference = _change(key, old, now)
        if now.record is not None and now.record.outcome == "absent":
            absent.append(key)
        elif not _fetched(old) and _fetched(now):
            new.append(key)
        elif difference:
            changed.append(difference)
        else:
            same.append(key)
    failed = {key: reasons for key in sorted(answers) if (reasons := _failures(answers[key]))}
    return Summary(
        new=tuple(new),
        changed=tuple(changed),
        same=tuple(same),
        absent=tuple(absent),
        failed=failed,
    )


def _fetched(entry: Entry) -> bool:
    return entry.record is not None and entry.record.outcome == "found" and (
        entry.record.origin == "fetched"
    )  # fmt: skip


def _change(key: str, old: Entry, now: Entry) -> Change | None:
    fields = _fields_that_differ(old, now)
    before, after = merged_status(old.status).state, merged_status(now.status).state
    if not fields and after in (before, "unchecked"):
        return None
    return Change(key=key, fields=fields, before=before, after=after)


def _fields_that_differ(old: Entry, now: Entry) -> tuple[str, ...]:
    if old.digest == now.digest:
        return ()
    before = old.record.data.to_dict() if old.record and old.record.data else {}
    after = now.record.data.to_dict() if now.record and now.record.data else {}
    return tuple(name for name in sorted({*before, *after}) if before.get(name) != after.get(name))


def _failures(answer: Entry) -> tuple[str, ...]:
    """Why something is unchecked, each reason once; that nobody holds a paper is no failure."""
    reasons = [a.reason for a in answer.status.values() if a.state == "unchecked"]
    if answer.record is not None and answer.record.outcome == "unchecked":
        reasons.insert(0, answer.record.reason)
    if answer.registration is not None and answer.registration.state == "unchecked":
        reasons.insert(0, answer.registration.reason)
    return tuple(dict.fromkeys(reason for reason in reasons if reason != NO_RECORD))


def definite_only(answers: Mapping[str, Entry]) -> dict[str, Entry]:
    """Answers without what stayed unchecked, and without entries of which nothing is left.

    For runs that ask nobody: that they had no answer says nothing about any source.
    """
    kept = {key: _definite(entry) for key, entry in answers.items()}
    return {key: entry for key, entry in kept.items() if entry != Entry()}


def _definite(entry: Entry) -> Entry:
    record, registration = entry.record, entry.registration
    return Entry(
        record=None if record is None or record.outcome == "unchecked" else record,
        registration=(
            None if registration is None or registration.state == "unchecked" else registration
        ),
        status={name: a for name, a in entry.status.items() if a.state != "unchecked"},
        searches=entry.searches,
    )


def status_only(answers: Mapping[str, Entry]) -> dict[str, Entry]:
    """The statuses of some answers, without their records."""
    return {key: Entry(status=entry.status) for key, entry in answers.items()}
