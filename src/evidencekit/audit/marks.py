"""Citation marks in a text: numbers in brackets or raised, keys, footnotes, authors with years."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from evidencekit.audit.authors_in_text import author_year
from evidencekit.audit.document import Document
from evidencekit.audit.entries import looks_like_reference
from evidencekit.audit.numbers_in_marks import NUMBERS, expand
from evidencekit.audit.reference import Citation, ReferenceList

_FENCE = re.compile(r"^[ \t]{0,3}(```+|~~~+)", re.MULTILINE)
_INLINE_CODE = re.compile(r"`[^`\n]{1,200}`")

_BRACKETED = re.compile(
    rf"[\[【［〔]\s*(?P<numbers>{NUMBERS})"
    r"(?:\s*,\s*(?:pp?|S|blz|page|pagina)\.?\s*\d+(?:\s?[-–]\s?\d+)?)?\s*[\]】］〕](?!\s*:\s*http)"
)
_INTERVAL_BEFORE = re.compile(
    r"(?:\b(?:CI|BI|KI|IC|CrI|PI|IQR|range|interval|bereik|spreiding)\b[\s:,=(]*"
    r"|[=<>±≤≥]\s*|\d[.,]\d+\s*%?[\s,;:]*|\d\s?%[\s,;:]*)$",
    re.IGNORECASE,
)
_ROUND = re.compile(rf"(?<=[\w.,;:”\"'%)])\s?\((?P<numbers>{NUMBERS})\)")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻˒", "0123456789-,")
_RAISED = re.compile(
    r"(?P<unicode>[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[⁻–,˒]\s?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)*)"
    rf"|\^\[?(?P<caret>{NUMBERS})\]?\^?"
    rf"|<sup[^<>]{{0,200}}>\s*(?:<a\b[^<>]{{0,300}}>)?\s*\[?(?P<tag>{NUMBERS})\]?\s*(?:</a>)?\s*</sup>",
    re.IGNORECASE,
)
_WORD_BEFORE = re.compile(r"(?:[^\W\d_]{3,}|[.,;:!?)\]”’\"'»%]|\*)\s?$")
_POWER_BEFORE = re.compile(
    r"(?<![^\W\d_])(?:tau|chi|eta|rho|sigma|omega|delta|lambda|min|sec|sek|mol|day|dag|log)$",
    re.IGNORECASE,
)
_SHORT_WORD_BEFORE = re.compile(r"(?<![^\W\d_])[^\W\d_]{2}$")
_KEYS = re.compile(r"\[[^\[\]\n]{0,200}?(?<![\w.])@[^\[\]\n]{1,300}\]")
_KEY = re.compile(r"(?<![\w.])@\{?(\w(?:[\w:.#$%&+?<>~/-]*\w)?)")
_LATEX = re.compile(
    r"\\(?:no|text|paren|auto|foot|full|smart)?[cC]ite(?:p|t|alp|alt|author|year|yearpar)?\*?"
    r"(?:\[[^\]\n]{0,80}\]){0,2}\{(?P<keys>[^{}]{1,500})\}"
)
_FOOTNOTE = re.compile(r"\[\^(?P<key>[\w-]{1,40})\](?!:)")


class Mark(NamedTuple):
    """A mark: where it stands and what it points at."""

    start: int
    end: int
    keys: tuple[str, ...]


def citations_of(document: Document, listed: ReferenceList) -> tuple[Citation, ...]:
    """Every citation mark outside the reference list, in order of the text.

    All systems are read side by side; which of them the text uses is decided
    against the list, in ``against``.
    """
    text = prose(document, listed)
    found = [
        Citation(
            marker=document.text[mark.start : mark.end],
            system=system,
            keys=mark.keys,
            span=document.span(mark.start, mark.end),
        )
        for system, reader in MARKERS.items()
        for mark in reader(text, document)
    ]
    return tuple(sorted(found, key=lambda citation: (citation.span.start, citation.span.end)))


def prose(document: Document, listed: ReferenceList) -> str:
    """The text with its reference list and code blanked out, so that offsets stay."""
    text = document.text
    if listed.found_by not in {"nothing", "records"}:
        blank = re.sub(r"[^\n]", " ", text[listed.start : listed.end])
        text = text[: listed.start] + blank + text[listed.end :]
    if "`" in text or "~~~" in text:
        text = _without_fences(text)
        text = _INLINE_CODE.sub(lambda match: " " * len(match.group()), text)
    return text


def _without_fences(text: str) -> str:
    """Fenced code blanked out; a fence that never closes reaches to the end."""
    pieces, at, opened = [], 0, ""
    for match in _FENCE.finditer(text):
        if not opened:
            pieces.append(text[at : match.start()])
            at, opened = match.start(), match[1]
        elif match[1].startswith(opened):
            pieces.append(re.sub(r"[^\n]", " ", text[at : match.end()]))
            at, opened = match.end(), ""
    rest = text[at:]
    pieces.append(re.sub(r"[^\n]", " ", rest) if opened else rest)
    return "".join(pieces)


def _bracketed(text: str, document: Document) -> Iterator[Mark]:
    """``[1]``, ``【1】``, ``[1-3,5]``; a dash between two marks makes a range of them."""
    last: Mark | None = None
    for match in _BRACKETED.finditer(text):
        numbers = expand(match["numbers"])
        if not numbers or _is_interval(text, match, numbers) or _is_entry(text, match.start()):
            continue
        mark = Mark(match.start(), match.end(), numbers)
        if last and re.fullmatch(r"\s?[-–—]\s?", text[last.end : mark.start]):
            between = expand(f"{last.keys[-1]}-{numbers[0]}")[1:-1]
            mark = mark._replace(keys=(*between, *numbers))
        yield mark
        last = mark


def _is_interval(text: str, match: re.Match[str], numbers: tuple[str, ...]) -> bool:
    """``95% CI [12, 34]`` is no mark, nor is ``[2014]``."""
    if len(numbers) == 1 and 1800 <= int(numbers[0]) <= 2100:
        return True
    listed = re.search(r"[,;–-]", match["numbers"])
    return bool(listed and _INTERVAL_BEFORE.search(text, max(match.start() - 30, 0), match.start()))


def _is_entry(text: str, start: int) -> bool:
    """The mark begins a line that reads like a reference: another list, not a citation."""
    before = text[max(start - 12, 0) : start].rpartition("\n")
    if (start > 12 and not before[1]) or before[2].strip(" \t-*+•>"):
        return False
    end = text.find("\n", start, start + 3000)
    return looks_like_reference(text[start : end if end >= 0 else start + 3000])


def _round(text: str, _: Document) -> Iterator[Mark]:
    """``(1)``, ``(1,2)`` after a word; counted only when the list agrees."""
    for match in _ROUND.finditer(text):
        numbers = expand(match["numbers"])
        if numbers and all(int(number) < 1000 for number in numbers):
            yield Mark(match.start("numbers") - 1, match.end(), numbers)


def _superscript(text: str, document: Document) -> Iterator[Mark]:
    """Raised numbers, unless they are powers: ``m²``, ``10^3``, ``I²``."""
    found = []
    for match in _RAISED.finditer(text):
        shown = match["unicode"] or match["caret"] or match["tag"]
        found.append((match.start(), match.end(), shown.translate(_DIGITS)))
    found.extend(
        (start, end, text[start:end].strip().strip("[]")) for start, end in document.raised
    )
    for start, end, shown in sorted(found):
        numbers = expand(shown) if re.fullmatch(NUMBERS, shown) else ()
        if numbers and _follows_a_word(text, start, numbers):
            yield Mark(start, end, numbers)


def _follows_a_word(text: str, start: int, numbers: tuple[str, ...]) -> bool:
    before = text[max(start - 12, 0) : start]
    if _POWER_BEFORE.search(before):
        return False
    if _WORD_BEFORE.search(before):
        return True
    return bool(_SHORT_WORD_BEFORE.search(before)) and max(map(int, numbers)) > 3


def _key(text: str, _: Document) -> Iterator[Mark]:
    """``[@key; @other, p. 3]`` and ``\\cite{key,other}``."""
    for match in _KEYS.finditer(text):
        keys = tuple(_KEY.findall(match.group()))
        if keys:
            yield Mark(match.start(), match.end(), keys)
    for match in _LATEX.finditer(text):
        keys = tuple(key.strip() for key in match["keys"].split(",") if key.strip())
        if keys:
            yield Mark(match.start(), match.end(), keys)


def _footnote(text: str, _: Document) -> Iterator[Mark]:
    """``[^1]``, whose text stands below."""
    for match in _FOOTNOTE.finditer(text):
        yield Mark(match.start(), match.end(), (match["key"],))


def _author_year(text: str, _: Document) -> Iterator[Mark]:
    """``(Li et al., 2020; Hao, 2015a)`` and ``Li et al. (2020)``."""
    for start, end, keys in author_year(text):
        yield Mark(start, end, keys)


MARKERS: dict[str, Callable[[str, Document], Iterator[Mark]]] = {
    "bracketed": _bracketed,
    "superscript": _superscript,
    "round": _round,
    "key": _key,
    "footnote": _footnote,
    "author-year": _author_year,
}
"""Systems of citation marks, and what reads each."""
