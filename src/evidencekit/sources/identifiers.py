"""DOIs, PMIDs, PMCIDs, ISSNs, ISBNs and ORCIDs: one spelling each, every change to it listed.

A DOI from a text is untrusted: `clean_doi` refuses whatever could leave the path it is
put into, and `doi_path` accepts nothing else. DOIs compare without regard to the case
of ASCII letters, so the normal form is lower case.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote, unquote

from evidencekit.errors import UsageError

DOI_PATTERN: Final = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+", re.ASCII)
LONGEST_DOI: Final = 1024
"""Characters; the longest real ones have fewer than 200."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,31});", re.ASCII)
"""An HTML entity with its semicolon; without one, R&D and A&notB would be taken for some."""

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ADDRESS = re.compile(
    r"(?:(?:https?:)?//)?(?:www\.)?(?:dx\.)?doi\.org/|(?:info:doi/|urn:doi:|doi)[:\s]*",
    re.IGNORECASE | re.ASCII,
)
_LEADING = "\"'“”‘’«»<([{*_`"
_TRAILING = ".,;:!?'\"’”»…*_`|"
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedDoi:
    """A DOI as it should be written, or why there is none.

    Parameters
    ----------
    doi
        The normal form; empty when *problem* is not.
    changes
        What was done to the text, in order, in the words of `DOI_STEPS`.
    problem
        Why the text is no DOI; empty when it is one.
    """

    doi: str = ""
    changes: tuple[str, ...] = ()
    problem: str = ""


def clean_doi(text: str) -> CleanedDoi:
    """Normalise one DOI, listing every change; never raises.

    The change "lower case" is a matter of taste, all others mend a real flaw. Cleaning
    is idempotent: cleaning a cleaned DOI changes nothing.

    Examples
    --------
    >>> clean_doi("https://doi.org/10.1155/2020/8734140.").doi
    '10.1155/2020/8734140'
    >>> clean_doi("doi:10.1000/../x").problem
    'has a "." or ".." between slashes'
    """
    if len(text) > 4 * LONGEST_DOI:
        return CleanedDoi(problem=f"is longer than {LONGEST_DOI} characters")
    changes: list[str] = []
    value, before = text, None
    # One step can uncover work for an earlier one (an entity inside a percent code).
    while value != before:
        before = value
        for name, step in DOI_STEPS.items():
            after = step(value)
            if after != value and name not in changes:
                changes.append(name)
            value = after
    problem = doi_problem(value)
    return CleanedDoi(doi="" if problem else value, changes=tuple(changes), problem=problem)


def normalise_doi(text: str) -> str:
    """The normal form of a DOI, or an empty text when it is none (`clean_doi` says why)."""
    return clean_doi(text).doi


def require_doi(text: str) -> str:
    """The normal form of a DOI given by a user.

    Raises
    ------
    UsageError
        When it is no DOI; the message says why.
    """
    cleaned = clean_doi(text)
    if cleaned.problem:
        shown = text if len(text) <= 80 else f"{text[:77]}..."
        raise UsageError(f"{shown!r} is not a DOI: it {cleaned.problem}; write 10.NUMBER/SUFFIX")
    return cleaned.doi


def doi_problem(doi: str) -> str:
    """Why a cleaned text is not a DOI that is safe to use; empty when it is one."""
    if len(doi) > LONGEST_DOI:
        return f"is longer than {LONGEST_DOI} characters"
    if not doi.isprintable():
        return "holds a control or invisible character"
    if not doi.startswith("10."):
        return "does not begin with 10."
    if "/" not in doi:
        return "has no slash"
    if any(character.isspace() for character in doi):
        return "holds a space"
    if not DOI_PATTERN.fullmatch(doi):
        return "has no number of 4 to 9 digits between 10. and the slash, or nothing after it"
    if any(part in (".", "..") for part in re.split(r"[/\\]", doi)):
        return 'has a "." or ".." between slashes'
    return ""


def trim_punctuation(text: str) -> str:
    """Without the punctuation of the sentence around it, and without brackets that do not match."""
    before = None
    while text != before:
        before = text
        text = text.rstrip(_TRAILING)
        opening = _BRACKETS.get(text[-1:])
        if opening and text.count(opening) < text.count(text[-1]):
            text = text[:-1]
    return text


def _without_address(text: str) -> str:
    found = _ADDRESS.match(text)
    rest = text[found.end() :] if found else text
    return rest if re.match(r"10(?:\.|%2e)", rest, re.IGNORECASE) else text


def _decoded(text: str) -> str:
    return unquote(text, errors="strict") if _percent_is_utf8(text) else text


def _percent_is_utf8(text: str) -> bool:
    try:
        unquote(text, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


DOI_STEPS: Final[dict[str, Callable[[str], str]]] = {
    "invisible characters removed": lambda text: _INVISIBLE.sub("", text),
    "spaces around it removed": str.strip,
    "HTML entities decoded": lambda text: ENTITY.sub(lambda m: html.unescape(m[0]), text),
    "full-width characters replaced": lambda text: text.translate(_FULL_WIDTH),
    "dashes replaced by hyphens": lambda text: text.translate(_DASHES),
    "opening punctuation removed": lambda text: text.lstrip(_LEADING),
    "address or label removed": _without_address,
    "percent codes decoded": _decoded,
    "closing punctuation removed": trim_punctuation,
    "lower case": lambda text: re.sub("[A-Z]+", lambda m: m[0].lower(), text),
}
"""The steps of `clean_doi`, by the words in which they are reported."""

Service = Literal["crossref", "datacite", "handle", "agency", "resolver"]

DOI_PATHS: Final[dict[Service, str]] = {
    "crossref": "",
    "datacite": "/",
    # The Handle proxy answers 404 to an encoded slash after the prefix.
    "handle": "/",
    "agency": "/",
    "resolver": "/",
}
"""Characters of a DOI that each service wants left as they are, besides letters, digits and -._~"""


def doi_path(doi: str, service: Service) -> str:
    """A DOI as a piece of a URL path; no character of it can end or leave the path.

    Raises
    ------
    ValueError
        When *doi* is not in normal form.
    """
    if normalise_doi(doi) != doi or not doi:
        raise ValueError(f"not a DOI in normal form: {doi!r}")
    return quote(doi, safe=DOI_PATHS[service])


def doi_address(doi: str) -> str:
    """The address people follow: ``https://doi.org/`` and the DOI."""
    return f"https://doi.org/{doi_path(doi, 'resolver')}"


def normalise_pmid(text: str) -> str:
    """Digits of a PubMed identifier (bare, labelled, or as an address); empty when it is none."""
    found = re.fullmatch(
        r"(?:PMID[:\s]*|https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/"
        r"pubmed)/)?0*([1-9]\d{0,7})/?",
        text.strip(),
        re.IGNORECASE | re.ASCII,
    )
    return found[1] if found else ""


def normalise_pmcid(text: str) -> str:
    """A PubMed Central identifier as ``PMC123``; empty when it is none."""
    found = re.fullmatch(
        r"(?:PMCID[:\s]*|https?://\S+/)?PMC(\d{1,9})(?:\.\d+)?/?",
        text.strip(),
        re.IGNORECASE | re.ASCII,
    )
    return f"PMC{int(found[1])}" if found else ""


def normalise_issn(text: str) -> str:
    """An ISSN as ``1234-567X`` when its check digit holds; else empty."""
    digits = re.sub(r"[\s‐‑–-]", "", re.sub(r"^\s*e?ISSN[:\s]*", "", text, flags=re.I)).upper()
    if not re.fullmatch(r"\d{7}[\dX]", digits, re.ASCII):
        return ""
    total = sum((8 - i) * _digit(c) for i, c in enumerate(digits))
    return f"{digits[:4]}-{digits[4:]}" if total % 11 == 0 else ""


def normalise_isbn(text: str) -> str:
    """An ISBN of 10 or 13 digits without hyphens when its check digit holds; else empty."""
    digits = re.sub(r"[\s‐‑–-]", "", re.sub(r"^\s*(?:https?://\S+/|ISBN[:\s]*)", "", text)).upper()
    if re.fullmatch(r"\d{9}[\dX]", digits, re.ASCII):
        total = sum((10 - i) * _digit(c) for i, c in enumerate(digits))
        return digits if total % 11 == 0 else ""
    if re.fullmatch(r"97[89]\d{10}", digits, re.ASCII):
        total = sum((3 if i % 2 else 1) * int(c) for i, c in enumerate(digits))
        return digits if total % 10 == 0 else ""
    return ""


def normalise_orcid(text: str) -> str:
    """An ORCID as ``0000-0002-1825-0097`` when its check digit holds (ISO 7064); else empty."""
    found = re.search(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])$", text.strip().upper(), re.ASCII)
    if not found:
        return ""
    digits = "".join(found.groups())
    total = 0
    for character in digits[:-1]:
        total = (total + int(character)) * 2
    check = (12 - total % 11) % 11
    return "-".join(found.groups()) if check == _digit(digits[-1]) else ""


def _digit(character: str) -> int:
    return 10 if character == "X" else int(character)
