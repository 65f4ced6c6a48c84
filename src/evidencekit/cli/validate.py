"""``evidencekit validate``: every problem of the data files, at its place."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from evidencekit.cli.common import (
    FORMATS,
    add_workspace_option,
    counted,
    emit_json,
    print_findings,
)
from evidencekit.errors import ExitCode, Finding

DESCRIPTION = """\
Read every study, outcome, plan and claim of the workspace and list what is wrong, with file, line,
column and remedy. All files are read, since they refer to each other; PATHS limits what is
listed. Warnings alone do not make the command fail.
"""
UNREADABLE = "EK001"


def fill(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its options."""
    parser.description = DESCRIPTION
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="list only these files and folders"
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="also list what should be completed: missing DOIs and facts, draft judgements",
    )
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="how findings are printed (default: text)"
    )
    parser.add_argument(
        "--json", action="store_const", const="json", dest="format", help="same as --format json"
    )
    add_workspace_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Validate; returns the exit code."""
    from evidencekit.workspace.workspace import load_workspace

    loaded = load_workspace(args.workspace, paths=args.paths or None, strict=args.strict)
    errors = len(loaded.errors)
    warnings = len(loaded.findings) - errors
    if args.format == "json":
        emit_json(
            {
                "command": "validate",
                "files": list(loaded.checked),
                "findings": [finding.to_dict() for finding in loaded.findings],
                "summary": {"files": len(loaded.checked), "errors": errors, "warnings": warnings},
            }
        )
    else:
        print_findings(loaded.findings, args.format)
    counts = (
        counted(len(loaded.checked), "file"),
        counted(errors, "error"),
        counted(warnings, "warning"),
    )
    print(", ".join(counts), file=sys.stderr)
    return exit_code(loaded.findings)


def exit_code(findings: Sequence[Finding]) -> ExitCode:
    """0 without errors; 3 when the only errors are files that cannot be read; else 1."""
    codes = {finding.code for finding in findings if finding.severity == "error"}
    if not codes:
        return ExitCode.OK
    return ExitCode.UNREADABLE if codes == {UNREADABLE} else ExitCode.FINDINGS
