"""Findings about the DOI: its form, its registration, what it was meant to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from evidencekit.audit.judging.finding import AuditFinding, Fix
from evidencekit.audit.judging.judged import Judged, is_the_work, make_finding, points_of
from evidencekit.sources.identifiers import clean_doi

TASTE: Final = frozenset({"lower case", "address or label removed", "spaces around it removed"})
"""Changes to a DOI that mend nothing: a DOI may be cited in capitals, or as an address."""


def check_doi_text(judged: Judged) -> Iterator[AuditFinding]:
    """EK101 and EK104: whether what is cited is a DOI, and cleanly written."""
    doi = judged.reference.doi
    if doi is None:
        return
    cleaned = clean_doi(doi.value)
    if cleaned.problem:
        message = f"{doi.value!r} {cleaned.problem}"
        yield make_finding(judged, "EK101", message, at=doi, field="doi", cited=doi.value)
        return
    flaws = [change for change in cleaned.changes if change not in TASTE]
    if flaws:
        yield make_finding(
            judged,
            "EK104",
            "; ".join(flaws),
            at=doi,
            field="doi",
            cited=doi.value,
            found=cleaned.doi,
            fix=Fix(span=doi.span, replacement=cleaned.doi, automatic=True),
        )
    elif judged.stop is not None and not judged.habits.stops:
        yield make_finding(
            judged,
            "EK104",
            "punctuation right after the DOI becomes part of the link",
            at=doi,
            field="doi",
            cited=f"{doi.value}.",
            found=cleaned.doi,
            fix=Fix(span=judged.stop, replacement="", automatic=True),
        )


def check_doi_meaning(judged: Judged) -> Iterator[AuditFinding]:
    """EK102, EK103 and EK105: whether the DOI exists, what it was, which one is missing."""
    identity, cited, record = judged.identity, judged.cited, judged.record
    doi = judged.reference.doi
    if identity.verdict == "repaired" and record is not None:
        checked = {
            "not_registered": "the cited DOI is not registered",
            "unchecked": "whether the cited DOI is registered was not checked",
        }.get(identity.registration, "")
        yield make_finding(
            judged,
            "EK103",
            f"the record of {record.doi} is the work cited ({points_of(identity)}); {checked}",
            at=doi,
            field="doi",
            cited=cited.doi,
            found=record.doi,
            fix=Fix(
                span=doi.span if doi else None,
                replacement=record.doi,
                automatic=identity.mendable,
            ),
        )
    elif cited.doi and identity.registration == "not_registered":
        message = "doi.org answered that this DOI does not exist"
        yield make_finding(judged, "EK102", message, at=doi, field="doi", cited=cited.doi)
    if not judged.reference.doi and record is not None and record.doi and is_the_work(identity):
        yield make_finding(
            judged,
            "EK105",
            f"the work has the DOI {record.doi} ({points_of(identity)})",
            field="doi",
            found=record.doi,
        )
