"""``evidencekit cite``: references of papers in the lock, for a text or a reference manager."""

from __future__ import annotations

import argparse
import sys

from evidencekit.cli.common import add_workspace_option, write_text
from evidencekit.errors import ExitCode, UsageError

DESCRIPTION = """\
Print the references of studies (their primary reports), DOIs or PMIDs, from the records in
metadata.lock.json; without any, of every paper the workspace cites. Nothing is asked of the
network. What a reader should know of a record (retracted, status unchecked, transcribed) goes to
standard error.
"""
TEXT = "text"
# As in sources.formats and sources.styles, so that --help loads neither; a test compares them.
FORMATS = (TEXT, "csl", "bibtex", "ris")
STYLES = ("apa", "vancouver", "ama", "nature")


def fill(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its options."""
    parser.description = DESCRIPTION
    parser.add_argument("ids", nargs="*", metavar="ID", help="a study's id, a DOI or a PMID")
    parser.add_argument("--format", choices=FORMATS, default=TEXT, help="default: text")
    parser.add_argument(
        "--style", choices=STYLES, help="how references are written as text (default: vancouver)"
    )
    add_workspace_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the references; returns the exit code."""
    from evidencekit.sources.cited import cited_in
    from evidencekit.sources.formats import REFERENCE_FORMATS
    from evidencekit.sources.lock import read_lock
    from evidencekit.sources.lookup import is_identifier, keys_named, known_record, remarks
    from evidencekit.sources.styles import CITATION_STYLES
    from evidencekit.workspace.workspace import load_workspace

    if args.style and args.format != TEXT:
        raise UsageError(f"--style goes with --format text, not with --format {args.format}")
    lock = read_lock(args.workspace)
    workspace = None
    if not args.ids or not all(is_identifier(name) for name in args.ids):
        workspace = load_workspace(args.workspace).workspace
    # By key, so that a paper named twice is printed once; under the name the user gave it.
    names = {
        key: name for name in args.ids for key in keys_named(name, workspace=workspace, lock=lock)
    }
    if workspace is not None and not args.ids:
        names = {key: key.partition(":")[2] for key in cited_in(workspace)}
    records = [(name, known_record(key, lock)) for key, name in names.items()]
    if args.format == TEXT:
        for _, record in records:
            write_text(CITATION_STYLES[args.style or "vancouver"](record))
    elif write := REFERENCE_FORMATS[args.format].write:
        write_text(write(records).rstrip("\n"))
    for key, name in names.items():
        if said := remarks(lock.entries[key]):
            print(f"{name}: {'; '.join(said)}", file=sys.stderr)
    return ExitCode.OK
