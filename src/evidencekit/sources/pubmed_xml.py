"""A PubMed article or book, as XML, to a record.

Only direct paths are used: the reference list of an article repeats the elements of the
article itself, so that a search through the whole tree finds a cited paper's identifiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from evidencekit.sources.cleaning import completed_page, page_range, partial_date, squeeze, unique
from evidencekit.sources.identifiers import (
    normalise_doi,
    normalise_isbn,
    normalise_issn,
    normalise_orcid,
    normalise_pmcid,
    normalise_pmid,
)
from evidencekit.sources.plain import language_code
from evidencekit.sources.record import (
    Author,
    BibliographicRecord,
    Container,
    DateKind,
    PartialDate,
    RecordDate,
    Title,
    Update,
)
from evidencekit.sources.updates import update_type

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

DOI_PATHS = (
    "PubmedData/ArticleIdList/ArticleId[@IdType='doi']",
    "MedlineCitation/Article/ELocationID[@EIdType='doi'][@ValidYN='Y']",
)

NOT_EDITORIAL = frozenset(
    (
        "AssociatedDataset",
        "AssociatedPublication",
        "Cites",
        "CommentIn",
        "CommentOn",
        "OriginalReportIn",
        "ReprintIn",
        "ReprintOf",
        "SummaryForPatientsIn",
    )
)
"""Links to other papers that say nothing about whether this one stands."""

# What PubDate means depends on how the journal appears.
PUBDATE_KINDS: dict[str, DateKind] = {
    "Print": "print",
    "Print-Electronic": "print",
    "Electronic-Print": "print",
    "Electronic": "online",
}


def record_from_article(article: Element) -> BibliographicRecord:
    """The record in a ``PubmedArticle``."""
    citation, inner = article.find("MedlineCitation"), article.find("MedlineCitation/Article")
    journal = article.find("MedlineCitation/Article/Journal")
    types = all_texts(inner, "PublicationTypeList/PublicationType")
    first, last = _pages(inner)
    return BibliographicRecord(
        doi=own_doi(article),
        pmid=normalise_pmid(text_at(citation, "PMID")),
        pmcid=normalise_pmcid(
            text_at(article, "PubmedData/ArticleIdList/ArticleId[@IdType='pmc']")
        ),
        titles=_titles(inner),
        authors=_authors(inner, "AuthorList/Author"),
        authors_complete=_complete(inner),
        container=Container(
            title=text_at(journal, "Title"),
            abbreviations=unique(
                [
                    text_at(journal, "ISOAbbreviation"),
                    text_at(citation, "MedlineJournalInfo/MedlineTA"),
                ]
            ),
            issn=unique(
                normalise_issn(issn)
                for issn in (
                    text_at(journal, "ISSN"),
                    text_at(citation, "MedlineJournalInfo/ISSNLinking"),
                )
            ),
        ),
        dates=_dates(article),
        volume=text_at(journal, "JournalIssue/Volume"),
        issue=text_at(journal, "JournalIssue/Issue"),
        first_page=first,
        last_page=last,
        article_number=_article_number(inner, first),
        type="posted-content" if "Preprint" in types else "journal-article",
        publication_types=tuple(types),
        language=language_code(text_at(inner, "Language")),
        updates=_updates(citation),
    )


def record_from_book(book: Element) -> BibliographicRecord:
    """The record in a ``PubmedBookArticle``: a book, or a chapter of one."""
    document, volume = book.find("BookDocument"), book.find("BookDocument/Book")
    title, chapter = text_at(volume, "BookTitle"), text_at(document, "ArticleTitle")
    authors = _authors(document, "AuthorList[@Type='authors']/Author")
    published = _pub_date(volume, "PubDate")
    first, last = page_range(text_at(document, "Pagination/MedlinePgn"))
    return BibliographicRecord(
        doi=normalise_doi(text_at(document, "ArticleIdList/ArticleId[@IdType='doi']")),
        pmid=normalise_pmid(text_at(document, "PMID")),
        isbn=unique(normalise_isbn(isbn) for isbn in all_texts(volume, "Isbn")),
        titles=tuple(Title(text=_undotted(name)) for name in (chapter or title,) if name),
        authors=authors or _authors(volume, "AuthorList[@Type='authors']/Author"),
        container=Container(
            title=title if chapter else "", publisher=text_at(volume, "Publisher/PublisherName")
        ),
        dates=(RecordDate(kind="published", date=published),) if published else (),
        volume=text_at(volume, "Volume"),
        first_page=first,
        last_page=last,
        type="book-chapter" if chapter else "book",
        publication_types=tuple(all_texts(document, "PublicationType")),
        language=language_code(text_at(document, "Language")),
    )


def own_doi(article: Element) -> str:
    """The article's own DOI; empty when it has none."""
    for path in DOI_PATHS:
        for found in all_texts(article, path):
            if doi := normalise_doi(found):
                return doi
    return ""


def text_at(element: Element | None, path: str) -> str:
    """All text of the first element at a path, inner elements included; empty when missing."""
    found = None if element is None else element.find(path)
    return "" if found is None else squeeze("".join(found.itertext()))


def all_texts(element: Element | None, path: str) -> list[str]:
    """All texts at a path, empty ones left out."""
    found = [] if element is None else element.findall(path)
    return [text for item in found if (text := squeeze("".join(item.itertext())))]


def _titles(inner: Element | None) -> tuple[Title, ...]:
    language = language_code(text_at(inner, "Language"))
    shown, vernacular = text_at(inner, "ArticleTitle"), text_at(inner, "VernacularTitle")
    bracketed = re.fullmatch(r"\[(.*?)\.?\]\.?", shown)
    titles = []
    if vernacular:
        titles.append(Title(text=_undotted(vernacular), language=language))
    if bracketed and language != "en":
        if bracketed[1] != "Not Available":
            titles.append(Title(text=bracketed[1], kind="translated", language="en"))
    elif shown:
        titles.insert(0, Title(text=_undotted(shown), language="en" if vernacular else language))
    return tuple(titles)


def _undotted(title: str) -> str:
    """Without the full stop that PubMed adds."""
    return title[:-1] if title.endswith(".") and not title.endswith("..") else title


def _authors(element: Element | None, path: str) -> tuple[Author, ...]:
    found = [] if element is None else element.findall(path)
    people = [_author(author) for author in found if author.get("ValidYN") != "N"]
    return tuple(person for person in people if person.family or person.group)


def _author(author: Element) -> Author:
    group = text_at(author, "CollectiveName")
    if group:
        return Author(group=group)
    return Author(
        family=text_at(author, "LastName"),
        given=text_at(author, "ForeName") or text_at(author, "Initials"),
        suffix=text_at(author, "Suffix"),
        orcid=normalise_orcid(text_at(author, "Identifier[@Source='ORCID']")),
    )


def _complete(inner: Element | None) -> bool:
    names = None if inner is None else inner.find("AuthorList")
    return names is None or names.get("CompleteYN") != "N"


def _dates(article: Element) -> tuple[RecordDate, ...]:
    inner = article.find("MedlineCitation/Article")
    model = inner.get("PubModel", "") if inner is not None else ""
    history = "PubmedData/History/PubMedPubDate[@PubStatus='{}']"
    dates: list[tuple[DateKind, PartialDate | None]] = [
        (PUBDATE_KINDS.get(model, "issued"), _pub_date(inner, "Journal/JournalIssue/PubDate")),
        ("online", _pub_date(inner, "ArticleDate")),
        ("accepted", _pub_date(article, history.format("accepted"))),
        ("entered", _pub_date(article, history.format("pubmed"))),
    ]
    found = [RecordDate(kind=kind, date=date) for kind, date in dates if date]
    return tuple(dict.fromkeys(found))


def _pub_date(element: Element | None, path: str) -> PartialDate | None:
    found = None if element is None else element.find(path)
    if found is None:
        return None
    date = partial_date(text_at(found, "Year"), text_at(found, "Month"), text_at(found, "Day"))
    if date:
        return date
    # "1993 Sep-Oct" and "1998 Dec-1999 Jan": the year it begins in is certain, no more.
    year = re.match(r"\d{4}", text_at(found, "MedlineDate"))
    return partial_date(year[0]) if year else None


def _pages(inner: Element | None) -> tuple[str, str]:
    first, last = text_at(inner, "Pagination/StartPage"), text_at(inner, "Pagination/EndPage")
    if first:
        return first, completed_page(first, last)
    return page_range(text_at(inner, "Pagination/MedlinePgn"))


def _article_number(inner: Element | None, first_page: str) -> str:
    """The publisher's item number, where the article has no page and it looks like a number."""
    number = text_at(inner, "ELocationID[@EIdType='pii'][@ValidYN='Y']")
    plain = re.fullmatch(r"[A-Za-z]{0,4}\d{1,8}", number, re.ASCII)
    return number if plain and not first_page else ""


def _updates(citation: Element | None) -> tuple[Update, ...]:
    path = "CommentsCorrectionsList/CommentsCorrections"
    found = [] if citation is None else citation.findall(path)
    return tuple(dict.fromkeys(filter(None, map(_update, found))))


def _update(link: Element) -> Update | None:
    word = link.get("RefType", "")
    kind, direction = update_type(word)
    if word in NOT_EDITORIAL or direction is None:
        return None
    reference = text_at(link, "RefSource")
    return Update(
        direction=direction,
        type=kind,
        doi=_doi_in(reference),
        pmid=normalise_pmid(text_at(link, "PMID")),
        source="pubmed",
        note="; ".join(filter(None, (reference, text_at(link, "Note")))),
    )


def _doi_in(reference: str) -> str:
    found = re.search(r"doi:\s*(\S+)", reference, re.IGNORECASE)
    return normalise_doi(found[1]) if found else ""


def pubmed_ids(texts: Iterable[str]) -> list[str]:
    """PMIDs in normal form, each once; what is none is left out."""
    return list(unique(normalise_pmid(text) for text in texts))
