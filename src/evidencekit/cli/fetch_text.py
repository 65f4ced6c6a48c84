"""What ``evidencekit fetch`` says of a run, as lines and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from evidencekit.sources.entry import Entry
from evidencekit.sources.lock import Lock
from evidencekit.sources.refresh import Change, Summary
from evidencekit.sources.status import merged_status

FINE = ("ok", "unchecked")


def summary_lines(outcome: Summary, lock: Lock, *, most: int) -> list[str]:
    """What a person should see of a run: changes, status found, absences, and why not more.

    Parameters
    ----------
    most
        Papers shown of each kind; the JSON has all.
    """
    asked = (*outcome.new, *(change.key for change in outcome.changed), *outcome.same)
    troubled = [
        f"{_name(key)}: {state.replace('_', ' ')}"
        for key in sorted(asked)
        if (state := _state(lock, key)) not in FINE
    ]
    reasons = Counter(reason for found in outcome.failed.values() for reason in found)
    failures = [f"{reason} ({_papers(number)})" for reason, number in sorted(reasons.items())]
    return [
        *_limited("changed", map(_changed, outcome.changed), most),
        *_limited("status", troubled, most),
        *_limited("absent", map(_name, outcome.absent), most),
        *_limited("unanswered", failures, most),
    ]


def summary_json(
    outcome: Summary, lock: Lock, *, cited: int, requests: Mapping[str, int]
) -> dict[str, Any]:
    """The same as plain values, of all papers."""
    asked = sorted({*outcome.new, *outcome.same, *(c.key for c in outcome.changed)})
    return {
        "command": "fetch",
        "cited": cited,
        "requests": dict(requests),
        "new": list(outcome.new),
        "changed": [
            {"key": c.key, "fields": list(c.fields), "before": c.before, "after": c.after}
            for c in outcome.changed
        ],
        "same": list(outcome.same),
        "absent": list(outcome.absent),
        "failed": {key: list(reasons) for key, reasons in outcome.failed.items()},
        "status": {key: _state(lock, key) for key in asked},
    }


def _state(lock: Lock, key: str) -> str:
    # An offline run leaves no entry of what it could not find.
    return merged_status(lock.entries.get(key, Entry()).status).state


def _name(key: str) -> str:
    return key.removeprefix("doi:").replace("pmid:", "PMID ")


def _papers(number: int) -> str:
    return "1 paper" if number == 1 else f"{number} papers"


def _changed(change: Change) -> str:
    parts = [", ".join(change.fields)] if change.fields else []
    if change.after not in (change.before, "unchecked"):
        parts.append(f"{change.before} to {change.after}".replace("_", " "))
    return f"{_name(change.key)}: {'; '.join(parts)}"


def _limited(heading: str, lines: Iterable[str], most: int) -> list[str]:
    shown = list(lines)
    more = [f"{heading}: and {len(shown) - most} more"] if len(shown) > most else []
    return [f"{heading}: {line}" for line in shown[:most]] + more
