"""What clients found, or did not, as answers of the lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from evidencekit.sources.doi import Agency, Handle
from evidencekit.sources.entry import RecordAnswer, RegistrationAnswer
from evidencekit.sources.moments import utc_text
from evidencekit.sources.record import BibliographicRecord, Container
from evidencekit.sources.request import Answer, Found
from evidencekit.sources.services import SERVICES
from evidencekit.sources.status import NO_RECORD, StatusAnswer
from evidencekit.sources.unanswered import CAUSES, Unanswered
from evidencekit.sources.updates import notices_about, state_of

NOT_FILLED = frozenset(
    ("authors_complete", "dates", "type", "updates", "relations", "fields_from", "marks", "titles")
)
"""Fields that one source does not complete for another: half of each would mislead."""


def reason_text(failure: Unanswered) -> str:
    """Why a source is unanswered, in few words; the same failure gives the same text."""
    name = SERVICES[failure.service].title if failure.service in SERVICES else failure.service
    detail = f" ({failure.detail})" if failure.detail else ""
    return f"{name}: {CAUSES[failure.reason].meaning}{detail}"


def record_answer(source: str, found: Found | Unanswered, *, now: datetime) -> RecordAnswer:
    """A record, its absence, or why neither is known."""
    if isinstance(found, Unanswered):
        return RecordAnswer(
            outcome="unchecked",
            source=source,
            on=utc_text(now),
            urls=(found.url,) if found.url else (),
            reason=reason_text(found),
        )
    return RecordAnswer(
        outcome="absent" if found.record is None else "found",
        source=source,
        on=utc_text(found.answer.fetched),
        urls=(found.answer.url,),
        http_status=found.answer.status,
        sha256=sha256(found.answer.body).hexdigest(),
        data=found.record,
    )


def status_answers(
    found: Mapping[str, Found | Unanswered], *, now: datetime
) -> dict[str, StatusAnswer]:
    """What each source says of the status of one paper.

    A source that does not hold the paper has nothing against it, but it cannot vouch for
    it either: when no source holds it, all are unchecked.

    Parameters
    ----------
    found
        By source.
    now
        When the run asked, for sources that gave no answer.
    """
    covered = any(isinstance(answer, Found) and answer.record for answer in found.values())
    return {name: _status(answer, covered, now) for name, answer in sorted(found.items())}


def _status(found: Found | Unanswered, covered: bool, now: datetime) -> StatusAnswer:
    if isinstance(found, Unanswered):
        urls = (found.url,) if found.url else ()
        return StatusAnswer(
            state="unchecked", on=utc_text(now), urls=urls, reason=reason_text(found)
        )
    on, urls = utc_text(found.answer.fetched), (found.answer.url,)
    if found.record is None:
        if covered:
            return StatusAnswer(state="ok", on=on, urls=urls, note=NO_RECORD)
        return StatusAnswer(state="unchecked", on=on, urls=urls, reason=NO_RECORD)
    return StatusAnswer(
        state=state_of(found.record), on=on, urls=urls, notices=notices_about(found.record)
    )


def registration_answer(
    agency: Agency | Unanswered | None, handle: Handle | Unanswered | None, *, now: datetime
) -> RegistrationAnswer:
    """Whether a DOI is registered; only the Handle System can say that it is not.

    Parameters
    ----------
    agency
        What the list of agencies says; None when it was not asked.
    handle
        What the Handle System says; None when it was not asked.
    """
    named = agency.agency if isinstance(agency, Agency) else ""
    if isinstance(handle, Handle):
        return RegistrationAnswer(
            state="registered" if handle.registered else "not_registered",
            source="doi.org",
            on=utc_text(handle.answer.fetched),
            agency=named if handle.registered else "",
            handle_code=handle.code,
            urls=(handle.answer.url,),
        )
    if isinstance(agency, Agency) and named:
        return RegistrationAnswer(
            state="registered",
            source="doi.org",
            on=utc_text(agency.answer.fetched),
            agency=named,
            urls=(agency.answer.url,),
        )
    failures = [answer for answer in (handle, agency) if isinstance(answer, Unanswered)]
    return RegistrationAnswer(
        state="unchecked",
        source="doi.org",
        on=utc_text(now),
        urls=tuple(failure.url for failure in failures[:1] if failure.url),
        reason=reason_text(failures[0]) if failures else "doi.org names no agency",
    )


def at_crossref_after_all(registration: RegistrationAnswer, answer: Answer) -> RegistrationAnswer:
    """A registration that doi.org did not confirm and Crossref's own record shows."""
    return replace(
        registration,
        state="registered",
        source="crossref",
        agency="Crossref",
        on=utc_text(answer.fetched),
        urls=(answer.url,),
        reason="",
    )


def completed(
    base: BibliographicRecord, other: BibliographicRecord, source: str
) -> BibliographicRecord:
    """A record with its empty fields filled from another source's record of the same paper.

    Parameters
    ----------
    base
        The record to complete; nothing in it is replaced.
    other
        What another source holds.
    source
        Its name, noted for every field taken from it.
    """
    empty = BibliographicRecord()
    changes: dict[str, Any] = {}
    for field in fields(BibliographicRecord):
        name = field.name
        value = getattr(other, name)
        if name in NOT_FILLED or value == getattr(empty, name):
            continue
        if getattr(base, name) == getattr(empty, name):
            changes[name] = value
    container = _completed_container(base.container, other.container)
    if container != base.container:
        changes["container"] = container
    known = {title.text.casefold() for title in base.titles}
    translations = [
        title
        for title in other.titles
        if title.text.casefold() not in known
        and (title.kind == "translated" or any(t.kind == "translated" for t in other.titles))
    ]
    if not base.titles:
        changes["titles"] = other.titles
    elif translations:
        # A paper known under two titles: the second one may be the one that is cited.
        changes["titles"] = (*base.titles, *translations)
    if not changes:
        return base
    taken = {**base.fields_from, **dict.fromkeys(changes, source)}
    return replace(base, **changes, fields_from=taken)


def _completed_container(base: Container, other: Container) -> Container:
    return Container(
        title=base.title or other.title,
        abbreviations=tuple(dict.fromkeys((*base.abbreviations, *other.abbreviations))),
        issn=tuple(dict.fromkeys((*base.issn, *other.issn))),
        publisher=base.publisher or other.publisher,
    )


RECORD_ORDER = ("crossref", "datacite", "pubmed", "doi")
"""Whose record is preferred; others fill what it leaves empty."""


def best_record(
    asked: Mapping[str, Found | Unanswered], doubtful: bool, now: datetime
) -> RecordAnswer:
    """The preferred source's record, completed by the others; or the best word on its absence.

    Parameters
    ----------
    asked
        What each source answered.
    doubtful
        Whether it is unknown who registered the DOI, so that no source can deny it.
    now
        When the run asked.
    """
    sources = [source for source in RECORD_ORDER if source in asked]
    found = [
        (s, answer)
        for s in sources
        if isinstance(answer := asked[s], Found) and answer.record is not None
    ]
    if found:
        source, first = found[0]
        record = first.record
        for other, answer in found[1:]:
            if record and answer.record:
                record = completed(record, answer.record, other)
        return record_answer(source, replace(first, record=record), now=now)
    failures = [a for s in sources if isinstance(a := asked[s], Unanswered)]
    if failures:
        return record_answer(failures[0].service, failures[0], now=now)
    if doubtful or not sources:
        return RecordAnswer(
            outcome="unchecked",
            source="doi.org",
            on=utc_text(now),
            reason="it is not known who registered the DOI, so its record was not found",
        )
    return record_answer(sources[0], asked[sources[0]], now=now)
