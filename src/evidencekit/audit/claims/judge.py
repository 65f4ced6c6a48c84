"""The claims of an article, each with one verdict and the numbers side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evidencekit.audit.claims.found import Found, found
from evidencekit.audit.claims.recompute import Comparison, claimed, compare
from evidencekit.audit.claims.verdict import CLAIM_VERDICTS, Facts, facts_of, recomputed
from evidencekit.audit.judging.finding import AuditFinding
from evidencekit.audit.rules import AUDIT_CHECKS
from evidencekit.errors import DataError, MethodError, Place, UsageError
from evidencekit.workspace.claim import Claim, Claims, Evidence
from evidencekit.workspace.files import ARTICLES
from evidencekit.workspace.workspace import Loaded, Workspace

BROKEN = "the data files have errors; run `evidencekit validate`"
KNOWN_AS = {"second_hand": "seen second-hand only", "recalled": "recalled only, not seen"}
"""How evidence that nobody saw itself is spoken of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimResult:
    """A claim, what its evidence gives, and the verdict.

    Parameters
    ----------
    claim
        As recorded.
    place
        Where it stands in the claims file.
    verdict
        The recomputed verdict; the judged one for what cannot be computed.
    why
        The reason for it.
    recomputed, judged
        Both, where there are both; None otherwise.
    comparisons
        One for each piece of evidence, in order.
    notes
        What limits the verdict or how its evidence is known.
    """

    claim: Claim
    place: Place
    verdict: str
    why: str
    recomputed: str | None
    judged: str | None
    comparisons: tuple[Comparison, ...]
    notes: tuple[str, ...]

    @property
    def disagrees(self) -> bool:
        """Whether the recorded judgement is another one than the recomputed verdict."""
        return None not in (self.recomputed, self.judged) and self.recomputed != self.judged

    @property
    def claimed(self) -> str:
        """The claimed quantity in a few words."""
        return claimed(self.claim)


def judge_claims(loaded: Loaded, file: Path) -> tuple[ClaimResult, ...]:
    """Judge every claim of a claims file of a workspace.

    Parameters
    ----------
    loaded
        The workspace, with the positions of its files.
    file
        ``articles/<name>.claims.yaml`` in it.

    Raises
    ------
    UsageError
        The file is not a claims file of the workspace.
    DataError
        The claims file has errors. While other data files have errors, evidence from the
        workspace is not used, and says so.
    """
    workspace = loaded.workspace
    name = _name(workspace, file)
    errors = [f for f in loaded.errors if f.place.file == name]
    if errors:
        raise DataError(f"{name} has errors; run `evidencekit validate`", tuple(errors))
    article = next((a for a, _ in _files(workspace) if workspace.files[f"claims:{a}"] == name), "")
    if not article:
        known = ", ".join(f for _, f in _files(workspace)) or "none"
        raise UsageError(f"{file} is not a claims file of the workspace; there are: {known}")
    # A study that cannot be read would be missing from an analysis without a word.
    broken = any(f.place.file.partition("/")[0] != ARTICLES for f in loaded.errors)
    memory = _unusable(workspace.claims[article]) if broken else {}
    return tuple(
        judge_claim(claim, workspace, loaded.place(f"claims:{article}", index, "id"), memory)
        for index, claim in enumerate(workspace.claims[article])
    )


def judge_claim(
    claim: Claim,
    workspace: Workspace,
    place: Place,
    memory: dict[Evidence, Found] | None = None,
) -> ClaimResult:
    """One claim: recompute, compare, decide; a judgement is shown beside, never in its place.

    Parameters
    ----------
    memory
        Evidence already looked up: several sentences rest on one analysis.
    """
    memory = {} if memory is None else memory
    comparisons = tuple(
        _compared(claim, evidence, workspace, memory) for evidence in claim.evidence
    )
    facts = facts_of(claim, comparisons)
    verdict, why = recomputed(facts)
    judgement = claim.judgement
    judged = judgement.verdict if judgement else None
    if verdict is None:
        why = judgement.why if judgement else "words only, and nobody has judged it"
    return ClaimResult(
        claim=claim,
        place=place,
        verdict=verdict or judged or "unchecked",
        why=why,
        recomputed=verdict,
        judged=judged,
        comparisons=comparisons,
        notes=_notes(facts, verdict),
    )


def claim_findings(results: Sequence[ClaimResult]) -> tuple[AuditFinding, ...]:
    """One finding for each claim that does not hold, and for each disagreement."""
    findings = []
    for result in results:
        rule = CLAIM_VERDICTS[result.verdict].rule
        if rule:
            findings.append(_finding(result, rule, _sentence(result)))
        if result.disagrees:
            message = (
                f"{result.claim.id}: recomputed {result.recomputed} ({result.why}), "
                f"judged {result.judged}"
            )
            findings.append(_finding(result, "EK177", message))
    return tuple(findings)


def _finding(result: ClaimResult, rule: str, message: str) -> AuditFinding:
    best = [c.computed for c in result.comparisons if c.decisive and c.computed]
    return AuditFinding(
        rule=rule,
        severity=AUDIT_CHECKS[rule].severity,
        place=result.place,
        message=message,
        field="claim",
        cited=result.claimed,
        found="; ".join(best),
    )


def _sentence(result: ClaimResult) -> str:
    notes = "".join(f"; {note}" for note in result.notes)
    return f"{result.claim.id}: {result.claim.says} - {result.why}{notes}"


def _unusable(claims: Claims) -> dict[Evidence, Found]:
    """What evidence from the workspace says while its files have errors: nothing."""
    return {
        evidence: Found(source=evidence, label=evidence.analysis or evidence.study, missing=BROKEN)
        for claim in claims
        for evidence in claim.evidence
        if evidence.analysis or evidence.study
    }


def _compared(
    claim: Claim, evidence: Evidence, workspace: Workspace, memory: dict[Evidence, Found]
) -> Comparison:
    if evidence not in memory:
        try:
            memory[evidence] = found(evidence, workspace)
        except (DataError, MethodError) as error:
            label = evidence.label or evidence.analysis or evidence.study
            memory[evidence] = Found(source=evidence, label=label, missing=str(error))
    return compare(claim, memory[evidence])


def _notes(facts: Facts, verdict: str | None) -> tuple[str, ...]:
    notes = [] if verdict in (None, "holds-with-limits") else list(facts.claim.limits)
    for role, what in (("counter", "the counter-evidence"), ("newer", "the newer result")):
        those = [c for c in facts.everything if c.found.source.role == role]
        known = {c.found.source.status for c in those}
        if those and "seen" not in known:
            best = "second_hand" if "second_hand" in known else "recalled"
            notes.append(f"{what} was {KNOWN_AS[best]}")
    for comparison in facts.agreeing:
        if comparison.found.source.status != "seen":
            how = KNOWN_AS[comparison.found.source.status]
            notes.append(f"the number of {comparison.found.label} was {how}")
    return tuple(dict.fromkeys(notes))


def _files(workspace: Workspace) -> list[tuple[str, str]]:
    return [(article, workspace.files[f"claims:{article}"]) for article in workspace.claims]


def _name(workspace: Workspace, file: Path) -> str:
    """The file as the workspace calls it; as given when it lies elsewhere."""
    try:
        return file.resolve().relative_to(workspace.root.resolve()).as_posix()
    except ValueError:
        return file.as_posix()
