"""DataCite: data sets, software, preprints and reports, by its own interface."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from evidencekit.sources.cleaning import partial_date
from evidencekit.sources.identifiers import doi_path, normalise_doi, normalise_orcid
from evidencekit.sources.plain import language_code, mapping, objects, raw, text
from evidencekit.sources.record import (
    Author,
    BibliographicRecord,
    Container,
    DateKind,
    RecordDate,
    Relation,
    Title,
    TitleKind,
)
from evidencekit.sources.request import Found, Request
from evidencekit.sources.transport import Transport
from evidencekit.sources.unanswered import Unanswered

TITLE_KINDS: dict[str, TitleKind] = {"TranslatedTitle": "translated", "Subtitle": "subtitle"}
DATE_KINDS: dict[str, DateKind] = {
    "Issued": "issued",
    "Available": "online",
    "Accepted": "accepted",
    "Submitted": "posted",
}
TYPES = {
    "JournalArticle": "journal-article",
    "Preprint": "posted-content",
    "BookChapter": "book-chapter",
    "ConferencePaper": "proceedings-article",
    "ComputationalNotebook": "software",
}
"""DataCite's general types as Crossref names them; others are written in lower case."""


def dataset(transport: Transport, doi: str) -> Found:
    """What DataCite holds of a DOI.

    Parameters
    ----------
    doi
        In normal form.

    Raises
    ------
    Unanswered
        DataCite gave no answer that can be believed, or answered for another DOI.
    """
    answer = transport.ask(Request(service="datacite", path=f"/dois/{doi_path(doi, 'datacite')}"))
    if answer.status == 404:
        return Found(record=None, answer=answer)
    record = record_from_datacite(mapping(answer.json()["data"].get("attributes")))
    if record.doi != doi:
        raise Unanswered(
            "not_believed",
            service="datacite",
            url=answer.url,
            detail=f"a record with DOI {record.doi or 'none'}",
        )
    return Found(record=record, answer=answer)


def record_from_datacite(attributes: Mapping[str, Any]) -> BibliographicRecord:
    """The record in DataCite's ``attributes``."""
    container = mapping(attributes.get("container"))
    kind = text(mapping(attributes.get("types")).get("resourceTypeGeneral"))
    publisher = attributes.get("publisher")
    return BibliographicRecord(
        doi=normalise_doi(raw(attributes.get("doi"))),
        titles=_titles(attributes),
        authors=tuple(filter(None, map(_creator, objects(attributes.get("creators"))))),
        container=Container(
            title=text(container.get("title")),
            publisher=text(mapping(publisher).get("name")) or text(publisher),
        ),
        dates=_dates(attributes),
        volume=text(container.get("volume")),
        issue=text(container.get("issue")),
        first_page=text(container.get("firstPage")),
        last_page=text(container.get("lastPage")),
        type=TYPES.get(kind, kind.lower()),
        language=language_code(text(attributes.get("language"))),
        relations=_relations(attributes),
    )


def _titles(attributes: Mapping[str, Any]) -> tuple[Title, ...]:
    return tuple(
        Title(
            text=found,
            kind=TITLE_KINDS.get(text(entry.get("titleType")), "original"),
            language=language_code(text(entry.get("lang"))),
        )
        for entry in objects(attributes.get("titles"))
        if (found := text(entry.get("title")))
    )


def _creator(entry: Mapping[str, Any]) -> Author | None:
    name, family = text(entry.get("name")), text(entry.get("familyName"))
    if text(entry.get("nameType")) == "Organizational":
        return Author(group=name) if name else None
    if not family and "," in name:
        family, _, given = (part.strip() for part in name.partition(","))
        return Author(family=family, given=given)
    if not family:
        return Author(group=name) if name else None
    orcids = [
        normalise_orcid(text(identifier.get("nameIdentifier")))
        for identifier in objects(entry.get("nameIdentifiers"))
    ]
    return Author(
        family=family, given=text(entry.get("givenName")), orcid=next(filter(None, orcids), "")
    )


def _dates(attributes: Mapping[str, Any]) -> tuple[RecordDate, ...]:
    found = [
        RecordDate(kind=DATE_KINDS[kind], date=date)
        for entry in objects(attributes.get("dates"))
        if (kind := text(entry.get("dateType"))) in DATE_KINDS
        and (date := partial_date(*re.split(r"[-T]", text(entry.get("date")))[:3]))
    ]
    year = partial_date(text(attributes.get("publicationYear")))
    if year:
        found.append(RecordDate(kind="published", date=year))
    return tuple(dict.fromkeys(found))


def _relations(attributes: Mapping[str, Any]) -> tuple[Relation, ...]:
    """Relations to other works, in Crossref's spelling: IsVersionOf is ``is-version-of``."""
    found = [
        Relation(
            type=re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind).lower(),
            identifier=normalise_doi(identifier) or identifier,
            identifier_type=text(entry.get("relatedIdentifierType")).lower() or "doi",
        )
        for entry in objects(attributes.get("relatedIdentifiers"))
        if (kind := text(entry.get("relationType"))) not in ("", "Cites", "IsCitedBy", "References")
        and (identifier := raw(entry.get("relatedIdentifier")))
    ]
    return tuple(dict.fromkeys(found))
