"""DOIs, PMIDs and addresses in an entry, and the words that announce them."""

from __future__ import annotations

import re
from typing import NamedTuple

from evidencekit.audit.parsing.clean import Clean
from evidencekit.audit.reference import CLEAR, GUESSED
from evidencekit.sources.dois_in_text import find_dois
from evidencekit.sources.identifiers import DOI_PATTERN, trim_punctuation

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"“”]+", re.IGNORECASE)
_DOI_ADDRESS = re.compile(r"https?://(?:dx\.)?doi\.org/|\bdoi\s*[:.=]?\s*", re.IGNORECASE)
_LABELLED = re.compile(r"\bdoi\s*[:=]\s*(?P<value>(?:1[0oO]\S*|\S*/)\S*)", re.IGNORECASE)
_PMID = re.compile(
    r"(?:\bPMID\s*:?\s*|pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)"
    r"(?P<value>[1-9]\d{0,7})\b",
    re.IGNORECASE,
)
_DATE = (
    r"(?:\d{1,2}\.?\s)?[^\W\d_]{3,10}\.?\s(?:\d{1,2},?\s)?\d{4}"
    r"|\d{4}[-/.\s][^\W_]{1,9}[-/.\s]\d{1,2}"
)
_ANNOUNCED = re.compile(
    rf"""\[(?:Internet|cited\b[^\]]{{0,40}}|PubMed|Cross\s?Ref|Google\sScholar|online)\]
      | \bPMCID\s*:?\s*PMC\d+\.? | \bPMC\d{{4,9}}\b\.? | \bPMID\s*:?\s*\d+\.?
      | \bEpub\b(?:\s(?:ahead\sof\sprint\b)?(?:\s*(?:{_DATE}))?)?\.?
      | \b(?:Available\s(?:from|at|online)|Retrieved|Accessed(?:\son)?|Beschikbaar\s(?:via|op)
          |Geraadpleegd(?:\sop)?|Verfügbar\s(?:unter|über)|Abgerufen(?:\sam)?|Disponible\s(?:en|sur))
        \s*:?\s*(?:{_DATE})?,?\s*(?:(?:from|van|von)\b)?:?\.?
      | \bdoi\s*[:=]?\s*(?=$|[.,;)\]]) | \bdoi\s*[:=]\s*""",
    re.VERBOSE | re.IGNORECASE,
)


_LINK_WORDS = re.compile(
    r"(?:[\s.|·,\[(]{0,4}\b(?:Link|Cross\s?Ref|PubMed(?:\sCentral)?|Google\sScholar|Web\sof\sScience"
    r"|CAS|Scopus|Medline|Full\s[Tt]ext|View\s[Aa]rticle|Article)\b[\])|]{0,3}){1,6}\s*$"
)
"""What web pages write after a reference, with a link behind it."""


class Identifier(NamedTuple):
    """A value, where it stands in the cleaned entry, and the confidence."""

    value: str
    start: int
    end: int
    confidence: float


class Identifiers(NamedTuple):
    """What identifies the work, and the entry without it."""

    doi: Identifier | None
    pmid: Identifier | None
    url: Identifier | None
    body: Clean


def take_identifiers(entry: Clean) -> Identifiers:
    """Read the identifiers of an entry and cut them out, with the words that announce them."""
    text = entry.text
    doi, pieces = _doi(text)
    pmid = _PMID.search(text)
    url = None
    for match in _ADDRESS.finditer(text):
        shown = trim_punctuation(match.group())
        pieces.append((match.start(), match.start() + len(shown)))
        known = "doi.org/" in shown.lower() or DOI_PATTERN.search(shown) or _PMID.search(shown)
        if not url and not known:
            url = Identifier(shown, match.start(), match.start() + len(shown), CLEAR)
    pieces.extend(match.span() for match in _ANNOUNCED.finditer(text))
    return Identifiers(
        doi,
        Identifier(pmid["value"], pmid.start("value"), pmid.end("value"), CLEAR) if pmid else None,
        url,
        _tidy(entry.without(_merged(pieces))),
    )


def _doi(text: str) -> tuple[Identifier | None, list[tuple[int, int]]]:
    """The first DOI, and the stretches that all of them take up."""
    pieces: list[tuple[int, int]] = []
    first = None
    for found in find_dois(text):
        before = text[max(found.start - 24, 0) : found.start]
        label = re.search(rf"(?:{_DOI_ADDRESS.pattern})$", before, re.IGNORECASE)
        pieces.append((found.start - (len(label.group()) if label else 0), found.end))
        if first is None:
            first = Identifier(found.doi, found.start, found.end, CLEAR)
    if first is None and (match := _LABELLED.search(text)):
        # Something that was meant to be a DOI: kept as it is for the repair of DOIs.
        shown = trim_punctuation(match["value"])
        if shown:
            start = match.start("value")
            first = Identifier(shown, start, start + len(shown), GUESSED)
            pieces.append((match.start(), start + len(shown)))
    return first, pieces


def _merged(pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(pieces):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _tidy(body: Clean) -> Clean:
    """Without the punctuation and empty brackets that identifiers leave behind."""
    left = [m.span() for m in re.finditer(r"\(\s*\)|\[\s*\]|<\s*>|\s+(?=[.,;]?\s)", body.text)]
    body = body.without(_merged(left)).stripped()
    end = len(_LINK_WORDS.sub("", body.text).rstrip(" .,;:"))
    return body.cut(0, end)
