"""Corrections applied to a copy of a text, and the difference shown.

Only corrections that are sure enough (``Fix.automatic``) and whose place is known are
made: a record decides, a suggestion never does.
"""

from __future__ import annotations

import difflib

from evidencekit.audit.judging.finding import Fix
from evidencekit.audit.result import DocumentAudit

FIXABLE = frozenset({"markdown", "text"})
"""Kinds of document whose text is the file itself, so that places in it can be changed."""


def automatic_fixes(audit: DocumentAudit) -> tuple[Fix, ...]:
    """The corrections that may be made without asking, in order of place, none overlapping."""
    fixes = [
        finding.fix
        for finding in audit.all_findings
        if finding.fix is not None and finding.fix.automatic and finding.fix.span is not None
    ]
    fixes.sort(key=_start)
    kept: list[Fix] = []
    for fix in fixes:
        if not kept or _start(fix) >= _end(kept[-1]):
            kept.append(fix)
    return tuple(kept)


def fixed_text(audit: DocumentAudit) -> str:
    """The text with its automatic corrections."""
    text = audit.document.text
    for fix in reversed(automatic_fixes(audit)):
        text = text[: _start(fix)] + fix.replacement + text[_end(fix) :]
    return text


def fixed_bytes(audit: DocumentAudit, before: bytes) -> bytes:
    """The corrected file, with the line ends and the byte order mark of the file before."""
    text = fixed_text(audit)
    if b"\r\n" in before:
        text = text.replace("\n", "\r\n")
    mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    return mark + text.encode()


def difference(audit: DocumentAudit) -> str:
    """The corrections as a unified diff; empty when there are none."""
    before, after = audit.document.text, fixed_text(audit)
    name = audit.document.file
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm=""
    )
    return "".join(f"{line}\n" for line in lines)


def _start(fix: Fix) -> int:
    return fix.span.start if fix.span else 0


def _end(fix: Fix) -> int:
    return fix.span.end if fix.span else 0
