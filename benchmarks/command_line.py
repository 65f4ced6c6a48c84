"""Whole-process times of the command line, beside floors and peers in the same run.

    python benchmarks/command_line.py [--runs N] [--json FILE]

Each command is run in turn, N rounds after one warm-up, so that drift of a shared machine hits
all alike; medians and ratios to ``python -c "import numpy"`` are printed. With Rscript and the R
package metafor installed, the same meta-analyses and plots are timed there too.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHON = sys.executable
COMMAND = [str(Path(PYTHON).with_name("evidencekit"))]
R_SCRIPT = Path(__file__).with_name("same_analyses.R")
R_ONE_TABLE = Path(__file__).with_name("one_table.R")
TABLE = ROOT / "tests" / "reference" / "bcg_RR.json"
FEW = 4
"""Studies of the small table: `pool` adds a Bayesian fit from 5 down."""

Timer = Callable[[], float]


def wall(argv: list[str], folder: Path, allowed: tuple[int, ...] = (0,)) -> float:
    """Seconds of wall time of one process; its output is thrown away."""
    start = time.perf_counter()
    done = subprocess.run(argv, cwd=folder, capture_output=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode not in allowed:
        raise SystemExit(f"{' '.join(argv)} ended with {done.returncode}:\n{done.stderr.decode()}")
    return seconds


def commands(folder: Path) -> dict[str, Timer]:
    """What is timed, by name. *folder* is a copy of this workspace with current figures."""
    write_tables(folder)
    pool = [*COMMAND, "pool", "--measure", "RR"]
    named: dict[str, list[str]] = {
        "python -c pass": [PYTHON, "-c", "pass"],
        'python -c "import numpy"': [PYTHON, "-c", "import numpy"],
        'python -c "import evidencekit"': [PYTHON, "-c", "import evidencekit"],
        "evidencekit --help": [*COMMAND, "--help"],
        "evidencekit validate": [*COMMAND, "validate"],
        "evidencekit pool (13 studies)": [*pool, "bcg.csv"],
        f"evidencekit pool ({FEW} studies, with a Bayesian fit)": [*pool, "few.csv"],
        "evidencekit analyse (nothing to do)": [*COMMAND, "analyse"],
        "evidencekit analyse --force --jobs 1": [*COMMAND, "analyse", "--force", "--jobs", "1"],
        "evidencekit analyse --force": [*COMMAND, "analyse", "--force"],
    }
    timers: dict[str, Timer] = {
        name: (lambda argv=argv: wall(argv, folder)) for name, argv in named.items()
    }
    if has_metafor():
        timers["R, metafor: the same analyses and plots"] = lambda: wall(
            ["Rscript", str(R_SCRIPT)], folder
        )
        timers["R, metafor: the table of 13 studies"] = lambda: wall(
            ["Rscript", str(R_ONE_TABLE), "bcg.csv"], folder
        )
    else:
        print("Rscript with metafor is not installed: no comparison with R", file=sys.stderr)
    return timers


def write_tables(folder: Path) -> None:
    """The BCG trials as a table, and the first few of them."""
    inputs = json.loads(TABLE.read_text(encoding="utf-8"))["inputs"]
    columns = ("label", "events_1", "total_1", "events_2", "total_2")
    rows = zip(*(inputs[name] for name in columns), strict=True)
    lines = ["study,events1,total1,events2,total2"]
    lines += [",".join((f'"{label}"', *map(str, numbers))) for label, *numbers in rows]
    for name, count in (("bcg.csv", len(lines)), ("few.csv", FEW + 1)):
        (folder / name).write_text("\n".join(lines[:count]) + "\n", encoding="utf-8")


def has_metafor() -> bool:
    """Whether R can load metafor here."""
    if shutil.which("Rscript") is None:
        return False
    probe = ["Rscript", "-e", "quit(status = !requireNamespace('metafor', quietly = TRUE))"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def main() -> None:
    """Time everything and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("studies", "analyses", "figures"):
            shutil.copytree(ROOT / part, folder / part)
        wall([*COMMAND, "analyse"], folder)
        timers = commands(folder)
        found: dict[str, list[float]] = {label: [] for label in timers}
        for round_number in range(args.runs + 1):
            for label, timer in timers.items():
                seconds = timer()
                if round_number:
                    found[label].append(seconds)
    report(found)
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def report(found: dict[str, list[float]]) -> None:
    """Medians, spread, and ratios to two floors."""
    medians = {label: statistics.median(times) for label, times in found.items()}
    bare, numpy = medians["python -c pass"], medians['python -c "import numpy"']
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    print("| command | median s | min to max | x python -c pass | x import numpy |")
    print("|---|---:|---|---:|---:|")
    for label, times in found.items():
        m = medians[label]
        print(
            f"| {label} | {m:.3f} | {min(times):.3f} to {max(times):.3f} "
            f"| {m / bare:.1f} | {m / numpy:.2f} |"
        )


if __name__ == "__main__":
    main()
