"""What the audit asks of the world: who has this DOI, and which papers look like this citation.

Two kinds answer: the lock of a workspace (offline) and the services. Both say what they
do not know: a question nobody answered is `unchecked`, never a no.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from evidencekit.audit.matching.cited import CitedWork
from evidencekit.sources.record import BibliographicRecord

Registration = Literal["registered", "not_registered", "unchecked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoiAnswer:
    """What is known of one DOI.

    Parameters
    ----------
    registration
        Whether the Handle System has it; "unchecked" when nobody was or could be asked.
    record
        The paper it belongs to, where a service or the lock has it.
    why
        Why something is unchecked, for the reader.
    """

    registration: Registration = "unchecked"
    record: BibliographicRecord | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    """Papers that may be the one cited.

    Parameters
    ----------
    records
        Candidates, in any order; a record known by two services may stand twice.
    searched
        What was searched and answered, with its date: "Crossref on 2026-11-24". Empty when
        no search took place: then finding nothing means nothing.
    unanswered
        What was asked and did not answer, with the reason.
    """

    records: tuple[BibliographicRecord, ...] = ()
    searched: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()


class Library(Protocol):
    """Where records come from."""

    def by_doi(self, doi: str) -> DoiAnswer:
        """What is known of a DOI in normal form."""

    def search(self, cited: CitedWork) -> SearchAnswer:
        """Papers that may be the one cited."""
