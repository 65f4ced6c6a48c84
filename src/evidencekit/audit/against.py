"""The list against the text: undefined, uncited, duplicate and out of order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from evidencekit.audit.document import Document
from evidencekit.audit.marks import citations_of, prose
from evidencekit.audit.reference import Citation, Reference, ReferenceList
from evidencekit.audit.references import references_of
from evidencekit.audit.rules import AUDIT_CHECKS
from evidencekit.audit.systems import NUMERIC, Matched, is_alphabetical, match_marks
from evidencekit.errors import Finding
from evidencekit.sources.cleaning import fold

MOST_ORDER = 30
"""Numbers shown of an order of citation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A document with its references and its marks, and how these lead to each other."""

    document: Document
    listed: ReferenceList
    citations: tuple[Citation, ...]
    matched: Matched

    @property
    def references(self) -> tuple[Reference, ...]:
        """The entries of the list."""
        return self.listed.references


def compare(document: Document, bibliography: Sequence[Reference] | None = None) -> Compared:
    """Read the references and the marks of a document, and follow the marks to the list.

    Parameters
    ----------
    document
        What ``read_document`` gave.
    bibliography
        References of a file beside the text, such as a BibTeX file, instead of
        a list in it.
    """
    if bibliography is None:
        listed = references_of(document)
    else:
        listed = ReferenceList(references=tuple(bibliography), found_by="records", start=0, end=0)
    read_marks = document.records is None
    citations = citations_of(document, listed) if read_marks else ()
    matched = match_marks(listed.references, citations)
    return Compared(document=document, listed=listed, citations=citations, matched=matched)


def check_list(
    document: Document, bibliography: Sequence[Reference] | None = None
) -> tuple[Finding, ...]:
    """Everything that list and text say about each other, in order of place.

    Nothing is looked up: two entries are the same when their identifiers or
    their words are. When two systems of marks mix, or no mark leads to the list,
    one note says so and nothing is claimed of uncited or undefined references.

    Parameters
    ----------
    document, bibliography
        As for `compare`.
    """
    compared = compare(document, bibliography)
    findings = [finding for check in LIST_CHECKS for finding in check(compared)]
    return tuple(sorted(findings, key=lambda f: (f.place.line, f.place.column, f.code)))


def _found(
    compared: Compared, code: str, title: str, at: tuple[int, int] | None, detail: str
) -> Finding:
    rule = AUDIT_CHECKS[code]
    return compared.document.finding(
        code, title, at, detail=detail, remedy=rule.remedy, severity=rule.severity
    )


def _at(reference: Reference) -> tuple[int, int]:
    return reference.span.start, reference.span.end


def name_of(reference: Reference) -> str:
    """How a reference is called in findings: ``reference 7``, ``reference smith2014``."""
    shown = reference.key if reference.number is None else str(reference.number)
    return f"reference {shown}"


def _no_list(compared: Compared) -> Iterator[Finding]:
    """EK154: there is nothing to check; marks, if any, lead nowhere."""
    if compared.references or compared.document.records is not None:
        return
    numeric = [c for c in compared.citations if c.system in {"bracketed", "superscript", "key"}]
    lost = "1 citation mark leads" if len(numeric) == 1 else f"{len(numeric)} citation marks lead"
    marks = f"{lost} nowhere" if numeric else "no citation mark"
    where = "neither a heading such as References nor a run of numbered entries was found"
    detail = f"{where}, and {marks}"
    yield _found(compared, "EK154", AUDIT_CHECKS["EK154"].title, None, detail)


def _unclear(compared: Compared) -> Iterator[Finding]:
    """EK155: list and text are not compared, though there is a text."""
    document = compared.document
    if document.records is not None or not compared.references or not compared.matched.reason:
        return
    if any(len(word) > 2 for word in prose(document, compared.listed).split()):
        title = AUDIT_CHECKS["EK155"].title
        yield _found(compared, "EK155", title, None, compared.matched.reason)


def _undefined(compared: Compared) -> Iterator[Finding]:
    """EK151: each key that leads nowhere, at its first mark."""
    places: dict[str, list[Citation]] = {}
    for mark, (_, lost) in zip(compared.matched.marks, compared.matched.targets, strict=True):
        for key in lost:
            places.setdefault(key, []).append(mark)
    numbers = [r.number for r in compared.references if r.number is not None]
    for key, marks in places.items():
        if compared.matched.system in NUMERIC and numbers:
            detail = f"the list runs from {min(numbers)} to {max(numbers)}"
        else:
            detail = f"none of the {len(compared.references)} references is called so"
        if len(marks) > 1:
            detail += f"; {len(marks)} marks point there"
        span = marks[0].span
        shown = key.replace("|", ", ")
        title = f"citation of {shown} points to no reference"
        yield _found(compared, "EK151", title, (span.start, span.end), detail)


def _uncited(compared: Compared) -> Iterator[Finding]:
    """EK150: each reference that no mark points to."""
    if not compared.matched.system:
        return
    for reference in compared.references:
        if reference.position not in compared.matched.cited:
            detail = f"none of the {len(compared.matched.marks)} marks in the text points to it"
            yield _found(
                compared, "EK150", f"{name_of(reference)} is never cited", _at(reference), detail
            )


def _duplicate(compared: Compared) -> Iterator[Finding]:
    """EK152: a reference whose identifiers or words are those of an earlier one."""
    seen: dict[str, Reference] = {}
    for reference in compared.references:
        for kind, value in _identities(reference):
            first = seen.setdefault(f"{kind} {value}", reference)
            if first is not reference:
                title = f"{name_of(reference)} is {name_of(first)} again"
                yield _found(compared, "EK152", title, _at(reference), f"they have the same {kind}")
                break


def _identities(reference: Reference) -> Iterator[tuple[str, str]]:
    """What tells a reference from all others."""
    if reference.doi:
        yield "DOI", reference.doi.value
    if reference.pmid:
        yield "PMID", reference.pmid.value
    if reference.title and reference.year and len(fold(reference.title.value)) > 15:
        family = fold(reference.authors.value[0].family) if reference.authors else ""
        words = f"{fold(reference.title.value)} {reference.year.value} {family}"
        volume = reference.volume.value if reference.volume else ""
        yield "title, year and first author", f"{words} {volume}"
    if reference.style != "record":
        yield "text", fold(reference.raw)


def _order(compared: Compared) -> Iterator[Finding]:
    """EK153: the first mark whose number is lower than one cited before it."""
    numbered = all(reference.number is not None for reference in compared.references)
    if compared.matched.system not in NUMERIC or not numbered:
        return
    if is_alphabetical(compared.references):
        return
    order: dict[int, None] = {}
    highest = 0
    first_wrong: Citation | None = None
    for mark, (found, _) in zip(compared.matched.marks, compared.matched.targets, strict=True):
        for position in found:
            if position < highest and position not in order and first_wrong is None:
                first_wrong = mark
            highest = max(highest, position)
            order[position] = None
    if first_wrong is None:
        return
    numbers = {reference.position: reference.number for reference in compared.references}
    shown = ", ".join(str(numbers[position]) for position in list(order)[:MOST_ORDER])
    more = ", ..." if len(order) > MOST_ORDER else ""
    span = first_wrong.span
    title = AUDIT_CHECKS["EK153"].title
    detail = f"first cited in the order {shown}{more}"
    yield _found(compared, "EK153", title, (span.start, span.end), detail)


def _numbering(compared: Compared) -> Iterator[Finding]:
    """EK156: a number that does not follow the one before it."""
    numbers = [(r, r.number) for r in compared.references if r.number is not None]
    for (_, before), (reference, number) in pairwise(numbers):
        if number != before + 1:
            title = f"entry {number} follows entry {before}"
            missing = number - before - 1
            detail = f"{missing} missing" if missing > 0 else "the number was used before"
            yield _found(compared, "EK156", title, _at(reference), detail)


def _other_lists(compared: Compared) -> Iterator[Finding]:
    """EK157: lists that are not audited."""
    for note in compared.listed.notes:
        yield _found(compared, "EK157", AUDIT_CHECKS["EK157"].title, None, note)


def _doubts(compared: Compared) -> Iterator[Finding]:
    """EK158: what was uncertain when the file was read."""
    for doubt in compared.document.doubts:
        at = None if doubt.at is None else (doubt.at, doubt.at + 1)
        yield _found(compared, "EK158", AUDIT_CHECKS["EK158"].title, at, doubt.what)


LIST_CHECKS: tuple[Callable[[Compared], Iterator[Finding]], ...] = (
    _no_list,
    _unclear,
    _undefined,
    _uncited,
    _duplicate,
    _order,
    _numbering,
    _other_lists,
    _doubts,
)
"""The checks of a list against its text; each names the rule it reports."""
