"""From what a user names to entries of the lock, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Sequence

from evidencekit.errors import NetworkNeeded, UsageError
from evidencekit.sources.entry import Entry
from evidencekit.sources.identifiers import normalise_doi, normalise_pmid
from evidencekit.sources.lock import Lock, entry_key
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.status import merged_status
from evidencekit.workspace.study import Report
from evidencekit.workspace.suggest import did_you_mean
from evidencekit.workspace.workspace import Workspace


def is_identifier(text: str) -> bool:
    """Whether a text is a DOI or PMID, so that no study need be looked for."""
    return bool(normalise_doi(text) or normalise_pmid(text))


def keys_named(name: str, *, workspace: Workspace | None, lock: Lock) -> tuple[str, ...]:
    """The keys of the lock that a DOI, a PMID or a study stands for.

    A study stands for its primary reports. A PMID is also looked for in records that are
    kept under their DOI.

    Raises
    ------
    UsageError
        When it is none of these; a similar study is suggested.
    """
    if workspace is not None and name in workspace.studies:
        return _report_keys(workspace.studies[name].reports, name)
    if is_identifier(name):
        key = entry_key(name)
        return (key if key in lock.entries else _by_pmid(key, lock),)
    known = list(workspace.studies) if workspace is not None else []
    hint = did_you_mean(name, known)
    raise UsageError(
        f"{name!r} is neither a study here nor a DOI nor a PMID" + (f"; {hint}" if hint else "")
    )


def _report_keys(reports: Sequence[Report], study: str) -> tuple[str, ...]:
    identified = [report for report in reports if report.doi or report.pmid]
    primary = [report for report in identified if report.role == "primary"]
    if not primary:
        raise UsageError(f"study {study}: no primary report has a DOI or PMID")
    return tuple(entry_key(report.doi or report.pmid) for report in primary)


def _by_pmid(key: str, lock: Lock) -> str:
    pmid = key.removeprefix("pmid:")
    for other, entry in lock.entries.items():
        if entry.record and entry.record.data and entry.record.data.pmid == pmid:
            return other
    return key


def known_record(key: str, lock: Lock) -> BibliographicRecord:
    """The record under a key.

    Raises
    ------
    NetworkNeeded
        When the lock has none.
    """
    entry = lock.entries.get(key)
    identifier = key.partition(":")[2]
    if entry is None or entry.record is None or entry.record.outcome == "unchecked":
        raise NetworkNeeded(
            f"no record of {identifier} in the lock; run `evidencekit fetch {identifier}`"
        )
    if entry.record.data is None:
        raise NetworkNeeded(
            f"{entry.record.source} has no record of {identifier} (asked {entry.record.on})"
        )
    return entry.record.data


def remarks(entry: Entry) -> tuple[str, ...]:
    """What a reader should know before relying on an entry's record, most serious first."""
    status = merged_status(entry.status)
    said = []
    if status.state == "unchecked":
        silent = f": no answer from {', '.join(status.unanswered)}" if status.unanswered else ""
        said.append(f"its editorial status is unchecked{silent}")
    elif status.state != "ok":
        words = status.state.replace("_", " ")
        said.append(f"{words} according to {', '.join(status.answered)}")
    answer = entry.record
    if answer is None or answer.data is None:
        return tuple(said)
    if answer.seeded_from:
        said.append(f"known only from {', '.join(answer.seeded_from)}, which confirms nothing")
    elif answer.origin == "transcribed":
        said.append(f"transcribed on {answer.on} ({answer.source}), not fetched")
    if answer.data.marks:
        said.append(f"unverified: {', '.join(sorted(answer.data.marks))}")
    if not answer.data.title:
        said.append("its title is not known")
    return tuple(said)
