"""Findings that were accepted: suppressed with a reason, or known from an earlier report.

An accepted finding is still listed, with why; it does not make the command fail. A
retraction is accepted by its notice, so that another notice about the same paper is
told again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from evidencekit.audit.fingerprint import finding_fingerprint, reference_fingerprint
from evidencekit.audit.judging.finding import AuditFinding
from evidencekit.audit.result import DocumentAudit, ReferenceAudit
from evidencekit.audit.rules import AUDIT_CHECKS
from evidencekit.errors import DataError, FileError, Finding, Place
from evidencekit.sources.identifiers import normalise_doi
from evidencekit.workspace.decode import decode
from evidencekit.workspace.fields import key
from evidencekit.workspace.yaml import parse_bytes

SUPPRESSIONS: Final = "audit.suppress.yaml"
"""The file of a workspace that lists accepted findings."""
RETRACTED: Final = "EK130"
BY_NOTICE: Final = frozenset({"retracted", "partially_retracted", "withdrawn", "removed"})
"""States whose notices a suppression of ``EK130`` has to name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One accepted finding."""

    rule: str = key("code of the rule", pattern=r"EK1\d\d")
    reference: str = key("fingerprint of the reference, or of a finding of no reference")
    reason: str = key("why it is accepted", pattern=r"(?s).*\S.*")
    notice: str = key("DOI of the retraction notice (EK130)", default="")
    expires: date | None = key("last day on which it holds", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressions:
    """The file ``audit.suppress.yaml``."""

    suppressions: tuple[Suppression, ...] = key("accepted findings", factory=tuple)


Accept = Callable[[AuditFinding, ReferenceAudit | None], str]
"""From a finding and its reference to why it is accepted; empty when it is not."""


def read_suppressions(path: Path) -> tuple[Suppression, ...]:
    """The suppressions of a file; none when there is no such file.

    Raises
    ------
    DataError
        Naming every problem of the file.
    """
    if not path.is_file():
        return ()
    document, findings = parse_bytes(path.read_bytes(), file=str(path))
    listed: tuple[Suppression, ...] = ()
    if not findings:
        decoded, findings = decode(document, Suppressions)
        if not findings:
            listed = decoded.suppressions
            findings = [f for s in listed for f in _incomplete(s, str(path))]
    if findings:
        raise DataError(f"{path} cannot be used", tuple(findings))
    return listed


def _incomplete(suppression: Suppression, file: str) -> Iterable[Finding]:
    if suppression.rule not in AUDIT_CHECKS:
        detail = f"{suppression.rule} is no rule of audits"
        yield Finding("EK046", "unknown rule", Place(file), detail, "see docs/audit.md")
    if suppression.rule == RETRACTED and not normalise_doi(suppression.notice):
        detail = f"reference {suppression.reference} is retracted by a notice that is not named"
        remedy = "add notice: and the DOI of the retraction notice"
        yield Finding(
            "EK021", "retraction accepted without its notice", Place(file), detail, remedy
        )


def suppress(
    audits: Sequence[DocumentAudit], suppressions: Sequence[Suppression], *, today: date
) -> tuple[tuple[DocumentAudit, ...], tuple[str, ...]]:
    """Accept what is suppressed.

    Parameters
    ----------
    audits
        The documents audited.
    suppressions
        Accepted findings.
    today
        The day on which expiry is judged.

    Returns
    -------
    audits
        With the reason on every accepted finding.
    told
        In words: suppressions that have expired, and those that nothing needed.
    """
    holding = [s for s in suppressions if s.expires is None or s.expires >= today]
    used: set[Suppression] = set()

    def accept(finding: AuditFinding, reference: ReferenceAudit | None) -> str:
        mine = [s for s in holding if s.rule == finding.rule and _names(s, finding, reference)]
        if finding.rule == RETRACTED:
            named = {normalise_doi(s.notice) for s in mine}
            if not named or _notices(reference) - named:
                return ""
        used.update(mine)
        return mine[0].reason if mine else ""

    accepted = tuple(_accepted(audit, accept) for audit in audits)
    told = [
        f"{s.rule} of {s.reference}: the suppression expired on {s.expires}"
        for s in suppressions
        if s not in holding
    ]
    told += [
        f"{s.rule} of {s.reference}: the suppression was not needed"
        for s in holding
        if s not in used
    ]
    return accepted, tuple(told)


def _names(
    suppression: Suppression, finding: AuditFinding, reference: ReferenceAudit | None
) -> bool:
    if reference is not None:
        return suppression.reference == reference_fingerprint(reference.judged.reference)
    return suppression.reference == finding_fingerprint(finding, None)


def _notices(reference: ReferenceAudit | None) -> set[str | None]:
    """The DOIs of the retraction notices about a paper; None among them for one without a DOI."""
    status = reference.judged.status if reference is not None else None
    notices = status.notices if status is not None else ()
    return {normalise_doi(n.doi) or None for n in notices if n.state in BY_NOTICE}


def read_baseline(path: Path) -> Counter[str]:
    """The fingerprints of an earlier report's findings, with how often each occurs.

    Raises
    ------
    FileError
        When the file is no report that ``audit --json`` wrote.
    """
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror}); name a report") from None
    except (ValueError, RecursionError):
        data = None
    try:
        return Counter(_fingerprints(data))
    except (TypeError, KeyError, AttributeError):
        remedy = "write one with evidencekit audit --json --output FILE"
        raise FileError(f"{path}: is no report of an audit; {remedy}") from None


def _fingerprints(data: Any) -> Iterable[str]:
    for document in data.get("documents", [data]):
        for holder in (document, *document["references"]):
            for finding in holder["findings"]:
                yield str(finding["fingerprint"])


def compare_with(
    audits: Sequence[DocumentAudit], known: Counter[str], *, name: str
) -> tuple[DocumentAudit, ...]:
    """Accept what an earlier report has; a finding that occurs more often now is new."""
    left = known.copy()

    def accept(finding: AuditFinding, reference: ReferenceAudit | None) -> str:
        print_ = finding_fingerprint(finding, reference.judged.reference if reference else None)
        if left[print_] <= 0:
            return ""
        left[print_] -= 1
        return f"known from {name}"

    return tuple(_accepted(audit, accept) for audit in audits)


def _accepted(audit: DocumentAudit, accept: Accept) -> DocumentAudit:
    references = tuple(replace(r, findings=_each(r.findings, r, accept)) for r in audit.references)
    return replace(audit, references=references, findings=_each(audit.findings, None, accept))


def _each(
    findings: Iterable[AuditFinding], reference: ReferenceAudit | None, accept: Accept
) -> tuple[AuditFinding, ...]:
    return tuple(
        finding if finding.accepted else replace(finding, accepted=accept(finding, reference))
        for finding in findings
    )
