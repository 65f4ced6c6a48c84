"""Files of reference managers: BibTeX, RIS, PubMed's NBIB and CSL-JSON."""

from __future__ import annotations

from collections.abc import Callable

from evidencekit.audit.document import Document, Doubt, starts_of_lines
from evidencekit.audit.readers.decoding import decode
from evidencekit.audit.readers.records import record_reference
from evidencekit.errors import FileError
from evidencekit.sources.formats import REFERENCE_FORMATS
from evidencekit.sources.interchange import ImportedReference


def bibliography_reader(name: str) -> Callable[[bytes, str], Document]:
    """The reader of a format of ``REFERENCE_FORMATS``."""

    def read(data: bytes, file: str) -> Document:
        return read_bibliography(data, file, name=name)

    return read


def read_bibliography(data: bytes, file: str, *, name: str) -> Document:
    """A file of references; what could not be read of it is a doubt.

    Raises
    ------
    FileError
        It holds no reference of this format.
    """
    text, doubts = decode(data, file)
    imported = REFERENCE_FORMATS[name].read(text)
    starts = starts_of_lines(text)
    problems = [
        Doubt(what=problem.text, at=starts[problem.line - 1] if problem.line else None)
        for problem in imported.problems
        if problem.line <= len(starts)
    ]
    if not imported.references:
        why = f": {problems[0].what}" if problems else ""
        raise FileError(f"{file}: no reference in it could be read as {name}{why}. Check the file.")
    document = Document(
        file=file,
        kind=name,
        text=text,
        line_starts=starts,
        doubts=(*doubts, *problems),
    )
    begins: list[int] = []
    for entry in imported.references:
        begins.append(_begin(text, starts, entry, begins[-1] + 1 if begins else 0))
    ends = [*begins[1:], len(text)]
    records = tuple(
        record_reference(
            document,
            entry.record,
            (begin, max(end, begin)),
            position=position,
            key=entry.key,
        )
        for position, (entry, begin, end) in enumerate(
            zip(imported.references, begins, ends, strict=True), 1
        )
    )
    return document.with_records(records)


def _begin(text: str, starts: tuple[int, ...], entry: ImportedReference, after: int) -> int:
    """Where a record begins: at its line, else at the bracket before what is known of it."""
    if entry.line:
        return starts[min(entry.line, len(starts)) - 1]
    for value in (entry.key, entry.record.title):
        at = text.find(f'"{value}"', after) if value else -1
        if at >= 0:
            return max(text.rfind("{", after, at), after)
    return min(after, len(text))
