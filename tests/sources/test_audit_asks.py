"""An audit that asks the services: repairs, retractions, absence, outages accuse nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from evidencekit.audit.asking import AskingLibrary, pubmed_term, questions
from evidencekit.audit.matching.cited import CitedWork
from evidencekit.audit.readers import read_bytes
from evidencekit.audit.result import DocumentAudit
from evidencekit.audit.run import audit_document
from evidencekit.sources.lock import Lock
from sources.conftest import MakeTransport
from sources.server.app import FakeServices
from sources.server.bodies import Paper
from sources.server.faults import status

TITLE = "Measured sleep and the risk of catching a cold"
FISH = {"volume": "3", "page": "9-12", "issue": "1", "title": ["Colours of trout"]}
PAPERS = (
    Paper(doi="10.5555/sleep.4968", title=TITLE, family="Prins", year=2015, pmid="21"),
    Paper(doi="10.5555/fish.1", family="Fischer", year=2019, pmid="22", in_record=FISH),
    Paper(
        doi="10.5555/gone.77",
        title="What was taken back in the end",
        family="Kwist",
        year=2011,
        pmid="23",
        corrections=(("RetractionIn", "24", "10.5555/notice"),),
    ),
)
RIGHT = "Prins, A. (2015). {title}. *Journal of Examples & Tests, 12*(3), 121-141. DOI: {doi}"


@pytest.fixture
def services() -> Iterator[FakeServices]:
    with FakeServices(PAPERS) as fake:
        yield fake


def audited(library: AskingLibrary, *references: str) -> DocumentAudit:
    text = "# References\n\n" + "".join(f"{n}. {r}\n" for n, r in enumerate(references, 1))
    return audit_document(read_bytes(text.encode(), "list.md"), library)


def verdicts(audit: DocumentAudit) -> list[tuple[str, str]]:
    found = [f.rule for r in audit.references for f in r.findings if f.rule != "EK150"]
    return [(r.judged.identity.verdict, " ".join(found)) for r in audit.references]


def right(**more: Any) -> str:
    return RIGHT.format(**{"title": TITLE, "doi": "10.5555/sleep.4968", **more})


def test_a_right_reference_is_confirmed_without_a_search(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    audit = audited(AskingLibrary(make_transport(), Lock()), right())
    assert verdicts(audit) == [("confirmed", "")]
    assert not [v for v in services.visits if "query.bibliographic" in v.query]


def test_a_damaged_doi_is_repaired_and_known_to_be_unregistered(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    audit = audited(AskingLibrary(make_transport(), Lock()), right(doi="10.5555/slaap.4968"))
    assert verdicts(audit) == [("repaired", "EK103")]
    (finding,) = (f for f in audit.references[0].findings if f.rule == "EK103")
    assert finding.message.endswith("; the cited DOI is not registered")
    assert len([v for v in services.visits if "query.bibliographic" in v.query]) == 1


def test_another_papers_doi(make_transport: MakeTransport) -> None:
    audit = audited(AskingLibrary(make_transport(), Lock()), right(doi="10.5555/fish.1"))
    assert verdicts(audit) == [("wrong-work", "EK110")]
    assert audit.references[0].judged.record is not None
    assert audit.references[0].judged.record.doi == "10.5555/sleep.4968"


def test_an_invented_reference_is_not_found_where_it_was_looked_for(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    invented = "Quack, D. (1990). Ponds of the moon. *Lunar Ponds, 77*(2), 401-420. DOI: 10.5555/no"
    audit = audited(AskingLibrary(make_transport(), Lock()), invented)
    assert verdicts(audit) == [("not-found", "EK102 EK111")]
    searched = audit.references[0].judged.identity.searched
    assert [name.split(" on ")[0] for name in searched] == ["Crossref", "PubMed"]
    asked = [v for v in services.visits if "query.bibliographic" in v.query or "term" in v.query]
    assert len(asked) <= 5


def test_a_retracted_paper_is_reported_with_its_notice(make_transport: MakeTransport) -> None:
    cited = right(title="What was taken back in the end", doi="10.5555/gone.77")
    cited = cited.replace("Prins, A. (2015)", "Kwist, A. (2011)")
    audit = audited(AskingLibrary(make_transport(), Lock()), cited)
    assert "EK130" in verdicts(audit)[0][1]
    (finding,) = (f for f in audit.all_findings if f.rule == "EK130")
    assert "10.5555/notice" in finding.message
    assert "pubmed" in finding.message


@pytest.mark.parametrize("reference", [right(doi="10.5555/slaap.4968"), right(doi="")])
def test_an_outage_accuses_nobody(
    make_transport: MakeTransport, services: FakeServices, reference: str
) -> None:
    for name in services.urls:
        services.always[name] = status(503)
    audit = audited(AskingLibrary(make_transport(), Lock()), reference)
    assert verdicts(audit) == [("unchecked", "")]
    assert audit.references[0].judged.identity.unanswered


def test_a_second_audit_asks_nothing(make_transport: MakeTransport, services: FakeServices) -> None:
    references = (right(), right(doi="10.5555/slaap.4968"))
    first = audited(AskingLibrary(make_transport(), Lock()), *references)
    before = len(services.visits)
    again = audited(AskingLibrary(make_transport(), Lock()), *references)
    assert len(services.visits) == before
    assert verdicts(first) == verdicts(again)


def test_questions_begin_without_the_title_and_translate_the_journal() -> None:
    cited = CitedWork(
        authors=("Prins", "Hale"), year=2015, title="Gemeten slaap", container="Slaap",
        volume="38", pages="1353-9",
    )  # fmt: skip
    assert questions(cited) == (
        ("Prins Hale sleep 2015 38 1353", (2014, 2016)),
        ("Prins Hale Gemeten slaap sleep 2015 38 1353", (2014, 2016)),
        ("Prins Hale Gemeten slaap", None),
    )
    assert pubmed_term(cited) == '"prins"[AU] AND "hale"[AU] AND 2015[DP]'
    assert questions(CitedWork()) == ()
    assert pubmed_term(CitedWork(year=2015)) == ""
