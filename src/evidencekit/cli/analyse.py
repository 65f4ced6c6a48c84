"""``evidencekit analyse``: run the plans whose inputs changed."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from evidencekit.cli.common import add_workspace_option, counted, emit_json
from evidencekit.errors import ExitCode

if TYPE_CHECKING:
    from evidencekit.artefacts.jobs import Job
    from evidencekit.artefacts.run import Outcome

DESCRIPTION = """\
Run all plans, or those named: compute, draw, tabulate, and record what everything was made
from in figures/manifest.json. Only analyses whose inputs changed are run again.
"""


def fill(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its options."""
    parser.description = DESCRIPTION
    parser.add_argument("ids", nargs="*", metavar="ID", help="analyses to run (default: all)")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--force", action="store_true", help="run even what has not changed")
    either.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    parser.add_argument(
        "--jobs", type=_positive, default=0, metavar="N", help="processes (default: one per core)"
    )
    parser.add_argument(
        "--lang", action="append", default=[], metavar="CODE", help="only this language; repeatable"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    add_workspace_option(parser)
    parser.set_defaults(run=run)


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1, not {text!r}")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Analyse; returns the exit code."""
    from evidencekit.artefacts.jobs import plan_jobs
    from evidencekit.artefacts.manifest import Manifest
    from evidencekit.artefacts.run import remove_orphans, run_jobs
    from evidencekit.workspace.workspace import load_workspace

    loaded = load_workspace(args.workspace)
    workspace = loaded.raise_errors()
    if loaded.findings:
        _say(f"{counted(len(loaded.findings), 'warning')} in the data files: evidencekit validate")
    manifest = Manifest.read(workspace.root / "figures")
    jobs = plan_jobs(workspace, manifest, ids=args.ids, languages=args.lang, force=args.force)
    everything = not args.ids and not args.lang
    if args.check:
        languages = {plan.id: tuple(plan.labels) for plan in workspace.plans.values()}
        orphans = [f"{a}/{n}" for a, n in manifest.orphans(languages)] if everything else []
        return _report_check(jobs, orphans, as_json=args.json)
    removed = remove_orphans(workspace, manifest) if everything else []
    progress = _Progress(sum(bool(job.reason) for job in jobs))
    with progress:
        outcomes = run_jobs(
            workspace,
            manifest,
            jobs,
            workers=args.jobs or os.cpu_count() or 1,
            progress=progress.done,
        )
    return _report_run(jobs, outcomes, removed, as_json=args.json)


def _report_check(jobs: list[Job], orphans: list[str], *, as_json: bool) -> int:
    stale = {job.plan.id: job.reason for job in jobs if job.reason}
    if as_json:
        emit_json(
            {"command": "analyse", "stale": stale, "orphans": orphans, "current": _current(jobs)}
        )
    for analysis, reason in stale.items():
        _say(f"stale: {analysis} ({reason})")
    for name in orphans:
        _say(f"stale: {name} (its plan or language is gone)")
    if not stale and not orphans:
        _say(f"{_analyses(len(jobs))} current")
    return ExitCode.FINDINGS if stale or orphans else ExitCode.OK


def _report_run(
    jobs: list[Job], outcomes: list[Outcome], removed: list[str], *, as_json: bool
) -> int:
    failed = {o.analysis: o.error for o in outcomes if o.error}
    if as_json:
        built = [
            {
                "analysis": o.analysis,
                "reason": o.reason,
                "files": list(o.files),
                "notes": list(o.notes),
            }
            for o in sorted(outcomes, key=lambda o: o.analysis)
            if not o.error
        ]
        emit_json(
            {
                "command": "analyse",
                "built": built,
                "current": _current(jobs),
                "removed": removed,
                "failed": {name: str(error) for name, error in sorted(failed.items())},
            }
        )
    for name in removed:
        _say(f"removed figures/{name} (its plan or language is gone)")
    unchanged = len(jobs) - len(outcomes)
    if not outcomes:
        _say(f"nothing changed: {_analyses(unchanged)} current")
    elif unchanged:
        _say(f"{_analyses(unchanged)} unchanged")
    return max((error.exit_code for error in failed.values()), default=ExitCode.OK)


def _current(jobs: list[Job]) -> list[str]:
    return [job.plan.id for job in jobs if not job.reason]


def _analyses(number: int) -> str:
    return f"{number} {'analysis' if number == 1 else 'analyses'}"


def _failure(analysis: str, error: Exception) -> str:
    """The message of an analysis that could not be made; it names the analysis once."""
    text = str(error)
    return text if text.startswith(analysis) else f"{analysis}: {text}"


def _say(text: str) -> None:
    print(text, file=sys.stderr)


class _Progress:
    """One line per finished analysis; on a terminal also a spinner that says how many are left."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._finished = 0
        self._status = None
        if total and sys.stderr.isatty():
            from rich.console import Console

            self._console = Console(stderr=True)
            self._status = self._console.status(self._text())

    def _text(self) -> str:
        return f"{self._finished} of {_analyses(self._total)} done"

    def __enter__(self) -> None:
        if self._status:
            self._status.start()

    def __exit__(self, *exc: object) -> None:
        if self._status:
            self._status.stop()

    def done(self, outcome: Outcome) -> None:
        """Report one finished analysis."""
        self._finished += 1
        if outcome.error:
            line = _failure(outcome.analysis, outcome.error)
        else:
            line = (
                f"{outcome.analysis}: {counted(len(outcome.files), 'file')} in "
                f"{outcome.seconds:.1f} s ({outcome.reason})"
            )
        if self._status:
            self._status.update(self._text())
            self._console.print(line, highlight=False, markup=False)
        else:
            _say(line)
