"""Claims for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evidencekit.audit.claims.judge import ClaimResult
from evidencekit.audit.claims.recompute import Comparison


def claim_dict(result: ClaimResult) -> dict[str, Any]:
    """A claim as plain values."""
    claim = result.claim
    judgement = claim.judgement
    return {
        "id": claim.id,
        "file": result.place.file,
        "line": result.place.line,
        "section": claim.section,
        "cites": list(claim.cites),
        "says": claim.says,
        "kind": claim.kind,
        "claimed": result.claimed or None,
        "verdict": result.verdict,
        "why": result.why,
        "recomputed": result.recomputed,
        "judged": result.judged,
        "disagrees": result.disagrees,
        "judgement": judgement
        and {
            "why": judgement.why,
            "source": judgement.source,
            "by": judgement.by,
            "on": judgement.on.isoformat(),
            "status": judgement.status,
        },
        "evidence": [_evidence(comparison) for comparison in result.comparisons],
        "notes": list(result.notes),
    }


def _evidence(comparison: Comparison) -> dict[str, Any]:
    found, source = comparison.found, comparison.found.source
    return {
        "label": found.label,
        "role": source.role,
        "analysis": source.analysis or None,
        "study": source.study or None,
        "doi": source.doi or None,
        "pmid": source.pmid or None,
        "identifier": source.identifier,
        "status": source.status,
        "shown": found.shown or None,
        "computed": comparison.computed or None,
        "agreement": comparison.agreement,
        "certainty": found.certainty,
        "locator": source.locator or None,
        "seen_at": source.seen_at or None,
        "remarks": list(comparison.remarks),
    }


def claims_text(results: Sequence[ClaimResult]) -> str:
    """Every claim with its verdict, the claimed number above those of the evidence."""
    lines: list[str] = []
    for result in results:
        marks = "".join(f"[{key}]" for key in result.claim.cites) or "no reference"
        lines.append(f"{result.verdict}: {result.claim.id} ({result.claim.section}; {marks})")
        lines.append(f"    {result.claim.says}")
        rows = [("claimed", result.claimed)] if result.claimed else []
        rows += [(f"{c.found.label}, {c.found.source.role}", _side(c)) for c in result.comparisons]
        width = max((len(name) for name, _ in rows), default=0)
        lines += [f"    {name:<{width}}  {text}" for name, text in rows]
        lines.append(f"    -> {result.why}")
        if result.disagrees and result.claim.judgement:
            judgement = result.claim.judgement
            lines.append(
                f"    -> judged {result.judged} by {judgement.by} on {judgement.on} "
                f"({judgement.status}): {judgement.why}"
            )
        lines += [f"    note: {note}" for note in result.notes]
    return "\n".join(lines)


def _side(comparison: Comparison) -> str:
    found = comparison.found
    shown = found.shown
    if comparison.computed and comparison.computed != shown:
        shown = f"{shown}: {comparison.computed}" if shown else comparison.computed
    parts = [shown or "nothing to compare", comparison.agreement.replace("_", " ")]
    if found.certainty:
        parts.append(f"{found.certainty.replace('_', ' ')} certainty")
    if found.source.status != "seen":
        parts.append(found.source.status.replace("_", "-"))
    parts += comparison.remarks
    return "; ".join(part for part in parts if part != "silent")
