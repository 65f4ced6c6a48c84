"""One document audited: read, identified, compared, judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from evidencekit.audit.against import check_list
from evidencekit.audit.against import compare as against_text
from evidencekit.audit.document import Document, Span
from evidencekit.audit.judging.finding import AuditFinding, from_list
from evidencekit.audit.judging.judge import judge
from evidencekit.audit.judging.judged import Habits, Judged
from evidencekit.audit.matching.cited import cited_work
from evidencekit.audit.matching.compare import compare
from evidencekit.audit.matching.identify import identify
from evidencekit.audit.matching.library import Library
from evidencekit.audit.reference import Reference
from evidencekit.audit.result import DocumentAudit, ReferenceAudit
from evidencekit.sources.identifiers import normalise_doi
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.status import EditorialStatus

NO_HABITS = Habits()
PER_REFERENCE = frozenset({"EK150"})
"""Findings of the list that belong to one reference."""


class Shelf(Library, Protocol):
    """A library that also knows whether papers still stand."""

    def prepare(self, dois: Iterable[str]) -> None:
        """Get ready for these DOIs, so that services are asked in batches."""

    def status(self, record: BibliographicRecord) -> EditorialStatus:
        """The editorial status of a paper."""


def audit_document(
    document: Document, library: Shelf, *, bibliography: Sequence[Reference] | None = None
) -> DocumentAudit:
    """Check every reference and every citation mark of a document.

    Parameters
    ----------
    document
        What ``read_document`` gave.
    library
        Where records, searches and status come from: the lock, or the services.
    bibliography
        References of a file beside the text instead of a list in it.
    """
    references = against_text(document, bibliography).references
    habits = habits_of(document, references)
    library.prepare(normalise_doi(r.doi.value) for r in references if r.doi)
    listed = [from_list(finding) for finding in check_list(document, bibliography)]
    own = {r.span.place: [f for f in listed if _is_about(f, r)] for r in references}
    audited = []
    for reference in references:
        judged = examine(document, reference, library, habits)
        findings = (*judge(judged), *own[reference.span.place])
        audited.append(
            ReferenceAudit(judged=judged, findings=tuple(sorted(findings, key=lambda f: f.rule)))
        )
    taken = {id(finding) for found in own.values() for finding in found}
    return DocumentAudit(
        document=document,
        references=tuple(audited),
        findings=tuple(finding for finding in listed if id(finding) not in taken),
        sources={},
    )


def examine(
    document: Document, reference: Reference, library: Shelf, habits: Habits = NO_HABITS
) -> Judged:
    """Identify one reference, compare its fields and look up the paper's status."""
    cited = cited_work(reference)
    identity = identify(cited, library)
    record = identity.match.record if identity.match else None
    return Judged(
        reference=reference,
        cited=cited,
        identity=identity,
        comparisons=compare(cited, record) if record else (),
        status=library.status(record) if record else None,
        stop=stop_after_doi(document, reference),
        habits=habits,
    )


def habits_of(document: Document, references: Sequence[Reference]) -> Habits:
    """What is usual in a list, so that a style is not taken for a mistake."""
    with_doi = [r for r in references if r.doi is not None]
    return Habits(
        issues=any(r.issue is not None for r in references),
        stops=len(with_doi) > 1
        and all(stop_after_doi(document, reference) is not None for reference in with_doi),
    )


def stop_after_doi(document: Document, reference: Reference) -> Span | None:
    """The punctuation right after a reference's DOI at the end of the entry, or None."""
    if reference.doi is None or reference.doi.span is None or document.records is not None:
        return None
    end = reference.doi.span.end
    rest = document.text[end : reference.span.end].rstrip()
    return document.span(end, end + 1) if rest in {".", ",", ";"} else None


def _is_about(finding: AuditFinding, reference: Reference) -> bool:
    return finding.rule in PER_REFERENCE and finding.place == reference.span.place
