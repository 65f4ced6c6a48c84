"""Many meta-analyses at once: time and peak memory, beside a plain loop and R.

    python benchmarks/batch.py [--analyses N] [--loop N] [--jobs N] [--runs N]

SYNTHETIC studies, k from 3 to 30; REML, Hartung-Knapp, prediction interval and Q-profile
interval of tau2 for each. Every way runs in a process of its own, so that its peak memory is its
own. The loop calls ``evidencekit.pool`` once for each of a part of them and is scaled up; so is
R with metafor, when it is installed. Last, ``evidencekit pool`` as a whole process against
Rscript on the same table.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

R_LOOP = """
suppressMessages(library(metafor))
d <- read.csv("table.csv")
parts <- split(d, d$review)[seq_len({loop})]
t <- proc.time()[[3]]
for (p in parts) {{
  # Where Fisher scoring does not converge metafor stops; those cost it nothing more here.
  try({{
    r <- rma(yi, vi, data = p, test = "knha", control = list(maxiter = 1000))
    predict(r)
    confint(r)
  }}, silent = TRUE)
}}
cat(proc.time()[[3]] - t)
"""
R_ONE = """
suppressMessages(library(metafor))
d <- read.csv("one.csv")
r <- rma(measure = "RR", ai = events1, n1i = total1, ci = events2, n2i = total2, data = d,
         slab = study, test = "knha")
print(r)
print(predict(r, transf = exp))
print(confint(r))
"""


def table(analyses: int):  # type: ignore[no-untyped-def]
    """The long table, as a pandas data frame."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(1)
    k = rng.integers(3, 31, analyses)
    v = rng.lognormal(-2.0, 1.0, k.sum())
    return pd.DataFrame(
        {
            "review": np.repeat(np.arange(analyses), k),
            "yi": rng.normal(0.0, np.sqrt(v + 0.05)),
            "vi": v,
        }
    )


def worker(way: str, analyses: int, loop: int, jobs: int) -> None:
    """Do it one way and print seconds and the growth of peak memory in MiB."""
    from evidencekit import batch, pool

    data = table(analyses)
    batch.pool(data.head(50), by=["review"])  # imports are not what is timed
    pool((data["yi"].head(3), data["vi"].head(3)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.perf_counter()
    if way == "loop":
        done = 0
        for _, part in data.groupby("review", sort=False):
            pool((part["yi"], part["vi"] ** 0.5))
            done += 1
            if done == loop:
                break
        factor = analyses / done
    else:
        result = batch.pool(data, by=["review"], jobs=jobs if way == "processes" else 1)
        assert result.counts() == {"ok": analyses}
        factor = 1.0
    seconds = (time.perf_counter() - start) * factor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([seconds, before, peak]))


def run(way: str, args: argparse.Namespace) -> tuple[float, float, float]:
    """Seconds, MiB before (table and libraries) and at the peak."""
    argv = [sys.executable, __file__, "--worker", way]
    for name in ("analyses", "loop", "jobs"):
        argv += [f"--{name}", str(getattr(args, name))]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    seconds, before, peak = json.loads(done.stdout)
    return seconds, before, peak


def wall(argv: list[str], folder: Path) -> float:
    """Seconds of a whole process."""
    start = time.perf_counter()
    subprocess.run(argv, cwd=folder, capture_output=True, check=True)
    return time.perf_counter() - start


def has_metafor() -> bool:
    """Whether R can load metafor here."""
    if shutil.which("Rscript") is None:
        return False
    probe = ["Rscript", "-e", "quit(status = !requireNamespace('metafor', quietly = TRUE))"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def main() -> None:
    """Time everything and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--analyses", type=int, default=100_000)
    parser.add_argument("--loop", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--worker", default="", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        worker(args.worker, args.analyses, args.loop, args.jobs)
        return
    print(
        f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {args.analyses} meta-analyses\n"
    )
    print("| way | seconds | MiB with the table | MiB at the peak |")
    print("|---|---:|---:|---:|")
    for way in ("one process", "processes", "loop"):
        seconds, before, peak = run(way, args)
        print(f"| {way} | {seconds:.2f} | {before:.0f} | {peak:.0f} |")
    r = has_metafor()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if r:
            table(args.loop).to_csv(folder / "table.csv", index=False)
            (folder / "loop.R").write_text(R_LOOP.format(loop=args.loop))
            done = subprocess.run(
                ["Rscript", "loop.R"], cwd=folder, capture_output=True, text=True, check=True
            )
            print(
                f"| loop over metafor | {float(done.stdout) * args.analyses / args.loop:.0f} | | |"
            )
        whole_process(folder, args.runs, r=r)


def whole_process(folder: Path, runs: int, *, r: bool) -> None:
    """``evidencekit pool`` beside numpy alone and R on one small table."""
    rows = ["study,events1,total1,events2,total2"]
    rows += [f"SYNTHETIC {i},{5 + i},{100 + 9 * i},{9 + 2 * i},{110 + 7 * i}" for i in range(13)]
    (folder / "one.csv").write_text("\n".join(rows) + "\n")
    (folder / "one.R").write_text(R_ONE)
    command = [str(Path(sys.executable).with_name("evidencekit"))]
    if not Path(command[0]).exists():
        command = [sys.executable, "-m", "evidencekit"]
    ways = {
        'python -c "import numpy"': [sys.executable, "-c", "import numpy"],
        "evidencekit pool": [*command, "pool", "one.csv", "--measure", "RR"],
    }
    if r:
        ways["Rscript, metafor"] = ["Rscript", "one.R"]
    found: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(runs + 1):
        for name, argv in ways.items():
            seconds = wall(argv, folder)
            if number:
                found[name].append(seconds)
    print("\n| whole process | median s |")
    print("|---|---:|")
    for name, times in found.items():
        print(f"| {name} | {statistics.median(times):.3f} |")


if __name__ == "__main__":
    main()
