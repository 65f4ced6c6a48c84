"""PubMed through pymed, whose transport and extractors are replaced.

pymed 0.8.9 finds identifiers of cited papers, cuts titles at the first italic, knows no
time-out and no key, and asks faster than NCBI allows. Everything it sends goes through
its ``_get``, and everything it reads through its ``_extract...`` methods; both are ours
here. ``tests/sources/test_pubmed.py`` fails when a later pymed changes either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pymed import PubMed
from pymed.article import PubMedArticle
from pymed.book import PubMedBookArticle

from evidencekit.sources import pubmed_xml
from evidencekit.sources.cache import Kind
from evidencekit.sources.pubmed_xml import all_texts, text_at
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.request import Answer, Found, Request
from evidencekit.sources.safe_xml import parse_xml
from evidencekit.sources.transport import Transport
from evidencekit.sources.unanswered import Unanswered

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

FETCH_BATCH = 200
"""PMIDs of one efetch request."""

MOST_IN_ADDRESS = 100
"""PMIDs up to which a request is a GET; longer ones are answered with status 414."""

LONGEST_TERM = 1500
"""Characters of a search up to which it is a GET."""

DOI_BATCH = 25
"""DOIs of one search."""

MOST_HITS = 10_000
"""PubMed's esearch reaches no further, whatever is asked."""


class Article(PubMedArticle):  # type: ignore[misc]
    """pymed's article, with its own identifiers, whole titles and a `record`."""

    record: BibliographicRecord

    def _initializeFromXML(self, xml_element: Element) -> None:
        self.record = pubmed_xml.record_from_article(xml_element)
        super()._initializeFromXML(xml_element)
        # Elements cannot be serialised, and hold the whole answer in memory.
        self.xml = None

    def _extractPubMedId(self, xml_element: Element) -> str:
        return self.record.pmid

    def _extractDoi(self, xml_element: Element) -> str | None:
        return self.record.doi or None

    def _extractTitle(self, xml_element: Element) -> str:
        return text_at(xml_element, "MedlineCitation/Article/ArticleTitle")

    def _extractJournal(self, xml_element: Element) -> str:
        return self.record.container.title

    def _extractKeywords(self, xml_element: Element) -> list[str]:
        return all_texts(xml_element, "MedlineCitation/KeywordList/Keyword")

    def _extractAbstract(self, xml_element: Element) -> str | None:
        parts = [
            ": ".join(filter(None, (part.get("Label"), text_at(part, "."))))
            for part in xml_element.findall("MedlineCitation/Article/Abstract/AbstractText")
        ]
        return "\n".join(parts) or None

    def _extractMethods(self, xml_element: Element) -> str | None:
        return _section(xml_element, "METHODS")

    def _extractResults(self, xml_element: Element) -> str | None:
        return _section(xml_element, "RESULTS")

    def _extractConclusions(self, xml_element: Element) -> str | None:
        return _section(xml_element, "CONCLUSIONS")

    def _extractPublicationDate(self, xml_element: Element) -> date | None:
        known = self.record.date("print", "issued", "online")
        return date(known.year, known.month or 1, known.day or 1) if known else None

    def _extractAuthors(self, xml_element: Element) -> list[dict[str, str | None]]:
        return [
            {
                "lastname": author.family or None,
                "firstname": author.given or None,
                "initials": "".join(name[0] for name in author.given.split()) or None,
                "collective": author.group or None,
                "orcid": author.orcid or None,
            }
            for author in self.record.authors
        ]


class Book(PubMedBookArticle):  # type: ignore[misc]
    """pymed's book, with its own identifiers and a `record`."""

    record: BibliographicRecord

    def _initializeFromXML(self, xml_element: Element) -> None:
        self.record = pubmed_xml.record_from_book(xml_element)
        super()._initializeFromXML(xml_element)

    def _extractPubMedId(self, xml_element: Element) -> str:
        return self.record.pmid

    def _extractDoi(self, xml_element: Element) -> str | None:
        return self.record.doi or None

    def _extractTitle(self, xml_element: Element) -> str:
        return self.record.title


@dataclass(frozen=True, kw_only=True, slots=True)
class Hits:
    """PMIDs that a search found, and how many there are in all."""

    pmids: tuple[str, ...]
    total: int
    answer: Answer


class PubMedClient(PubMed):  # type: ignore[misc]
    """pymed's client on our transport.

    Parameters
    ----------
    transport
        Adds tool, contact address and key as requests go out; they are not in
        ``parameters`` here.
    kind
        How fresh the answers must be: ``"status"`` for editorial status, ``"query"``
        for searches, ``"record"`` else.
    """

    def __init__(self, transport: Transport, *, kind: Kind = "record") -> None:
        super().__init__(tool="", email="")
        self.parameters = {"db": "pubmed"}
        self._transport = transport
        self._kind: Kind = kind

    def fetch(self, pmids: Sequence[str]) -> dict[str, Found | Unanswered]:
        """Records by PMID, in the order given; ``record`` is None where PubMed has none.

        Parameters
        ----------
        pmids
            Digits; each is asked for once.
        """
        found: dict[str, Found | Unanswered] = {}
        wanted = pubmed_xml.pubmed_ids(pmids)
        for start in range(0, len(wanted), FETCH_BATCH):
            found |= self._fetch_batch(wanted[start : start + FETCH_BATCH])
        return found

    def _fetch_batch(self, pmids: list[str]) -> dict[str, Found | Unanswered]:
        try:
            answer = self._ask_for(pmids)
        except Unanswered as failure:
            return dict.fromkeys(pmids, failure)
        records = {item.record.pmid: item.record for item in _items(parse_xml(answer.body))}
        return {pmid: Found(record=records.get(pmid), answer=answer) for pmid in pmids}

    def by_doi(self, dois: Sequence[str]) -> dict[str, Found | Unanswered]:
        """Records by DOI, in the order given; ``record`` is None where PubMed has none.

        PubMed drops punctuation when it searches, so a hit counts only when its own DOI
        is the one asked for; and a DOI that a combined search does not find is searched
        for by itself before it counts as absent.

        Parameters
        ----------
        dois
            In normal form.
        """
        found: dict[str, Found | Unanswered] = {}
        dois = list(dict.fromkeys(dois))
        for start in range(0, len(dois), DOI_BATCH):
            batch = dois[start : start + DOI_BATCH]
            found |= self._by_doi(batch)
            if len(batch) > 1:
                for doi in batch:
                    answer = found[doi]
                    if isinstance(answer, Found) and answer.record is None:
                        found |= self._by_doi([doi])
        return found

    def _by_doi(self, dois: list[str]) -> dict[str, Found | Unanswered]:
        term = " OR ".join(f'"{doi.replace(chr(34), " ")}"[AID]' for doi in dois)
        try:
            hits = self.search(term, most=FETCH_BATCH)
        except Unanswered as failure:
            return dict.fromkeys(dois, failure)
        if not hits.pmids:
            return {doi: Found(record=None, answer=hits.answer) for doi in dois}
        fetched = self.fetch(hits.pmids)
        failures = [answer for answer in fetched.values() if isinstance(answer, Unanswered)]
        by_doi = {
            answer.record.doi: answer
            for answer in fetched.values()
            if isinstance(answer, Found) and answer.record
        }
        # An article that was not fetched may be any of those that are still missing.
        absent = failures[0] if failures else Found(record=None, answer=hits.answer)
        return {doi: by_doi.get(doi, absent) for doi in dois}

    def search(self, term: str, *, most: int = MOST_HITS) -> Hits:
        """PMIDs for a search, in PubMed's order.

        Parameters
        ----------
        term
            In PubMed's own language.
        most
            How many at most; PubMed itself gives no more than 10,000.

        Raises
        ------
        Unanswered
            PubMed gave no answer that can be believed.
        """
        parameters = {**self.parameters, "term": term, "retmax": str(min(most, MOST_HITS))}
        answer = self._ask("/entrez/eutils/esearch.fcgi", {**parameters, "retmode": "json"})
        result = answer.json()["esearchresult"]
        total = str(result.get("count", ""))
        if not total.isdecimal() or not isinstance(result.get("idlist"), list):
            raise Unanswered(
                "not_believed", service="pubmed", url=answer.url, detail="no count or list of hits"
            )
        pmids = pubmed_xml.pubmed_ids([str(pmid) for pmid in result["idlist"]])
        return Hits(pmids=tuple(pmids), total=int(total), answer=answer)

    # What pymed calls.

    def _getArticleIds(self, query: str, max_results: int) -> list[str]:
        most = MOST_HITS if max_results < 0 else max_results
        return list(self.search(query, most=most).pmids)

    def _getArticles(self, article_ids: Sequence[str]) -> Iterator[Article | Book]:
        answer = self._ask_for(list(article_ids))
        by_pmid = {item.record.pmid: item for item in _items(parse_xml(answer.body))}
        return iter([by_pmid[pmid] for pmid in article_ids if pmid in by_pmid])

    def _get(self, url: str, parameters: dict[str, Any], output: str = "json") -> Any:
        answer = self._ask(url, {**parameters, "retmode": output})
        return answer.json() if output == "json" else answer.body.decode("utf-8", "replace")

    def _ask_for(self, pmids: list[str]) -> Answer:
        parameters = {**self.parameters, "id": ",".join(pmids), "retmode": "xml"}
        return self._ask("/entrez/eutils/efetch.fcgi", parameters)

    def _ask(self, path: str, parameters: dict[str, Any]) -> Answer:
        texts = {name: str(value) for name, value in parameters.items()}
        ids, term = texts.get("id", ""), texts.get("term", "")
        return self._transport.ask(
            Request(
                service="pubmed",
                path=path,
                parameters=tuple(sorted(texts.items())),
                kind=self._kind,
                accept="application/json" if texts["retmode"] == "json" else "text/xml",
                post=ids.count(",") >= MOST_IN_ADDRESS or len(term) > LONGEST_TERM,
            )
        )


def _items(root: Element) -> list[Article | Book]:
    articles = [Article(xml_element=item) for item in root.findall("PubmedArticle")]
    books = [Book(xml_element=item) for item in root.findall("PubmedBookArticle")]
    return [*articles, *books]


def _section(article: Element, category: str) -> str | None:
    path = "MedlineCitation/Article/Abstract/AbstractText"
    parts = [
        text_at(part, ".")
        for part in article.findall(path)
        if category in (part.get("NlmCategory"), part.get("Label"))
    ]
    return "\n".join(parts) or None
