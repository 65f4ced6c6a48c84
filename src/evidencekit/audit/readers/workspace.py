"""The workspace itself: every paper that its studies, plans and articles cite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from evidencekit.audit.document import Document, starts_of_lines
from evidencekit.audit.readers.decoding import decode
from evidencekit.audit.readers.table import READERS, read_bytes
from evidencekit.audit.reference import CLEAR, Cited, Reference
from evidencekit.errors import FileError, UsageError
from evidencekit.sources.cited import ARTICLES
from evidencekit.sources.dois_in_text import find_dois
from evidencekit.workspace.files import ANALYSES, STUDIES, find

_COMMENT = re.compile(r"(?:^|\s)#.*")
_ADDRESS_BEFORE = re.compile(r"\b(?:url|seen_at)\s*:\s*[\"']?\S*$")
_PMID = re.compile(r"\bpmid\s*:\s*[\"']?(?P<value>[1-9]\d{0,7})\b")


def read_workspace(root: Path) -> tuple[Document, ...]:
    """Every data file that cites a paper, and every article, in order of name.

    A data file's references are the DOIs and PMIDs in it, each at its first
    place; addresses (``url``, ``seen_at``) are where a number was read, not
    what is cited.

    Raises
    ------
    UsageError
        The folder is no workspace.
    FileError
        A file cannot be read.
    """
    if not (root / STUDIES).is_dir() and not (root / ARTICLES).is_dir():
        raise UsageError(f"{root}: no workspace; it has neither {STUDIES}/ nor {ARTICLES}/")
    names = [name for folder in (STUDIES, ANALYSES) for name in _data_files(root, folder)]
    data = [read_data(_bytes(root, name), name) for name in names]
    cited = [document for document in data if document.records]
    return (*cited, *(read_bytes(_bytes(root, name), name) for name in _articles(root)))


def _data_files(root: Path, folder: str) -> list[str]:
    return find(root, folder).paths if (root / folder).is_dir() else []


def _articles(root: Path) -> list[str]:
    """Files under ``articles/`` that some reader knows; claims and pictures are none."""
    known = {suffix for reader in READERS.values() for suffix in reader.suffixes if suffix}
    folder = root / ARTICLES
    found = sorted(folder.rglob("*")) if folder.is_dir() else []
    return [
        path.relative_to(root).as_posix()
        for path in found
        if path.suffix.lower() in known and path.is_file() and not path.name.startswith(".")
    ]


def _bytes(root: Path, name: str) -> bytes:
    try:
        return (root / name).read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FileError(f"{name}: cannot be read ({reason}). Check the file.") from error


def read_data(data: bytes, file: str) -> Document:
    """A YAML data file as a list of the DOIs and PMIDs in it, each at its first place."""
    text, doubts = decode(data, file)
    document = Document(
        file=file, kind="data", text=text, line_starts=starts_of_lines(text), doubts=doubts
    )
    seen: dict[str, Reference] = {}
    for doi, pmid in _cited(document):
        known = doi or pmid
        if known is None or known.value in seen or known.span is None:
            continue
        line = document.line_text(document.line_of(known.span.start)).strip()
        seen[known.value] = Reference(
            key=known.value,
            position=len(seen) + 1,
            raw=line,
            span=known.span,
            style="record",
            doi=doi,
            pmid=pmid,
        )
    return document.with_records(tuple(seen.values()))


def _cited(document: Document) -> Iterator[tuple[Cited[str] | None, Cited[str] | None]]:
    """DOI and PMID of every report outside comments and addresses; together on one line or not."""
    for number, start in enumerate(document.line_starts):
        line = _COMMENT.sub("", document.line_text(number))
        dois = [
            Cited(
                value=doi.doi,
                span=document.span(start + doi.start, start + doi.end),
                confidence=CLEAR,
            )
            for doi in find_dois(line)
            if not _ADDRESS_BEFORE.search(line[: doi.start])
        ]
        match = _PMID.search(line)
        pmid = match and Cited(
            value=match["value"],
            span=document.span(start + match.start("value"), start + match.end("value")),
            confidence=CLEAR,
        )
        if pmid and len(dois) == 1:
            yield dois[0], pmid
        else:
            yield from ((doi, None) for doi in dois)
            if pmid:
                yield None, pmid
