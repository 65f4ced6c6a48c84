"""PubMed through pymed: own identifiers, whole titles, requested order, nothing lost."""

from __future__ import annotations

import inspect
from dataclasses import replace

import pymed
import pytest
from pymed import PubMed
from pymed.article import PubMedArticle
from pymed.book import PubMedBookArticle

from evidencekit.sources import pubmed
from evidencekit.sources.pubmed import Article, Book, PubMedClient
from evidencekit.sources.pubmed_xml import record_from_article, record_from_book
from evidencekit.sources.record import Author, BibliographicRecord, PartialDate
from evidencekit.sources.request import Found
from evidencekit.sources.safe_xml import parse_xml
from evidencekit.sources.unanswered import Unanswered
from evidencekit.sources.updates import state_of
from sources.conftest import MakeTransport
from sources.server import bodies, faults
from sources.server.app import JSON, FakeServices
from sources.server.bodies import Paper


def record_of(paper: Paper, **changes: str) -> BibliographicRecord:
    text = bodies.pubmed_article(paper)
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    return record_from_article(parse_xml(text.encode()))


ONE = Paper(doi="10.5555/one", pmid="11")


def test_what_pymed_calls_is_what_is_replaced() -> None:
    # A later pymed that renames or re-signs these would silently use its own network code.
    assert list(inspect.signature(PubMed._get).parameters) == [
        "self",
        "url",
        "parameters",
        "output",
    ]
    assert list(inspect.signature(PubMed._getArticles).parameters) == ["self", "article_ids"]
    assert list(inspect.signature(PubMed._getArticleIds).parameters) == [
        "self",
        "query",
        "max_results",
    ]
    source = inspect.getsource(pymed.api)
    assert source.count("requests.get(") == 1
    assert "requests.get(" in inspect.getsource(PubMed._get)
    for ours, theirs in ((Article, PubMedArticle), (Book, PubMedBookArticle)):
        for name in vars(ours):
            if name.startswith(("_extract", "_init")):
                assert list(inspect.signature(getattr(theirs, name)).parameters) == [
                    "self",
                    "xml_element",
                ]


def test_an_article_becomes_a_record() -> None:
    record = record_of(ONE)
    assert (record.doi, record.pmid, record.pmcid) == ("10.5555/one", "11", "PMC11")
    assert [(t.text, t.kind, t.language) for t in record.titles] == [
        ("A trial of something & nothing", "original", "en"),
        ("Een onderzoek", "original", "en"),
    ]
    assert record.authors == (
        Author(family="Example", given="Ada", orcid="0000-0002-1825-0097"),
        Author(group="The Example Group"),
    )
    assert record.container.title == "Journal of Examples"
    assert record.container.abbreviations == ("J. Ex.", "J Ex")
    assert record.container.issn == ("1234-5679",)
    assert (record.volume, record.issue, record.pages) == ("12", "3", "121-141")
    assert record.date("print") == PartialDate(year=2020, month=2)
    assert record.date("online") == PartialDate(year=2019, month=12, day=31)
    assert record.date("entered") == PartialDate(year=1999, month=1, day=1)
    assert record.years == {2019, 2020}
    assert record.publication_types == ("Randomized Controlled Trial",)
    assert state_of(record) == "ok"


def test_a_translated_title_keeps_the_original() -> None:
    record = record_of(
        ONE,
        title=("A trial of <i>something</i> &amp; nothing.", "[A study.]"),
        language=("<Language>eng", "<Language>dut"),
    )
    assert [(t.text, t.kind, t.language) for t in record.titles] == [
        ("Een onderzoek", "original", "nl"),
        ("A study", "translated", "en"),
    ]
    assert record.title == "Een onderzoek"


def test_an_article_without_a_doi_does_not_take_a_cited_one() -> None:
    record = record_of(replace(ONE, doi=""))
    assert (record.doi, record.pmid) == ("", "11")


def test_a_season_gives_the_year_only() -> None:
    old = "<Year>2020</Year><Month>Feb</Month>"
    record = record_of(ONE, date=(old, "<MedlineDate>1993 Sep-Oct</MedlineDate>"))
    assert record.date("print") == PartialDate(year=1993)


@pytest.mark.parametrize(
    ("word", "direction", "kind", "state"),
    [
        ("RetractionIn", "affected", "retraction", "retracted"),
        ("RetractionOf", "notice", "retraction", "ok"),
        ("ExpressionOfConcernIn", "affected", "expression_of_concern", "concern"),
        ("ErratumIn", "affected", "erratum", "corrected"),
        ("UpdateIn", "affected", "update", "superseded"),
        ("UpdateOf", "notice", "update", "ok"),
    ],
)
def test_corrections_keep_their_direction(word: str, direction: str, kind: str, state: str) -> None:
    record = record_of(replace(ONE, corrections=((word, "13", "10.5555/Notice"),)))
    (update,) = record.updates
    assert (update.direction, update.type, update.pmid) == (direction, kind, "13")
    assert update.doi == "10.5555/notice"
    assert state_of(record) == state


def test_comments_are_no_notices() -> None:
    record = record_of(replace(ONE, corrections=(("CommentIn", "13", "10.5555/c"),)))
    assert record.updates == ()


def test_a_publication_type_alone_says_retracted() -> None:
    types = (("D016441", "Retracted Publication"),)
    assert state_of(record_of(replace(ONE, publication_types=types))) == "retracted"


BOOK = """<PubmedBookArticle><BookDocument><PMID Version="1">31</PMID><ArticleIdList>
<ArticleId IdType="bookaccession">NBK1</ArticleId></ArticleIdList><Book><Publisher>
<PublisherName>Example Press</PublisherName></Publisher><BookTitle book="b">A <i>book</i>
</BookTitle><PubDate><Year>2001</Year></PubDate><AuthorList Type="editors"><Author>
<LastName>Editor</LastName></Author></AuthorList><Isbn>9783161484100</Isbn></Book>
<ArticleTitle>A chapter</ArticleTitle><Language>eng</Language><AuthorList Type="authors">
<Author><LastName>Example</LastName><ForeName>Ada</ForeName></Author></AuthorList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="pubmed">99</ArticleId>
<ArticleId IdType="doi">10.5555/cited</ArticleId></ArticleIdList></Reference></ReferenceList>
</BookDocument><PubmedBookData><ArticleIdList><ArticleId IdType="pubmed">31</ArticleId>
</ArticleIdList></PubmedBookData></PubmedBookArticle>"""


def test_a_chapter_of_a_book() -> None:
    record = record_from_book(parse_xml(BOOK.encode()))
    assert (record.pmid, record.doi, record.type) == ("31", "", "book-chapter")
    assert record.title == "A chapter"
    assert record.container.title == "A book"
    assert record.authors == (Author(family="Example", given="Ada"),)
    assert record.isbn == ("9783161484100",)
    assert Book(xml_element=parse_xml(BOOK.encode())).pubmed_id == "31"


def test_pymed_reads_what_we_extract() -> None:
    article = Article(xml_element=parse_xml(bodies.pubmed_article(ONE).encode()))
    assert article.toDict() | {"copyrights": None} == {
        "pubmed_id": "11",
        "title": "A trial of something & nothing.",
        "abstract": "METHODS: A b c.\nCONCLUSIONS: None.",
        "keywords": [],
        "journal": "Journal of Examples",
        "publication_date": article.publication_date,
        "authors": [
            {"lastname": "Example", "firstname": "Ada", "initials": "A", "collective": None,
             "orcid": "0000-0002-1825-0097"},
            {"lastname": None, "firstname": None, "initials": None,
             "collective": "The Example Group", "orcid": None},
        ],
        "methods": "A b c.",
        "conclusions": "None.",
        "results": None,
        "copyrights": None,
        "doi": "10.5555/one",
        "xml": None,
    }  # fmt: skip
    assert str(article.publication_date) == "2020-02-01"


def test_records_come_in_the_order_asked_and_missing_ones_are_said(
    make_transport: MakeTransport,
) -> None:
    found = PubMedClient(make_transport()).fetch(["12", "99999999", "11", "12"])
    assert [(p, f.record.pmid if isinstance(f, Found) and f.record else None) for p, f in
            found.items()] == [("12", "12"), ("99999999", None), ("11", "11")]  # fmt: skip


def test_long_lists_are_posted(make_transport: MakeTransport, services: FakeServices) -> None:
    PubMedClient(make_transport()).fetch([str(number) for number in range(1, 451)])
    assert [(v.method, v.query["id"][0].count(",") + 1) for v in services.visits] == [
        ("POST", 200),
        ("POST", 200),
        ("GET", 50),
    ]


def test_pymed_query_runs_on_our_transport(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    client = PubMedClient(make_transport(), kind="query")
    found = list(client.query("example", max_results=10))
    assert [article.pubmed_id for article in found] == ["11", "12", "14", "15"]
    assert client.getTotalResultsCount("example") == 4
    assert {visit.service for visit in services.visits} == {"pubmed"}


def test_dois_are_found_by_the_records_own_doi(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    dois = ["10.5555/two", "10.5555/none", "10.5555/one"]
    found = PubMedClient(make_transport()).by_doi(dois)
    assert list(found) == dois
    pmids = {d: f.record and f.record.pmid for d, f in found.items() if isinstance(f, Found)}
    assert pmids == {"10.5555/two": "12", "10.5555/none": None, "10.5555/one": "11"}
    # One search and one fetch for all; the absent one is searched for by itself.
    assert [visit.path.rsplit("/")[-1] for visit in services.visits] == [
        "esearch.fcgi",
        "efetch.fcgi",
        "esearch.fcgi",
    ]


def test_a_hit_with_another_doi_is_no_hit(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    wrong = faults.status(200, bodies.esearch_result(["11"]), JSON)
    services.faults["pubmed"] = [wrong]
    (found,) = PubMedClient(make_transport()).by_doi(["10.5555/ot"]).values()
    assert isinstance(found, Found)
    assert found.record is None


def test_what_cannot_be_fetched_is_not_absent(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    hits = faults.status(200, bodies.esearch_result(["11"]), JSON)
    services.faults["pubmed"] = [hits, *[faults.status(500)] * 4]
    found = PubMedClient(make_transport()).by_doi(["10.5555/one"])
    assert isinstance(found["10.5555/one"], Unanswered)


def test_a_search_without_a_count_is_not_believed(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    services.always["pubmed"] = faults.status(200, b'{"esearchresult":{"idlist":[]}}', JSON)
    with pytest.raises(Unanswered, match="no count or list of hits"):
        PubMedClient(make_transport()).search("x")


def test_no_more_is_asked_for_than_pubmed_gives(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    client = PubMedClient(make_transport())
    list(client.query("example", max_results=-1))
    assert services.visits[0].query["retmax"] == [str(pubmed.MOST_HITS)]
