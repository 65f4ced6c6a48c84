"""An audit as one self-contained page: no script, no request, readable on paper.

Every text is escaped by the template. The style is allowed by its hash in the
page's security policy, so that nothing a title smuggles in could run or load.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from evidencekit import __version__
from evidencekit.audit.judging.finding import AuditFinding
from evidencekit.audit.outputs.sources import answers
from evidencekit.audit.outputs.words import (
    SIGNS,
    VERDICTS,
    correction,
    counts,
    headed,
    label,
    meant,
    short_citation,
)
from evidencekit.audit.result import DocumentAudit, ReferenceAudit
from evidencekit.audit.rules import AUDIT_CHECKS
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.status import EditorialStatus

if TYPE_CHECKING:
    from jinja2 import Template

TONES: Final = {"confirmed": "good", "repaired": "odd", "ambiguous": "odd", "unchecked": "calm"}
"""Colours of verdicts, which their words say too; the others are "bad"."""
SEVERITY_TONES: Final = {"error": "bad", "warning": "odd", "note": "calm"}
COMPARED: Final = {
    "equivalent": "written otherwise",
    "translated": "translated",
    "missing": "not cited",
    "different": "differs",
}
"""Comparisons that are shown as rows, in words."""
FIELD_WORDS: Final = {"container": "journal", "locator": "pages or article"}
"""Fields that people call otherwise."""


def audit_html(audits: Sequence[DocumentAudit]) -> str:
    """The page: an overview, the findings of the list, a card for each reference, the sources."""
    style = _style()
    names = ", ".join(audit.document.file for audit in audits)
    return _template().render(
        title=f"Audit of {names}",
        style=_Safe(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        documents=[_document(audit, n) for n, audit in enumerate(audits, 1)],
        version=__version__,
    )


class _Safe(str):
    """Our own style, which must not be escaped: its hash is over these very bytes."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("evidencekit.audit.outputs"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("audit.html.jinja")


@lru_cache(maxsize=1)
def _style() -> str:
    folder = files("evidencekit.audit.outputs") / "templates"
    return (folder / "audit.css").read_text(encoding="utf-8")


def _document(audit: DocumentAudit, n: int) -> dict[str, Any]:
    return {
        "file": audit.document.file,
        "counts": counts(audit),
        "references": [_reference(r, f"r{n}-{i}") for i, r in enumerate(audit.references, 1)],
        "findings": [_finding(f) for f in audit.findings if f.field != "claim"],
        "claims": [_finding(f) for f in audit.findings if f.field == "claim"],
        "sources": list(answers(audit).items()),
    }


def _reference(audit: ReferenceAudit, anchor: str) -> dict[str, Any]:
    judged = audit.judged
    verdict, record = judged.identity.verdict, judged.record
    rows = [
        {
            "field": FIELD_WORDS.get(row.field, row.field),
            "cited": row.cited or "not stated",
            "found": row.found or "not stated",
            "verdict": COMPARED[row.verdict] + (f": {row.note}" if row.note else ""),
        }
        for row in judged.comparisons
        if row.verdict in COMPARED
    ]
    return {
        "anchor": anchor,
        "label": label(audit),
        "cited": short_citation(audit),
        "raw": judged.reference.raw,
        "verdict": VERDICTS[verdict],
        "tone": TONES.get(verdict, "bad"),
        "rules": ", ".join(dict.fromkeys(f.rule for f in audit.findings)) or "none",
        "paper": meant(audit),
        "paper_kind": "paper" if record is not None else "why",
        "href": _link(record) if record is not None else "",
        "rows": rows,
        "agree": ", ".join(
            FIELD_WORDS.get(row.field, row.field)
            for row in judged.comparisons
            if row.verdict == "equal"
        ),
        "status": _status(judged.status),
        "findings": [_finding(finding) for finding in audit.findings],
    }


def _link(record: BibliographicRecord) -> str:
    """Where a reader finds the paper; a fixed host, so that no record chooses it."""
    if record.doi:
        return f"https://doi.org/{quote(record.doi)}"
    return f"https://pubmed.ncbi.nlm.nih.gov/{quote(record.pmid)}/" if record.pmid else ""


def _status(status: EditorialStatus | None) -> str:
    if status is None or not (status.answered or status.notices):
        return "unchecked, no source answered"
    state = "no notice known" if status.state == "ok" else status.state.replace("_", " ")
    told = f"{state}, according to {', '.join(status.answered) or 'a notice'}"
    silent = f"; no answer from {', '.join(status.unanswered)}" if status.unanswered else ""
    return told + silent


def _where(finding: AuditFinding) -> str:
    """The place in the document; of a claim, the place in its claims file."""
    place = finding.place
    if finding.field == "claim":
        return str(place)
    return f"line {place.line}, column {place.column}" if place.line else "whole file"


def _finding(finding: AuditFinding) -> dict[str, Any]:
    row, fix = AUDIT_CHECKS[finding.rule], finding.fix
    title, message = headed(finding)
    replacement = correction(finding)
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "tone": SEVERITY_TONES[finding.severity],
        "sign": SIGNS[finding.severity],
        "title": title,
        "where": _where(finding),
        "message": message,
        "fix": replacement,
        "fix_kind": "correction" if fix is not None and fix.automatic else "suggestion",
        "accepted": finding.accepted,
        "remedy": "" if fix is not None and fix.replacement else row.remedy,
    }
