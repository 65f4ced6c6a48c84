"""DOIs in running text: found with their brackets whole and the sentence's punctuation left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evidencekit.sources.identifiers import clean_doi, trim_punctuation

_START = re.compile(r"(?<!\d)(?<!\d\.)10\.\d{4,9}(?:\.\d+)*(?:/|%2[fF])", re.ASCII)
_END = re.compile(r"[\s\"“”«»\u200b\u3000]|</|<(?:a|b|br|div|em|i|li|p|span|strong|td|tr)[\s/>]")
_NEXT = re.compile(r"[,;|](?:https?://(?:dx\.)?doi\.org/|doi:)?10\.\d{4,9}/", re.IGNORECASE)
_TAIL = re.compile(
    r"[?#].*|/(?:full|abstract|pdf|epdf|meta|summary|html)(?:/.*)?|\.(?:pdf|full|html)"
    r"|v\d+(?:\.full.*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDoi:
    """A DOI in a text.

    Parameters
    ----------
    doi
        In normal form.
    start, end
        Where it stands: ``text[start:end]``, without the punctuation that follows.
    changes
        What cleaning did to it.
    alternatives
        What it may be if the end is not part of it (``?ref=x``, ``/pdf``); to be tried
        only when the whole is not registered.
    """

    doi: str
    start: int
    end: int
    changes: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()


def find_dois(text: str) -> tuple[FoundDoi, ...]:
    """Every DOI of a text, in order.

    Examples
    --------
    >>> [found.doi for found in find_dois("(see 10.1000/a(b)c). Also doi:10.1000/D.")]
    ['10.1000/a(b)c', '10.1000/d']
    """
    return tuple(_found(text))


def _found(text: str) -> Iterator[FoundDoi]:
    at = 0
    while start := _START.search(text, at):
        end = _where(_END, text, start.end())
        end = _where(_NEXT, text, start.end(), end)
        raw = trim_punctuation(text[start.start() : end])
        at = max(start.end(), start.start() + len(raw))
        cleaned = clean_doi(raw)
        if cleaned.doi:
            yield FoundDoi(
                doi=cleaned.doi,
                start=start.start(),
                end=start.start() + len(raw),
                changes=cleaned.changes,
                alternatives=doi_alternatives(cleaned.doi),
            )


def _where(pattern: re.Pattern[str], text: str, start: int, end: int | None = None) -> int:
    limit = len(text) if end is None else end
    found = pattern.search(text, start, limit)
    return found.start() if found else limit


def doi_alternatives(doi: str) -> tuple[str, ...]:
    """Shorter forms of a DOI that was copied with the end of an address, shortest cut first.

    Examples
    --------
    >>> doi_alternatives("10.1101/343202v1.full")
    ('10.1101/343202v1', '10.1101/343202')
    >>> doi_alternatives("10.1000/abc")
    ()
    """
    prefix, _, suffix = doi.partition("/")
    shorter: list[str] = []
    for position in range(len(suffix) - 1, 0, -1):
        if _TAIL.fullmatch(suffix, position):
            candidate = clean_doi(f"{prefix}/{suffix[:position]}").doi
            if candidate and candidate not in shorter:
                shorter.append(candidate)
    return tuple(shorter)
