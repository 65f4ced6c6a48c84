"""The formats in which records are written and read: one row each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import Final, NamedTuple

from evidencekit.errors import UsageError
from evidencekit.sources.bibtex import read_bibtex, write_bibtex
from evidencekit.sources.csl import read_csl, write_csl
from evidencekit.sources.interchange import Imported
from evidencekit.sources.nbib import read_nbib
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.ris import read_ris, write_ris

Write = Callable[[Iterable[tuple[str, BibliographicRecord]]], str]
Read = Callable[[str], Imported]


class ReferenceFormat(NamedTuple):
    """One row of `REFERENCE_FORMATS`."""

    suffixes: tuple[str, ...]
    read: Read
    write: Write | None


REFERENCE_FORMATS: Final[dict[str, ReferenceFormat]] = {
    "csl": ReferenceFormat((".json",), read_csl, write_csl),
    "bibtex": ReferenceFormat((".bib", ".bibtex"), read_bibtex, write_bibtex),
    "ris": ReferenceFormat((".ris",), read_ris, write_ris),
    # PubMed's own format is read only: nothing but PubMed should claim to write it.
    "nbib": ReferenceFormat((".nbib",), read_nbib, None),
}
"""Formats of reference managers by name."""


def read_references(text: str, *, name: str) -> Imported:
    """The references of a file, by the ending of its name.

    Raises
    ------
    UsageError
        When the ending is not that of a format.
    """
    suffix = PurePath(name).suffix.lower()
    for form in REFERENCE_FORMATS.values():
        if suffix in form.suffixes:
            return form.read(text)
    known = ", ".join(s for form in REFERENCE_FORMATS.values() for s in form.suffixes)
    raise UsageError(
        f"{name}: no reference format ends in {suffix or 'nothing'}; known are {known}"
    )
