"""Names of references and findings that stay the same when lines move."""

from __future__ import annotations

import hashlib

from evidencekit.audit.judging.finding import AuditFinding
from evidencekit.audit.reference import Reference


def reference_fingerprint(reference: Reference) -> str:
    """16 hexadecimal digits for an entry: its words, whatever its place, number and blanks."""
    return _digest(" ".join(reference.raw.split()))[:16]


def finding_fingerprint(finding: AuditFinding, reference: Reference | None) -> str:
    """32 hexadecimal digits for a finding: its rule, its field, and its reference or message."""
    about = reference.raw if reference is not None else finding.message
    return _digest("\n".join((finding.rule, finding.field, " ".join(about.split()))))[:32]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
