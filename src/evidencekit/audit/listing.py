"""Finding the reference list of a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from evidencekit.audit.document import Document
from evidencekit.audit.entries import (
    LONGEST_STEP,
    Entry,
    Line,
    label_of,
    lines_of,
    looks_like_reference,
    numbered,
    split,
)
from evidencekit.audit.headings import ends_a_list, is_list_heading
from evidencekit.sources.identifiers import DOI_PATTERN

FARTHEST = 12
"""Lines from one numbered entry of a run to the next at most."""


class Found(NamedTuple):
    """The entries of a list, how they were found, and what to tell about it."""

    entries: list[Entry]
    found_by: str
    start: int
    end: int
    notes: tuple[str, ...] = ()


def find_list(document: Document) -> Found:
    """The reference list of a document: under a heading, or a run of numbered entries.

    The last list counts; a note says when there are others. Nothing is returned
    for texts without a list: ``found_by`` is ``"nothing"``.
    """
    lines = lines_of(document.text, 0, len(document.text))
    headed = _under_headings(document, lines)
    if headed:
        return headed
    return _run_of_numbers(lines) or _identifiers_only(lines) or Found([], "nothing", 0, 0)


def _under_headings(document: Document, lines: Sequence[Line]) -> Found | None:
    headings = [index for index, line in enumerate(lines) if is_list_heading(line.text)]
    lists = []
    for position, index in enumerate(headings):
        stop = headings[position + 1] if position + 1 < len(headings) else len(lines)
        section = _section(lines[index + 1 : stop])
        entries = [e for e in split(section) if document.text[e.start : e.end].strip()]
        if any(looks_like_reference(document.text[e.start : e.end]) for e in entries):
            lists.append((lines[index], entries))
    if not lists:
        return None
    heading, entries = lists[-1]
    notes = []
    if len(lists) > 1:
        at = ", ".join(str(document.line_of(line.start) + 1) for line, _ in lists[:-1])
        notes.append(f"other reference lists, not audited, begin at line {at}")
    end = max(entry.end for entry in entries)
    return Found(entries, "heading", heading.start, end, tuple(notes))


def _section(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines up to the next heading or rule; one right below the heading belongs to it."""
    for index, line in enumerate(lines):
        if index and ends_a_list(line.text) and any(e.text.strip() for e in lines[:index]):
            return lines[:index]
    return lines


def _run_of_numbers(lines: Sequence[Line]) -> Found | None:
    """The last run of numbered lines most of which look like references."""
    labelled = [(i, label) for i, line in enumerate(lines) if (label := label_of(line.text))]
    runs: list[list[int]] = []
    last = None
    for index, label in labelled:
        number = label.number
        joined = (
            last is not None
            and index - runs[-1][-1] <= FARTHEST
            and (number is None or last < number <= last + LONGEST_STEP or number == last == 1)
        )
        if joined:
            runs[-1].append(index)
        else:
            runs.append([index])
        last = number if number is not None else (last or 0)
    for run in reversed(runs):
        begins = frozenset(run)
        likely = sum(looks_like_reference(_first_lines(lines, i, begins)) for i in run)
        if len(run) > 1 and 2 * likely > len(run):
            stop = run[-1] + 1
            while (
                stop < len(lines) and lines[stop].text.strip() and not ends_a_list(lines[stop].text)
            ):
                stop += 1
            entries = numbered(lines[run[0] : stop])
            return Found(entries, "numbers", lines[run[0]].start, entries[-1].end)
    return None


def _first_lines(lines: Sequence[Line], index: int, begins: frozenset[int]) -> str:
    """An entry's own first lines."""
    stop = index + 1
    while stop < len(lines) and stop - index < 4 and stop not in begins:
        stop += 1
    return " ".join(line.text for line in lines[index:stop])


def _identifiers_only(lines: Sequence[Line]) -> Found | None:
    """A file of nothing but DOIs, one on each line."""
    filled = [line for line in lines if line.text.strip() and line.text.lstrip()[0] != "#"]
    entries: list[Entry] = []
    for line in filled:
        words = line.text.split()
        if len(words) > 4 or not DOI_PATTERN.search(line.text):
            return None
        indent = len(line.text) - len(line.text.lstrip())
        start = line.start + indent
        entries.append(Entry(str(len(entries) + 1), None, start, line.end))
    if not entries:
        return None
    return Found(entries, "identifiers", entries[0].start, entries[-1].end)
