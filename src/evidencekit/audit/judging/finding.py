"""A finding of an audit: a rule, a place, both values, and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass

from evidencekit.audit.document import Span
from evidencekit.audit.rules import AUDIT_CHECKS
from evidencekit.errors import Finding, Place, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A correction of the text.

    Parameters
    ----------
    span
        What to replace; None where the place is not known (structured formats).
    replacement
        With what; empty to delete.
    automatic
        Whether it is sure enough to be made without asking; else a suggestion.
    """

    span: Span | None
    replacement: str
    automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFinding:
    """One finding.

    Parameters
    ----------
    rule
        A code of ``AUDIT_CHECKS``.
    severity
        "error", "warning" or "note"; the rule's own unless the finding is milder or graver.
    place
        Where; the file alone when it concerns the whole.
    message
        A sentence without full stop: what is wrong, with what was asked and answered.
    field, cited, found
        The field, and both values as text; empty where the finding is about no field.
    fix
        What would mend it.
    accepted
        Why it does not make the command fail; empty for those that may.
    """

    rule: str
    severity: Severity
    place: Place
    message: str
    field: str = ""
    cited: str = ""
    found: str = ""
    fix: Fix | None = None
    accepted: str = ""

    def as_finding(self) -> Finding:
        """As the findings of other commands, for the terminal and for GitHub."""
        row = AUDIT_CHECKS[self.rule]
        remedy = (
            f"write {self.fix.replacement}" if self.fix and self.fix.replacement else row.remedy
        )
        return Finding(self.rule, row.title, self.place, self.message, remedy, self.severity)


def from_list(finding: Finding) -> AuditFinding:
    """A finding of the list against the text, which is about no field."""
    message = " - ".join(part for part in (finding.title, finding.detail) if part)
    return AuditFinding(
        rule=finding.code, severity=finding.severity, place=finding.place, message=message
    )
