"""A Crossref work to a record. Deposits are made by thousands of hands: nothing is assumed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evidencekit.sources.cleaning import date_from_parts, page_range, unique
from evidencekit.sources.identifiers import (
    normalise_doi,
    normalise_isbn,
    normalise_issn,
    normalise_orcid,
)
from evidencekit.sources.plain import language_code, mapping, objects, raw, text, texts
from evidencekit.sources.record import (
    Author,
    BibliographicRecord,
    Container,
    DateKind,
    Direction,
    RecordDate,
    Relation,
    Title,
    Update,
)

DATES: dict[str, DateKind] = {
    "published-print": "print",
    "published-online": "online",
    "published": "published",
    "issued": "issued",
    "accepted": "accepted",
    "posted": "posted",
}

# "updated-by" lists notices about this work; "update-to" says this work is one.
UPDATES: dict[str, Direction] = {"updated-by": "affected", "update-to": "notice"}

CITATIONS = frozenset(("cites", "is-cited-by", "references", "is-referenced-by"))
"""Relations that say who cites whom; there can be thousands, and none concerns identity."""


def record_from_crossref(message: Mapping[str, Any]) -> BibliographicRecord:
    """The record in a Crossref work (the ``message``, or an item of a list).

    Parameters
    ----------
    message
        As sent; unknown keys are ignored, values of an unexpected kind count as missing.

    Returns
    -------
    BibliographicRecord
        Abstract and reference list are left out: the first is often under copyright, the
        second is long and belongs to other works.
    """
    first, last = page_range(text(message.get("page")))
    return BibliographicRecord(
        doi=normalise_doi(raw(message.get("DOI"))),
        isbn=unique(normalise_isbn(isbn) for isbn in texts(message.get("ISBN"))),
        titles=_titles(message),
        authors=tuple(filter(None, map(author_from_csl, objects(message.get("author"))))),
        container=_container(message),
        dates=tuple(
            RecordDate(kind=kind, date=date)
            for name, kind in DATES.items()
            if (date := date_from_parts(mapping(message.get(name)).get("date-parts")))
        ),
        volume=text(message.get("volume")),
        issue=text(message.get("issue")),
        first_page=first,
        last_page=last,
        article_number=text(message.get("article-number")),
        type=text(message.get("type")),
        language=language_code(text(message.get("language"))),
        updates=_updates(message),
        relations=_relations(message),
    )


def author_from_csl(entry: Mapping[str, Any]) -> Author | None:
    """A person or a group; ``None`` when there is no name."""
    family, given = text(entry.get("family")), text(entry.get("given"))
    group = text(entry.get("name")) or text(entry.get("literal"))
    if not family:
        # Some deposits hold the whole name under "given".
        family, given = given, ""
    if not family:
        return Author(group=group) if group else None
    return Author(
        family=family,
        given=given,
        suffix=text(entry.get("suffix")),
        orcid=normalise_orcid(text(entry.get("ORCID"))),
    )


def _titles(message: Mapping[str, Any]) -> tuple[Title, ...]:
    language = language_code(text(message.get("language")))
    first, *others = texts(message.get("title")) or [""]
    titles = [Title(text=first, language=language)] if first else []
    originals = texts(message.get("original-title"))
    if originals and first and originals[0] != first:
        # The work was published under its original title; the other one translates it.
        titles = [Title(text=originals[0], language=language), Title(text=first, kind="translated")]
    titles += [Title(text=other, kind="translated") for other in others]
    titles += [Title(text=sub, kind="subtitle") for sub in texts(message.get("subtitle"))]
    return tuple(titles)


def _container(message: Mapping[str, Any]) -> Container:
    names = texts(message.get("container-title"))
    if not names:
        # Preprints name their server elsewhere; "institution" was an object and is a list now.
        names = [text(place.get("name")) for place in objects(message.get("institution"))]
        names = [name for name in names if name] or texts(message.get("group-title"))
    return Container(
        title=names[0] if names else "",
        abbreviations=unique([*texts(message.get("short-container-title")), *names[1:]]),
        issn=unique(normalise_issn(issn) for issn in texts(message.get("ISSN"))),
        publisher=text(message.get("publisher")),
    )


def _updates(message: Mapping[str, Any]) -> tuple[Update, ...]:
    found = [
        Update(
            direction=direction,
            type=text(entry.get("type")).lower().replace("-", "_").replace(" ", "_") or "unknown",
            doi=normalise_doi(raw(entry.get("DOI"))),
            date=date_from_parts(mapping(entry.get("updated")).get("date-parts")),
            # Recordings from before 2025 name no source; only publishers deposited then.
            source=text(entry.get("source")) or "publisher",
            note=_retraction_watch_id(entry),
        )
        for name, direction in UPDATES.items()
        for entry in objects(message.get(name))
    ]
    return tuple(dict.fromkeys(found))


def _retraction_watch_id(entry: Mapping[str, Any]) -> str:
    number = text(entry.get("record-id"))
    return f"Retraction Watch record {number}" if number else ""


def _relations(message: Mapping[str, Any]) -> tuple[Relation, ...]:
    found = [
        Relation(
            type=kind,
            identifier=normalise_doi(identifier) or identifier,
            identifier_type=text(entry.get("id-type")).lower() or "doi",
        )
        for kind, entries in sorted(mapping(message.get("relation")).items())
        if kind not in CITATIONS
        for entry in objects(entries)
        if (identifier := raw(entry.get("id")))
    ]
    return tuple(dict.fromkeys(found))
