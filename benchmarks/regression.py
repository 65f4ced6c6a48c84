"""Regression and dependence beside metafor and clubSandwich, on the same numbers in one run.

    python benchmarks/regression.py [--runs N] [--full] [--json FILE]

A permutation test of a meta-regression (13 studies, one moderator), three-level fits and CR2 with
Satterthwaite tests. Every workload is timed N times after one warm-up; the median is printed. With
Rscript, metafor and clubSandwich installed, R does the same once; without ``--full`` it gets
smaller sizes (200 permutations, 1,000 effects), which the table names. Both sides run on one
thread: on matrices as small as these, more threads of OpenBLAS mostly wait for each other.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when numpy is loaded

import numpy as np

from evidencekit.models.regression import regress
from evidencekit.models.robust import cluster_robust
from evidencekit.models.three_level import multilevel

R_SCRIPT = Path(__file__).with_name("regression.R")
SIZES = (500, 1000, 5000)


def studies() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Thirteen studies with one moderator."""
    rng = np.random.default_rng(13)
    x = rng.normal(size=13)
    se = rng.lognormal(-1.2, 0.6, 13)
    return 0.3 * x + rng.normal(size=13) * 0.4 + rng.normal(size=13) * se, se, x


def nested(k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """k effects in k/50 clusters, with one moderator."""
    rng = np.random.default_rng(k)
    cluster = np.sort(rng.integers(0, k // 50, k))
    v, x = rng.uniform(0.01, 0.2, k), rng.normal(size=k)
    y = 0.1 * x + 0.3 * rng.normal(size=k // 50)[cluster] + 0.2 * rng.normal(size=k)
    return y + rng.normal(size=k) * np.sqrt(v), np.sqrt(v), cluster, x


def workloads() -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    y, se, x = studies()
    model = regress((y, se), np.column_stack([np.ones(13), x]))
    out: dict[str, Callable[[], object]] = {
        "meta-regression REML, k = 13": lambda: regress((y, se), np.column_stack([np.ones(13), x])),
        "permutation test, 10,000 orders": lambda: model.permutation_test(
            np.random.default_rng(1), permutations=10_000
        ),
    }
    for k in SIZES:
        y_k, se_k, cluster, x_k = nested(k)
        design = np.column_stack([np.ones(k), x_k])
        fit = multilevel((y_k, se_k), cluster, design)
        out[f"three-level REML, k = {k}"] = lambda a=(y_k, se_k), b=cluster, c=design: multilevel(
            a, b, c
        )
        out[f"the same, rho = 0.6, k = {k}"] = lambda a=(y_k, se_k), b=cluster, c=design: (
            multilevel(a, b, c, rho=0.6)
        )
        out[f"CR2 and Satterthwaite, k = {k}"] = lambda fit=fit: cluster_robust(fit)
    return out


def ours(runs: int) -> dict[str, float]:
    """Median seconds of each workload."""
    found = {}
    for name, work in workloads().items():
        times = []
        for _ in range(runs + 1):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
        found[name] = statistics.median(times[1:])
    return found


def theirs(*, full: bool) -> dict[str, float]:
    """Seconds in R, by the same names; sizes that differ are in the name."""
    probe = (
        "quit(status = !(requireNamespace('metafor', quietly = TRUE) && "
        "requireNamespace('clubSandwich', quietly = TRUE)))"
    )
    if (
        shutil.which("Rscript") is None
        or subprocess.run(["Rscript", "-e", probe], capture_output=True, check=False).returncode
    ):
        print("Rscript with metafor and clubSandwich is not installed: no comparison with R\n")
        return {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.savetxt(folder / "studies.csv", np.column_stack(studies()), delimiter=",")
        for k in SIZES if full else SIZES[:2]:
            np.savetxt(folder / f"nested_{k}.csv", np.column_stack(nested(k)), delimiter=",")
        argv = ["Rscript", str(R_SCRIPT), str(folder), "10000" if full else "200"]
        done = subprocess.run(argv, capture_output=True, text=True, check=True)
    found: dict[str, float] = {
        key: float(value)
        for key, value in (line.rsplit("\t", 1) for line in done.stdout.splitlines() if line)
    }
    return found


def main() -> None:
    """Time everything and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    mine, r = ours(args.runs), theirs(full=args.full)
    print("| workload | evidencekit ms | R ms | R / evidencekit |\n|---|---:|---:|---:|")
    for name, seconds in mine.items():
        other = r.get(name)
        cells = f"{1e3 * other:.0f} | {other / seconds:.0f}" if other else "- | -"
        print(f"| {name} | {1e3 * seconds:.2f} | {cells} |")
    for name in r.keys() - mine.keys():
        print(f"| {name} | - | {1e3 * r[name]:.0f} | - |")
    if args.json:
        args.json.write_text(json.dumps({"evidencekit": mine, "R": r}, indent=1) + "\n")


if __name__ == "__main__":
    main()
