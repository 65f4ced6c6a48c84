"""Findings about fields: where a citation differs from the record of its work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from evidencekit.audit.judging.finding import AuditFinding, Fix
from evidencekit.audit.judging.judged import Judged, is_the_work, make_finding
from evidencekit.audit.matching.compare import Comparison
from evidencekit.audit.reference import Cited
from evidencekit.audit.rules import AUDIT_CHECKS
from evidencekit.errors import Severity

FIELD_RULES: Final[dict[str, str]] = {
    "authors": "EK120",
    "year": "EK121",
    "title": "EK122",
    "container": "EK123",
    "volume": "EK124",
    "issue": "EK125",
    "locator": "EK126",
}
TRANSLATED: Final[dict[str, str]] = {"title": "EK127", "container": "EK128"}
COORDINATES: Final = frozenset({"year", "volume", "issue", "locator"})


def check_fields(judged: Judged) -> Iterator[AuditFinding]:
    """EK120 to EK128: where the citation of an identified work differs from its record."""
    if judged.record is None or not is_the_work(judged.identity):
        return
    for row in judged.comparisons:
        at = getattr(judged.reference, "pages" if row.field == "locator" else row.field)
        fix = _field_fix(judged, row, at)
        more: dict[str, Any] = {"field": row.field, "cited": row.cited, "found": row.found}
        if row.verdict == "translated":
            rule = TRANSLATED[row.field]
            yield make_finding(judged, rule, f"published as: {row.found}", at=at, fix=fix, **more)
        elif row.verdict == "different":
            rule, severity = FIELD_RULES[row.field], _severity(row)
            message = row.note or f"cited {row.cited}, record {row.found}"
            yield make_finding(judged, rule, message, at=at, fix=fix, severity=severity, **more)
        elif row.verdict == "missing" and row.field == "issue" and judged.habits.issues:
            message = f"the issue is not stated; the record has {row.found}"
            yield make_finding(judged, FIELD_RULES["issue"], message, severity="note", **more)


def _severity(row: Comparison) -> Severity:
    """A year that is one off is a note (print and online), more an error."""
    if row.field != "year":
        return AUDIT_CHECKS[FIELD_RULES[row.field]].severity
    return "note" if row.apart <= 1 else "error"


def _field_fix(judged: Judged, row: Comparison, at: Cited[Any] | None) -> Fix | None:
    """The record's value in place of the cited one; made without asking for coordinates only."""
    if at is None or not row.found or row.field == "authors":
        return None
    if judged.identity.verdict == "wrong-coordinates":
        return None
    automatic = row.field in COORDINATES and judged.identity.mendable
    return Fix(span=at.span, replacement=row.found, automatic=automatic)
