"""An audit as Markdown and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from evidencekit.audit.judging.finding import AuditFinding
from evidencekit.audit.outputs.words import VERDICTS, counts, headed, label, meant, short_citation
from evidencekit.audit.result import DocumentAudit

CSV_COLUMNS = (
    "file", "line", "column", "reference", "identity", "rule", "severity", "field",
    "cited", "found", "message", "fix", "accepted",
)  # fmt: skip


def audit_markdown(audits: Sequence[DocumentAudit]) -> str:
    """A table of references and a list of findings for each document."""
    lines: list[str] = []
    for audit in audits:
        lines += [f"# Audit of {_escaped(audit.document.file)}", "", f"{counts(audit)}.", ""]
        if audit.references:
            lines += ["| reference | cited | verdict | paper | findings |", "|---|---|---|---|---|"]
        for reference in audit.references:
            cells = (
                label(reference),
                short_citation(reference),
                VERDICTS[reference.judged.identity.verdict],
                meant(reference),
                ", ".join(finding.rule for finding in reference.findings),
            )
            lines.append("| " + " | ".join(map(_escaped, cells)) + " |")
        lines += ["", "## Findings", ""] if audit.all_findings else ["", "No findings."]
        lines += [_line(finding) for finding in audit.all_findings]
        lines.append("")
    return "\n".join(lines)


def audit_csv(audits: Sequence[DocumentAudit]) -> str:
    """One row a finding; a reference without findings has a row of its own."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for audit in audits:
        for finding in audit.findings:
            writer.writerow(map(_cell, _row(audit, "", "", finding)))
        for reference in audit.references:
            name, verdict = label(reference), reference.judged.identity.verdict
            for found in reference.findings or (None,):
                writer.writerow(map(_cell, _row(audit, name, verdict, found)))
    return out.getvalue()


def _row(
    audit: DocumentAudit, name: str, verdict: str, finding: AuditFinding | None
) -> tuple[object, ...]:
    if finding is None:
        return (audit.document.file, "", "", name, verdict, *[""] * 8)
    place, fix = finding.place, finding.fix.replacement if finding.fix else ""
    return (
        place.file, place.line or "", place.column or "", name, verdict, finding.rule,
        finding.severity, finding.field, finding.cited, finding.found, finding.message, fix,
        finding.accepted,
    )  # fmt: skip


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _line(finding: AuditFinding) -> str:
    where = f"{finding.place.line}:{finding.place.column}" if finding.place.line else "whole file"
    if finding.field == "claim":  # It stands in the claims file.
        where = str(finding.place)
    told = ". ".join(_escaped(part) for part in headed(finding) if part)
    accepted = f" (accepted: {_escaped(finding.accepted)})" if finding.accepted else ""
    return f"- **{finding.rule}** {finding.severity}, {where}: {told}{accepted}"


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is, in one line."""
    flat = " ".join(text.split())
    for mark in "\\`*_[]<>|":
        flat = flat.replace(mark, f"\\{mark}")
    return flat
