"""``evidencekit audit``: every reference and every citation mark of a text checked."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evidencekit.cli.audit_steps import (
    accept,
    list_references,
    lock_told,
    suggest_claims,
    write_output,
)
from evidencekit.cli.common import print_findings, use_colour, write_text
from evidencekit.errors import ExitCode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidencekit.audit.document import Document
    from evidencekit.audit.result import DocumentAudit

DESCRIPTION = """\
Check every reference of a text: is it the paper described, does its DOI exist, does the
paper still stand; and does the list agree with the marks in the text. doi.org, Crossref and
PubMed are asked, and metadata.lock.json of the workspace knows what they do not answer;
identifiers, names, numbers and titles of references leave the machine, nothing else.
"-" reads standard input; the folder of a workspace stands for every file in it that cites a
paper. A record that was copied from a study file cannot confirm that file.
"""
FORMATS = ("terminal", "md", "html", "json", "csv", "sarif", "junit", "github")
LISTS = ("bibtex", "ris", "csl")
LEVELS = ("error", "warning", "note", "never")
"""From the gravest; ``--fail-on`` names the mildest finding that makes the command fail."""


def fill(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its options."""
    parser.description = DESCRIPTION
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="files to audit, the folder of a workspace, or - for stdin",
    )
    parser.add_argument("--format", choices=FORMATS, default="terminal", help="how it is printed")
    parser.add_argument(
        "--json", action="store_const", const="json", dest="format", help="same as --format json"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write it to a file instead")
    parser.add_argument(
        "--workspace",
        type=Path,
        metavar="DIR",
        help="where metadata.lock.json is (default: found upward from the current folder)",
    )
    parser.add_argument(
        "--offline",
        action="store_true",
        help="ask nobody: records come from metadata.lock.json only",
    )
    parser.add_argument(
        "--fail-on",
        choices=LEVELS,
        default="error",
        help="the mildest finding that gives exit code 1 (default: error)",
    )
    parser.add_argument(
        "--allow-unchecked",
        action="store_true",
        help="do not fail because something could not be checked",
    )
    parser.add_argument(
        "--explain",
        metavar="N",
        help="show how reference N was identified: every candidate and its points",
    )
    parser.add_argument(
        "--fix",
        action="store_true",
        help="write a corrected copy (FILE.fixed.EXT) and print the difference",
    )
    parser.add_argument(
        "--in-place", action="store_true", help="with --fix: correct the file itself"
    )
    parser.add_argument(
        "--claims",
        type=Path,
        metavar="FILE",
        help="also judge the claims of articles/<name>.claims.yaml against their evidence",
    )
    parser.add_argument(
        "--suggest-claims",
        action="store_true",
        help="list the sentences with numbers or words of effect that have no claim yet",
    )
    parser.add_argument(
        "--list",
        choices=LISTS,
        help="print the corrected reference list instead, in a format of reference managers",
    )
    parser.add_argument(
        "--baseline",
        type=Path,
        metavar="REPORT",
        help="a report of --json: only findings that it does not have fail",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Audit; returns the exit code."""
    from evidencekit.errors import UsageError

    if args.in_place and not args.fix:
        raise UsageError("--in-place corrects a file, so it needs --fix")
    if args.fix and "-" in args.paths:
        raise UsageError("--fix needs a file; save the text first")
    if args.suggest_claims:
        return suggest_claims(args, _workspace(args.workspace))
    documents = [document for path in args.paths for document in _read(path)]
    workspace = _workspace(args.workspace)
    found = _audited(documents, workspace, offline=args.offline)
    if args.claims is not None:
        from evidencekit.audit.claims.attach import with_claims

        found = with_claims(found, workspace, args.claims)
    audits = accept(found, workspace, args.baseline)
    if args.explain is not None:
        _explain(audits, args.explain)
        return ExitCode.OK
    if args.list:
        list_references(audits, args.list, args.output)
    elif args.fix:
        for audit in audits:
            _fix(audit, in_place=args.in_place)
    else:
        _show(audits, args.format, args.output)
    _unchecked(audits, args)
    return exit_code(audits, fail_on=args.fail_on, allow_unchecked=args.allow_unchecked)


def _read(path: str) -> Sequence[Document]:
    """One file, standard input, or every file of a workspace that cites a paper."""
    from evidencekit.audit.readers import read_document
    from evidencekit.audit.readers.workspace import read_workspace

    if path != "-" and Path(path).is_dir():
        return read_workspace(Path(path))
    return [read_document(path)]


def exit_code(audits: Sequence[DocumentAudit], *, fail_on: str, allow_unchecked: bool) -> ExitCode:
    """1 for findings as grave as asked for, else 4 when something stayed unchecked, else 0."""
    graver = LEVELS[: LEVELS.index(fail_on) + 1] if fail_on != "never" else ()
    if any(f.severity in graver and not f.accepted for a in audits for f in a.all_findings):
        return ExitCode.FINDINGS
    if not allow_unchecked and any(audit.unchecked for audit in audits):
        return ExitCode.NETWORK
    return ExitCode.OK


def _audited(
    documents: Sequence[Document], workspace: Path, *, offline: bool
) -> list[DocumentAudit]:
    """Audit by the lock alone, or by the services as well."""
    from dataclasses import replace

    from evidencekit.audit.run import audit_document
    from evidencekit.sources.lock import read_lock

    lock = read_lock(workspace)
    told = lock_told(lock)
    if offline:
        from evidencekit.audit.locked import LockedLibrary

        library = LockedLibrary(lock)
        return [replace(audit_document(d, library), sources=told) for d in documents]
    from evidencekit.audit.asking import AskingLibrary
    from evidencekit.sources.settings import read_settings
    from evidencekit.sources.transport import Transport

    with Transport(read_settings()) as transport:
        asking = AskingLibrary(transport, lock)
        return [replace(audit_document(d, asking), sources=told) for d in documents]


def _workspace(given: Path | None) -> Path:
    """The folder with the lock: as given, or the first one upward from here."""
    from evidencekit.sources.lock import LOCK_NAME

    if given is not None:
        return given
    here = Path.cwd()
    return next(
        (folder for folder in (here, *here.parents) if (folder / LOCK_NAME).is_file()), here
    )


def _show(audits: Sequence[DocumentAudit], format: str, output: Path | None) -> None:
    if format == "github":
        print_findings(
            [f.as_finding() for a in audits for f in a.all_findings if not f.accepted],
            "github",
        )
        return
    if format == "terminal":
        import shutil

        from evidencekit.audit.claims.output import claims_text
        from evidencekit.audit.outputs.terminal import audit_text

        colour = use_colour() and output is None
        text = audit_text(audits, colour=colour, width=shutil.get_terminal_size((100, 24)).columns)
        claims = [claim for audit in audits for claim in audit.claims]
        text += f"{claims_text(claims)}\n" if claims else ""
    else:
        from evidencekit.audit.outputs.table import AUDIT_FORMATS

        text = AUDIT_FORMATS[format](audits)
    write_output(text, output)


def _explain(audits: Sequence[DocumentAudit], wanted: str) -> None:
    from evidencekit.audit.explain import explanation
    from evidencekit.errors import UsageError

    references = [reference for audit in audits for reference in audit.references]
    chosen = [r for r in references if r.judged.reference.key == wanted.strip("[]")]
    if not chosen:
        known = ", ".join(r.judged.reference.key for r in references[:40]) or "none"
        raise UsageError(f"there is no reference {wanted!r}; there are: {known}")
    for reference in chosen:
        write_text(explanation(reference))


def _fix(audit: DocumentAudit, *, in_place: bool) -> None:
    """Print the corrections as a difference and write them to a copy, or to the file itself."""
    from evidencekit.atomic import write_file
    from evidencekit.audit.fixing import FIXABLE, difference, fixed_bytes
    from evidencekit.errors import UsageError

    path = Path(audit.document.file)
    if audit.document.kind not in FIXABLE:
        raise UsageError(f"{path}: --fix corrects Markdown and plain text; correct this by hand")
    here = Path.cwd()
    inside = path.is_relative_to(here)
    shown = path.relative_to(here) if inside else path.name if path.is_absolute() else path
    changes = difference(audit, name=str(shown))
    if not changes:
        print(f"{path}: nothing to correct without asking", file=sys.stderr)
        return
    write_text(changes.removesuffix("\n"))
    target = path if in_place else path.with_suffix(f".fixed{path.suffix}")
    write_file(target, fixed_bytes(audit, path.read_bytes()))
    print(f"wrote {target}", file=sys.stderr)


def _unchecked(audits: Sequence[DocumentAudit], args: argparse.Namespace) -> None:
    """Say on standard error what stayed unchecked, and what would check it."""
    from evidencekit.audit.outputs.words import label

    names = [label(reference) for audit in audits for reference in audit.unchecked]
    if names and not args.allow_unchecked:
        print(
            f"not checked: {' '.join(names)}; nobody who was asked knows these works."
            " --allow-unchecked accepts that.",
            file=sys.stderr,
        )
