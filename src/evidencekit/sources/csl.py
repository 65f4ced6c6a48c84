"""CSL-JSON, the format of citation processors, written and read.

Field names are those of the CSL-JSON schema 1.0.2 (citation-style-language/schema). A
record keeps more than CSL has names for: notices, relations, ORCIDs and marks stay in
the lock.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evidencekit.sources.cleaning import (
    date_from_parts,
    page_range,
    partial_date,
    plain_text,
    squeeze,
    unique,
)
from evidencekit.sources.identifiers import (
    doi_address,
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
    too_large,
    type_of,
)
from evidencekit.sources.record import Author, BibliographicRecord, PartialDate, RecordDate, Title


def csl_item(record: BibliographicRecord, *, key: str) -> dict[str, Any]:
    """One item of CSL-JSON; what the record does not know is absent."""
    names: list[dict[str, str]] = [_csl_name(author) for author in record.authors]
    if record.authors and not record.authors_complete:
        names.append({"literal": "others"})
    online, issued = record.date("online"), record.date()
    item = {
        "id": key,
        "type": kind_of(record).csl,
        "title": ": ".join(part for part in (record.title, record.subtitle) if part),
        "author": names,
        "issued": _csl_date(issued),
        "available-date": _csl_date(online) if online != issued else None,
        "container-title": record.container.title,
        "container-title-short": next(iter(record.container.abbreviations), ""),
        "ISSN": ", ".join(record.container.issn),
        "publisher": record.container.publisher,
        "volume": record.volume,
        "issue": record.issue,
        "page": record.pages,
        "number": record.article_number,
        "language": record.language,
        "DOI": record.doi,
        "PMID": record.pmid,
        "PMCID": record.pmcid,
        "ISBN": ", ".join(record.isbn),
        "URL": doi_address(record.doi) if record.doi else "",
    }
    return {name: value for name, value in item.items() if value}


def write_csl(records: Iterable[tuple[str, BibliographicRecord]]) -> str:
    """A CSL-JSON file of records by key."""
    items = [csl_item(record, key=key) for key, record in records]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _csl_name(author: Author) -> dict[str, str]:
    if author.group:
        return {"literal": author.group}
    parts = {"family": author.family, "given": author.given, "suffix": author.suffix}
    return {name: part for name, part in parts.items() if part}


def _csl_date(date: PartialDate | None) -> dict[str, Any] | None:
    if date is None:
        return None
    return {"date-parts": [[part for part in (date.year, date.month, date.day) if part]]}


def read_csl(text: str) -> Imported:
    """The references of a CSL-JSON file: a list of items, or one item."""
    if refused := too_large(text):
        return refused
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        problem = ImportProblem(text=f"not valid JSON: {error.msg}", line=error.lineno)
        return Imported(references=(), problems=(problem,))
    except (RecursionError, ValueError):
        return Imported(references=(), problems=(ImportProblem(text="nested too deeply"),))
    items = data if isinstance(data, list) else [data]
    references, problems = [], []
    for number, item in enumerate(items, 1):
        if isinstance(item, Mapping):
            references.append(_reference(item))
        else:
            problems.append(ImportProblem(text=f"item {number} is not an object"))
    return Imported(references=tuple(references), problems=tuple(problems))


def _reference(item: Mapping[str, Any]) -> ImportedReference:
    names = [name for name in _list(item.get("author")) if isinstance(name, Mapping)]
    listed = [name for name in names if not is_others(_text(name.get("literal")))]
    first, last = page_range(_text(item.get("page")))
    number = _text(item.get("number"))
    if number and first == number:
        first = ""
    record = BibliographicRecord(
        doi=normalise_doi(_text(item.get("DOI"))),
        pmid=normalise_pmid(_text(item.get("PMID"))),
        pmcid=normalise_pmcid(_text(item.get("PMCID"))),
        isbn=unique(normalise_isbn(part) for part in _text(item.get("ISBN")).split(",")),
        titles=_titles(item),
        authors=tuple(author for author in map(_author, listed) if author != Author()),
        authors_complete=len(listed) == len(names),
        container=container(
            plain_text(_text(item.get("container-title"))),
            [_text(item.get("container-title-short") or item.get("journalAbbreviation"))],
            _text(item.get("ISSN")).split(","),
            _text(item.get("publisher")),
        ),
        dates=_dates(item),
        volume=_text(item.get("volume")),
        issue=_text(item.get("issue")),
        first_page=first,
        last_page=last,
        article_number=number,
        type=type_of(_text(item.get("type")), "csl"),
        language=_text(item.get("language")),
    )
    return ImportedReference(record=record, key=_text(item.get("id")))


def _titles(item: Mapping[str, Any]) -> tuple[Title, ...]:
    title = plain_text(_text(item.get("title")))
    return (Title(text=title),) if title else ()


def _dates(item: Mapping[str, Any]) -> tuple[RecordDate, ...]:
    issued, online = _date(item.get("issued")), _date(item.get("available-date"))
    found = [RecordDate(kind="issued", date=issued)] if issued else []
    return (*found, *([RecordDate(kind="online", date=online)] if online else []))


def _date(value: Any) -> PartialDate | None:
    """A date as the schema has it, or as a text, which many files hold."""
    if not isinstance(value, Mapping):
        return partial_date(*_text(value).split("-")[:3])
    given = date_from_parts(value.get("date-parts"))
    return given or partial_date(*_text(value.get("raw")).split("-")[:3])


def _author(name: Mapping[str, Any]) -> Author:
    if literal := _text(name.get("literal")):
        return Author(group=plain_text(literal))
    particles = ("dropping-particle", "non-dropping-particle", "family")
    family = " ".join(_text(name.get(part)) for part in particles if name.get(part))
    return Author(
        family=plain_text(family),
        given=plain_text(_text(name.get("given"))),
        suffix=plain_text(_text(name.get("suffix"))),
    )


def _text(value: Any) -> str:
    """A text from what files hold where one is due: a number, or a list of one."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = value[0] if value else ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return squeeze(value) if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
