"""Findings about one reference: every check of ``REFERENCE_CHECKS``, the one list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from evidencekit.audit.judging.dois import check_doi_meaning, check_doi_text
from evidencekit.audit.judging.fields import check_fields
from evidencekit.audit.judging.finding import AuditFinding
from evidencekit.audit.judging.identity import check_identity
from evidencekit.audit.judging.judged import Judged
from evidencekit.audit.judging.standing import check_status

Check = Callable[[Judged], Iterator[AuditFinding]]


def judge(judged: Judged) -> tuple[AuditFinding, ...]:
    """All findings about a reference, by rule."""
    found = [finding for check in REFERENCE_CHECKS for finding in check(judged)]
    return tuple(sorted(found, key=lambda finding: finding.rule))


REFERENCE_CHECKS: Final[tuple[Check, ...]] = (
    check_doi_text,
    check_doi_meaning,
    check_identity,
    check_fields,
    check_status,
)
