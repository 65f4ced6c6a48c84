"""A retraction is accepted by its notice: another notice about the paper is told again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from audit.outputs.test_outputs import audited
from evidencekit.audit.fingerprint import reference_fingerprint
from evidencekit.audit.judging.judge import judge
from evidencekit.audit.policy import Suppression, suppress
from evidencekit.audit.result import DocumentAudit
from evidencekit.sources.status import EditorialStatus, Notice

NOTICE = "10.5555/notice.1"
DAY = date(2026, 11, 24)


def retracted(*notices: str) -> DocumentAudit:
    """The list whose first paper is retracted by these notices."""
    audit = audited()
    first = audit.references[0]
    status = EditorialStatus(
        state="retracted",
        answered=("crossref",),
        notices=tuple(Notice(types={"crossref": "retraction"}, doi=doi) for doi in notices),
    )
    judged = replace(first.judged, status=status)
    found = replace(first, judged=judged, findings=tuple(judge(judged)))
    return replace(audit, references=(found, *audit.references[1:]))


def open_rules(audit: DocumentAudit, **changes: object) -> set[str]:
    reference = reference_fingerprint(audit.references[0].judged.reference)
    entry = Suppression(rule="EK130", reference=reference, reason="republished", notice=NOTICE)
    (after,), _ = suppress([audit], [replace(entry, **changes)], today=DAY)  # type: ignore[arg-type]
    return {f.rule for f in after.references[0].findings if not f.accepted}


def test_a_retraction_is_accepted_by_its_notice() -> None:
    assert "EK130" in {f.rule for f in retracted(NOTICE).all_findings}
    assert "EK130" not in open_rules(retracted(NOTICE))
    assert "EK130" not in open_rules(retracted(NOTICE), notice="https://doi.org/10.5555/NOTICE.1")


@pytest.mark.parametrize("notices", [("10.5555/notice.2",), (NOTICE, "10.5555/notice.2"), ("",)])
def test_another_notice_is_told_again(notices: tuple[str, ...]) -> None:
    assert "EK130" in open_rules(retracted(*notices))


def test_the_last_day_counts_and_the_next_does_not() -> None:
    assert "EK130" not in open_rules(retracted(NOTICE), expires=DAY)
    assert "EK130" in open_rules(retracted(NOTICE), expires=date(2026, 11, 23))


def test_one_suppression_accepts_one_rule_of_one_reference() -> None:
    assert "EK121" in open_rules(retracted(NOTICE))
    assert "EK130" in open_rules(retracted(NOTICE), reference="0123456789abcdef")
