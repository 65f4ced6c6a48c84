"""One entry of the lock: everything that was asked about one paper, and what was answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

from evidencekit.sources.codec import decode, encode
from evidencekit.sources.moments import Origin, check_moment
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.status import StatusAnswer

RecordOutcome = Literal["found", "absent", "unchecked"]
RegistrationState = Literal["registered", "not_registered", "invalid", "unchecked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAnswer:
    """What a source says when asked for the record of a paper.

    Parameters
    ----------
    outcome
        ``absent`` only on a definite answer that there is none; an outage is ``unchecked``.
    source
        ``crossref``, ``pubmed``, ...; of a transcribed record what was read.
    on
        Day, or moment in UTC.
    urls
        Where: the address asked, or the pages read.
    http_status, sha256
        Of the answer received; 0 and empty when transcribed.
    reason
        Why unchecked.
    seeded_from
        Files of this workspace from which the record was copied. Such a record says what
        the workspace says, and so confirms nothing in it.
    data
        The record, when found.
    """

    outcome: RecordOutcome
    source: str
    on: str
    origin: Origin = "fetched"
    urls: tuple[str, ...] = ()
    http_status: int = 0
    sha256: str = ""
    reason: str = ""
    note: str = ""
    seeded_from: tuple[str, ...] = ()
    data: BibliographicRecord | None = None

    def __post_init__(self) -> None:
        check_moment(self.on)
        if (self.outcome == "found") != (self.data is not None):
            raise ValueError("a record is there when, and only when, the outcome is found")

    @property
    def confirms(self) -> bool:
        """Whether the record can confirm what the workspace says of the paper."""
        return self.outcome == "found" and not self.seeded_from


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationAnswer:
    """Whether the DOI is registered, and with which agency.

    Parameters
    ----------
    handle_code
        The Handle System's response code; only 100 means that the DOI does not exist.
    """

    state: RegistrationState
    source: str
    on: str
    origin: Origin = "fetched"
    agency: str = ""
    handle_code: int = 0
    urls: tuple[str, ...] = ()
    reason: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        check_moment(self.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search for the paper meant by a citation, kept because it found nothing (or another).

    Parameters
    ----------
    query
        What was searched for, word for word or described.
    places
        Where.
    outcome
        ``nothing``, or ``others``: papers like it, listed under *nearest*.
    nearest
        DOIs of the nearest real papers.
    """

    query: str
    places: tuple[str, ...]
    on: str
    outcome: Literal["nothing", "others"]
    origin: Origin = "fetched"
    nearest: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        check_moment(self.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Everything known of one cited identifier; absent parts were never asked."""

    record: RecordAnswer | None = None
    registration: RegistrationAnswer | None = None
    status: Mapping[str, StatusAnswer] = field(default_factory=dict, hash=False)
    searches: tuple[Search, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether anything definite is known: a record, its absence, a registration or a search."""
        record = self.record is not None and self.record.outcome != "unchecked"
        known = self.registration is not None and self.registration.state != "unchecked"
        return record or known or bool(self.searches)

    @property
    def digest(self) -> str:
        """SHA-256 of the normalised record: what drift compares. Empty when there is none."""
        if self.record is None or self.record.data is None:
            return ""
        return record_digest(self.record.data)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, with the record's digest beside it."""
        data: dict[str, Any] = encode(self)
        if self.record is not None and self.record.data is not None:
            data["digest"] = _digest_of(data["record"]["data"])
        return data

    @classmethod
    def from_dict(cls, data: Any, *, place: str) -> Entry:
        """Read what `to_dict` gives; the digest is for the reader of the file to check."""
        if isinstance(data, Mapping):
            data = {name: value for name, value in data.items() if name != "digest"}
        return decode(cls, data, place)


def record_digest(record: BibliographicRecord) -> str:
    """SHA-256 of a record's canonical JSON."""
    return _digest_of(record.to_dict())


def _digest_of(data: Mapping[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def merged_entry(old: Entry, new: Entry) -> Entry:
    """An entry after asking again.

    What a service answered replaces what was transcribed, and a later answer an earlier
    one; but no answer (``unchecked``) replaces nothing, and nothing transcribed replaces
    what a service answered.
    """
    return Entry(
        record=_better(old.record, new.record),
        registration=_better(old.registration, new.registration),
        status=_merged_answers(old.status, new.status),
        searches=_merged_searches(old.searches, new.searches),
    )


def _better(old: Any, new: Any) -> Any:
    if old is None or new is None:
        return old if new is None else new
    if _unchecked(new) and not _unchecked(old):
        return old
    if new.origin == "transcribed" and old.origin == "fetched" and not _unchecked(old):
        return old
    return new


def _unchecked(answer: Any) -> bool:
    return "unchecked" in (getattr(answer, "outcome", ""), getattr(answer, "state", ""))


def _merged_answers(
    old: Mapping[str, StatusAnswer], new: Mapping[str, StatusAnswer]
) -> dict[str, StatusAnswer]:
    live = any(a.origin == "fetched" and a.state != "unchecked" for a in new.values())
    kept = {name: a for name, a in old.items() if not (live and a.origin == "transcribed")}
    return {name: _better(kept.get(name), new.get(name)) for name in sorted({*kept, *new})}


def _merged_searches(old: tuple[Search, ...], new: tuple[Search, ...]) -> tuple[Search, ...]:
    both = {(s.query, s.places): s for s in (*old, *new)}
    return tuple(sorted(both.values(), key=lambda s: (s.on, s.query)))
