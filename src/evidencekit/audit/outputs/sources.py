"""Who answered during an audit, and about how many papers."""

from __future__ import annotations

from collections import Counter

from evidencekit.audit.result import DocumentAudit


def answers(audit: DocumentAudit) -> dict[str, str]:
    """By name of the source: what it answered, in words; sources that kept silent too.

    What the audit's library says of itself comes first; who searched and who told the
    editorial status is read from the references.
    """
    searched: Counter[str] = Counter()
    silent: Counter[str] = Counter()
    told: Counter[str] = Counter()
    untold: Counter[str] = Counter()
    for reference in audit.references:
        identity, status = reference.judged.identity, reference.judged.status
        searched.update(identity.searched)
        silent.update(identity.unanswered)
        if status is not None:
            told.update(status.answered)
            untold.update(status.unanswered)
    found = dict(audit.sources)
    for words, counted in (
        ("searched for", searched),
        ("no answer about", silent),
        ("editorial status of", told),
        ("no editorial status of", untold),
    ):
        for name in sorted(counted):
            text = f"{words} {counted[name]} reference{'' if counted[name] == 1 else 's'}"
            found[name] = f"{found[name]}; {text}" if name in found else text
    return found
