"""What a reference says, as plain values to compare."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidencekit.sources.cleaning import page_range
from evidencekit.sources.identifiers import normalise_doi

if TYPE_CHECKING:
    from evidencekit.audit.reference import Cited, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedWork:
    """The fields of a citation; what it does not state is empty or None.

    Parameters
    ----------
    authors
        Family names (or names of groups) in the order cited.
    et_al
        The list of authors says that it is incomplete.
    pages
        As cited: a range, a first page or an article number.
    doi, doi_text
        In normal form, empty when what is cited is none; and as cited.
    """

    authors: tuple[str, ...] = ()
    et_al: bool = False
    year: int | None = None
    title: str = ""
    container: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    doi_text: str = ""
    pmid: str = ""

    @property
    def locator(self) -> str:
        """First page or article number; empty when none is cited."""
        return page_range(self.pages)[0]

    @property
    def volume_is_year(self) -> bool:
        """Whether the volume repeats the year, and so is no evidence of its own."""
        return bool(self.volume) and self.volume == str(self.year)


def cited_work(reference: Reference) -> CitedWork:
    """The values of a reference, without their places."""
    return CitedWork(
        authors=tuple(author.family for author in _value(reference.authors, ())),
        et_al=reference.et_al,
        year=_value(reference.year, None),
        title=_value(reference.title, ""),
        container=_value(reference.container, ""),
        volume=_value(reference.volume, ""),
        issue=_value(reference.issue, ""),
        pages=_value(reference.pages, ""),
        doi=normalise_doi(_value(reference.doi, "")) or "",
        doi_text=_value(reference.doi, ""),
        pmid=_value(reference.pmid, ""),
    )


def digits(text: str) -> str:
    """The digits of a page, volume or article number, without leading zeros."""
    return re.sub(r"\D", "", text, flags=re.ASCII).lstrip("0")


def _value(field: Cited[Any] | None, missing: Any) -> Any:
    return missing if field is None else field.value
