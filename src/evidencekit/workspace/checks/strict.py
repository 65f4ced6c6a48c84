"""What is allowed but should be completed; listed by ``validate --strict``."""

from __future__ import annotations

from collections.abc import Iterator

from evidencekit.errors import Finding
from evidencekit.workspace.corpus import Corpus, items
from evidencekit.workspace.records import Record
from evidencekit.workspace.study import Result

Path = tuple[str | int, ...]


def identifiers(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """A study has a DOI, and no identifier is from memory."""
    reports = [report for _, report in items(record.value.reports)]
    if not any(report.doi for report in reports if report.role != "review"):
        yield record.finding(
            "EK070",
            "study has no DOI of its own",
            ("reports",),
            on_key=True,
            remedy="look it up",
            severity="warning",
        )
    for index, report in enumerate(reports):
        if report.status == "recalled":
            yield record.finding(
                "EK071",
                "identifier is recalled, not seen",
                ("reports", index, "status"),
                detail=report.reference,
                remedy="look it up and write status: seen or verified",
                severity="warning",
            )


def facts(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """Year, funding and country are given."""
    study = record.value
    given = {"year": study.year, "funding": study.funding != "unclear", "country": study.country}
    for name, value in given.items():
        if not value:
            title = f"{name} is not stated"
            remedy = "add it if the report says so"
            yield record.finding("EK072", title, (name,), remedy=remedy, severity="warning")


def analysed_people(
    record: Record, path: Path, result: Result, corpus: Corpus
) -> Iterator[Finding]:
    """A result says who was analysed."""
    if result.analysis_set == "unclear":
        title = "analysis_set is not stated"
        remedy = "add it if the report says so"
        yield record.finding("EK073", title, path, remedy=remedy, severity="warning")


def drafts(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """Judgements are final."""
    for index, judgement in items(record.value.risk_of_bias):
        if judgement.status == "draft":
            yield record.finding(
                "EK074",
                "judgement is a draft",
                ("risk_of_bias", index, "status"),
                detail=f"by {judgement.by}",
                remedy="have a second person agree, then write status: final",
                severity="warning",
            )
