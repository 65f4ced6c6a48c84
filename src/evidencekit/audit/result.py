"""What an audit found in one document, for every output to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evidencekit.audit.claims.judge import ClaimResult
from evidencekit.audit.document import Document
from evidencekit.audit.judging.finding import AuditFinding
from evidencekit.audit.judging.judged import Judged
from evidencekit.audit.reference import Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceAudit:
    """A reference, what it was found to be, and the findings about it."""

    judged: Judged
    findings: tuple[AuditFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAudit:
    """Everything found in a document.

    Parameters
    ----------
    references
        In the order of the list.
    findings
        Those of no single reference.
    sources
        By name of the source (the lock, Crossref, ...): what it answered, in words.
    claims
        What its sentences claim, judged; empty unless a claims file was given.
    """

    document: Document
    references: tuple[ReferenceAudit, ...]
    findings: tuple[AuditFinding, ...]
    sources: Mapping[str, str]
    claims: tuple[ClaimResult, ...] = ()

    @property
    def all_findings(self) -> tuple[AuditFinding, ...]:
        """Every finding, in order of place."""
        found: Iterable[AuditFinding] = (
            *self.findings,
            *(finding for reference in self.references for finding in reference.findings),
        )
        return tuple(sorted(found, key=lambda f: (f.place, f.rule)))

    def about(self, finding: AuditFinding) -> Reference | None:
        """The reference a finding is about; None for those of no single reference."""
        holders = (r for r in self.references if any(f is finding for f in r.findings))
        return next((r.judged.reference for r in holders), None)

    @property
    def unchecked(self) -> tuple[ReferenceAudit, ...]:
        """References about which nothing is known because nobody answered."""
        return tuple(r for r in self.references if r.judged.identity.verdict == "unchecked")
