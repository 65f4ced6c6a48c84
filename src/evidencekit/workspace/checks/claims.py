"""Claims: whole for their kind, tied to what exists, each number with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evidencekit.errors import Finding
from evidencekit.method_names import RATIOS
from evidencekit.workspace.checks.identity import duplicates
from evidencekit.workspace.checks.numbers import interval
from evidencekit.workspace.checks.references import outcome, unknown
from evidencekit.workspace.claim import Claim, Evidence
from evidencekit.workspace.corpus import Corpus, items
from evidencekit.workspace.problems import UNKNOWN
from evidencekit.workspace.records import Record, expected_kind, stem

Path = tuple[str | int, ...]

NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "relative_change": (("value",), ("direction",)),
    "difference": (("value",), ("unit",), ("direction",)),
    "amount": (("value",), ("unit",)),
    "size": (("k", "participants"),),
    "direction": (("direction",),),
    "statement": (),
}
"""Kinds of claim, and the keys each needs: one of every group."""


SIGNED = ("relative_change", "difference")
"""Kinds whose number goes one way."""


def unique(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """Every claim of a file has an id of its own."""
    yield from duplicates(record, (), record.value)


def one_file(corpus: Corpus) -> Iterator[Finding]:
    """The claims of an article are in one file."""
    first: dict[str, Record] = {}
    for record in corpus.claims:
        other = first.setdefault(record.stem, record)
        if other is not record:
            detail = f'"{record.stem}" has claims in {other.document.file} already'
            title, remedy = "article has two files of claims", "put them into one"
            yield record.finding("EK061", title, (), detail=detail, remedy=remedy)


def whole(record: Record, index: int, claim: Claim, corpus: Corpus) -> Iterator[Finding]:
    """A claim holds what its kind is recomputed from."""
    for group in NEEDS[claim.kind]:
        given = [getattr(claim, name) for name in group]
        if not any(value is UNKNOWN or value not in (None, "") for value in given):
            title = f"a claim of kind {claim.kind} needs {' or '.join(group)}"
            remedy = "add it, or choose another kind"
            yield record.finding("EK094", title, (index, "kind"), remedy=remedy)
    for number, word in items(claim.mentions):
        if len(word.split()) != 1:
            title, remedy = "not a single word", "one or two words find the sentence; do not quote"
            yield record.finding("EK094", title, (index, "mentions", number), remedy=remedy)
    if claim.kind in SIGNED and claim.direction == "none":
        title = f"a claim of kind {claim.kind} is lower or higher"
        remedy = "write kind: direction for no difference"
        yield record.finding("EK094", title, (index, "direction"), remedy=remedy)
    if claim.value is not None and claim.value.value < 0:
        title, remedy = "number is claimed with a sign", "say the sign by direction: lower"
        yield record.finding("EK094", title, (index, "value"), remedy=remedy)
    if claim.value is not None and claim.value_to is not None:
        yield from _upwards(record, (index, "value_to"), claim.value, claim.value_to)


def named(
    record: Record, path: Path, evidence: Evidence, claim: Claim, corpus: Corpus
) -> Iterator[Finding]:
    """Evidence is one thing, and that exists."""
    published = bool(evidence.doi or evidence.pmid or evidence.citation)
    count = sum((bool(evidence.analysis), bool(evidence.study), published))
    if count != 1:
        title = "evidence is not one of an analysis, a study or a published result"
        detail = "none is named" if not count else f"{count} are named"
        remedy = "give analysis, or study, or one of doi, pmid and citation"
        yield record.finding("EK095", title, path, detail=detail, remedy=remedy)
    if evidence.analysis:
        plans = _plans(corpus)
        if evidence.analysis not in plans:
            where = (*path, "analysis")
            yield unknown(record, "EK068", where, "analysis", evidence.analysis, plans)
    if evidence.study:
        if evidence.study not in corpus.study_ids:
            where = (*path, "study")
            yield unknown(record, "EK065", where, "study", evidence.study, corpus.study_ids)
        if not evidence.outcome or evidence.measure is None:
            title = "evidence of a study needs outcome and measure"
            yield record.finding("EK095", title, (*path, "study"), remedy="add them")
    if evidence.outcome:
        yield from outcome(record, (*path, "outcome"), evidence.outcome, corpus)


def numbers(
    record: Record, path: Path, evidence: Evidence, claim: Claim, corpus: Corpus
) -> Iterator[Finding]:
    """Numbers make sense, say what they are, and say where they stand."""
    if evidence.estimate is not None:
        if evidence.measure is None:
            title, remedy = "estimate without a measure", "add measure: RR, MD, value, ..."
            yield record.finding("EK095", title, (*path, "estimate"), remedy=remedy)
        ratio = evidence.measure in RATIOS
        yield from interval(record, path, "estimate", evidence.estimate, evidence.ci, ratio=ratio)
    if evidence.range is not None:
        yield from _upwards(record, (*path, "range"), *evidence.range)
    known_from = (evidence.estimate, evidence.range, evidence.k, evidence.participants)
    holds = any(value is not None for value in known_from) or bool(evidence.finding)
    if holds and evidence.status != "recalled" and not (evidence.locator and evidence.seen_at):
        title = "evidence does not say where it was read"
        remedy = "add locator and seen_at, or write status: recalled"
        yield record.finding("EK096", title, path, remedy=remedy)


def _plans(corpus: Corpus) -> set[str]:
    """Ids of plans; a file that cannot be read still says by its name that the plan exists."""
    unreadable = {stem(name) for name in corpus.documents if expected_kind(name) == "plan"}
    return {plan.identifier for plan in corpus.plans} | unreadable


def _upwards(record: Record, path: Path, low: Any, high: Any) -> Iterator[Finding]:
    if low.value >= high.value:
        detail = f"{low.text} is not below {high.text}"
        yield record.finding("EK024", "range runs downwards", path, detail=detail)


def recalled(
    record: Record, path: Path, evidence: Evidence, claim: Claim, corpus: Corpus
) -> Iterator[Finding]:
    """Strict: nothing is from memory."""
    for key, what in (("identifier", "identifier"), ("status", "number")):
        if getattr(evidence, key) == "recalled":
            yield record.finding(
                "EK071",
                f"{what} is recalled, not seen",
                (*path, key),
                detail=evidence.label or evidence.doi or evidence.citation,
                remedy=f"look it up and write {key}: seen",
                severity="warning",
            )


def drafts(record: Record, index: int, claim: Claim, corpus: Corpus) -> Iterator[Finding]:
    """Strict: judgements are final."""
    if claim.judgement is not None and claim.judgement.status == "draft":
        yield record.finding(
            "EK074",
            "judgement is a draft",
            (index, "judgement"),
            on_key=True,
            detail=f"by {claim.judgement.by}",
            remedy="have a second person agree, then write status: final",
            severity="warning",
        )
