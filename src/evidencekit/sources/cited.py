"""Every paper a workspace cites: in its studies, its analyses and its articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Final

from evidencekit.errors import FileError
from evidencekit.sources.dois_in_text import find_dois
from evidencekit.sources.identifiers import normalise_doi, normalise_pmid
from evidencekit.workspace.workspace import Workspace

ARTICLES: Final = "articles"
TEXT_SUFFIXES: Final = (".txt", ".md", ".markdown", ".html", ".bib", ".ris", ".nbib", ".yaml")
"""Articles and reference lists that are read as text; other files are left alone."""

LARGEST_ARTICLE: Final = 16 * 2**20
_ADDRESSES: Final = ("url", "seen_at")


def cited_in(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    """The keys of the lock that a workspace needs, each with the files that cite it.

    A report with a DOI is asked for by its DOI, one with only a PubMed identifier by that.
    DOIs in notes and quotations count; those inside addresses do not, since an address
    may end in more than the DOI.

    Returns
    -------
    dict
        Files (relative, in order) by ``doi:...`` or ``pmid:...``, in order of key.

    Raises
    ------
    FileError
        When an article cannot be read.
    """
    found: dict[str, set[str]] = {}
    records: dict[str, Any] = {f"study:{i}": s for i, s in workspace.studies.items()}
    records |= {f"plan:{i}": p for i, p in workspace.plans.items()}
    records |= {f"claims:{article}": c for article, c in workspace.claims.items()}
    for name, record in records.items():
        for key in keys_of(record):
            found.setdefault(key, set()).add(workspace.files[name])
    for file, text in article_texts(workspace.root):
        for match in find_dois(text):
            found.setdefault(f"doi:{match.doi}", set()).add(file)
    return {key: tuple(sorted(found[key])) for key in sorted(found)}


def keys_of(value: Any) -> Iterator[str]:
    """The keys cited anywhere inside a study, a plan or claims, with repetitions."""
    if is_dataclass(value) and not isinstance(value, type):
        pmid = getattr(value, "pmid", "")
        if pmid and not value.doi:  # type: ignore[attr-defined]
            yield f"pmid:{normalise_pmid(pmid)}"
        for field in fields(value):
            if field.name not in _ADDRESSES:
                yield from keys_of(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from keys_of(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from keys_of(item)
    elif isinstance(value, str):
        yield from _keys_in_text(value)


def _keys_in_text(text: str) -> Iterator[str]:
    if doi := normalise_doi(text):
        yield f"doi:{doi}"
    elif not text.startswith(("http://", "https://")):
        yield from (f"doi:{found.doi}" for found in find_dois(text))


def article_texts(root: Path) -> Iterator[tuple[str, str]]:
    """Relative path and text of every article, in order; damaged characters are replaced."""
    folder = root / ARTICLES
    if not folder.is_dir():
        return
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in TEXT_SUFFIXES or not path.is_file():
            continue
        name = path.relative_to(root).as_posix()
        try:
            if path.stat().st_size > LARGEST_ARTICLE:
                raise FileError(f"{name}: larger than {LARGEST_ARTICLE >> 20} MB: split it")
            yield name, path.read_bytes().decode("utf-8", "replace")
        except OSError as error:
            raise FileError(f"cannot read {name}: {error.strerror or error}") from error
