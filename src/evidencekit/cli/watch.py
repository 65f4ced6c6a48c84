"""``evidencekit watch``: what became of included papers, and what is new to the searches."""

from __future__ import annotations

import argparse
import sys

from evidencekit.cli.common import add_workspace_option, counted, emit_json, write_text

DESCRIPTION = """\
Ask again for the editorial status of every paper that pooled studies rest on, and run the search
of each analysis (search: in its plan) for records that PubMed has added since the last run. For a
retracted, removed or withdrawn study the analyses are run with and without it. Statuses go to
metadata.lock.json, searches and candidates to watch.json, and the findings to reports/watch.md.
"""
EPILOG = """\
A candidate is settled when a study cites it, or when its "decision" in watch.json says why it is
none. A retracted study is settled when the plan leaves it out.

exit codes: 1 something needs a person; 4 a source gave no answer; 0 neither
"""
REPORT = "watch.md"
MOST_SHOWN = 10


def fill(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its options."""
    parser.description = DESCRIPTION
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("ids", nargs="*", metavar="ID", help="analyses to watch (default: all)")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--since", metavar="AGE", help="search from so long ago, not from the last run: 30d, 4w"
    )
    which.add_argument(
        "--offline",
        action="store_true",
        help="ask nobody and run no search; say what metadata.lock.json and watch.json hold",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    add_workspace_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Watch; returns the exit code."""
    from datetime import UTC, datetime

    from evidencekit.atomic import write_file
    from evidencekit.sources.cache import MAXIMUM_AGE
    from evidencekit.sources.refresh import parse_age
    from evidencekit.sources.settings import read_settings
    from evidencekit.sources.transport import Transport
    from evidencekit.watch.run import chosen_plans, watch
    from evidencekit.watch.text import as_json, lines, markdown
    from evidencekit.workspace.workspace import load_workspace

    today = datetime.now(UTC).date()
    since = today - parse_age(args.since) if args.since else None
    workspace = load_workspace(args.workspace).raise_errors()
    plans = chosen_plans(workspace, args.ids)
    if args.offline:
        found = watch(workspace, plans, None, today=today)
    else:
        with Transport(read_settings(), refresh=frozenset(MAXIMUM_AGE)) as transport:
            found = watch(workspace, plans, transport, today=today, since=since)
    write_file(workspace.root / "reports" / REPORT, markdown(found).encode())
    if args.json:
        emit_json(as_json(found))
    else:
        for line in lines(found, most=MOST_SHOWN):
            write_text(line)
    new = sum(len(search.new) for search in found.searches)
    waiting = sum(len(search.waiting) for search in found.searches)
    print(
        f"{counted(len(found.papers), 'paper')}: "
        f"{len(found.troubled)} to look at, {len(found.failed)} unanswered; "
        f"{counted(waiting, 'candidate')}, {new} new",
        file=sys.stderr,
    )
    return found.exit_code
