"""An audit as plain values: the JSON that programs read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from evidencekit.audit.claims.output import claim_dict
from evidencekit.audit.fingerprint import finding_fingerprint, reference_fingerprint
from evidencekit.audit.judging.finding import AuditFinding, Fix
from evidencekit.audit.matching.cited import CitedWork
from evidencekit.audit.matching.identify import Identity
from evidencekit.audit.outputs.sources import answers
from evidencekit.audit.reference import Reference
from evidencekit.audit.result import DocumentAudit, ReferenceAudit
from evidencekit.sources.status import EditorialStatus

SCHEMA: Final = "evidencekit.audit/1"


def audit_json(audits: Sequence[DocumentAudit]) -> str:
    """One object for one document; for several an object that lists them."""
    documents = [audit_dict(audit) for audit in audits]
    data = documents[0] if len(documents) == 1 else {"schema": SCHEMA, "documents": documents}
    return json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n"


def audit_dict(audit: DocumentAudit) -> dict[str, Any]:
    """One document with its references, its findings, and what the sources answered."""
    return {
        "schema": SCHEMA,
        "file": audit.document.file,
        "kind": audit.document.kind,
        "references": [_reference(reference) for reference in audit.references],
        "findings": [_finding(finding, None) for finding in audit.findings],
        "claims": [claim_dict(claim) for claim in audit.claims],
        "sources": answers(audit),
    }


def _reference(audit: ReferenceAudit) -> dict[str, Any]:
    judged = audit.judged
    reference = judged.reference
    return {
        "number": reference.number,
        "key": reference.key,
        "line": reference.span.place.line,
        "raw": reference.raw,
        "cited": _cited(judged.cited),
        "identity": _identity(judged.identity),
        "fields": {
            row.field: {"verdict": row.verdict, "cited": row.cited, "found": row.found}
            for row in judged.comparisons
        },
        "status": _status(judged.status),
        "fingerprint": reference_fingerprint(reference),
        "findings": [_finding(finding, reference) for finding in audit.findings],
    }


def _cited(cited: CitedWork) -> dict[str, Any]:
    return {
        "authors": list(cited.authors),
        "et_al": cited.et_al,
        "year": cited.year,
        "title": cited.title or None,
        "container": cited.container or None,
        "volume": cited.volume or None,
        "issue": cited.issue or None,
        "pages": cited.pages or None,
        "doi": cited.doi or None,
        "pmid": cited.pmid or None,
    }


def _identity(identity: Identity) -> dict[str, Any]:
    match = identity.match
    return {
        "verdict": identity.verdict,
        "doi": (match.record.doi or None) if match else None,
        "pmid": (match.record.pmid or None) if match else None,
        "score": round(match.score.total, 2) if match else None,
        "margin": None if identity.margin is None else round(identity.margin, 2),
        "registration": identity.registration,
        "searched": list(identity.searched),
        "why": identity.why or None,
    }


def _status(status: EditorialStatus | None) -> dict[str, Any]:
    if status is None:
        return {"state": "unchecked", "notices": [], "answered": [], "unanswered": []}
    return {
        "state": status.state,
        "notices": [
            {
                "types": dict(notice.types),
                "doi": notice.doi or None,
                "pmid": notice.pmid or None,
                "date": str(notice.date) if notice.date else None,
                "note": notice.note or None,
            }
            for notice in status.notices
        ],
        "answered": list(status.answered),
        "unanswered": list(status.unanswered),
    }


def _finding(finding: AuditFinding, reference: Reference | None) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "line": finding.place.line or None,
        "column": finding.place.column or None,
        "field": finding.field or None,
        "cited": finding.cited or None,
        "found": finding.found or None,
        "message": finding.message,
        "fix": _fix(finding.fix),
        "fingerprint": finding_fingerprint(finding, reference),
        "accepted": finding.accepted or None,
    }


def _fix(fix: Fix | None) -> dict[str, Any] | None:
    if fix is None:
        return None
    return {"replacement": fix.replacement, "automatic": fix.automatic}
