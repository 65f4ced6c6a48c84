"""Markdown and plain text: the file is the text."""

from __future__ import annotations

from evidencekit.audit.document import Document, starts_of_lines
from evidencekit.audit.readers.decoding import decode


def read_markdown(data: bytes, file: str) -> Document:
    """A Markdown file; its markup stays, so that offsets are those of the file."""
    return _read(data, file, "markdown")


def read_plain(data: bytes, file: str) -> Document:
    """A text file."""
    return _read(data, file, "text")


def _read(data: bytes, file: str, kind: str) -> Document:
    text, doubts = decode(data, file)
    return Document(
        file=file, kind=kind, text=text, line_starts=starts_of_lines(text), doubts=doubts
    )
