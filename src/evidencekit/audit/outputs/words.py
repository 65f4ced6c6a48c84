"""How an audit's verdicts are worded for people, and what a summary counts."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from evidencekit.audit.judging.finding import AuditFinding
from evidencekit.audit.judging.judged import described
from evidencekit.audit.result import DocumentAudit, ReferenceAudit
from evidencekit.audit.rules import AUDIT_CHECKS

VERDICTS: Final[dict[str, str]] = {
    "confirmed": "confirmed",
    "repaired": "DOI repaired",
    "wrong-coordinates": "wrong coordinates",
    "wrong-work": "DOI of another paper",
    "not-found": "not found",
    "ambiguous": "ambiguous",
    "unchecked": "unchecked",
}
_CONTROLS: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
SIGNS: Final[dict[str, str]] = {"error": "✗", "warning": "!", "note": "·"}


def shown(text: str) -> str:
    """A text for a terminal: controls, which could move its cursor, are replaced.

    So are the characters that turn the direction of what follows.
    """
    return _CONTROLS.sub("\ufffd", text.replace("\t", " "))


def label(audit: ReferenceAudit) -> str:
    """``[7]``, or the key of a reference without a number."""
    reference = audit.judged.reference
    return f"[{reference.key if reference.number is None else reference.number}]"


def short_citation(audit: ReferenceAudit) -> str:
    """First author and year as cited; else the beginning of the entry."""
    cited = audit.judged.cited
    if not cited.authors:
        return audit.judged.reference.raw[:40]
    many = " et al." if len(cited.authors) > 1 or cited.et_al else ""
    return f"{cited.authors[0]}{many} {cited.year or ''}".strip()


def meant(audit: ReferenceAudit) -> str:
    """The paper a reference means, or why none is known."""
    identity = audit.judged.identity
    if identity.match is not None:
        doi = identity.match.record.doi
        return described(identity.match.record) + (f", {doi}" if doi else "")
    if identity.searched:
        return f"not found in {', '.join(identity.searched)}"
    return identity.why


def headed(finding: AuditFinding) -> tuple[str, str]:
    """A finding's heading and what it says beyond that.

    Findings of the list bring their own heading, which names the entry; the others
    have that of their rule.
    """
    if finding.rule.startswith("EK15"):
        heading, _, rest = finding.message.partition(" - ")
        return heading, rest
    return AUDIT_CHECKS[finding.rule].title, finding.message


def correction(finding: AuditFinding) -> str:
    """What to write instead; empty where the message has just said it."""
    fix = finding.fix
    if fix is None or (not fix.automatic and fix.replacement in finding.message):
        return ""
    return fix.replacement


def counts(audit: DocumentAudit) -> str:
    """``18 references: 13 confirmed, 2 DOI repaired, ...; 3 errors, 4 warnings, 20 notes``."""
    verdicts: Counter[str] = Counter(r.judged.identity.verdict for r in audit.references)
    shown = [f"{verdicts[key]} {VERDICTS[key]}" for key in VERDICTS if verdicts[key]]
    open_ = [finding for finding in audit.all_findings if not finding.accepted]
    severities: Counter[str] = Counter(finding.severity for finding in open_)
    found = [_counted(severities[name], name) for name in SIGNS]
    if accepted := len(audit.all_findings) - len(open_):
        found.append(f"{accepted} accepted")
    references = _counted(len(audit.references), "reference")
    return (
        f"{references}: {', '.join(shown)}; {', '.join(found)}"
        if shown
        else (f"{references}; {', '.join(found)}")
    )


def _counted(number: int, one: str) -> str:
    return f"{number} {one}{'' if number == 1 else 's'}"
