"""Findings about identity: another paper, no paper, several, or the paper at another place."""

from __future__ import annotations

from collections.abc import Iterator

from evidencekit.audit.judging.finding import AuditFinding, Fix
from evidencekit.audit.judging.judged import Judged, described, make_finding
from evidencekit.audit.matching.identify import Candidate, Identity


def check_identity(judged: Judged) -> Iterator[AuditFinding]:
    """EK110 to EK113: another paper, no paper, several papers, the paper at another place."""
    identity, doi = judged.identity, judged.reference.doi
    owner, match = identity.owner, identity.match
    if owner is not None and identity.verdict in ("wrong-work", "wrong-coordinates"):
        yield make_finding(
            judged,
            "EK110",
            f"{owner.record.doi or judged.cited.doi} is {described(owner.record)}"
            + (f"; the paper meant may be {described(match.record)}" if match else ""),
            at=doi,
            field="doi",
            cited=judged.cited.doi,
            found=match.record.doi if match else "",
            fix=_other_doi(judged) if match and identity.verdict == "wrong-work" else None,
        )
    if identity.searched and (
        identity.verdict == "not-found" or (identity.verdict == "wrong-work" and match is None)
    ):
        yield make_finding(judged, "EK111", _not_found(identity))
    if identity.verdict == "ambiguous":
        best = identity.considered[:2]
        shown = "; ".join(f"{described(c.record)} ({c.score.total:.1f} points)" for c in best)
        yield make_finding(judged, "EK112", shown)
    if identity.verdict == "wrong-coordinates" and match is not None:
        yield make_finding(judged, "EK113", _elsewhere(match), found=match.record.doi)


def _other_doi(judged: Judged) -> Fix | None:
    doi, record = judged.reference.doi, judged.record
    if doi is None or record is None or not record.doi:
        return None
    return Fix(span=doi.span, replacement=record.doi, automatic=False)


def _not_found(identity: Identity) -> str:
    """What was searched; never that the paper does not exist."""
    message = f"not found in {', '.join(identity.searched)}"
    near = [c for c in identity.considered if c is not identity.owner][:1]
    return message + (f"; nearest: {described(near[0].record)}" if near else "")


def _elsewhere(match: Candidate) -> str:
    """Where the work stands; a DOI that was recalled is said to be so."""
    record = match.record
    recalled = "doi" in record.marks
    doi = f", DOI {record.doi}" if record.doi else ""
    if recalled and doi:
        doi += " (recalled, not seen)"
    place = " ".join(part for part in (record.container.title, record.volume, record.pages) if part)
    return f"authors and contents are those of {described(record)}: {place}{doi}"
