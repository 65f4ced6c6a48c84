"""CPU time of auditing 200 references from the lock, as one process.

    python benchmarks/audit.py [--references N] [--runs N]

The references of the article in tests/audit are repeated with other numbers and audited by the
records of metadata.lock.json; nothing is sent anywhere. The median of the runs is printed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
ARTICLE = ROOT / "tests" / "audit" / "article.nl.txt"


def reference_list(count: int) -> str:
    """A list of *count* references: those of the article in turn, numbered anew."""
    from evidencekit.audit.against import compare
    from evidencekit.audit.readers import read_document

    cited = [" ".join(r.raw.split()) for r in compare(read_document(ARTICLE)).references]
    lines = [f"{n}. {cited[(n - 1) % len(cited)]}" for n in range(1, count + 1)]
    return "## References\n\n" + "\n".join(lines) + "\n"


def cpu_seconds(file: Path, format: str) -> float:
    """User and system time of one audit, start of Python included."""
    argv = [sys.executable, "-m", "evidencekit", "audit", str(file), "--offline"]
    argv += ["--format", format, "--workspace", str(ROOT), "--fail-on", "never"]
    argv.append("--allow-unchecked")
    before = os.times()
    subprocess.run(argv, capture_output=True, check=True)
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])


def main() -> None:
    """Time every format."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--references", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.md"
        file.write_text(reference_list(args.references), encoding="utf-8")
        for format in ("terminal", "json", "html", "sarif"):
            runs = [cpu_seconds(file, format) for _ in range(args.runs)]
            print(f"{args.references} references, {format}: {statistics.median(runs):.2f} s CPU")


if __name__ == "__main__":
    main()
