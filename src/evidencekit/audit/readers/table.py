"""The table of readers, and the choice among them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from evidencekit.audit.document import Document
from evidencekit.audit.readers.bibliography import bibliography_reader
from evidencekit.audit.readers.columns import read_columns
from evidencekit.audit.readers.docx import read_docx
from evidencekit.audit.readers.html import read_html
from evidencekit.audit.readers.pdf import read_pdf
from evidencekit.audit.readers.plain import read_markdown, read_plain
from evidencekit.errors import FileError, UsageError


class Reader(NamedTuple):
    """A row of ``READERS``.

    ``begins`` recognises the format by its first bytes, for standard input and
    for files whose name says nothing.
    """

    read: Callable[[bytes, str], Document]
    suffixes: tuple[str, ...]
    begins: re.Pattern[bytes] | None
    what: str


READERS: dict[str, Reader] = {
    "pdf": Reader(read_pdf, (".pdf",), re.compile(rb"\s{0,1024}%PDF-"), "PDF with a text layer"),
    "docx": Reader(read_docx, (".docx", ".docm"), re.compile(rb"PK\x03\x04"), "Word document"),
    "html": Reader(
        read_html,
        (".html", ".htm", ".xhtml"),
        re.compile(rb"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE),
        "web page",
    ),
    "bibtex": Reader(
        bibliography_reader("bibtex"),
        (".bib", ".bibtex"),
        re.compile(rb"\s*(?:%[^\n]*\n\s*)*@[A-Za-z]{2,20}\s*[{(]"),
        "BibTeX and BibLaTeX",
    ),
    "ris": Reader(
        bibliography_reader("ris"), (".ris",), re.compile(rb"\s*TY {1,2}- "), "reference manager"
    ),
    "nbib": Reader(
        bibliography_reader("nbib"),
        (".nbib",),
        re.compile(rb"\s*PMID ?- ?\d"),
        "list saved from PubMed",
    ),
    "csl": Reader(
        bibliography_reader("csl"), (".json",), re.compile(rb"\s*[\[{]\s*[{\"]"), "CSL-JSON"
    ),
    "csv": Reader(
        read_columns,
        (".csv", ".tsv"),
        re.compile(rb"(?=[^\n]{0,2000}\b(?:doi|pmid)\b)[^\n,;\t]{1,60}[,;\t]", re.IGNORECASE),
        "table with a column of DOIs, PMIDs or titles",
    ),
    "markdown": Reader(read_markdown, (".md", ".markdown", ".qmd", ".rmd"), None, "Markdown"),
    "text": Reader(read_plain, (".txt", ".text", ".tex", ""), None, "plain text; a list of DOIs"),
}
"""Formats that are read, the most distinct first."""


def kind_of(file: str, data: bytes = b"") -> str:
    """The key of ``READERS`` for a file: by its name, else by how its bytes begin.

    Raises
    ------
    UsageError
        The name has a suffix that no reader knows.
    """
    suffix = "" if file == "-" else Path(file).suffix.lower()
    if suffix:
        for kind, reader in READERS.items():
            if suffix in reader.suffixes:
                return kind
    head = data[:4096].removeprefix(b"\xef\xbb\xbf")
    for kind, reader in READERS.items():
        if reader.begins and reader.begins.match(head):
            return kind
    if not suffix or re.fullmatch(r"\.\d+", suffix):
        return "text"
    known = ", ".join(s for reader in READERS.values() for s in reader.suffixes if s)
    raise UsageError(f"{file}: files ending in {suffix} are not read; give one of {known}")


def read_bytes(data: bytes, file: str, *, kind: str | None = None) -> Document:
    """A document from its bytes.

    Parameters
    ----------
    data
        The whole file.
    file
        Its name as shown in findings; ``-`` for standard input.
    kind
        A key of ``READERS``; by default what `kind_of` finds.

    Raises
    ------
    FileError
        The bytes cannot be read as that format; the message says why and what to do.
    UsageError
        No reader for such files.
    """
    return READERS[kind or kind_of(file, data)].read(data, file)


def read_document(path: str | Path) -> Document:
    """Read a file for auditing, whatever its format; ``-`` is standard input.

    Raises
    ------
    FileError
        It cannot be opened or read.
    UsageError
        No reader for such files.
    """
    name = str(path)
    if name == "-":
        return read_bytes(sys.stdin.buffer.read(), "-")
    file = Path(path)
    if file.is_dir():
        raise UsageError(f"{name}: is a folder; give a file")
    try:
        data = file.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FileError(f"{name}: cannot be read ({reason}). Check the path.") from error
    return read_bytes(data, name)
