"""BibTeX, written and read.

Written in UTF-8, with TeX's own characters escaped and the capitals of titles protected;
identifiers are written bare, as biblatex and the doi styles want them. Reading uses
bibtexparser for the syntax and pylatexenc for accents and commands.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from evidencekit.sources.cleaning import page_range, partial_date, squeeze, unique
from evidencekit.sources.identifiers import (
    normalise_doi,
    normalise_isbn,
    normalise_pmcid,
    normalise_pmid,
)
from evidencekit.sources.interchange import (
    Imported,
    ImportedReference,
    ImportProblem,
    container,
    is_others,
    kind_of,
    person,
    person_text,
    too_large,
    type_of,
)
from evidencekit.sources.record import Author, BibliographicRecord, RecordDate, Title

_SPECIAL: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
# pylatexenc reads these as the small signs that stand over letters; marks of the private
# area take their place while it works.
_ASCII: Final = {
    r"\textasciicircum{}": ("\ue000", "^"),
    r"\textasciitilde{}": ("\ue001", "~"),
}
_CONTAINERS: Final = {"book-chapter": "booktitle", "proceedings-article": "booktitle"}
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)


def write_bibtex(records: Iterable[tuple[str, BibliographicRecord]]) -> str:
    """A BibTeX file of records by key."""
    return "\n".join(_entry(record, key) for key, record in records)


def bibtex_key(key: str) -> str:
    """A key without the characters that end a key in BibTeX."""
    return re.sub(r"[^\w:./+-]+", "-", key, flags=re.ASCII).strip("-") or "reference"


def _entry(record: BibliographicRecord, key: str) -> str:
    issued = record.date()
    fields = {
        "author": " and ".join(_names(record)),
        "title": _title(": ".join(part for part in (record.title, record.subtitle) if part)),
        _CONTAINERS.get(record.type, "journal"): _escaped(record.container.title),
        "shortjournal": _escaped(next(iter(record.container.abbreviations), "")),
        "year": str(issued.year) if issued else "",
        "month": _MONTHS[issued.month - 1] if issued and issued.month else "",
        "volume": _escaped(record.volume),
        "number": _escaped(record.issue),
        "pages": _pages(record),
        "eid": _escaped(record.article_number),
        "publisher": _escaped(record.container.publisher),
        "language": record.language,
        "issn": ", ".join(record.container.issn),
        "isbn": ", ".join(record.isbn),
        "doi": _bare_doi(record.doi),
        "pmid": record.pmid,
        "pmcid": record.pmcid,
    }
    # A month stands without braces: it is one of BibTeX's own abbreviations.
    lines = [
        f"  {name} = {value}," if name == "month" else f"  {name} = {{{value}}},"
        for name, value in fields.items()
        if value
    ]
    return "\n".join([f"@{kind_of(record).bibtex}{{{bibtex_key(key)},", *lines, "}", ""])


def _names(record: BibliographicRecord) -> list[str]:
    names = [_name(author) for author in record.authors]
    return names if record.authors_complete or not names else [*names, "others"]


def _name(author: Author) -> str:
    """BibTeX reads ``Family, Suffix, Given``; braces keep a group, or a bare name, whole."""
    if author.group or not author.given:
        return f"{{{_escaped(person_text(author))}}}"
    parts = [_escaped(part) for part in (author.family, author.suffix, author.given) if part]
    return ", ".join(f"{{{part}}}" if "," in part else part for part in parts)


def _title(text: str) -> str:
    """Braces around words with capitals inside, which styles would otherwise make small."""
    words = [
        f"{{{_escaped(word)}}}" if re.search(r"\S[A-Z]", word) else _escaped(word)
        for word in text.split()
    ]
    return " ".join(words)


def _pages(record: BibliographicRecord) -> str:
    if record.first_page and record.last_page:
        return f"{_escaped(record.first_page)}--{_escaped(record.last_page)}"
    return _escaped(record.first_page)


def _escaped(text: str) -> str:
    """TeX's own characters escaped, and those kept apart that it would join: ``--``, two quotes."""
    return re.sub(r"(?<=['`-])(?=['`-])|(?<=[!?])(?=`)", "{}", squeeze(text).translate(_SPECIAL))


def _bare_doi(doi: str) -> str:
    """A DOI unescaped; what would end or comment out the field is written as percent codes."""
    return re.sub(r"[{}%\\]", lambda m: f"%{ord(m[0]):02X}", doi)


def read_bibtex(text: str) -> Imported:
    """The references of a BibTeX file; entries with broken syntax are problems."""
    # Imported here: together they take 60 ms that other commands need not wait for.
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import DuplicateBlockKeyBlock, Entry, ParsingFailedBlock

    if refused := too_large(text):
        return refused
    # The parser logs what it also returns; a command line must not say it twice.
    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())
    logging.getLogger("bibtexparser").propagate = False
    library = parse_string(text)
    strings = {s.key.lower(): str(s.value) for s in library.strings}
    references, problems = [], []
    for block in library.blocks:
        line = (block.start_line or 0) + 1
        entry = block.ignore_error_block if isinstance(block, DuplicateBlockKeyBlock) else block
        if isinstance(block, DuplicateBlockKeyBlock):
            problems.append(ImportProblem(text=f"the key {block.key} is given twice", line=line))
        if isinstance(entry, Entry):
            fields = {f.key.lower(): _joined(str(f.value), strings) for f in entry.fields}
            references.append(_reference(entry.key, entry.entry_type.lower(), fields, line))
        elif isinstance(entry, ParsingFailedBlock):
            problems.append(ImportProblem(text="the syntax of this entry is broken", line=line))
    return Imported(references=tuple(references), problems=tuple(problems))


def _joined(value: str, strings: Mapping[str, str]) -> str:
    """A value put together with ``#`` from texts and abbreviations."""
    if not re.fullmatch(r'(?:\w+|"[^"]*"|\{[^{}]*\})(?:\s*#\s*(?:\w+|"[^"]*"|\{[^{}]*\}))+', value):
        return value
    parts = re.findall(r'"([^"]*)"|\{([^{}]*)\}|(\w+)', value)
    return "".join(
        text or braced or strings.get(word.lower(), word) for text, braced, word in parts
    )


def _reference(key: str, kind: str, raw: Mapping[str, str], line: int) -> ImportedReference:
    fields = {name: _decoded(value) for name, value in raw.items() if name not in ("author", "doi")}
    get: Any = lambda *names: next((fields[n] for n in names if fields.get(n)), "")  # noqa: E731
    names = _split_names(raw.get("author", ""))
    listed = [name for name in names if not is_others(name)]
    pages, number = get("pages"), get("eid", "article-number")
    first, last = page_range(pages.replace("--", "-"))
    if number and first == number:
        first = ""
    record = BibliographicRecord(
        doi=normalise_doi(raw.get("doi", "").replace("\\", "")) or normalise_doi(get("url")),
        pmid=normalise_pmid(get("pmid")),
        pmcid=normalise_pmcid(get("pmcid", "pmc")),
        isbn=unique(normalise_isbn(part) for part in get("isbn").split(",")),
        titles=_titles(get("title"), get("subtitle")),
        authors=tuple(author for author in map(_author, listed) if author != Author()),
        authors_complete=len(listed) == len(names),
        container=container(
            get("journal", "journaltitle", "booktitle"),
            [get("shortjournal")],
            get("issn").split(","),
            get("publisher"),
        ),
        dates=_dates(get("year"), get("month"), get("date")),
        volume=get("volume"),
        issue=get("number", "issue"),
        first_page=first,
        last_page=last,
        article_number=number,
        type=type_of(kind, "bibtex"),
        language=get("language", "langid"),
    )
    return ImportedReference(record=record, key=key, line=line)


def _titles(title: str, subtitle: str) -> tuple[Title, ...]:
    found = [Title(text=title)] if title else []
    return (*found, *([Title(text=subtitle, kind="subtitle")] if subtitle else []))


def _dates(year: str, month: str, date: str) -> tuple[RecordDate, ...]:
    # A range of dates (2014-03/2014-05) counts from its beginning.
    found = partial_date(year, month) or partial_date(*re.split("[-/]", date)[:3])
    return (RecordDate(kind="issued", date=found),) if found else ()


def _split_names(text: str) -> list[str]:
    """The names of an author field, braces kept."""
    return [name for name in _split(squeeze(text), r"\s+and\s+") if name]


def _split(text: str, separator: str) -> list[str]:
    """The parts of a text between separators that stand outside braces."""
    parts, depth, current = [], 0, ""
    for piece in re.split(rf"([{{}}]|{separator})", text):
        depth += {"{": 1, "}": -1}.get(piece, 0)
        if depth <= 0 and re.fullmatch(separator, piece):
            parts.append(current.strip())
            current = ""
        else:
            current += piece
    return [*parts, current.strip()]


def _author(name: str) -> Author:
    """A name of BibTeX: ``Family, Suffix, Given``, ``Given von Family`` or ``{Group}``."""
    if re.fullmatch(r"\{(?:[^{}]|\{[^{}]*\}|\\[{}])*\}", name):
        whole = _decoded(name)
        return Author(group=whole) if " " in whole else Author(family=whole)
    family, *rest = [_decoded(part) for part in _split(name, ",")]
    if rest:
        suffix, given = ("", rest[0]) if len(rest) == 1 else (rest[0], " ".join(rest[1:]))
        return Author(family=family, given=given, suffix=suffix) if family else person(given)
    words = family.split()
    # The family name begins at the first word in lower case (von, de), else it is the last.
    start = next((i for i, w in enumerate(words[:-1]) if i and w[0].islower()), len(words) - 1)
    return Author(family=" ".join(words[start:]), given=" ".join(words[: max(start, 0)]))


def _decoded(value: str) -> str:
    """A value without TeX: accents composed, commands read, braces gone."""
    if not re.search(r"[\\{}$~%]|--|``|''", value):
        return squeeze(value)
    from pylatexenc.latex2text import LatexNodes2Text

    # A percent sign is a comment to TeX but not to BibTeX.
    text = re.sub(r"(?<!\\)%", r"\\%", value)
    for command, stand_in in _ASCII.items():
        text = text.replace(command, stand_in[0])
    try:
        plain: str = LatexNodes2Text(math_mode="text").latex_to_text(text, tolerant_parsing=True)
    except (ValueError, RecursionError, AttributeError, IndexError):
        plain = re.sub(r"[{}\\$]", "", value)
    return squeeze(plain.translate({ord(mark): sign for mark, sign in _ASCII.values()}))
