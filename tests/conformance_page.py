"""``docs/conformance.md`` from what the comparisons of a whole run saw, and the check of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from conformance import Seen
from evidencekit.effects import MEASURES
from evidencekit.effects.quantiles import SUMMARY_METHODS
from evidencekit.models import (
    CI_METHODS,
    CORRECTIONS,
    GLMM_LIKELIHOODS,
    PREDICTION_METHODS,
    PRESETS,
    RESIDUAL_TAU2,
    TABLE_METHODS,
    TAU2_ESTIMATORS,
    TAU2_INTERVALS,
)
from evidencekit.models.coefficient_tests import COEFFICIENT_TESTS
from evidencekit.models.priors import TAU_PRIORS
from evidencekit.models.structures import STRUCTURES

PAGE = Path(__file__).parents[1] / "docs" / "conformance.md"
# Below this a difference is rounding, which other processors do otherwise.
ROUNDING = -13

COLUMNS = (
    "| method | program | datasets | numbers | absolute | largest difference | allowed |",
    "|---|---|---:|---:|---:|---:|---:|",
)

LIKELIHOODS = ("REML", "ML")

# Every kind whose methods are rows of a table: a row without a comparison fails.
TABLES: dict[str, list[str]] = {
    "effect measure": [
        f"{name} {variant}" for name, row in MEASURES.items() for variant in row.variants or ("LS",)
    ],
    "tau2 estimator": list(TAU2_ESTIMATORS),
    "interval of the mean": list(CI_METHODS),
    "prediction interval": list(PREDICTION_METHODS),
    "interval of tau2": list(TAU2_INTERVALS),
    "counts of two arms": list(TABLE_METHODS),
    "generalised linear mixed model": list(GLMM_LIKELIHOODS),
    "residual tau2 of a regression": list(RESIDUAL_TAU2),
    "coefficients of a regression": list(COEFFICIENT_TESTS),
    "cluster-robust correction": list(CORRECTIONS),
    "several outcomes per study": [f"{name} {how}" for name in STRUCTURES for how in LIKELIHOODS],
    "prior of tau": list(TAU_PRIORS),
    "mean and standard deviation from quantiles": list(SUMMARY_METHODS),
    # Our own preset is what the others are compared with.
    "preset": [name for name in PRESETS if name != "evidencekit"],
}

HEAD = """\
# Conformance

What this package computes beside what other programs compute, on the same data. The suite makes
this page from the comparisons it asserts (`make conformance`), and a whole run fails when the two
differ. The reference values stand in `tests/reference/`, each with the call it comes from and,
where R is at hand, with the script that makes it.

- *Largest difference*: relative to the number, or, for estimates and their limits, to the standard
  error or width where that is larger; rounded up to a power of ten. Up to 1e-13 is rounding.
- *Absolute*: how many of the numbers differ by more than is allowed, but within the absolute error
  the other program allows itself (1e-11 of a root search, a boundary estimate that is not exactly
  0); they do not count for the largest difference.
- *Allowed*: what the tests let pass. "printed": equal in every digit the other program prints.
- Likelihood fits are compared with tightly converged runs; where the other program stops early,
  the tests also show that its log-likelihood is no higher.
"""


@dataclass(frozen=True)
class Line:
    """One row of the page."""

    kind: str
    method: str
    program: str
    datasets: int
    numbers: int
    absolute: int
    exponent: int | None
    allowed: str

    @property
    def text(self) -> str:
        shown = "" if self.exponent is None else f"1e{self.exponent:03d}"
        if self.exponent == ROUNDING:
            shown = f"≤ {shown}"
        counts = (self.datasets, self.numbers, self.absolute or "")
        cells = (self.method, self.program, *counts, shown, self.allowed)
        return "| " + " | ".join(str(cell) for cell in cells) + " |"


def lines(seen: Iterable[Seen]) -> list[Line]:
    """What was seen, by kind, method and program, in the order of the tables."""
    groups: dict[tuple[str, str, str], list[Seen]] = {}
    for one in seen:
        groups.setdefault((one.kind, one.method, one.program), []).append(one)
    found = [_line(*key, group) for key, group in groups.items() if any(s.numbers for s in group)]
    return sorted(found, key=_place)


def _line(kind: str, method: str, program: str, group: list[Seen]) -> Line:
    compared = [one for one in group if one.numbers]
    measured = [one for one in compared if not one.printed]
    exponent, allowed = None, "printed"
    if measured:
        largest = max(one.difference for one in measured)
        exponent = max(ROUNDING, math.ceil(math.log10(largest))) if largest else ROUNDING
        allowed = f"{max(one.tolerance for one in measured):.0e}"
    return Line(
        kind,
        method,
        program,
        len({one.dataset for one in compared}),
        sum(one.numbers for one in compared),
        sum(one.absolute for one in compared),
        exponent,
        allowed,
    )


def _place(line: Line) -> tuple[int, str, int, str, str]:
    kinds = list(TABLES)
    rows = TABLES.get(line.kind, [])
    return (
        kinds.index(line.kind) if line.kind in kinds else len(kinds),
        line.kind,
        rows.index(line.method) if line.method in rows else len(rows),
        line.method,
        line.program,
    )


def intended(seen: Iterable[Seen]) -> list[str]:
    """Each intended difference once, with the methods and datasets it shows on."""
    methods: dict[tuple[str, str, str], set[str]] = {}
    datasets: dict[tuple[str, str, str], set[str]] = {}
    for one in seen:
        if one.reason:
            key = (one.kind, one.program, one.reason.rstrip("."))
            methods.setdefault(key, set()).add(one.method)
            datasets.setdefault(key, set()).add(one.dataset)
    return [
        f"- **{kind}, {', '.join(sorted(methods[key]))}**, {program} "
        f"({', '.join(sorted(datasets[key]))}): {reason}."
        for key in sorted(methods)
        for kind, program, reason in (key,)
    ]


def page(seen: Iterable[Seen]) -> str:
    """The whole page."""
    seen = list(seen)
    parts = [HEAD]
    kind = ""
    for line in lines(seen):
        if line.kind != kind:
            kind = line.kind
            parts.append(f"\n## {kind[0].upper()}{kind[1:]}\n")
            parts.extend(COLUMNS)
        parts.append(line.text)
    parts.append("\n## Intended differences\n")
    parts.extend(intended(seen))
    return "\n".join(parts) + "\n"


POWER = re.compile(r"1e(-\d{2})(?= \| \S+ \|$)", re.MULTILINE)


def differences(written: str, recorded: str) -> list[str]:
    """Lines of the page that are not what a run recorded.

    A largest difference may be one power of ten off: another processor rounds otherwise.
    """
    old, new = written.splitlines(), recorded.splitlines()
    if len(old) != len(new):
        return sorted(set(old) ^ set(new))
    return [b for a, b in zip(old, new, strict=True) if not _alike(a, b)]


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    powers = [POWER.search(text) for text in (one, other)]
    if None in powers or POWER.sub("", one.replace("≤ ", "")) != POWER.sub(
        "", other.replace("≤ ", "")
    ):
        return False
    first, second = (int(found[1]) for found in powers if found)
    return abs(first - second) <= 1


def without_comparison(text: str) -> list[str]:
    """Rows of our tables that no line of the page names under their kind."""
    named: dict[str, set[str]] = {}
    kind = ""
    for line in text.splitlines():
        if line.startswith("## "):
            kind = line[3:].lower()
        elif line.startswith("| "):
            named.setdefault(kind, set()).add(line.split(" | ")[0][2:])
    return [
        f"{kind}: {row}"
        for kind, table in TABLES.items()
        for row in table
        if row not in named.get(kind, set())
    ]
