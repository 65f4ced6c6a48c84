"""Synthetic papers, and what each service says of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One invented paper and how the services know it."""

    doi: str
    title: str = "A trial of <i>something</i> &amp; nothing"
    family: str = "Example"
    year: int = 2020
    agency: str = "Crossref"
    pmid: str = ""
    in_record: dict[str, Any] = field(default_factory=dict)
    corrections: tuple[tuple[str, str, str], ...] = ()
    publication_types: tuple[tuple[str, str], ...] = (("D016449", "Randomized Controlled Trial"),)
    registered: bool = True
    at_crossref: bool = True


def crossref_message(paper: Paper) -> dict[str, Any]:
    """A Crossref work."""
    return {
        "DOI": paper.doi,
        "type": "journal-article",
        "title": [paper.title],
        "author": [
            {"given": "Ada", "family": paper.family, "sequence": "first", "affiliation": []},
            {"name": "The Example Group", "sequence": "additional", "affiliation": []},
        ],
        "container-title": ["Journal of Examples &amp; Tests"],
        "short-container-title": ["J Ex Tests"],
        "ISSN": ["1234-5679"],
        "publisher": "Example Press",
        "volume": "12",
        "issue": "3",
        "page": "121-41",
        "language": "en",
        "issued": {"date-parts": [[paper.year, 2]]},
        "published-print": {"date-parts": [[paper.year, 2]]},
        "published-online": {"date-parts": [[paper.year - 1, 12, 31]]},
        "indexed": {"timestamp": 1},
        **paper.in_record,
    }


def crossref_work(paper: Paper) -> bytes:
    """The answer to /works/{doi}."""
    return envelope("work", crossref_message(paper))


def crossref_list(papers: list[Paper]) -> bytes:
    """The answer to /works?..."""
    items = [crossref_message(paper) for paper in papers]
    return envelope("work-list", {"total-results": len(items), "items": items})


def envelope(kind: str, message: dict[str, Any]) -> bytes:
    """What Crossref wraps around every message."""
    return as_json(
        {"status": "ok", "message-type": kind, "message-version": "1.0.0", "message": message}
    )


def datacite_item(paper: Paper) -> bytes:
    """The answer of DataCite to /dois/{doi}."""
    attributes = {
        "doi": paper.doi,
        "titles": [{"title": paper.title}],
        "creators": [
            {"name": f"{paper.family}, Ada", "givenName": "Ada", "familyName": paper.family},
            {"name": "The Example Group", "nameType": "Organizational"},
        ],
        "publisher": "Example Repository",
        "publicationYear": paper.year,
        "types": {"resourceTypeGeneral": "Dataset"},
        "dates": [{"date": f"{paper.year}-05-04", "dateType": "Issued"}],
        "relatedIdentifiers": [
            {
                "relationType": "IsSupplementTo",
                "relatedIdentifier": "10.5555/other",
                "relatedIdentifierType": "DOI",
            }
        ],
        "language": "en",
        "state": "findable",
    }
    return as_json({"data": {"id": paper.doi, "type": "dois", "attributes": attributes}})


def csl_item(paper: Paper) -> bytes:
    """CSL-JSON from content negotiation at another agency."""
    return as_json(
        {
            "DOI": paper.doi,
            "type": "article-journal",
            "title": paper.title,
            "author": [{"family": paper.family, "given": "Ada"}],
            "container-title": "Journal of Examples",
            "issued": {"date-parts": [[paper.year]]},
            "volume": "12",
            "page": "1-8",
        }
    )


def pubmed_article(paper: Paper) -> str:
    """A PubmedArticle, with a cited paper's DOI in its reference list."""
    doi = f'<ArticleId IdType="doi">{escape(paper.doi)}</ArticleId>' if paper.doi else ""
    types = "".join(
        f'<PublicationType UI="{ui}">{text}</PublicationType>'
        for ui, text in paper.publication_types
    )
    corrections = "".join(
        f'<CommentsCorrections RefType="{kind}"><RefSource>J Ex. 2021;1:2. doi: {doi}.</RefSource>'
        f'<PMID Version="1">{pmid}</PMID></CommentsCorrections>'
        for kind, pmid, doi in paper.corrections
    )
    return f"""<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM">
<PMID Version="1">{paper.pmid}</PMID>
<Article PubModel="Print"><Journal><ISSN IssnType="Electronic">1234-5679</ISSN>
<JournalIssue CitedMedium="Internet"><Volume>12</Volume><Issue>3</Issue>
<PubDate><Year>{paper.year}</Year><Month>Feb</Month></PubDate></JournalIssue>
<Title>Journal of Examples</Title><ISOAbbreviation>J. Ex.</ISOAbbreviation></Journal>
<ArticleTitle>A trial of <i>something</i> &amp; nothing.</ArticleTitle>
<Pagination><StartPage>121</StartPage><EndPage>141</EndPage><MedlinePgn>121-41</MedlinePgn>
</Pagination><ELocationID EIdType="doi" ValidYN="Y">{escape(paper.doi)}</ELocationID>
<Abstract><AbstractText Label="METHODS" NlmCategory="METHODS">A <sub>b</sub> c.</AbstractText>
<AbstractText Label="CONCLUSIONS">None.</AbstractText></Abstract>
<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>{paper.family}</LastName>
<ForeName>Ada</ForeName><Initials>A</Initials>
<Identifier Source="ORCID">0000-0002-1825-0097</Identifier></Author>
<Author ValidYN="Y"><CollectiveName>The Example Group</CollectiveName></Author></AuthorList>
<Language>eng</Language><PublicationTypeList>{types}</PublicationTypeList>
<VernacularTitle>Een onderzoek.</VernacularTitle>
<ArticleDate DateType="Electronic"><Year>{paper.year - 1}</Year><Month>12</Month><Day>31</Day>
</ArticleDate></Article>
<MedlineJournalInfo><MedlineTA>J Ex</MedlineTA><ISSNLinking>1234-5679</ISSNLinking>
</MedlineJournalInfo><CommentsCorrectionsList>{corrections}</CommentsCorrectionsList>
</MedlineCitation><PubmedData><History><PubMedPubDate PubStatus="pubmed"><Year>1999</Year>
<Month>1</Month><Day>1</Day></PubMedPubDate></History><ArticleIdList>
<ArticleId IdType="pubmed">{paper.pmid}</ArticleId>{doi}
<ArticleId IdType="pmc">PMC{paper.pmid}</ArticleId></ArticleIdList>
<ReferenceList><Reference><Citation>Other.</Citation><ArticleIdList>
<ArticleId IdType="doi">10.5555/cited.not.this</ArticleId>
<ArticleId IdType="pubmed">99</ArticleId></ArticleIdList></Reference></ReferenceList>
</PubmedData></PubmedArticle>"""


DOCTYPE = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, '
    '1st January 2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)


def pubmed_set(articles: list[str]) -> bytes:
    """The answer of efetch."""
    text = f"{DOCTYPE}<PubmedArticleSet>{''.join(articles)}</PubmedArticleSet>"
    return text.encode()


def esearch_result(pmids: list[str]) -> bytes:
    """The answer of esearch."""
    found = {"count": str(len(pmids)), "retmax": str(len(pmids)), "retstart": "0", "idlist": pmids}
    return as_json({"header": {"type": "esearch"}, "esearchresult": found})


def europepmc_result(papers: list[Paper]) -> bytes:
    """The answer of Europe PMC's search."""
    result = [
        {
            "id": paper.pmid,
            "source": "MED",
            "pmid": paper.pmid,
            "doi": paper.doi,
            "title": paper.title,
            "commentCorrectionList": {
                "commentCorrection": [
                    {"id": "77", "source": "MED", "type": "Retraction in", "reference": "J Ex."}
                ]
                if any(kind == "RetractionIn" for kind, _, _ in paper.corrections)
                else []
            },
        }
        for paper in papers
    ]
    return as_json({"version": "6", "hitCount": len(result), "resultList": {"result": result}})


def openalex_result(papers: list[Paper]) -> bytes:
    """The answer of OpenAlex to a filter."""
    results = [
        {
            "id": "https://openalex.org/W1",
            "doi": f"https://doi.org/{paper.doi}",
            "type": "article",
            "is_retracted": any(kind == "RetractionIn" for kind, _, _ in paper.corrections),
        }
        for paper in papers
    ]
    return as_json({"meta": {"count": len(results)}, "results": results})


def as_json(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False).encode()
