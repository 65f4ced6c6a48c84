"""``evidencekit fetch``: records and status of cited papers into ``metadata.lock.json``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidencekit.cli.common import add_workspace_option, counted, emit_json, write_text
from evidencekit.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from evidencekit.sources.entry import Entry
    from evidencekit.sources.lock import Lock
    from evidencekit.sources.refresh import Summary
    from evidencekit.sources.settings import Settings
    from evidencekit.sources.transport import Transport

DESCRIPTION = """\
Ask doi.org, Crossref and PubMed about the papers named, or about every paper that the studies,
analyses and articles of the workspace cite, and write what they say to metadata.lock.json. Only
what is missing, unanswered or transcribed is asked for. An interrupted run loses nothing: run it
again. A source that gives no answer leaves a paper unchecked, and makes the exit code 4.
"""
EPILOG = """\
Set EVIDENCEKIT_MAILTO to your address: the services ask for it and answer faster. NCBI_API_KEY
raises PubMed's limit.
"""
BUDGET = 200
"""Requests above which the budget is shown before the first one."""
MOST_SHOWN = 10


def fill(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its options."""
    parser.description = DESCRIPTION
    parser.epilog = EPILOG
    parser.add_argument("ids", nargs="*", metavar="DOI", help="a DOI, a PMID or a study's id")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--refresh", action="store_true", help="ask again for what is known too")
    which.add_argument(
        "--since", metavar="AGE", help="ask for the status alone where it is older: 30d, 4w"
    )
    which.add_argument(
        "--frozen", action="store_true", help="ask nothing and write nothing; 4 if any is missing"
    )
    which.add_argument(
        "--add", metavar="DOI", help="fetch one paper and write a draft study file for it"
    )
    parser.add_argument(
        "--registry",
        type=Path,
        metavar="FILE",
        help="with --add: a ClinicalTrials.gov record (JSON) to take arms and outcomes from",
    )
    parser.add_argument(
        "--retraction-watch",
        type=Path,
        metavar="FILE",
        help="also consult this Retraction Watch CSV",
    )
    parser.add_argument(
        "--offline", action="store_true", help="open no connection; use the cache only"
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    add_workspace_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Fetch; returns the exit code."""
    from evidencekit.sources.lock import read_lock

    if args.registry and not args.add:
        raise UsageError("--registry goes with --add")
    if args.add and args.ids:
        raise UsageError("--add takes its own DOI; name no other")
    lock = read_lock(args.workspace)
    keys = _keys(args, lock)
    if args.frozen:
        return _frozen(args, lock, keys)
    chosen, refresh = _chosen(args, lock, keys)
    found, sent = _fetched(args, chosen, refresh=refresh)
    after = read_lock(args.workspace)
    code = _report(args, lock, after, found, cited=len(keys), sent=sent)
    if args.add:
        _write_draft(args, after, keys[0])
    return code


def _keys(args: argparse.Namespace, lock: Lock) -> tuple[str, ...]:
    from evidencekit.sources.cited import cited_in
    from evidencekit.sources.lookup import is_identifier, keys_named
    from evidencekit.workspace.workspace import load_workspace

    names = [args.add] if args.add else args.ids
    workspace = None
    if not names or not all(map(is_identifier, names)):
        workspace = load_workspace(args.workspace).workspace
        if not names:
            return tuple(cited_in(workspace))
    keys = [key for name in names for key in keys_named(name, workspace=workspace, lock=lock)]
    return tuple(dict.fromkeys(keys))


def _chosen(
    args: argparse.Namespace, lock: Lock, keys: tuple[str, ...]
) -> tuple[tuple[str, ...], bool]:
    """The keys to ask for, and whether answers in the cache are passed over."""
    from datetime import UTC, datetime

    from evidencekit.sources.fetch_budget import incomplete
    from evidencekit.sources.refresh import parse_age, status_older_than

    if args.refresh:
        return keys, True
    if args.since:
        limit = datetime.now(UTC).date() - parse_age(args.since)
        return status_older_than(lock, keys, limit), True
    return tuple(key for key in keys if incomplete(lock.entries.get(key))), False


def _fetched(
    args: argparse.Namespace, keys: tuple[str, ...], *, refresh: bool
) -> tuple[dict[str, Entry], dict[str, int]]:
    """What was answered, and the requests it took by service."""
    from evidencekit.sources.cache import MAXIMUM_AGE
    from evidencekit.sources.fetch import fetch
    from evidencekit.sources.lock import update_lock
    from evidencekit.sources.refresh import definite_only, status_only
    from evidencekit.sources.settings import read_settings
    from evidencekit.sources.transport import Transport

    if not keys:
        return {}, {}
    settings = read_settings()
    if not args.offline:
        _show_budget(keys, settings)

    def save(entries: Mapping[str, Entry]) -> None:
        wanted = status_only(entries) if args.since else entries
        wanted = definite_only(wanted) if args.offline else wanted
        if wanted:
            update_lock(args.workspace, wanted)

    kinds = frozenset(MAXIMUM_AGE) if refresh else frozenset()
    with Transport(settings, offline=args.offline, refresh=kinds) as transport:
        found = _with_progress(
            len(keys),
            lambda tell: fetch(
                transport,
                keys,
                save=save,
                progress=tell,
                retraction_watch=args.retraction_watch,
            ),
        )
        return found, _requests(transport)


def _requests(transport: Transport) -> dict[str, int]:
    return dict(sorted(transport.requests.items()))


def _show_budget(keys: tuple[str, ...], settings: Settings) -> None:
    """Say beforehand what a large run will ask, and that it takes its time."""
    from evidencekit.sources.fetch_budget import expected_requests

    expected = expected_requests(keys, settings)
    total = sum(expected.values())
    if total > BUDGET:
        parts = ", ".join(f"{name} {number}" for name, number in expected.items())
        print(f"about {total} requests for {len(keys)} papers: {parts}", file=sys.stderr)


def _with_progress(total: int, work: Callable[[Any], dict[str, Entry]]) -> dict[str, Entry]:
    """Do the work; on a terminal a bar shows how far it is."""
    if not sys.stderr.isatty():
        return work(None)
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("papers", total=total)
        return work(lambda state: bar.update(task, completed=state.done))


def _frozen(args: argparse.Namespace, lock: Lock, keys: tuple[str, ...]) -> int:
    """Say which papers the lock knows nothing of."""
    missing = lock.missing(keys)
    if args.json:
        emit_json({"command": "fetch", "cited": len(keys), "missing": list(missing)})
    else:
        for key in missing:
            write_text(key.partition(":")[2])
    print(f"{counted(len(keys), 'paper')}, {len(missing)} not in the lock", file=sys.stderr)
    return ExitCode.NETWORK if missing else ExitCode.OK


def _report(
    args: argparse.Namespace,
    before: Lock,
    after: Lock,
    found: Mapping[str, Entry],
    *,
    cited: int,
    sent: Mapping[str, int],
) -> int:
    from evidencekit.cli.fetch_text import summary_json, summary_lines
    from evidencekit.sources.refresh import summary

    outcome: Summary = summary(before, after, found)
    if args.json:
        emit_json(summary_json(outcome, after, cited=cited, requests=sent))
    else:
        for line in summary_lines(outcome, after, most=MOST_SHOWN):
            write_text(line)
    asked = f"{counted(cited, 'paper')}, {len(found)} asked for"
    print(
        f"{asked} with {counted(sum(sent.values()), 'request')}: {len(outcome.new)} new, "
        f"{len(outcome.changed)} changed, {len(outcome.absent)} absent, "
        f"{len(outcome.failed)} not fully answered",
        file=sys.stderr,
    )
    return ExitCode.NETWORK if outcome.failed else ExitCode.OK


def _write_draft(args: argparse.Namespace, lock: Lock, key: str) -> None:
    from evidencekit.sources.draft import write_draft
    from evidencekit.sources.lookup import known_record

    path = write_draft(args.workspace, known_record(key, lock), registry=args.registry)
    write_text(path.as_posix())
    print("a draft: complete what says TODO, then move it to studies/", file=sys.stderr)
