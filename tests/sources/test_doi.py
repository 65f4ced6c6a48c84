"""doi.org, DataCite and the optional sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidencekit.errors import FileError
from evidencekit.sources import datacite, doi, europepmc, openalex
from evidencekit.sources.doi import Agency
from evidencekit.sources.openalex import record_from_openalex
from evidencekit.sources.record import Author, Relation
from evidencekit.sources.request import Found
from evidencekit.sources.retraction_watch import read_retraction_watch
from evidencekit.sources.unanswered import Unanswered
from evidencekit.sources.updates import state_of, state_of_notices
from sources.conftest import MakeTransport
from sources.server import bodies, faults
from sources.server.app import JSON, FakeServices

SICI = "10.5555/(sici)1096-911x(199805)30:5<297::aid-mpo7>3.0.co;2-a"


def test_agencies_in_one_request_and_commas_apart(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    dois = ["10.5555/one", "10.5555/com,ma", SICI, "10.5555/data", "10.5555/none"]
    found = doi.agencies(make_transport(), dois)
    assert list(found) == dois
    words = [a.agency or a.status for a in found.values() if isinstance(a, Agency)]
    # The comma parts the list at doi.org itself, so that DOI stays without an answer.
    assert words == ["Crossref", "Crossref", "DataCite", "DOI does not exist"]
    assert isinstance(found["10.5555/com,ma"], Unanswered)
    assert len(services.visits) == 2


def test_a_handle_exists_or_not(make_transport: MakeTransport, services: FakeServices) -> None:
    transport = make_transport()
    assert doi.handle(transport, SICI).registered
    assert not doi.handle(transport, "10.5555/none").registered
    # The slash after the prefix stays, everything that could end the path is encoded.
    assert services.visits[0].path == (
        "/api/handles/10.5555/%28sici%291096-911x%28199805%2930%3A5%3C297%3A%3Aaid-mpo7%3E3.0.co"
        "%3B2-a"
    )
    assert services.visits[0].query == {"type": ["URL"]}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"responseCode": 2, "handle": "10.5555/one"}, "server_error"),
        ({"responseCode": 1, "handle": "10.5555/other"}, "not_believed"),
        ({"message": "log in"}, "not_believed"),
    ],
)
def test_a_handle_that_is_no_answer(
    body: dict[str, object], reason: str, make_transport: MakeTransport, services: FakeServices
) -> None:
    services.always["doi"] = faults.status(200, bodies.as_json(body), JSON)
    with pytest.raises(Unanswered) as caught:
        doi.handle(make_transport(), "10.5555/one")
    assert caught.value.reason == reason


def test_other_agencies_by_content_negotiation(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    record = doi.negotiated(make_transport(), "10.5555/medra").record
    assert record is not None
    assert (record.title, record.type) == ("A trial of something & nothing", "journal-article")
    assert record.authors == (Author(family="Example", given="Ada"),)
    assert (record.first_page, record.last_page) == ("1", "8")
    assert services.visits[0].headers["accept"] == doi.CSL
    with pytest.raises(Unanswered, match="a web page"):
        doi.negotiated(make_transport(), "10.5555/none")


def test_datacite(make_transport: MakeTransport) -> None:
    record = datacite.dataset(make_transport(), "10.5555/data").record
    assert record is not None
    assert record.authors == (
        Author(family="Example", given="Ada"),
        Author(group="The Example Group"),
    )
    assert (record.type, record.year) == ("dataset", 2020)
    assert record.relations == (Relation(type="is-supplement-to", identifier="10.5555/other"),)
    assert datacite.dataset(make_transport(), "10.5555/none").record is None


def test_europe_pmc_knows_notices(make_transport: MakeTransport) -> None:
    dois = ["10.5555/two", "10.5555/one", "10.5555/none"]
    found = europepmc.by_doi(make_transport(), dois)
    records = [answer.record for answer in found.values() if isinstance(answer, Found)]
    assert [record and state_of(record) for record in records] == ["retracted", "ok", None]


def test_openalex_marks_but_not_notices(make_transport: MakeTransport) -> None:
    dois = ["10.5555/two", "10.5555/one", "10.5555/none", "10.5555/com,ma"]
    found = openalex.by_doi(make_transport(), dois)
    records = [answer.record for answer in found.values() if isinstance(answer, Found)]
    assert [record and state_of(record) for record in records] == ["retracted", "ok", None]
    assert str(found["10.5555/com,ma"]) == (
        "openalex: the source was not asked in this run (a comma or bar in the DOI) - turn it on "
        "if its answer is wanted"
    )
    notice = {"doi": "10.5555/n", "type": "retraction", "is_retracted": True}
    assert state_of(record_from_openalex(notice)) == "ok"


HEADER = (
    "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,"
    "RetractionDate,RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,"
    "OriginalPaperPubMedID,RetractionNature,Reason,Paywalled,Notes,\n"
)
ROW = '1,"T",S,I,J,P,C,A,,R,{date},{notice},0,1/1/2000 0:00,{doi},0,{nature},{reason},No,"n",\n'


def retraction_file(path: Path, *rows: dict[str, str]) -> Path:
    lines = [ROW.format(**{"notice": "unavailable", "reason": "", **row}) for row in rows]
    path.write_bytes((HEADER + "".join(lines)).encode() + b"\xff\xfe broken,\n")
    return path


def test_retraction_watch_file(tmp_path: Path) -> None:
    path = retraction_file(
        tmp_path / "rw.csv",
        {"date": "5/6/2012 0:00", "doi": "10.5555/ONE", "nature": "Reinstatement"},
        {"date": "2/16/2010 0:00", "doi": "10.5555/one", "nature": "Retraction",
         "notice": "10.5555/N", "reason": "+Error in Data;+Other;"},
        {"date": "1/1/2011 0:00", "doi": "10.5555/two", "nature": "Expression of concern"},
    )  # fmt: skip
    found = read_retraction_watch(path, ["10.5555/one", "10.5555/two", "10.5555/none"])
    assert [(u.type, str(u.date), u.doi, u.note) for u in found["10.5555/one"]] == [
        ("retraction", "2010-02-16", "10.5555/n", "Error in Data; Other"),
        ("reinstatement", "2012-05-06", "", ""),
    ]
    states = {name: state_of_notices(notices) for name, notices in found.items()}
    assert states == {"10.5555/one": "reinstated", "10.5555/two": "concern", "10.5555/none": "ok"}


def test_another_csv_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(FileError) as caught:
        read_retraction_watch(path, ["10.5555/one"])
    assert str(caught.value) == (
        f"{path}: no column RetractionNature; the Retraction Watch file of Crossref has it"
    )
