"""``evidencekit batch``: every meta-analysis of a long table, resumable."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from evidencekit import method_names
from evidencekit.cli.methods import add_method_options, interval_named, or_none, zero_cells
from evidencekit.errors import ExitCode

if TYPE_CHECKING:
    from types import TracebackType

    from evidencekit.batch import BatchResult

DESCRIPTION = """\
Pool every meta-analysis of one long table (CSV, TSV, Excel or Parquet): one row for each study,
columns as for `pool`, and columns that name the meta-analysis. A meta-analysis that cannot be
pooled is a row with a status and a message, and makes the exit code 1. An interrupted run goes
on where it stopped: finished parts stand in OUT.journal until OUT is written.
"""
MOST_SHOWN = 10


def fill(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its options."""
    parser.description = DESCRIPTION
    parser.add_argument("file", type=Path, metavar="FILE", help="the table")
    parser.add_argument(
        "--by",
        required=True,
        metavar="COL,...",
        help="columns that together name a meta-analysis",
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT", help="a .parquet, .csv or .tsv"
    )
    parser.add_argument("--sheet", default="", metavar="NAME", help="sheet of an Excel workbook")
    add_method_options(parser, method_names.BATCH_MODELS)
    parser.add_argument(
        "--jobs", type=_jobs, default=-1, metavar="N", help="processes (default: one per core)"
    )
    parser.set_defaults(run=run)


def _jobs(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1, not {text!r}")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Pool everything; returns the exit code."""
    from evidencekit.batch import pool
    from evidencekit.models.settings import Model, Settings, default_interval
    from evidencekit.tables.bulk import read_long, write_long, writer_for

    writer_for(args.output)
    by = [name.strip() for name in args.by.split(",") if name.strip()]
    journal = args.output.with_name(args.output.name + ".journal")
    model: Model = "random_effects" if args.model == "random" else "common_effect"
    settings = Settings(
        model=model,
        tau2=args.tau2,
        ci=interval_named(args) or default_interval(model),
        prediction=or_none(args.prediction),
        tau2_ci=or_none(args.tau2_ci),
        level=args.level,
    )
    table = read_long(args.file, keys=by, sheet=args.sheet)
    with _Progress() as progress:
        result = pool(
            table,
            by=by,
            measure=args.measure,
            input_scale=args.input_scale,
            zero_cells=zero_cells(args),
            settings=settings,
            jobs=args.jobs,
            journal=journal,
            progress=progress.tell,
        )
    write_long(result.to_frame(), args.output)
    journal.unlink(missing_ok=True)
    return _report(result, args.output)


def _report(result: BatchResult, output: Path) -> int:
    counts = result.counts()
    failed = result.messages()
    for text in failed[:MOST_SHOWN]:
        print(text, file=sys.stderr)
    if len(failed) > MOST_SHOWN:
        print(f"{len(failed) - MOST_SHOWN} more failed: see the column message", file=sys.stderr)
    listed = ", ".join(f"{number} {status}" for status, number in counts.items())
    print(f"wrote {output}: {listed or 'no meta-analyses'}", file=sys.stderr)
    return ExitCode.FINDINGS if failed else ExitCode.OK


class _Progress:
    """A bar on a terminal; nothing elsewhere."""

    def __init__(self) -> None:
        self._bar = None
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("pooling", total=None)

    def __enter__(self) -> _Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()

    def tell(self, done: int, total: int) -> None:
        """Move the bar."""
        if self._bar:
            self._bar.update(self._task, completed=done, total=total)
