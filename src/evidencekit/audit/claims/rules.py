"""The rules of claims: what an audit reports about sentences that do not hold."""

from __future__ import annotations

from evidencekit.audit.reference_rules import AuditRule

CLAIM_RULES: dict[str, AuditRule] = {
    "EK170": AuditRule(
        "claim-contradicted",
        "error",
        "evidence contradicts the claim",
        "What was seen says otherwise, and nothing that was seen agrees.",
        "Correct the sentence, or remove it.",
    ),
    "EK171": AuditRule(
        "claim-misattributed",
        "error",
        "number is not that of the cited source",
        "The cited source has another number; another source has this one.",
        "Write the cited number, or cite the source that has this one.",
    ),
    "EK172": AuditRule(
        "claim-overstated",
        "warning",
        "claim is stronger than its evidence",
        "The number is larger, or the wording stronger, than the evidence allows.",
        "Weaken the wording, or say how certain the evidence is.",
    ),
    "EK173": AuditRule(
        "claim-superseded",
        "warning",
        "newer evidence no longer agrees",
        "A newer version or review of the same question gives another answer.",
        "Use the newer result.",
    ),
    "EK174": AuditRule(
        "claim-inconsistent",
        "warning",
        "evidence points both ways",
        "Some of the evidence agrees with the claim and some speaks against it.",
        "Say that the evidence disagrees.",
    ),
    "EK175": AuditRule(
        "claim-unsupported",
        "warning",
        "no evidence supports the claim",
        "No source that was seen says so.",
        "Cite a source that does, or remove the sentence.",
    ),
    "EK176": AuditRule(
        "claim-unchecked",
        "note",
        "claim was not checked",
        "Nothing that was seen can be compared with it, and nobody has judged it.",
        "Record evidence with the place where it was read, or a judgement.",
    ),
    "EK177": AuditRule(
        "judgement-disagrees",
        "warning",
        "judgement and recomputation disagree",
        "A person's verdict differs from the one that follows from the numbers.",
        "Look at both; correct the evidence, the wording recorded, or the judgement.",
    ),
}
"""Rules of claims by code; rows of ``AUDIT_CHECKS``."""
