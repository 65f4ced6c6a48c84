"""An audit for other programs: SARIF 2.1.0 and JUnit XML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from evidencekit import __version__
from evidencekit.audit.fingerprint import finding_fingerprint
from evidencekit.audit.judging.finding import AuditFinding
from evidencekit.audit.outputs.words import label, short_citation
from evidencekit.audit.result import DocumentAudit
from evidencekit.audit.rules import AUDIT_CHECKS

SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def audit_sarif(audits: Sequence[DocumentAudit]) -> str:
    """SARIF 2.1.0 with one run: rules, results with regions and stable fingerprints."""
    found = [(audit, finding) for audit in audits for finding in audit.all_findings]
    used = sorted({finding.rule for _, finding in found})
    driver = {
        "name": "evidencekit",
        "version": __version__,
        "rules": [_sarif_rule(rule) for rule in used],
    }
    document = {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_sarif_result(a, f, used.index(f.rule)) for a, f in found],
            }
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _sarif_rule(rule: str) -> dict[str, Any]:
    row = AUDIT_CHECKS[rule]
    return {
        "id": rule,
        "name": "".join(word.capitalize() for word in row.name.split("-")),
        "shortDescription": {"text": row.title},
        "fullDescription": {"text": row.meaning},
        "help": {"text": row.remedy},
        "defaultConfiguration": {"level": row.severity},
    }


def _sarif_result(audit: DocumentAudit, finding: AuditFinding, index: int) -> dict[str, Any]:
    place = finding.place
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(place.file)}}
    if place.line:
        region = {"startLine": place.line, "startColumn": place.column}
        if place.end_column > place.column:
            region["endColumn"] = place.end_column
        location["region"] = region
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {
            "evidencekit/1": finding_fingerprint(finding, audit.about(finding))
        },
    }
    if finding.accepted:
        result["suppressions"] = [{"kind": "external", "justification": finding.accepted}]
    return result


def audit_junit(audits: Sequence[DocumentAudit]) -> str:
    """JUnit XML: a suite a document, a case a reference and one for the list; errors fail it."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for audit in audits:
        cases = [("list and marks", audit.findings)]
        cases += [(f"{label(r)} {short_citation(r)}", r.findings) for r in audit.references]
        failures = sum(any(_fails(f) for f in found) for _, found in cases)
        name = _attribute(audit.document.file)
        lines.append(
            f'  <testsuite name={name} tests="{len(cases)}" failures="{failures}" errors="0"'
            ' skipped="0" time="0">'
        )
        for title, found in cases:
            lines += _case(title, name, found)
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _case(title: str, suite: str, findings: Sequence[AuditFinding]) -> list[str]:
    opening = f'    <testcase classname={suite} name={_attribute(title)} time="0"'
    if not findings:
        return [f"{opening}/>"]
    errors = [finding for finding in findings if _fails(finding)]
    others = [finding for finding in findings if not _fails(finding)]
    lines = [f"{opening}>"]
    if errors:
        text = "\n".join(map(_told, errors))
        kinds = ", ".join(finding.rule for finding in errors)
        lines.append(
            f"      <failure type={_attribute(kinds)} message={_attribute(errors[0].message)}>"
            f"{_text(text)}</failure>"
        )
    if others:
        lines.append(f"      <system-out>{_text(chr(10).join(map(_told, others)))}</system-out>")
    return [*lines, "    </testcase>"]


def _fails(finding: AuditFinding) -> bool:
    return finding.severity == "error" and not finding.accepted


def _told(finding: AuditFinding) -> str:
    accepted = f" (accepted: {finding.accepted})" if finding.accepted else ""
    return f"{finding.rule} {finding.severity} {finding.place}: {finding.message}{accepted}"


def _attribute(text: str) -> str:
    return quoteattr(_legal(text))


def _text(text: str) -> str:
    return escape(_legal(text))


def _legal(text: str) -> str:
    """Without the characters XML 1.0 does not allow."""
    return "".join(
        c
        for c in text
        if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff")
    )
