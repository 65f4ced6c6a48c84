"""Findings about one reference, from its identity, its fields and the paper's status.

``REFERENCE_CHECKS`` is the one list; each check looks at one `Judged` reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from evidencekit.audit.document import Span
from evidencekit.audit.judging.finding import AuditFinding, Fix
from evidencekit.audit.matching.cited import CitedWork
from evidencekit.audit.matching.compare import Comparison
from evidencekit.audit.matching.identify import Candidate, Identity
from evidencekit.audit.reference import Cited, Reference
from evidencekit.audit.rules import AUDIT_CHECKS
from evidencekit.errors import Severity
from evidencekit.sources.identifiers import clean_doi
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.status import EditorialStatus, Notice
from evidencekit.sources.updates import State

TASTE: Final = frozenset({"lower case", "address or label removed", "spaces around it removed"})
"""Changes to a DOI that mend nothing: a DOI may be cited in capitals, or as an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What is usual in the list, so that a style is not taken for a mistake.

    Parameters
    ----------
    issues
        Some entries state the issue.
    stops
        Every entry with a DOI has a full stop right after it.
    """

    issues: bool = False
    stops: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A reference with everything that was found out about it.

    Parameters
    ----------
    stop
        Whether punctuation stands right behind its DOI in the text.
    comparisons
        Its fields beside the record's; empty without a record.
    status
        Editorial status of the paper; None without a record.
    """

    reference: Reference
    cited: CitedWork
    identity: Identity
    comparisons: tuple[Comparison, ...] = ()
    status: EditorialStatus | None = None
    stop: Span | None = None
    habits: Habits = Habits()

    @property
    def record(self) -> BibliographicRecord | None:
        """The record of the paper meant, where known."""
        return self.identity.match.record if self.identity.match else None


Check = Callable[[Judged], Iterator[AuditFinding]]


def judge(judged: Judged) -> tuple[AuditFinding, ...]:
    """All findings about a reference, by rule."""
    found = [finding for check in REFERENCE_CHECKS for finding in check(judged)]
    return tuple(sorted(found, key=lambda finding: finding.rule))


def _finding(judged: Judged, rule: str, message: str, **more: Any) -> AuditFinding:
    """A finding at the reference, or at one of its fields."""
    at: Cited[Any] | None = more.pop("at", None)
    span = at.span if at is not None and at.span is not None else judged.reference.span
    severity: Severity = more.pop("severity", AUDIT_CHECKS[rule].severity)
    return AuditFinding(rule=rule, severity=severity, place=span.place, message=message, **more)


# --- the DOI -----------------------------------------------------------------------------


def check_doi_text(judged: Judged) -> Iterator[AuditFinding]:
    """EK101 and EK104: whether what is cited is a DOI, and cleanly written."""
    doi = judged.reference.doi
    if doi is None:
        return
    cleaned = clean_doi(doi.value)
    if cleaned.problem:
        message = f"{doi.value!r} {cleaned.problem}"
        yield _finding(judged, "EK101", message, at=doi, field="doi", cited=doi.value)
        return
    flaws = [change for change in cleaned.changes if change not in TASTE]
    if flaws:
        yield _finding(
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
        yield _finding(
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
        yield _finding(
            judged,
            "EK103",
            f"the record of {record.doi} is the work cited ({_points(identity)}); {checked}",
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
        yield _finding(judged, "EK102", message, at=doi, field="doi", cited=cited.doi)
    if not judged.reference.doi and record is not None and record.doi and _is_the_work(identity):
        yield _finding(
            judged,
            "EK105",
            f"the work has the DOI {record.doi} ({_points(identity)})",
            field="doi",
            found=record.doi,
        )


# --- identity ------------------------------------------------------------------------------


def check_identity(judged: Judged) -> Iterator[AuditFinding]:
    """EK110 to EK113: another paper, no paper, several papers, the paper at another place."""
    identity, doi = judged.identity, judged.reference.doi
    owner, match = identity.owner, identity.match
    if owner is not None and identity.verdict in ("wrong-work", "wrong-coordinates"):
        yield _finding(
            judged,
            "EK110",
            f"{owner.record.doi or judged.cited.doi} is {described(owner.record)}"
            + (f"; the paper meant may be {described(match.record)}" if match else ""),
            at=doi,
            field="doi",
            cited=judged.cited.doi,
            found=match.record.doi if match else "",
            fix=_other_doi(judged) if match and identity.verdict == "wrong-work" else None,
        )
    if identity.searched and (
        identity.verdict == "not-found" or (identity.verdict == "wrong-work" and match is None)
    ):
        yield _finding(judged, "EK111", _not_found(identity))
    if identity.verdict == "ambiguous":
        best = identity.considered[:2]
        shown = "; ".join(f"{described(c.record)} ({c.score.total:.1f} points)" for c in best)
        yield _finding(judged, "EK112", shown)
    if identity.verdict == "wrong-coordinates" and match is not None:
        yield _finding(judged, "EK113", _elsewhere(match), found=match.record.doi)


def _other_doi(judged: Judged) -> Fix | None:
    doi, record = judged.reference.doi, judged.record
    if doi is None or record is None or not record.doi:
        return None
    return Fix(span=doi.span, replacement=record.doi, automatic=False)


def _not_found(identity: Identity) -> str:
    """What was searched; never that the paper does not exist."""
    message = f"not found in {', '.join(identity.searched)}"
    near = [c for c in identity.considered if c is not identity.owner][:1]
    return message + (f"; nearest: {described(near[0].record)}" if near else "")


def _elsewhere(match: Candidate) -> str:
    """Where the work stands; a DOI that was recalled is said to be so."""
    record = match.record
    recalled = "doi" in record.marks
    doi = f", DOI {record.doi}" if record.doi else ""
    if recalled and doi:
        doi += " (recalled, not seen)"
    place = " ".join(part for part in (record.container.title, record.volume, record.pages) if part)
    return f"authors and contents are those of {described(record)}: {place}{doi}"


# --- fields ----------------------------------------------------------------------------------

FIELD_RULES: Final[dict[str, str]] = {
    "authors": "EK120",
    "year": "EK121",
    "title": "EK122",
    "container": "EK123",
    "volume": "EK124",
    "issue": "EK125",
    "locator": "EK126",
}
TRANSLATED: Final[dict[str, str]] = {"title": "EK127", "container": "EK128"}
COORDINATES: Final = frozenset({"year", "volume", "issue", "locator"})


def check_fields(judged: Judged) -> Iterator[AuditFinding]:
    """EK120 to EK128: where the citation of an identified work differs from its record."""
    if judged.record is None or not _is_the_work(judged.identity):
        return
    for row in judged.comparisons:
        at = getattr(judged.reference, "pages" if row.field == "locator" else row.field)
        fix = _field_fix(judged, row, at)
        more: dict[str, Any] = {"field": row.field, "cited": row.cited, "found": row.found}
        if row.verdict == "translated":
            rule = TRANSLATED[row.field]
            yield _finding(judged, rule, f"published as: {row.found}", at=at, fix=fix, **more)
        elif row.verdict == "different":
            rule, severity = FIELD_RULES[row.field], _severity(row)
            message = row.note or f"cited {row.cited}, record {row.found}"
            yield _finding(judged, rule, message, at=at, fix=fix, severity=severity, **more)
        elif row.verdict == "missing" and row.field == "issue" and judged.habits.issues:
            message = f"the issue is not stated; the record has {row.found}"
            yield _finding(judged, FIELD_RULES["issue"], message, severity="note", **more)


def _severity(row: Comparison) -> Severity:
    """A year that is one off is a note (print and online), more an error."""
    if row.field != "year":
        return AUDIT_CHECKS[FIELD_RULES[row.field]].severity
    return "note" if row.apart <= 1 else "error"


def _field_fix(judged: Judged, row: Comparison, at: Cited[Any] | None) -> Fix | None:
    """The record's value in place of the cited one; made without asking for coordinates only."""
    if at is None or not row.found or row.field == "authors":
        return None
    if judged.identity.verdict == "wrong-coordinates":
        return None
    automatic = row.field in COORDINATES and judged.identity.mendable
    return Fix(span=at.span, replacement=row.found, automatic=automatic)


# --- status ------------------------------------------------------------------------------------

STATE_RULES: Final[dict[State, str]] = {
    "retracted": "EK130",
    "partially_retracted": "EK131",
    "withdrawn": "EK132",
    "removed": "EK132",
    "concern": "EK133",
    "corrected": "EK134",
    "reinstated": "EK135",
    "superseded": "EK141",
}
SECONDARY: Final = frozenset(
    {"comment", "commentary", "letter", "editorial", "news", "book review", "peer-review"}
)
"""Publication types, lower case, that are no evidence of their own."""


def check_status(judged: Judged) -> Iterator[AuditFinding]:
    """EK130 to EK141, EK160 and EK191: whether the paper stands, and what kind of paper it is."""
    record, status = judged.record, judged.status
    if record is None or not _is_the_work(judged.identity):
        return
    if any(update.direction == "notice" for update in record.updates):
        yield _finding(judged, "EK136", f"{described(record)} is a notice about another paper")
    kinds = {kind.casefold() for kind in (record.type, *record.publication_types)} & SECONDARY
    if kinds:
        yield _finding(judged, "EK160", f"the record calls it {', '.join(sorted(kinds))}")
    if status is None:
        return
    if status.state in STATE_RULES:
        yield _finding(judged, _state_rule(status.state, record), _told(status))
    for disagreement in status.disagreements:
        yield _finding(judged, "EK191", disagreement)


def _state_rule(state: State, record: BibliographicRecord) -> str:
    preprint = state == "superseded" and record.type == "posted-content"
    return "EK140" if preprint else STATE_RULES[state]


def _told(status: EditorialStatus) -> str:
    """The notices behind a state, with who tells of them."""
    told = [_notice(notice) for notice in status.notices if notice.state == status.state]
    sources = ", ".join(status.answered)
    return "; ".join(told) if told else f"{status.state.replace('_', ' ')} according to {sources}"


def _notice(notice: Notice) -> str:
    kind = " / ".join(sorted(set(notice.types.values()))).replace("_", " ")
    where = notice.doi or (f"PMID {notice.pmid}" if notice.pmid else "")
    parts = [kind, where, str(notice.date or ""), notice.note, f"({', '.join(notice.types)})"]
    return " ".join(part for part in parts if part)


# --- what the checks share ---------------------------------------------------------------------


def _is_the_work(identity: Identity) -> bool:
    return identity.verdict in ("confirmed", "repaired", "wrong-coordinates")


def _points(identity: Identity) -> str:
    if identity.match is None:
        return ""
    lead = "" if identity.margin is None else f", {identity.margin:.1f} ahead of the next"
    return f"{identity.match.score.total:.1f} points{lead}"


def described(record: BibliographicRecord) -> str:
    """A paper in a few words: first author, year, title, journal."""
    first = record.authors[0] if record.authors else None
    name = (first.family or first.group) if first else "no author"
    many = " et al." if len(record.authors) > 1 else ""
    title = record.title if len(record.title) <= 100 else f"{record.title[:97]}..."
    journal = f", {record.container.title}" if record.container.title else ""
    return f"{name}{many} {record.year or ''} “{title}”{journal}".replace("  ", " ")


REFERENCE_CHECKS: Final[tuple[Check, ...]] = (
    check_doi_text,
    check_doi_meaning,
    check_identity,
    check_fields,
    check_status,
)
