"""Labels that tell their rows apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from evidencekit.render.forest_types import ForestRow
from evidencekit.render.text import clean

_YEAR_AT_END = re.compile(r"(1[89]|20)\d\d$")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def distinct_labels(rows: Sequence[ForestRow]) -> dict[str, str]:
    """A label for every row, by key; equal labels get a letter, as citations do.

    "Smith 2010" twice becomes "Smith 2010a" and "Smith 2010b"; a label that
    does not end in a year gets " (a)". A letter that would make an existing
    label is passed over; when the letters run out, the key follows in brackets.
    """
    labels = {row.key: clean(row.label) for row in rows}
    counts = Counter(labels.values())
    taken = set(counts)
    distinct: dict[str, str] = {}
    for key, label in labels.items():
        distinct[key] = _apart(label, key, taken) if counts[label] > 1 else label
        taken.add(distinct[key])
    return distinct


def _apart(label: str, key: str, taken: set[str]) -> str:
    for letter in _LETTERS:
        trial = f"{label}{letter}" if _YEAR_AT_END.search(label) else f"{label} ({letter})"
        if trial not in taken:
            return trial
    return f"{label} [{key}]"
