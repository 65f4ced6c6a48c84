"""Records and citations to identify: the journals exist, papers and authors are invented."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from evidencekit.audit.matching.cited import CitedWork
from evidencekit.audit.matching.library import DoiAnswer, SearchAnswer
from evidencekit.sources.record import (
    Author,
    BibliographicRecord,
    Container,
    PartialDate,
    RecordDate,
    Title,
)


def record(  # noqa: PLR0913 - a record has that many fields
    doi: str,
    authors: str,
    year: int,
    title: str,
    journal: str,
    *,
    volume: str = "",
    issue: str = "",
    pages: str = "",
    article: str = "",
    short: str = "",
    **more: Any,
) -> BibliographicRecord:
    """A record from a few texts: authors between semicolons, pages as first-last."""
    first, _, last = pages.partition("-")
    return BibliographicRecord(
        doi=doi,
        authors=tuple(Author(family=name.strip()) for name in authors.split(";") if name.strip()),
        titles=(Title(text=title),),
        container=Container(title=journal, abbreviations=(short,) if short else ()),
        dates=(RecordDate(kind="issued", date=PartialDate(year=year)),),
        volume=volume,
        issue=issue,
        first_page=first,
        last_page=last,
        article_number=article,
        **more,
    )


YOGHURT = record(
    "10.5555/sleep.4968",
    "Prins; Janssen-Diaz; Hale; Corrigan",
    2015,
    "Measured sleep and the risk of catching a cold",
    "Sleep",
    volume="38",
    issue="9",
    pages="1353-1359",
)
SIBLING = record(
    "10.5555/j.cob.2017.09.007",
    "Sandberg; Bensen; Lebrun; Merrill",
    2018,
    "Mechanisms that probiotic species share: what follows for general claims",
    "Current Opinion in Biotechnology",
    volume="49",
    pages="207-216",
    short="Curr Opin Biotechnol",
)
SHELF = (
    YOGHURT,
    SIBLING,
    record(
        "10.5555/biomedicines13020329",
        "Dawes; Tode; Wardle",
        2025,
        "How food, microbes and immunity act together in human disease",
        "Biomedicines",
        volume="13",
        issue="2",
        article="329",
    ),
    record(
        "10.5555/wjm.v14.i1.89196",
        "Salvi; Rossi",
        2024,
        "News of the gut microbiome in health and diseases",
        "World Journal of Methodology",
        volume="14",
        issue="1",
        article="89196",
        short="World J Methodol",
    ),
    record(
        "10.5555/2020/8734140",
        "Lin; Hong; Sung; Xiang; Lai; Ming; Lim",
        2020,
        "Probiotics against upper respiratory infections in adults: a systematic review",
        "Evidence-Based Complementary and Alternative Medicine",
        volume="2020",
        article="8734140",
    ),
    record(
        "10.5555/cell.157.121",
        "Bell; Handy",
        2014,
        "Microbiota in immunity and in inflammation",
        "Cell",
        volume="157",
        issue="1",
        pages="121-141",
    ),
)


def citing(source: BibliographicRecord, **changes: Any) -> CitedWork:
    """A citation that says what a record says, with some fields changed."""
    cited = CitedWork(
        authors=tuple(author.family or author.group for author in source.authors),
        year=source.year,
        title=source.title,
        container=source.container.title,
        volume=source.volume,
        issue=source.issue,
        pages=source.pages,
        doi=source.doi,
    )
    return replace(cited, **changes)


@dataclass(frozen=True)
class Shelf:
    """A library of a few records: which DOIs it knows, and whether it can be searched."""

    records: tuple[BibliographicRecord, ...] = SHELF
    online: bool = True
    owners: tuple[BibliographicRecord, ...] = ()
    silent: tuple[str, ...] = ()

    def by_doi(self, doi: str) -> DoiAnswer:
        """The record of a DOI; nobody else has any, online."""
        for known in (*self.records, *self.owners):
            if known.doi == doi and doi not in self.silent:
                return DoiAnswer(registration="registered", record=known)
        if doi in self.silent:
            return DoiAnswer(registration="registered", why="its agency did not answer")
        if not self.online:
            return DoiAnswer(why="offline")
        return DoiAnswer(registration="not_registered")

    def search(self, cited: CitedWork) -> SearchAnswer:
        """All records: ranking is not what is tested."""
        return SearchAnswer(
            records=self.records, searched=("Crossref on 2026-11-24",) if self.online else ()
        )
