"""A document's records as CSV: UTF-8, comma, point decimals, numbers unrounded."""

from __future__ import annotations

import csv
import io
import math

from evidencekit.report.table import Document

# A cell that begins like this would be run as a formula by spreadsheet programs.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(document: Document) -> str:
    """One line per record under the names of the first; empty where nothing is known."""
    if not document.records:
        return ""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(document.records[0]), lineterminator="\n")
    writer.writeheader()
    for record in document.records:
        writer.writerow({name: _value(value) for name, value in record.items()})
    return text.getvalue()


def _value(value: str | float | int | None) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if isinstance(value, float):
        return repr(int(value) if value.is_integer() and abs(value) < 1e15 else value)
    if isinstance(value, int):
        return str(value)
    return f"'{value}" if value.startswith(_FORMULA) else value
