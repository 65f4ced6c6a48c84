"""A draft study file from a record: what is known filled in, the rest marked TODO.

A draft lies outside ``studies/``, where nothing reads it: it enters analyses only when a
person has read the paper, completed it and moved it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from evidencekit.atomic import write_file
from evidencekit.errors import UsageError
from evidencekit.sources.cleaning import fold
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.trial_registry import RegisteredTrial, read_registered_trial

DRAFTS: Final = "drafts"
TODO: Final = "TODO"


def write_draft(root: Path, record: BibliographicRecord, *, registry: Path | None = None) -> Path:
    """Write the draft of a study and return its path.

    Raises
    ------
    UsageError
        When a draft or a study of that name is there already.
    FileError
        When the registry's file cannot be read, or the draft cannot be written.
    """
    trial = read_registered_trial(registry) if registry else None
    name = study_id(record)
    path = root / DRAFTS / f"{name}.yaml"
    taken = [path] if path.exists() else sorted((root / "studies").rglob(f"{name}.yaml"))
    if taken:
        raise UsageError(f"{taken[0]} is there already; rename it, or edit it instead")
    write_file(path, draft_text(record, trial).encode())
    return path


def study_id(record: BibliographicRecord) -> str:
    """An id as studies have it: first author and year."""
    author = record.authors[0] if record.authors else None
    name = (author.family or author.group) if author else ""
    words = re.findall("[a-z0-9]+", fold(name))[:4] or ["study"]
    return "-".join([*words, *([str(record.year)] if record.year else [])])


def draft_text(record: BibliographicRecord, trial: RegisteredTrial | None) -> str:
    """The text of a draft: YAML with comments."""
    name = study_id(record)
    family = (record.authors[0].family or record.authors[0].group) if record.authors else TODO
    label = f"{family} {record.year}" if record.year else family
    lines = [
        "# DRAFT, made from a bibliographic record: read the paper, complete every TODO, and",
        "# move the file to studies/. Nothing reads it here.",
        f"# {_comment(record.title)}",
        f"# {_comment(record.container.title)}",
        f"id: {name}",
        f"label: {_text(label)}",
        f"year: {record.year or TODO}",
        f"design: {trial.design if trial and trial.design else TODO}",
        *([f"allocation: {_text(trial.allocation)}"] if trial and trial.allocation else []),
        "reports:",
        *_report(record),
        *([f"registration: [{trial.number}]"] if trial else []),
        "population:",
        f"  text: {TODO}",
        f"  age: {TODO}",
        "arms:",
        *_arms(trial),
        *_outcomes(trial),
        "results:",
        *_result(record),
    ]
    return "\n".join(lines) + "\n"


def _report(record: BibliographicRecord) -> list[str]:
    identifiers = {"doi": record.doi, "pmid": record.pmid}
    shown = [f"{name}: {_text(value)}" for name, value in identifiers.items() if value]
    # A record that a service gave under this identifier is what "verified" means.
    status = "recalled" if {"doi", "pmid"} & set(record.marks) else "verified"
    return [f"  - {{{', '.join([*shown, 'role: primary', f'status: {status}'])}}}"]


def _arms(trial: RegisteredTrial | None) -> list[str]:
    if trial is None or not trial.arms:
        return [
            f"  - {{id: intervention, role: intervention, text: {TODO}}}",
            f"  - {{id: comparator, role: comparator, text: {TODO}}}",
        ]
    lines = [f"  # as registered in {trial.number}: check against the report"]
    seen: set[str] = set()
    for number, arm in enumerate(trial.arms, 1):
        slug = "-".join(re.findall("[a-z0-9]+", fold(arm.label)))[:40].strip("-")
        if not slug or slug in seen:
            slug = f"arm-{number}"
        seen.add(slug)
        lines += [f"  - id: {slug}", f"    role: {arm.role}", f"    text: {_text(arm.text)}"]
    return lines


def _outcomes(trial: RegisteredTrial | None) -> list[str]:
    """Registered outcomes as comments: which of ours they are is for a person to say."""
    if trial is None:
        return []
    return [
        f"# registered {'primary' if outcome.primary else 'secondary'} outcome: "
        f"{_comment(outcome.measure)} ({_comment(outcome.time_frame)})"
        for outcome in trial.outcomes
    ]


def _result(record: BibliographicRecord) -> list[str]:
    report = record.doi or f"pmid:{record.pmid}"
    return [
        f"  - outcome: {TODO}",
        "    reading: own_report",
        f"    arms: {TODO}",
        f"    source: {{report: {_text(report)}, locator: {TODO}, reported: {TODO}, basis: read}}",
    ]


def _text(value: str) -> str:
    """A text as a JSON string, which YAML reads as that text and nothing else."""
    return json.dumps(_line(value), ensure_ascii=False)


def _comment(value: str) -> str:
    """A text that cannot leave its comment line."""
    return _line(value) or TODO


def _line(value: str) -> str:
    """A text on one line, without control characters and the line ends of Unicode."""
    return " ".join(re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]", " ", value).split())
