"""Corrections applied to a copy of a text, and the difference shown.

Only corrections that are sure enough (``Fix.automatic``) and whose place is known are
made: a record decides, a suggestion never does.
"""

from __future__ import annotations

import difflib

from evidencekit.audit.judging.finding import Fix
from evidencekit.audit.judging.judged import is_the_work
from evidencekit.audit.result import DocumentAudit, ReferenceAudit
from evidencekit.sources.record import BibliographicRecord

FIXABLE = frozenset({"markdown", "text"})
"""Kinds of document whose text is the file itself, so that places in it can be changed."""


def automatic_fixes(audit: DocumentAudit) -> tuple[Fix, ...]:
    """The corrections that may be made without asking, in order of place, none overlapping."""
    fixes = [
        finding.fix
        for finding in audit.all_findings
        if not finding.accepted
        and finding.fix is not None
        and finding.fix.automatic
        and finding.fix.span is not None
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


def difference(audit: DocumentAudit, *, name: str) -> str:
    """The corrections as a unified diff of the file *name*; empty when there are none."""
    before, after = audit.document.text, fixed_text(audit)
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm=""
    )
    return "".join(f"{line}\n" for line in lines)


def corrected_list(audit: DocumentAudit) -> tuple[tuple[str, BibliographicRecord], ...]:
    """Key and record of every reference whose paper is known: the list as it should be."""
    return tuple(
        (_list_key(reference), reference.judged.record)
        for reference in audit.references
        if reference.judged.record is not None and is_the_work(reference.judged.identity)
    )


def _list_key(audit: ReferenceAudit) -> str:
    """A citation key stays; a number becomes a word, which every reference manager takes."""
    reference = audit.judged.reference
    return f"ref{reference.key}" if reference.key.isdigit() else reference.key


def _start(fix: Fix) -> int:
    return fix.span.start if fix.span else 0


def _end(fix: Fix) -> int:
    return fix.span.end if fix.span else 0
