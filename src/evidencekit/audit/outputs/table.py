"""The formats of an audit that are files or streams for others; the terminal is apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from evidencekit.audit.outputs.html import audit_html
from evidencekit.audit.outputs.machines import audit_junit, audit_sarif
from evidencekit.audit.outputs.plain import audit_json
from evidencekit.audit.outputs.text import audit_csv, audit_markdown
from evidencekit.audit.result import DocumentAudit

AUDIT_FORMATS: Final[dict[str, Callable[[Sequence[DocumentAudit]], str]]] = {
    "md": audit_markdown,
    "html": audit_html,
    "json": audit_json,
    "csv": audit_csv,
    "sarif": audit_sarif,
    "junit": audit_junit,
}
"""From audits to a text, by the name of ``--format``."""
