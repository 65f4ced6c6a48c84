"""Parse, decode and check 10,000 synthetic study records, beside PyYAML in the same run.

Usage: python benchmarks/yaml_records.py [--records N] [--repeat R] [--no-pyyaml]

The records are made up (SYNTHETIC in every label) and written to a temporary
folder. Times are process CPU seconds, the least of the repeats.
"""

from __future__ import annotations

import argparse
import gc
import random
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from evidencekit.workspace.checks.run import run_checks
from evidencekit.workspace.document import Document
from evidencekit.workspace.records import decode_record
from evidencekit.workspace.workspace import load_workspace
from evidencekit.workspace.yaml import parse

OUTCOMES = """\
outcomes:
  - {id: cold, labels: {en: {text: common cold}}, type: binary, desirable: lower}
"""


def record(number: int, rng: random.Random) -> str:
    """One synthetic study of about 350 characters."""
    total_1, total_2 = rng.randint(20, 400), rng.randint(20, 400)
    return f"""\
id: syn-{number}
label: SYNTHETIC {number}
design: parallel
reports: [{{citation: synthetic record {number}}}]
population: {{text: nobody}}
arms: [{{id: a, role: intervention, text: x}}, {{id: b, role: comparator, text: y}}]
results:
  - outcome: cold
    reading: own_report
    arms:
      a: {{events: {rng.randint(0, total_1)}, total: {total_1}}}
      b: {{events: {rng.randint(0, total_2)}, total: {total_2}}}
    source: {{report: synthetic record {number}, locator: none, reported: made up, basis: read}}
"""


def as_list(records: list[str]) -> str:
    """All records as one list, for the parsers."""
    items = []
    for text in records:
        lines = text.splitlines()
        items.append("- " + "\n  ".join(lines) + "\n")
    return "".join(items)


@contextmanager
def no_gc() -> Any:
    """Collection off, as the loader does it."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def best(task: Callable[[], Any], repeat: int) -> tuple[float, Any]:
    """Least CPU seconds of some runs, and the last result."""
    times = []
    result = None
    for _ in range(repeat):
        result = None
        with no_gc():
            start = time.process_time()
            result = task()
            times.append(time.process_time() - start)
    return min(times), result


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--no-pyyaml", action="store_true")
    args = parser.parse_args()
    rng = random.Random(20260101)
    records = [record(number, rng) for number in range(args.records)]
    text = as_list(records)
    print(f"{args.records} records, {len(text) / 1e6:.2f} MB, CPU seconds")

    def read_all() -> list[Any]:
        return [parse(item, file=f"studies/syn-{i}.yaml")[0] for i, item in enumerate(records)]

    def decode_all() -> list[Any]:
        return [decode_record(document)[0] for document in documents]

    rows: list[tuple[str, float]] = []
    if not args.no_pyyaml:
        seconds, plain = best(lambda: yaml.load(text, Loader=yaml.CSafeLoader), 1)
        rows.append(("yaml.CSafeLoader, one file, collection off", seconds))
        del plain
    seconds, (whole, _) = best(lambda: parse(text), args.repeat)
    assert len(whole.root) == args.records
    rows.append(("parse, one file", seconds))
    del whole
    seconds, documents = best(read_all, args.repeat)
    rows.append(("parse, one file per record", seconds))
    seconds, decoded = best(decode_all, args.repeat)
    rows.append(("decode", seconds))
    outcomes = parse(OUTCOMES, file="studies/outcomes.yaml")[0]
    decoded.append(decode_record(outcomes)[0])
    by_name: dict[str, Document] = {d.file: d for d in [*documents, outcomes]}
    seconds, findings = best(lambda: run_checks(decoded, by_name), args.repeat)
    assert [finding.code for finding in findings] == ["EK015"], findings[:3]
    rows.append(("checks", seconds))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "studies").mkdir()
        (root / "studies" / "outcomes.yaml").write_text(OUTCOMES, encoding="utf-8")
        for number, item in enumerate(records):
            (root / "studies" / f"syn-{number}.yaml").write_text(item, encoding="utf-8")
        documents, decoded, by_name = [], [], {}
        seconds, loaded = best(lambda: load_workspace(root), args.repeat)
        assert len(loaded.workspace.studies) == args.records
        rows.append(("load_workspace: files, digests, parse, decode, checks", seconds))
    for name, seconds in rows:
        print(f"  {seconds:7.3f}  {name}")


if __name__ == "__main__":
    main()
