"""Sentences of an article that claim something and have no claim recorded yet."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from evidencekit.audit.against import compare
from evidencekit.audit.claims.words import ABBREVIATIONS, effect_words, numbers_in
from evidencekit.audit.document import Document
from evidencekit.audit.marks import prose
from evidencekit.errors import Place
from evidencekit.workspace.claim import Claim

_END = re.compile(r"[.!?…]+[\"'”’»)\]】]*(?:\s?[\[【][\d,;\s–-]+[\]】])*(?=\s|$)")
_WORD = re.compile(r"\S")
_LABEL = re.compile(r"^\s*(?:(?:[-*+•>]|\d{1,2}[.)])\s+)+")
_LONGEST_HEADING = 110
_SHOWN = 160
_STOPS = '.,;:!)]】"”’*'


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A sentence worth a claim.

    Parameters
    ----------
    place
        Where it begins.
    section
        The heading above it; empty before the first.
    text
        Its words, for the screen; a claims file says it otherwise.
    numbers, words
        What makes it a claim: numbers, and words of effect.
    cites
        Keys of the marks in it.
    """

    place: Place
    section: str
    text: str
    numbers: tuple[str, ...]
    words: tuple[str, ...]
    cites: tuple[str, ...]


def suggest_claims(document: Document, claims: Sequence[Claim]) -> tuple[Suggestion, ...]:
    """Sentences with a number or a word of effect that no claim is tied to.

    A claim is tied to a sentence under its section's heading that holds all words it mentions;
    without such words, one that holds its number, or else has a mark it cites. A claim with
    none of these ties to nothing, so its sentence is listed.
    """
    units = _units(document)
    headings = {bare_heading(unit.section) for unit in units}
    return tuple(
        Suggestion(
            place=document.place(unit.start, unit.end),
            section=unit.section,
            text=" ".join(document.text[unit.start : unit.end].split()),
            numbers=unit.numbers,
            words=unit.words,
            cites=unit.cites,
        )
        for unit in units
        if (unit.numbers or unit.words)
        and not unit.asks
        and not any(_tied(claim, unit, headings) for claim in claims)
    )


def untied_claims(document: Document, claims: Sequence[Claim]) -> tuple[str, ...]:
    """Ids of claims that no sentence of the document is tied to: it changed, or they
    name no word, number or mark by which to find it."""
    units = _units(document)
    headings = {bare_heading(unit.section) for unit in units}
    return tuple(
        claim.id for claim in claims if not any(_tied(claim, unit, headings) for unit in units)
    )


class Unit(NamedTuple):
    """A sentence with what may tie a claim to it."""

    start: int
    end: int
    section: str
    numbers: tuple[str, ...]
    words: tuple[str, ...]
    cites: tuple[str, ...]
    text: str
    asks: bool


def _units(document: Document) -> list[Unit]:
    compared = compare(document)
    text = prose(document, compared.listed)
    marks = [(m.span.start, m.span.end, m.keys) for m in compared.matched.marks]
    starts = [start for start, _, _ in marks]
    units = []
    for start, end, section in _sentences(text):
        inside = marks[bisect_left(starts, start) : bisect_left(starts, end)]
        bare = _without(text[start:end], [(a - start, b - start) for a, b, _ in inside])
        units.append(
            Unit(
                start=start,
                end=end,
                section=section,
                numbers=numbers_in(_LABEL.sub("", bare)),
                words=effect_words(bare),
                cites=tuple(dict.fromkeys(key for _, _, keys in inside for key in keys)),
                text=bare.casefold(),
                asks=bare.rstrip().endswith("?"),
            )
        )
    return units


def _tied(claim: Claim, unit: Unit, headings: set[str]) -> bool:
    wanted = bare_heading(claim.section)
    if wanted != bare_heading(unit.section) and wanted in headings:
        return False
    if claim.mentions:
        return all(word.casefold() in unit.text for word in claim.mentions)
    own = _numbers_of(claim)
    if own:
        digits = [n for number in unit.numbers for n in re.findall(r"\d[\d.,]*", number)]
        return bool(own & {_value(number) for number in digits})
    return bool(set(claim.cites) & set(unit.cites)) and not claim.carried_over


def _numbers_of(claim: Claim) -> set[float]:
    printed = [number.value for number in (claim.value, claim.value_to) if number is not None]
    whole = [float(number) for number in (claim.k, claim.participants) if number is not None]
    return {*printed, *whole}


def _value(text: str) -> float:
    """A number as texts write it: with a comma or a point; three digits after it are thousands."""
    text = text.strip(".,")
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", text):
        return float(re.sub(r"[.,]", "", text))
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return float("nan")


def bare_heading(heading: str) -> str:
    """A heading without its marks, as it is compared."""
    return heading.strip(" #*_:\t").casefold()


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _sentences(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and section of every sentence outside headings; lines of a paragraph belong
    together, since many texts are wrapped."""
    section, begin, at = "", -1, 0
    lines = text.split("\n")
    for index, line in enumerate(lines):
        heading = _is_heading(lines, index)
        ends = heading or not line.strip() or bool(_LABEL.match(line))
        if ends and begin >= 0:
            yield from ((a, b, section) for a, b in _split(text, begin, at))
            begin = -1
        if heading:
            section = line.strip(" #*_\t")
        elif line.strip() and begin < 0:
            begin = at
        at += len(line) + 1
    if begin >= 0:
        yield from ((a, b, section) for a, b in _split(text, begin, len(text)))


def _is_heading(lines: Sequence[str], index: int) -> bool:
    """A Markdown heading, or a short line between sentences that no full stop ends."""
    words = lines[index].strip()
    if not words or _LABEL.match(words):
        return False
    if words.startswith("#"):
        return True
    plain = words.strip("*_ ")
    if not plain or len(plain) > _LONGEST_HEADING or plain[-1] in _STOPS or ". " in plain:
        return False
    before = lines[index - 1].strip() if index else ""
    after = lines[index + 1].strip() if index + 1 < len(lines) else ""
    return (not before or before[-1] in _STOPS) and not after[:1].islower()


def _split(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The sentences of a paragraph, ``text[start:stop]``."""
    first = _WORD.search(text, start, stop)
    start = first.start() if first else stop
    for match in _END.finditer(text, start, stop):
        before = text[start : match.start()].rsplit(None, 1)
        last = before[-1].lstrip("(\"'").casefold() if before else ""
        if match.group().startswith(".") and (last in ABBREVIATIONS or len(last) == 1):
            continue
        following = _WORD.search(text, match.end(), stop)
        if following and following.group().islower():
            continue
        if match.end() > start:
            yield start, match.end()
        start = following.start() if following else stop
    rest = text[start:stop].rstrip()
    if rest:
        yield start, start + len(rest)


def suggestions_text(suggestions: Sequence[Suggestion]) -> str:
    """One block for each sentence: place, marks, why, and its first words."""
    lines = []
    for suggestion in suggestions:
        why = ", ".join((*suggestion.numbers, *dict.fromkeys(suggestion.words)))
        marks = "".join(f"[{key}]" for key in suggestion.cites)
        head = f"{suggestion.place}  {suggestion.section or 'before the first heading'}"
        lines.append(f"{head}  {marks}".rstrip())
        text = suggestion.text
        lines.append(f"    {text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}")
        lines.append(f"    because: {why}")
    return "\n".join(lines)


def suggestion_dict(suggestion: Suggestion) -> dict[str, Any]:
    """A suggestion as plain values."""
    return {
        "file": suggestion.place.file,
        "line": suggestion.place.line,
        "column": suggestion.place.column,
        "section": suggestion.section or None,
        "text": suggestion.text,
        "numbers": list(suggestion.numbers),
        "words": list(suggestion.words),
        "cites": list(suggestion.cites),
    }
