"""Files of reference managers: BibTeX, RIS, PubMed's NBIB and CSL-JSON."""

from __future__ import annotations

from collections.abc import Callable

from evidencekit.audit.document import Document, Doubt, starts_of_lines
from evidencekit.audit.readers.decoding import decode
from evidencekit.audit.readers.records import record_reference
from evidencekit.errors import FileError
from evidencekit.sources.formats import REFERENCE_FORMATS


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
    lines = [min(max(entry.line, 1), len(starts)) for entry in imported.references]
    begins = [starts[line - 1] for line in lines]
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
