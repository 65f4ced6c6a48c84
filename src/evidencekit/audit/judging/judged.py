"""A reference with all that was found out about it, and what every check uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evidencekit.audit.document import Span
from evidencekit.audit.judging.finding import AuditFinding
from evidencekit.audit.matching.cited import CitedWork
from evidencekit.audit.matching.compare import Comparison
from evidencekit.audit.matching.identify import Identity
from evidencekit.audit.reference import Cited, Reference
from evidencekit.audit.rules import AUDIT_CHECKS
from evidencekit.errors import Severity
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.status import EditorialStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What is usual in the list, so that a style is not taken for a mistake.

    Parameters
    ----------
    issues
        Some entries state the issue.
    stops
        Every entry with a DOI has a full stop right after it.
    """

    issues: bool = False
    stops: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A reference with everything that was found out about it.

    Parameters
    ----------
    stop
        Whether punctuation stands right behind its DOI in the text.
    comparisons
        Its fields beside the record's; empty without a record.
    status
        Editorial status of the paper; None without a record.
    """

    reference: Reference
    cited: CitedWork
    identity: Identity
    comparisons: tuple[Comparison, ...] = ()
    status: EditorialStatus | None = None
    stop: Span | None = None
    habits: Habits = Habits()

    @property
    def record(self) -> BibliographicRecord | None:
        """The record of the paper meant, where known."""
        return self.identity.match.record if self.identity.match else None


def make_finding(judged: Judged, rule: str, message: str, **more: Any) -> AuditFinding:
    """A finding at the reference, or at one of its fields."""
    at: Cited[Any] | None = more.pop("at", None)
    span = at.span if at is not None and at.span is not None else judged.reference.span
    severity: Severity = more.pop("severity", AUDIT_CHECKS[rule].severity)
    return AuditFinding(rule=rule, severity=severity, place=span.place, message=message, **more)


def is_the_work(identity: Identity) -> bool:
    return identity.verdict in ("confirmed", "repaired", "wrong-coordinates")


def points_of(identity: Identity) -> str:
    if identity.match is None:
        return ""
    lead = "" if identity.margin is None else f", {identity.margin:.1f} ahead of the next"
    return f"{identity.match.score.total:.1f} points{lead}"


def described(record: BibliographicRecord) -> str:
    """A paper in a few words: first author, year, title, journal."""
    first = record.authors[0] if record.authors else None
    name = (first.family or first.group) if first else "no author"
    many = " et al." if len(record.authors) > 1 else ""
    title = record.title if len(record.title) <= 100 else f"{record.title[:97]}..."
    journal = f", {record.container.title}" if record.container.title else ""
    return f"{name}{many} {record.year or ''} “{title}”{journal}".replace("  ", " ")
