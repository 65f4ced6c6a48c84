"""Fetching many DOIs from a server that answers at once: time against the politeness limits.

    python benchmarks/fetching.py [--dois N] [--faults]

SYNTHETIC papers on a loopback server (tests/sources/server) whose headers state the limits of
Crossref's polite pool. The client runs in a process of its own, in real time, so that its
processor time and peak memory are its own; the server measures how fast and how many at once
it was asked. A second run follows on the same cache. With ``--faults`` the clock is free, one
service misbehaves half-way through 500 DOIs, and a second run must finish the rest.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from sources.server import faults  # noqa: E402
from sources.server.app import FakeServices, Fault, Handler  # noqa: E402
from sources.server.bodies import Paper  # noqa: E402

POLITE = {
    "x-rate-limit-limit": "3",
    "x-rate-limit-interval": "1s",
    "x-concurrency-limit": "3",
    "x-api-pool": "polite-array",
}
BUCKETS = {"doi": 5, "crossref-array": 3, "pubmed": 3}
"""Requests a second that the services allow, by what the server counts apart."""


def papers(number: int) -> list[Paper]:
    """Invented papers, all in Crossref and PubMed."""
    return [Paper(doi=f"10.5555/{n:05}", pmid=str(100_000 + n)) for n in range(number)]


def client(urls: dict[str, str], folder: str, number: int) -> None:
    """One run, as a process; prints what it cost."""
    from evidencekit.sources.fetch import fetch
    from evidencekit.sources.fetch_budget import incomplete
    from evidencekit.sources.lock import update_lock
    from evidencekit.sources.settings import make_settings
    from evidencekit.sources.transport import Transport

    settings = make_settings(urls=urls, cache=f"{folder}/cache")
    keys = [f"doi:{paper.doi}" for paper in papers(number)]
    started = time.perf_counter()
    with Transport(settings) as transport:
        entries = fetch(transport, keys, save=lambda portion: update_lock(Path(folder), portion))
        used = resource.getrusage(resource.RUSAGE_SELF)
        result = {
            "seconds": time.perf_counter() - started,
            "processor": used.ru_utime + used.ru_stime,
            "megabytes": used.ru_maxrss / 1024,
            "requests": transport.requests,
            "unfinished": sum(incomplete(entry) for entry in entries.values()),
        }
    print(json.dumps(result))


def timed(number: int) -> None:
    """Two runs against a server that answers at once."""
    fake = FakeServices(papers(number), {"crossref": POLITE})
    with fake as services, tempfile.TemporaryDirectory() as folder:
        for name in ("first run", "second run"):
            services.visits.clear()
            arguments = json.dumps([services.urls, folder, number])
            command = [sys.executable, __file__, "--client", arguments]
            answer = subprocess.run(command, check=True, capture_output=True, text=True)
            report(name, json.loads(answer.stdout), services)


def report(name: str, cost: dict[str, float], services: FakeServices) -> None:
    """Print one run."""
    print(
        f"{name}: {cost['seconds']:.1f} s, processor {cost['processor']:.1f} s, peak "
        f"{cost['megabytes']:.0f} MB, requests {cost['requests']}, unfinished "
        f"{cost['unfinished']}"
    )
    for bucket, limit in BUCKETS.items():
        number = sum(visit.bucket == bucket for visit in services.visits)
        if number:
            print(
                f"  {bucket}: {number} requests, most in a second "
                f"{services.most_within(bucket, 1.0)} (limit {limit}), at once "
                f"{services.most_at_once(bucket)}, so at least {(number - 1) / limit:.1f} s"
            )


class FreeTime:
    """A clock whose sleep costs nothing."""

    now = 1000.0

    def sleep(self, seconds: float) -> None:
        """Time passes at once."""
        self.now += seconds


def after(number: int, fault: Fault) -> Fault:
    """Answer so many requests, then misbehave."""
    left = [number]

    def behave(handler: Handler) -> None:
        left[0] -= 1
        if left[0] >= 0:
            handler.send(*handler.reply())
        else:
            fault(handler)

    return behave


def with_faults(number: int) -> None:
    """Every fault at every service, half-way; then a run that finishes the rest."""
    lasting: dict[str, Callable[[], Fault]] = {
        **faults.TRANSIENT,
        "403": lambda: faults.status(403),
        "portal": lambda: faults.status(200, faults.PORTAL),
        "bomb": lambda: faults.bomb,
    }
    for name, make in lasting.items():
        for service, half in (("doi", 5), ("crossref", 10), ("pubmed", 20)):
            print(f"{name} at {service}: {one_fault(service, after(half, make()), number)}")


def one_fault(service: str, fault: Fault, number: int) -> str:
    """What a first run leaves unfinished, and what a second one does about it."""
    from evidencekit.sources.fetch import fetch
    from evidencekit.sources.fetch_budget import incomplete
    from evidencekit.sources.limits import Clock
    from evidencekit.sources.lock import read_lock, update_lock
    from evidencekit.sources.settings import make_settings
    from evidencekit.sources.transport import Transport

    keys = [f"doi:{paper.doi}" for paper in papers(number)]
    with FakeServices(papers(number)) as services, tempfile.TemporaryDirectory() as folder:
        settings = make_settings(urls=services.urls, cache=f"{folder}/cache")
        free = FreeTime()
        clock = Clock(monotonic=lambda: free.now, sleep=free.sleep)
        services.always[service] = fault
        wanted, told = keys, []
        for _ in range(2):
            with Transport(settings, clock=clock, rng=random.Random(1)) as transport:
                fetch(transport, wanted, save=lambda e: update_lock(Path(folder), e))
                told.append(sum(transport.requests.values()))
            entries = read_lock(Path(folder)).entries
            wrong = sum(e.record is None or e.record.outcome == "absent" for e in entries.values())
            wanted = [key for key in keys if incomplete(entries.get(key))]
            told.append(len(wanted))
            services.always.clear()
    assert wrong == 0
    return f"{told[0]} requests, {told[1]} of {number} unchecked; again {told[2]}, {told[3]} left"


def main() -> None:
    """Parse and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dois", type=int, default=1000)
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--client", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.client:
        client(*json.loads(options.client))
    elif options.faults:
        with_faults(min(options.dois, 500))
    else:
        timed(options.dois)


if __name__ == "__main__":
    main()
