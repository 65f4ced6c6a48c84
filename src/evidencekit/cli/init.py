"""``evidencekit init``: a small working workspace to start from."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from evidencekit.cli.common import write_text
from evidencekit.errors import ExitCode

DESCRIPTION = """\
Make a workspace: three SYNTHETIC trials, a vocabulary of outcomes, and an analysis plan with
every default written out. It validates and analyses as it stands; replace the trials by real
ones. A folder that holds a workspace, or one of these files, is left alone.
"""


def fill(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its options."""
    parser.description = DESCRIPTION
    parser.add_argument("directory", type=Path, metavar="DIR", help="folder to make or to fill")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make the workspace; returns the exit code."""
    from evidencekit.workspace.template import write_template

    for path in write_template(args.directory):
        write_text(path.as_posix())
    here = args.directory.resolve() == Path.cwd()
    option = "" if here else f" --workspace {shlex.quote(args.directory.as_posix())}"
    print(f"next: evidencekit validate{option}", file=sys.stderr)
    print(f"      evidencekit analyse{option}", file=sys.stderr)
    return ExitCode.OK
