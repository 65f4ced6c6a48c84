"""Steps of ``evidencekit audit`` that have files of their own: what is accepted, lists, claims."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evidencekit.cli.common import write_text
from evidencekit.errors import ExitCode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidencekit.audit.result import DocumentAudit
    from evidencekit.sources.lock import Lock


def lock_told(lock: Lock) -> dict[str, str]:
    """What the audit had to go by: how many papers the lock has a record of."""
    from evidencekit.sources.lock import LOCK_NAME

    known = sum(e.record is not None and e.record.data is not None for e in lock.entries.values())
    return {LOCK_NAME: f"records of {known} paper{'' if known == 1 else 's'}"}


def accept(
    audits: Sequence[DocumentAudit], workspace: Path, baseline: Path | None
) -> Sequence[DocumentAudit]:
    """Suppressions of the workspace, then what the earlier report has."""
    from datetime import date

    from evidencekit.audit.policy import (
        SUPPRESSIONS,
        compare_with,
        read_baseline,
        read_suppressions,
        suppress,
    )

    suppressions = read_suppressions(workspace / SUPPRESSIONS)
    audits, told = suppress(audits, suppressions, today=date.today())
    for line in told:
        print(f"{SUPPRESSIONS}: {line}", file=sys.stderr)
    if baseline is None:
        return audits
    return compare_with(audits, read_baseline(baseline), name=baseline.name)


def list_references(audits: Sequence[DocumentAudit], format: str, output: Path | None) -> None:
    """The corrected list; the references left out are named on standard error."""
    from evidencekit.audit.fixing import corrected_list
    from evidencekit.audit.outputs.words import label
    from evidencekit.sources.formats import REFERENCE_FORMATS

    listed = [pair for audit in audits for pair in corrected_list(audit)]
    write = REFERENCE_FORMATS[format].write
    assert write is not None, format
    write_output(write(listed), output)
    known = {key for key, _ in listed}
    left = [r for audit in audits for r in audit.references if r.judged.reference.key not in known]
    names = " ".join(label(r) for r in left if f"ref{r.judged.reference.key}" not in known)
    if names:
        print(f"left out, because no record says what they are: {names}", file=sys.stderr)


def suggest_claims(args: argparse.Namespace, root: Path) -> int:
    """List sentences that have no claim; they are suggestions, so the exit code is 0."""
    from evidencekit.audit.claims.attach import suggested
    from evidencekit.audit.claims.suggest import suggestion_dict, suggestions_text
    from evidencekit.audit.readers import read_document
    from evidencekit.cli.common import counted, emit_json
    from evidencekit.errors import UsageError

    if args.format not in ("terminal", "json"):
        raise UsageError("--suggest-claims prints text or, with --json, JSON")
    both = [suggested(read_document(path), root, args.claims) for path in args.paths]
    found = [sentence for sentences, _ in both for sentence in sentences]
    untied = [name for _, names in both for name in names]
    if args.format == "json":
        shown = [suggestion_dict(sentence) for sentence in found]
        emit_json({"command": "suggest-claims", "sentences": shown, "untied": untied})
    elif found:
        write_text(suggestions_text(found))
    print(f"{counted(len(found), 'sentence')} without a claim", file=sys.stderr)
    if untied:
        names = ", ".join(untied)
        print(f"claims that no sentence was found for: {names}", file=sys.stderr)
    return ExitCode.OK


def write_output(text: str, output: Path | None) -> None:
    """To a file, or to standard output."""
    if output is None:
        write_text(text.removesuffix("\n"))
        return
    from evidencekit.atomic import write_file

    write_file(output, text.encode())
    print(f"wrote {output}", file=sys.stderr)
