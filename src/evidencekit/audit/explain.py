"""Why a reference was taken for a paper: every candidate with its points, field by field."""

from __future__ import annotations

from evidencekit.audit.judging.judged import described
from evidencekit.audit.matching.identify import THRESHOLDS, Candidate
from evidencekit.audit.outputs.words import VERDICTS, label, shown
from evidencekit.audit.result import ReferenceAudit


def explanation(audit: ReferenceAudit) -> str:
    """The way to a verdict, as text."""
    judged = audit.judged
    identity = judged.identity
    lines = [
        f"{label(audit)} {judged.reference.raw}",
        f"read as {judged.reference.style}: {_fields(audit)}",
        f"verdict: {VERDICTS[identity.verdict]}",
        f"registration of the cited DOI: {identity.registration.replace('_', ' ')}",
    ]
    if identity.why:
        lines.append(f"unchecked because: {identity.why}")
    if identity.searched:
        lines.append(f"searched: {', '.join(identity.searched)}")
    if identity.unanswered:
        lines.append(f"no answer: {'; '.join(identity.unanswered)}")
    if identity.margin is not None:
        lines.append(
            f"lead over the next work: {identity.margin:.1f} points ({THRESHOLDS.margin} needed)"
        )
    lines.append(
        f"a search result is accepted from {THRESHOLDS.accept} points, the cited DOI's own record"
        f" from {THRESHOLDS.own}"
    )
    for candidate in identity.considered:
        lines += ["", *_candidate(candidate)]
    if judged.comparisons:
        lines += ["", "fields beside the record:"]
        lines += [
            f"  {row.field:<10} {row.verdict:<11} {row.cited or '-'} | {row.found or '-'}"
            + (f" ({row.note})" if row.note else "")
            for row in judged.comparisons
        ]
    return shown("\n".join(lines)) + "\n"


def _fields(audit: ReferenceAudit) -> str:
    cited = audit.judged.cited
    parts = {
        "authors": "; ".join(cited.authors) + (" et al." if cited.et_al else ""),
        "year": cited.year,
        "title": cited.title,
        "journal": cited.container,
        "volume": cited.volume,
        "issue": cited.issue,
        "pages": cited.pages,
        "DOI": cited.doi,
    }
    return ", ".join(f"{name} {value}" for name, value in parts.items() if value)


def _candidate(candidate: Candidate) -> list[str]:
    points = candidate.score
    name = described(candidate.record)
    doi = f", {candidate.record.doi}" if candidate.record.doi else ""
    lines = [
        f"{points.total:6.1f} points  {name}{doi}",
        f"        coordinates {points.coordinates:.1f}, contents {points.contents:.1f}",
    ]
    lines += [f"        {p.points:+5.1f} {p.field}: {p.why}" for p in points.parts if p.points]
    return lines
