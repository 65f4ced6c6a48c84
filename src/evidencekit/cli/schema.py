"""``evidencekit schema``: JSON Schemas of the data files, for editors."""

from __future__ import annotations

import argparse
import json
import sys

from evidencekit.cli.common import add_workspace_option, write_text
from evidencekit.errors import ExitCode

# Spelt out rather than imported: `--help` must not load the data model.
KINDS = ("study", "outcomes", "plan", "claims")
DESCRIPTION = """\
Print the JSON Schema (draft-07) of one kind of data file, or of all as one object.
With --write they are put into .evidencekit/schema/ of the workspace, where the first line of a
data file (# yaml-language-server: $schema=...) finds them.
"""


def fill(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its options."""
    parser.description = DESCRIPTION
    parser.add_argument(
        "kind", nargs="?", choices=KINDS, metavar="KIND", help="study, outcomes, plan or claims"
    )
    parser.add_argument(
        "--write", action="store_true", help="write into .evidencekit/schema/ instead of printing"
    )
    add_workspace_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print or write schemas; returns the exit code."""
    from evidencekit.workspace.jsonschema import schema
    from evidencekit.workspace.template import write_schemas

    kinds = [args.kind] if args.kind else list(KINDS)
    if args.write:
        for path in write_schemas(args.workspace, kinds):
            print(f"wrote {path.as_posix()}", file=sys.stderr)
        return ExitCode.OK
    schemas = {kind: schema(kind) for kind in kinds}
    shown = schemas[args.kind] if args.kind else schemas
    write_text(json.dumps(shown, ensure_ascii=False, indent=2))
    return ExitCode.OK
