"""Pooling, beside a plain numpy floor and the peers that are installed, in one run.

    python benchmarks/models.py [--rounds N] [--json FILE]

Every workload is timed in turn, N rounds after one warm-up, so that drift of a shared machine
hits all alike; medians and ratios to evidencekit are printed. Peers run on a part of the batch
where they are slow, and their time is scaled up: the table says by how much. R (Rscript with
metafor), statsmodels and PyMARE are used when they are there.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from evidencekit.models import (
    Settings,
    estimate_tau2,
    leave_one_out,
    permutation_test,
    pool,
    pool_batch,
    pool_tables_batch,
)
from evidencekit.models.quantiles import t_quantile

R_SCRIPT = Path(__file__).with_name("models.R")
QUICK = Settings(tau2_ci=None)
MOMENT = Settings(tau2="DL", ci="wald", prediction=None, tau2_ci=None)

Timed = dict[str, tuple[Callable[[], object], float]]
"""By name: what to run, and the factor from its part of the work to the whole."""


def batch(m: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Estimates, standard errors and mask of m meta-analyses of 3 to 30 studies."""
    rng = np.random.default_rng(1)
    mask = np.arange(30) < rng.integers(3, 31, m)[:, None]
    v = rng.lognormal(-2.5, 0.9, mask.shape)
    y = rng.normal(0.2, np.sqrt(v + rng.choice([0.0, 0.02, 0.1, 0.4], (m, 1))))
    return np.where(mask, y, 0.0), np.sqrt(np.where(mask, v, 1.0)), mask


def floor_reml(y: np.ndarray, se: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """REML, Hartung-Knapp and prediction limits by damped Fisher scoring on whole arrays.

    No search for several maxima, no scaling, no checks: what the arithmetic alone costs.
    """
    order = np.argsort(mask.sum(axis=1))
    out = np.empty((y.shape[0], 5))
    for start in range(0, order.size, 2048):
        rows = order[start : start + 2048]
        width = int(mask[rows].sum(axis=1).max())
        here = np.ascontiguousarray(mask[rows, :width].T)
        yi, vi = y[rows, :width].T.copy(), np.where(here, se[rows, :width].T ** 2, np.inf)
        k = here.sum(axis=0)
        t = np.maximum(0.0, yi.var(axis=0) - np.where(here, vi, 0.0).sum(axis=0) / k)
        for _ in range(30):
            w = 1.0 / (vi + t)
            s1, w2 = w.sum(axis=0), w * w
            e = yi - (w * yi).sum(axis=0) / s1
            s2, s3 = w2.sum(axis=0), (w2 * w).sum(axis=0)
            score = (w2 * e * e).sum(axis=0) - s1 + s2 / s1
            step = score / (s2 - 2.0 * s3 / s1 + (s2 / s1) ** 2)
            new = np.maximum(t + step, 0.0)
            if np.all(np.abs(new - t) <= 1e-10 * (1.0 + t)):
                break
            t = new
        w = 1.0 / (vi + t)
        s1 = w.sum(axis=0)
        mu = (w * yi).sum(axis=0) / s1
        se_hk = np.sqrt((w * (yi - mu) ** 2).sum(axis=0) / (k - 1) / s1)
        crit = t_quantile(k - 1.0, 0.95)
        spread = crit * np.sqrt(se_hk**2 + t)
        out[rows] = np.stack([t, mu, crit * se_hk, mu - spread, mu + spread], axis=1)
    return out


def statsmodels_loop(y: np.ndarray, se: np.ndarray, mask: np.ndarray) -> None:
    """Paule-Mandel fits (it has no REML) with intervals, one after another."""
    from statsmodels.stats.meta_analysis import combine_effects

    for i in range(y.shape[0]):
        combine_effects(y[i, mask[i]], se[i, mask[i]] ** 2, method_re="pm", use_t=True).conf_int()


def pymare_loop(y: np.ndarray, se: np.ndarray, mask: np.ndarray) -> None:
    """REML fits with Hartung-Knapp intervals, one after another."""
    from pymare import Dataset
    from pymare.estimators import VarianceBasedLikelihoodEstimator

    for i in range(y.shape[0]):
        data = Dataset(y[i, mask[i]], se[i, mask[i]] ** 2)
        estimator = VarianceBasedLikelihoodEstimator(method="reml")
        estimator.fit_dataset(data).summary().get_fe_stats()


def has_metafor() -> bool:
    """Whether R can load metafor here."""
    if shutil.which("Rscript") is None:
        return False
    probe = ["Rscript", "-e", "quit(status = !requireNamespace('metafor', quietly = TRUE))"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def metafor_seconds(y: np.ndarray, se: np.ndarray, mask: np.ndarray) -> float:
    """Processor seconds metafor takes for REML, Hartung-Knapp and prediction, without its start."""
    with tempfile.TemporaryDirectory() as name:
        table = Path(name) / "batch.csv"
        rows, _ = np.nonzero(mask)
        values = np.column_stack([rows, y[mask], se[mask] ** 2])
        np.savetxt(table, values, delimiter=",", header="id,yi,vi", comments="", fmt="%.17g")
        done = subprocess.run(
            ["Rscript", str(R_SCRIPT), str(table)], capture_output=True, text=True, check=True
        )
    return float(done.stdout)


def workloads() -> dict[str, Timed]:
    """All workloads by name; the first entry of each is evidencekit."""
    y, se, mask = batch(10_000)
    few = slice(0, 500)
    first: Timed = {
        "evidencekit": (lambda: pool_batch(y, se, mask=mask, settings=QUICK), 1.0),
        "numpy floor": (lambda: floor_reml(y, se, mask), 1.0),
    }
    if find_spec("statsmodels"):
        part = (lambda: statsmodels_loop(y[few], se[few], mask[few]), 20.0)
        first["statsmodels, loop (PM)"] = part
    if find_spec("pymare"):
        first["PyMARE, loop"] = (lambda: pymare_loop(y[few], se[few], mask[few]), 20.0)
    found = {"10,000 REML + Hartung-Knapp + prediction, k 3 to 30": first}
    for k in (10, 1_000, 100_000, 1_000_000):
        found[f"one REML fit, k = {k:,}"] = one_fit(k)
    rng = np.random.default_rng(3)
    wide = pool((rng.normal(0.1, 0.4, 500), rng.lognormal(-1.5, 0.4, 500)))
    found["leave-one-out REML, k = 500"] = {"evidencekit": (lambda: leave_one_out(wide), 1.0)}
    some = (rng.normal(0.1, 0.4, 13), rng.lognormal(-1.5, 0.4, 13))
    found["exact permutation test, k = 13 (8,192 sign changes)"] = {
        "evidencekit": (lambda: permutation_test(some), 1.0)
    }
    subsets = (np.arange(1, 2**16)[:, None] >> np.arange(16)) & 1 > 0
    many = [np.broadcast_to(x, subsets.shape) for x in (rng.normal(size=16), np.full(16, 0.3))]
    found["all 65,535 subsets of 16 studies, DL"] = {
        "evidencekit": (lambda: pool_batch(*many, mask=subsets, settings=MOMENT), 1.0),
        "numpy floor": (lambda: floor_subsets(*many, subsets), 1.0),
    }
    totals = rng.integers(20, 200, (2, 10_000, 12)).astype(float)
    events = rng.binomial(totals.astype(int), 0.1).astype(float)
    found["10,000 Mantel-Haenszel odds ratios of 12 trials"] = {
        "evidencekit": (
            lambda: pool_tables_batch(events[0], totals[0], events[1], totals[1]),
            1.0,
        )
    }
    return found


def one_fit(k: int) -> Timed:
    """One REML fit of k studies."""
    rng = np.random.default_rng(2)
    v = rng.lognormal(-2.5, 0.9, k)
    y, se, here = rng.normal(0.2, np.sqrt(v + 0.1)), np.sqrt(v), np.ones((1, k), dtype=bool)
    return {
        "evidencekit": (lambda: pool_batch(y, se, settings=QUICK), 1.0),
        "evidencekit, tau2 alone": (lambda: estimate_tau2(y, v), 1.0),
        "numpy floor": (lambda: floor_reml(y[None], se[None], here), 1.0),
    }


def floor_subsets(y: np.ndarray, se: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """DL estimates of all subsets of one set of studies by matrix products."""
    member, w, effect = mask.astype(float), se[0] ** -2.0, y[0] - y[0].mean()
    sums = member @ np.stack([w, w * w, w * effect, w * effect**2], axis=1)
    s1, s2, sy, syy = sums.T
    spread = s1 - s2 / s1
    excess = syy - sy * sy / s1 - (member.sum(axis=1) - 1.0)
    tau2 = np.maximum(excess / np.where(spread > 0, spread, 1.0), 0.0)
    weights = member / (se[0] ** 2 + tau2[:, None])
    return (weights @ effect) / weights.sum(axis=1)


def main() -> None:
    """Time everything and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    results: dict[str, dict[str, float]] = {}
    for title, entries in workloads().items():
        times: dict[str, list[float]] = {name: [] for name in entries}
        for turn in range(args.rounds + 1):
            for name, (run, factor) in entries.items():
                start = time.perf_counter()
                run()
                if turn:
                    times[name].append((time.perf_counter() - start) * factor)
        results[title] = {name: statistics.median(found) for name, found in times.items()}
    first = next(iter(results))
    if has_metafor():
        y, se, mask = batch(10_000)
        seconds = metafor_seconds(y[:200], se[:200], mask[:200]) * 50
        results[first]["metafor, loop"] = seconds
    for title, row in results.items():
        print(title)
        ours = row["evidencekit"]
        for name, seconds in row.items():
            print(f"  {name:<28}{1000 * seconds:12.2f} ms{seconds / ours:12.2f}")
    if args.json:
        args.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
