"""A whole run: every identifier ends answered or unchecked, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from evidencekit.errors import FileError, UsageError
from evidencekit.sources.entry import Entry
from evidencekit.sources.fetch import Progress, fetch
from evidencekit.sources.fetch_budget import expected_requests, incomplete
from evidencekit.sources.lock import Lock, lock_text, parse_lock, read_lock, update_lock
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.settings import make_settings
from evidencekit.sources.status import merged_status
from sources.conftest import PAPERS, FreeTime, MakeTransport
from sources.server import bodies, faults
from sources.server.app import JSON, FakeServices, Handler
from sources.server.bodies import Paper
from sources.test_doi import retraction_file


def nothing(entries: Mapping[str, Entry]) -> None:
    """Keep nothing."""


def test_each_kind_of_doi(make_transport: MakeTransport, services: FakeServices) -> None:
    services.papers["10.5555/gone"] = Paper(doi="10.5555/gone", at_crossref=False)
    names = [paper.doi for paper in PAPERS] + ["10.5555/none", "10.5555/gone"]
    entries = fetch(make_transport(), [f"doi:{name}" for name in names], save=nothing)
    shown = {
        key: (
            e.record and (e.record.outcome, e.record.source),
            e.registration and (e.registration.state, e.registration.agency),
            merged_status(e.status).state,
        )
        for key, e in entries.items()
    }
    found, crossref = ("found", "crossref"), ("registered", "Crossref")
    assert shown == {
        "doi:10.5555/one": (found, crossref, "ok"),
        "doi:10.5555/two": (found, crossref, "retracted"),
        "doi:10.5555/data": (("found", "datacite"), ("registered", "DataCite"), "ok"),
        "doi:10.5555/medra": (("found", "doi"), ("registered", "mEDRA"), "unchecked"),
        "doi:10.5555/com,ma": (found, crossref, "ok"),
        f"doi:{PAPERS[5].doi}": (found, crossref, "ok"),
        "doi:10.5555/none": (("absent", "doi.org"), ("not_registered", ""), "unchecked"),
        "doi:10.5555/gone": (("absent", "crossref"), crossref, "unchecked"),
    }
    assert parse_lock(lock_text(Lock(entries=entries)).encode()).entries == entries


def test_a_record_is_completed_by_the_other_source(make_transport: MakeTransport) -> None:
    entry = fetch(make_transport(), ["doi:10.5555/one"], save=nothing)["doi:10.5555/one"]
    assert entry.record is not None
    record = entry.record.data
    assert record is not None
    assert (record.pmid, record.pmcid) == ("11", "PMC11")
    assert record.publication_types == ("Randomized Controlled Trial",)
    assert record.container.abbreviations == ("J Ex Tests", "J. Ex.", "J Ex")
    assert record.container.title == "Journal of Examples & Tests"
    assert record.fields_from == {
        "container": "pubmed", "pmcid": "pubmed", "pmid": "pubmed", "publication_types": "pubmed"
    }  # fmt: skip
    assert record.marks == {}
    assert len(entry.record.sha256) == 64


def test_pmids(make_transport: MakeTransport) -> None:
    entries = fetch(make_transport(), ["pmid:12", "pmid:404", "doi:10.5555/one"], save=nothing)
    assert list(entries) == ["pmid:12", "pmid:404", "doi:10.5555/one"]
    outcomes = [e.record.outcome for e in entries.values() if e.record]
    assert outcomes == ["found", "absent", "found"]
    assert merged_status(entries["pmid:12"].status).state == "retracted"
    with pytest.raises(UsageError, match="not a DOI or PMID: 'isbn:1'"):
        fetch(make_transport(), ["isbn:1"], save=nothing)


@pytest.mark.parametrize("dead", ["doi", "crossref", "pubmed"])
@pytest.mark.parametrize("fault", [faults.status(500), faults.status(403), faults.reset])
def test_a_dead_source_is_unchecked_and_never_absent_or_clean(
    dead: str, fault: object, make_transport: MakeTransport, services: FakeServices
) -> None:
    services.always[dead] = fault  # type: ignore[assignment]
    keys = ["doi:10.5555/one", "doi:10.5555/two", "doi:10.5555/none"]
    for entry in fetch(make_transport(), keys, save=nothing).values():
        if entry.record is None or entry.record.outcome == "absent":
            # Only where the Handle System itself spoke.
            assert dead != "doi"
            assert entry.registration is not None
            assert entry.registration.handle_code == 100
        else:
            assert incomplete(entry) or dead == "doi"
            assert merged_status(entry.status).state != "ok" or dead == "doi"


def test_without_doi_org_crossref_still_says_yes(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    services.always["doi"] = faults.status(403)
    entries = fetch(make_transport(), ["doi:10.5555/one", "doi:10.5555/none"], save=nothing)
    one, none = entries.values()
    assert one.registration is not None
    assert (one.registration.state, one.registration.source) == ("registered", "crossref")
    assert none.registration is not None
    assert none.registration.state == "unchecked"
    assert none.registration.reason == (
        "doi.org: the service refuses this client; it is not asked again in this run (status 403)"
    )
    assert none.record is not None
    assert none.record.outcome == "unchecked"


def test_pubmed_alone_gives_the_record_when_crossref_is_silent(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    services.always["crossref"] = faults.status(500)
    (entry,) = fetch(make_transport(), ["doi:10.5555/one"], save=nothing).values()
    assert entry.record is not None
    assert (entry.record.outcome, entry.record.source) == ("found", "pubmed")
    assert entry.status["crossref"].state == "unchecked"
    assert incomplete(entry)


def test_a_second_run_makes_no_request(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    keys = [f"doi:{paper.doi}" for paper in PAPERS] + ["doi:10.5555/none"]
    first = fetch(make_transport(), keys, save=nothing)
    before = len(services.visits)
    again = make_transport()
    assert fetch(again, keys, save=nothing) == first
    assert again.requests == {}
    assert len(services.visits) == before


def test_optional_sources_are_asked_only_when_turned_on(
    make_transport: MakeTransport, services: FakeServices, tmp_path: Path
) -> None:
    path = retraction_file(
        tmp_path / "rw.csv",
        {"date": "2/16/2010 0:00", "doi": "10.5555/one", "nature": "Retraction"},
    )
    fetch(make_transport(), ["doi:10.5555/one"], save=nothing)
    assert {visit.service for visit in services.visits} == {"doi", "crossref", "pubmed"}
    transport = make_transport(settings={"sources": ("europepmc", "openalex")})
    (entry,) = fetch(transport, ["doi:10.5555/one"], save=nothing, retraction_watch=path).values()
    assert sorted(entry.status) == [
        "crossref",
        "europepmc",
        "openalex",
        "pubmed",
        "retraction-watch",
    ]
    merged = merged_status(entry.status)
    assert merged.state == "retracted"
    assert merged.disagreements == (
        "crossref says ok, europepmc says ok, openalex says ok, pubmed says ok, "
        "retraction-watch says retracted",
    )


MANY = [Paper(doi=f"10.5555/{n:03}", pmid=str(1000 + n)) for n in range(200)]


@pytest.fixture
def library() -> Iterator[FakeServices]:
    with FakeServices(MANY) as fake:
        yield fake


def dying_after(requests: int) -> object:
    """The service answers so often and then resets every connection."""
    left = [requests]

    def fault(handler: Handler) -> None:
        left[0] -= 1
        if left[0] >= 0:
            handler.send(*handler.reply())
        else:
            faults.reset(handler)

    return fault


@pytest.mark.parametrize("dying", ["doi", "crossref", "pubmed"])
def test_a_server_that_dies_half_way_loses_nothing(
    dying: str, library: FakeServices, make_transport: MakeTransport, tmp_path: Path
) -> None:
    keys = [f"doi:{paper.doi}" for paper in MANY]
    urls = {"urls": library.urls}
    library.always[dying] = dying_after(4)  # type: ignore[assignment]
    seen: list[Progress] = []
    first = fetch(
        make_transport(settings=urls),
        keys,
        save=lambda entries: update_lock(tmp_path, entries),
        progress=seen.append,
    )
    assert set(first) == set(keys)
    unfinished = [key for key in keys if incomplete(first[key])]
    assert dying == "doi" or 50 <= len(unfinished) < 200
    assert [step.done for step in seen] == list(range(50, 201, 50))
    assert all(e.record and e.record.outcome != "absent" for e in first.values())
    library.always.clear()
    before = len(library.visits)
    lock = read_lock(tmp_path)
    rest = [key for key in keys if incomplete(lock.entry(key))]
    assert rest == unfinished
    fetch(make_transport(settings=urls), rest, save=lambda entries: update_lock(tmp_path, entries))
    assert not any(incomplete(e) for e in read_lock(tmp_path).entries.values())
    assert len(read_lock(tmp_path).entries) == 200
    # The second run asks only for what the first did not get.
    assert len(library.visits) - before <= len(rest) // 8


def test_what_was_complete_is_kept_when_interrupted(
    library: FakeServices, make_transport: MakeTransport, tmp_path: Path
) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.done >= 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(
            make_transport(settings={"urls": library.urls}),
            [f"doi:{paper.doi}" for paper in MANY],
            save=lambda entries: update_lock(tmp_path, entries),
            progress=interrupt,
        )
    assert len(read_lock(tmp_path).entries) == 100


def test_long_runs_save_now_and_then(
    library: FakeServices, make_transport: MakeTransport, free_time: FreeTime
) -> None:
    saved: list[list[str]] = []
    keys = [f"doi:{paper.doi}" for paper in MANY]
    transport = make_transport(settings={"urls": library.urls})
    fetch(transport, keys, save=lambda e: saved.append(list(e)), clock=free_time.clock)
    assert [key for portion in saved for key in portion] == keys
    # The pace allows 200 DOIs in less than ten seconds, so all are saved at the end.
    assert len(saved) == 1
    slow = FreeTime()

    def wait(progress: Progress) -> None:
        slow.now += 11

    saved.clear()
    fetch(transport, keys, save=lambda e: saved.append(list(e)), clock=slow.clock, progress=wait)
    assert [len(portion) for portion in saved] == [100, 50, 50]


def test_a_lock_that_cannot_be_written_ends_the_run(
    make_transport: MakeTransport,
) -> None:
    calls = []

    def full(entries: Mapping[str, Entry]) -> None:
        calls.append(len(entries))
        raise FileError("the disk is full")

    with pytest.raises(FileError, match="the disk is full"):
        fetch(make_transport(), ["doi:10.5555/one"], save=full)
    assert calls == [1]


def test_the_budget_is_what_is_sent(library: FakeServices, make_transport: MakeTransport) -> None:
    keys = [f"doi:{paper.doi}" for paper in MANY[:130]]
    settings = {"urls": library.urls, "sources": ("europepmc", "openalex")}
    transport = make_transport(settings=settings)
    fetch(transport, keys, save=nothing)
    assert expected_requests(keys, transport.settings) == transport.requests
    assert expected_requests(keys, make_settings()) == {"doi": 3, "crossref": 6, "pubmed": 12}


def test_a_portal_is_never_taken_for_an_answer(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    for name in ("doi", "crossref", "pubmed", "datacite"):
        services.always[name] = faults.status(200, faults.PORTAL)
    (entry,) = fetch(make_transport(), ["doi:10.5555/one"], save=nothing).values()
    assert entry.record is not None
    assert (entry.record.outcome, entry.record.data) == ("unchecked", None)
    assert entry.registration is not None
    assert entry.registration.state == "unchecked"
    assert merged_status(entry.status).state == "unchecked"
    assert "log-in page" in entry.record.reason


def test_a_transcribed_record_is_asked_for(make_transport: MakeTransport) -> None:
    fetched = fetch(make_transport(), ["doi:10.5555/one"], save=nothing)["doi:10.5555/one"]
    assert not incomplete(fetched)
    assert incomplete(None)
    assert fetched.record is not None
    from dataclasses import replace

    by_hand = replace(
        fetched.record, origin="transcribed", data=BibliographicRecord(doi="10.5555/one")
    )
    assert incomplete(replace(fetched, record=by_hand))


def test_a_body_of_the_wrong_shape_is_unchecked(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    services.always["crossref"] = faults.status(
        200, bodies.as_json({"status": "ok", "message": {"items": [3, None], "DOI": 4}}), JSON
    )
    entries = fetch(make_transport(), ["doi:10.5555/one", "doi:10.5555/two"], save=nothing)
    assert {e.status["crossref"].state for e in entries.values()} == {"unchecked"}
