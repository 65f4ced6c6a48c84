"""Crossref: single works, lists with their traps, searches, notices."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from evidencekit.sources import crossref
from evidencekit.sources.crossref_record import record_from_crossref
from evidencekit.sources.record import Author, PartialDate, Title, Update
from evidencekit.sources.request import Found
from evidencekit.sources.unanswered import Unanswered
from sources.conftest import MakeTransport
from sources.server import faults
from sources.server.app import JSON, FakeServices
from sources.server.bodies import Paper, crossref_work

SICI = "10.5555/(sici)1096-911x(199805)30:5<297::aid-mpo7>3.0.co;2-a"


def test_a_work_becomes_a_record(make_transport: MakeTransport) -> None:
    record = crossref.work(make_transport(), "10.5555/one").record
    assert record is not None
    assert record.title == "A trial of something & nothing"
    assert record.authors == (
        Author(family="Example", given="Ada"),
        Author(group="The Example Group"),
    )
    assert record.container.title == "Journal of Examples & Tests"
    assert record.container.abbreviations == ("J Ex Tests",)
    assert record.container.issn == ("1234-5679",)
    assert (record.volume, record.issue) == ("12", "3")
    assert (record.first_page, record.last_page) == ("121", "141")
    assert record.date("print") == PartialDate(year=2020, month=2)
    assert record.years == {2019, 2020}
    assert record.language == "en"


def test_no_such_work_is_an_answer(make_transport: MakeTransport) -> None:
    found = crossref.work(make_transport(), "10.5555/none")
    assert found.record is None
    assert found.answer.status == 404


def test_a_work_with_another_doi_is_not_believed(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    other = crossref_work(Paper(doi="10.5555/other"))
    services.always["crossref"] = faults.status(200, other, JSON)
    with pytest.raises(Unanswered, match=r"a work with DOI 10\.5555/other"):
        crossref.work(make_transport(), "10.5555/one")


def test_many_works_in_one_list_and_the_rest_one_by_one(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    dois = ["10.5555/two", SICI, "10.5555/none", "10.5555/com,ma", "10.5555/one"]
    found = crossref.works(make_transport(), dois)
    assert list(found) == dois
    records = {d: f.record for d, f in found.items() if isinstance(f, Found)}
    assert {doi: record.doi for doi, record in records.items() if record} == {
        doi: doi for doi in dois if doi != "10.5555/none"
    }
    assert records["10.5555/none"] is None
    # One list; the comma and the absent one by themselves.
    paths = [visit.path for visit in services.visits]
    assert paths == ["/works", "/works/10.5555%2Fnone", "/works/10.5555%2Fcom%2Cma"]


def test_a_list_that_fails_leaves_every_doi_unanswered(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    services.always["crossref"] = faults.status(500)
    found = crossref.works(make_transport(), ["10.5555/one", "10.5555/two"])
    assert {getattr(f, "reason", "") for f in found.values()} == {"server_error"}
    assert len(services.visits) == 4


def test_a_list_that_is_refused_is_asked_one_by_one(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    services.faults["crossref"] = [faults.status(400, b'{"status":"failed"}', JSON)]
    found = crossref.works(make_transport(), ["10.5555/one", "10.5555/two"])
    assert all(isinstance(f, Found) and f.record for f in found.values())
    assert len(services.visits) == 3


def test_a_search_sends_what_is_known(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    hits, answer = crossref.search(
        make_transport(),
        "Example 2020 J Ex 12:121",
        rows=2,
        years=(2019, 2021),
        types=["journal-article"],
    )
    assert [hit.record.doi for hit in hits] == ["10.5555/one", "10.5555/two"]
    assert answer.service == "crossref"
    assert services.visits[0].query == {
        "query.bibliographic": ["Example 2020 J Ex 12:121"],
        "rows": ["2"],
        "filter": ["type:journal-article,from-pub-date:2019,until-pub-date:2021"],
    }
    with pytest.raises(ValueError, match="rows must lie in 1-100, not 0"):
        crossref.search(make_transport(), "x", rows=0)


def test_notices_about_a_work(make_transport: MakeTransport, services: FakeServices) -> None:
    about = {"DOI": "10.5555/one", "type": "retraction", "updated": {"date-parts": [[2021, 3]]}}
    notice = Paper(doi="10.5555/notice", in_record={"update-to": [about]})
    services.papers[notice.doi] = notice
    records, _ = crossref.notices(make_transport(), "10.5555/one")
    assert [record.doi for record in records] == ["10.5555/notice"]
    assert records[0].updates == (
        Update(
            direction="notice",
            type="retraction",
            doi="10.5555/one",
            date=PartialDate(year=2021, month=3),
            source="publisher",
        ),
    )
    with pytest.raises(ValueError, match="cannot filter by a DOI with a comma"):
        crossref.notices(make_transport(), "10.5555/com,ma")


def test_updates_keep_their_direction_and_source() -> None:
    record = record_from_crossref(
        {
            "DOI": "10.5555/x",
            "updated-by": [
                {"DOI": "10.5555/n", "type": "retraction", "source": "retraction-watch",
                 "record-id": "7", "updated": {"date-parts": [[2010, 2, 6]]}},
                {"DOI": "10.5555/n", "type": "retraction"},
            ],
            "update-to": [{"DOI": "10.5555/X", "type": "new_version"}],
        }
    )  # fmt: skip
    assert [(u.direction, u.type, u.source, u.note) for u in record.updates] == [
        ("affected", "retraction", "retraction-watch", "Retraction Watch record 7"),
        ("affected", "retraction", "publisher", ""),
        ("notice", "new_version", "publisher", ""),
    ]


@pytest.mark.parametrize(
    ("message", "title", "kind"),
    [
        ({"title": []}, "", ""),
        ({"title": ["Een titel", "A title"]}, "Een titel", "original"),
        ({"title": ["A title"], "original-title": ["Een titel"]}, "Een titel", "original"),
        ({"title": [" RETRACTED: <i>x</i>\n y "]}, "RETRACTED: x y", "original"),
        ({"title": "a text, not a list"}, "a text, not a list", "original"),
        ({"title": [None, 3, {}]}, "3", "original"),
    ],
)
def test_titles(message: dict[str, object], title: str, kind: str) -> None:
    record = record_from_crossref(message)
    assert record.title == title
    assert [t.kind for t in record.titles[:1]] == [kind][: len(title)]


def test_a_translation_is_kept_beside_the_original() -> None:
    record = record_from_crossref(
        {"title": ["A title"], "original-title": ["Een titel"], "language": "nl"}
    )
    assert record.titles == (
        Title(text="Een titel", language="nl"),
        Title(text="A title", kind="translated"),
    )


def test_a_doi_that_looks_like_a_tag_stays_whole() -> None:
    doi = "10.5555/1520-0493(1974)102<0736:wacoj>2.0.co;2"
    relation = {"is-version-of": [{"id": doi, "id-type": "doi"}]}
    updates = [{"DOI": doi, "type": "correction"}]
    record = record_from_crossref({"DOI": doi, "relation": relation, "updated-by": updates})
    assert record.doi == record.relations[0].identifier == record.updates[0].doi == doi


def test_dates_without_a_year_are_no_dates() -> None:
    message = {"issued": {"date-parts": [[None]]}, "published-print": {"date-parts": [[2022, 13]]}}
    record = record_from_crossref(message)
    assert [(d.kind, str(d.date)) for d in record.dates] == [("print", "2022")]


def test_a_preprint_server_is_the_container_in_either_shape() -> None:
    for institution in ({"name": "bioRxiv"}, [{"name": "bioRxiv"}]):
        record = record_from_crossref({"container-title": [], "institution": institution})
        assert record.container.title == "bioRxiv"


def test_nothing_of_a_hostile_message_raises() -> None:
    names = "DOI ISBN title author container-title issued volume page updated-by relation language"
    for value in (None, 1, True, "x", [1], [[None]], {"a": {"b": []}}, [{"x": 1}], 1e308):
        assert record_from_crossref(dict.fromkeys(names.split(), value)) is not None


def test_batches_keep_order_and_length() -> None:
    dois = [f"10.5555/{'<' * 80}{i}" for i in range(60)]
    lists = crossref.batches(dois)
    assert [doi for batch in lists for doi in batch] == dois
    assert all(len(batch) <= crossref.BATCH for batch in lists)
    assert all(len(quote(",".join(f"doi:{doi}" for doi in b))) <= 3500 for b in lists)
    assert len(lists) > 60 / crossref.BATCH
