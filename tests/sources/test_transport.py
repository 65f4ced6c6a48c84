"""Asking: tried again where it helps, judged, kept, paced, and private."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from evidencekit.errors import FileError
from evidencekit.sources.limits import Clock
from evidencekit.sources.request import Request
from evidencekit.sources.transport import Transport
from evidencekit.sources.unanswered import Unanswered
from sources.conftest import FreeTime, MakeTransport
from sources.server import faults
from sources.server.app import JSON, FakeServices

WORK = Request(service="crossref", path="/works/10.5555%2Fone")
SEARCH = Request(
    service="pubmed",
    path="/entrez/eutils/esearch.fcgi",
    parameters=(("db", "pubmed"), ("retmode", "json"), ("term", '"10.5555/one"[AID]')),
)
EFETCH = replace(
    SEARCH, path="/entrez/eutils/efetch.fcgi", parameters=(("id", "11"), ("retmode", "xml"))
)


def test_an_answer_is_kept_and_not_asked_twice(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    first = make_transport().ask(WORK)
    second = make_transport().ask(WORK)
    assert (first.from_cache, second.from_cache) == (False, True)
    assert first.body == second.body
    assert first.json()["message"]["DOI"] == "10.5555/one"
    assert first.url == second.url == f"{services.urls['crossref']}/works/10.5555%2Fone"
    assert second.fetched == first.fetched
    assert len(services.visits) == 1


@pytest.mark.parametrize("name", faults.TRANSIENT)
def test_transient_faults_are_tried_again(
    name: str, make_transport: MakeTransport, services: FakeServices, free_time: FreeTime
) -> None:
    services.faults["crossref"] = [faults.TRANSIENT[name]()] * 3
    transport = make_transport()
    assert transport.ask(WORK).status == 200
    assert transport.requests == {"crossref": 4}
    assert len(services.visits) == 4
    floors = {"429 with seconds": (3, 3, 3), "429 with a date": (0, 0, 0)}.get(name, (2, 8, 32))
    for floor, slept in zip(floors, [s for s in free_time.slept if s >= 1], strict=False):
        assert floor <= slept <= 1.25 * floor + 1


@pytest.mark.parametrize("name", faults.TRANSIENT)
def test_a_lasting_fault_is_unanswered_and_never_kept(
    name: str, make_transport: MakeTransport, services: FakeServices
) -> None:
    services.always["crossref"] = faults.TRANSIENT[name]()
    with pytest.raises(Unanswered) as caught:
        make_transport().ask(WORK)
    assert caught.value.service == "crossref"
    assert len(services.visits) == 4
    services.always.clear()
    answer = make_transport().ask(WORK)
    assert not answer.from_cache


def test_a_service_that_asks_for_a_long_pause_is_not_waited_for(
    make_transport: MakeTransport, services: FakeServices, free_time: FreeTime
) -> None:
    services.always["crossref"] = faults.status(429, Retry_After="86400")
    with pytest.raises(Unanswered, match="asks for fewer requests"):
        make_transport().ask(WORK)
    assert len(services.visits) == 1
    assert sum(free_time.slept) < 1


def test_a_block_ends_all_requests_to_the_service(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    services.always["crossref"] = faults.status(403)
    transport = make_transport()
    message = (
        f"crossref {services.urls['crossref']}/works/10.5555%2Fone: the service refuses this "
        "client; it is not asked again in this run (status 403) - set a contact address, wait, "
        "and if it stays so write to the service"
    )
    for _ in range(3):
        with pytest.raises(Unanswered) as caught:
            transport.ask(WORK)
        assert str(caught.value) == message
    assert len(services.visits) == 1
    assert transport.ask(SEARCH).status == 200


def test_a_service_that_keeps_failing_is_left_alone(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    services.always["crossref"] = faults.status(500)
    transport = make_transport()
    for number in range(10):
        with pytest.raises(Unanswered) as caught:
            transport.ask(replace(WORK, path=f"/works/10.5555%2F{number}"))
    assert caught.value.reason == "stopped"
    assert caught.value.detail == "last: server error"
    assert len(services.visits) == 12


PORTAL_REASONS = {
    "portal with 200": (faults.status(200, faults.PORTAL), "not_believed"),
    "portal with 404": (faults.status(404, faults.PORTAL), "not_believed"),
    "portal labelled JSON": (faults.status(200, faults.PORTAL, JSON), "not_believed"),
    "empty": (faults.status(200, b"", JSON), "not_believed"),
    "another JSON": (faults.status(200, b"[]", JSON), "not_believed"),
    "400": (faults.status(400, b'{"status":"failed"}', JSON), "request_refused"),
    "401": (faults.status(401), "blocked"),
    "204": (faults.status(204), "not_believed"),
    "deep JSON": (faults.status(200, faults.DEEP_JSON, JSON), "refused_content"),
    "NaN": (faults.status(200, b'{"status":"ok","message":{"a":NaN}}', JSON), "malformed"),
    "elsewhere": (faults.redirect("https://evil.example/works/10.5555%2Fone"), "redirected_away"),
    "nowhere": (faults.status(301, faults.PORTAL), "redirected_away"),
    "in circles": (faults.circle, "redirected_away"),
    "to a file": (faults.redirect("file:///etc/passwd"), "redirected_away"),
    "endless": (faults.endless, "too_large"),
    "bomb": (faults.bomb, "too_large"),
}


@pytest.mark.parametrize("name", PORTAL_REASONS)
def test_what_is_no_answer_is_neither_believed_nor_kept(
    name: str, make_transport: MakeTransport, services: FakeServices
) -> None:
    fault, reason = PORTAL_REASONS[name]
    services.always["crossref"] = fault
    with pytest.raises(Unanswered) as caught:
        make_transport(largest=1_000_000).ask(WORK)
    assert caught.value.reason == reason
    followed = 5 if name == "in circles" else 0
    assert len(services.visits) == (4 if caught.value.retry else 1 + followed)
    services.always.clear()
    assert not make_transport().ask(WORK).from_cache


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (faults.LAUGHS, "refused_content"),
        (faults.OUTSIDE, "refused_content"),
        (faults.DEEP_XML, "refused_content"),
        (b"<PubmedArticleSet>", "malformed"),
        (faults.PORTAL, "not_believed"),
        (b"<other/>", "not_believed"),
        (b"<eFetchResult><ERROR>cannot fetch</ERROR></eFetchResult>", "server_error"),
        (b'{"error":"API rate limit exceeded","count":"11"}', "rate_limited"),
    ],
)
def test_hostile_or_wrong_xml_is_refused(
    body: bytes, reason: str, make_transport: MakeTransport, services: FakeServices
) -> None:
    services.always["pubmed"] = faults.status(200, body)
    with pytest.raises(Unanswered) as caught:
        make_transport().ask(EFETCH)
    assert caught.value.reason == reason


def test_a_hostile_body_is_refused_with_a_clear_message(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    services.always["pubmed"] = faults.status(200, faults.LAUGHS)
    with pytest.raises(Unanswered) as caught:
        make_transport().ask(EFETCH)
    assert str(caught.value).endswith(
        "the answer holds what no real one does (entities, extreme nesting) (entities or outside "
        "references: EntitiesForbidden) - do not use this source until it is known who answers "
        "there"
    )


def test_an_error_with_status_200_is_tried_again(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    limited = b'{"error":"API rate limit exceeded","api-key":"127.0.0.1","count":"4","limit":"3"}'
    services.faults["pubmed"] = [faults.status(200, limited, JSON)]
    assert make_transport().ask(SEARCH).json()["esearchresult"]["idlist"] == ["11"]
    assert len(services.visits) == 2


def test_there_is_none_has_its_own_short_life(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    missing = replace(WORK, path="/works/10.5555%2Fnone")
    assert make_transport().ask(missing).status == 404
    assert make_transport().ask(missing).from_cache
    later = make_transport(clock=FreeTime(time.time() + 1.01 * 86_400).clock)
    assert not later.ask(missing).from_cache
    make_transport().ask(WORK)
    later = make_transport(clock=FreeTime(time.time() + 29 * 86_400).clock)
    assert later.ask(WORK).from_cache
    later = make_transport(clock=FreeTime(time.time() + 31 * 86_400).clock)
    assert not later.ask(WORK).from_cache


def test_refresh_asks_once_more(make_transport: MakeTransport, services: FakeServices) -> None:
    make_transport().ask(WORK)
    again = make_transport(refresh=frozenset({"record"}), clock=Clock(sleep=lambda _: None))
    assert not again.ask(WORK).from_cache
    assert again.ask(WORK).from_cache
    assert len(services.visits) == 2


def test_offline_opens_no_socket(
    make_transport: MakeTransport, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("no_socket")
    with pytest.raises(Unanswered, match="the run is offline"):
        make_transport(offline=True).ask(WORK)


def test_offline_answers_from_the_cache_however_old(
    make_transport: MakeTransport, services: FakeServices, request: pytest.FixtureRequest
) -> None:
    kept = make_transport().ask(WORK)
    request.getfixturevalue("no_socket")
    offline = make_transport(offline=True, clock=FreeTime(time.time() + 300 * 86_400).clock)
    answer = offline.ask(WORK)
    assert (answer.body, answer.from_cache) == (kept.body, True)
    assert answer.fetched == kept.fetched


@pytest.mark.parametrize("fault", [faults.silence(3), faults.drip(0.02)], ids=["silent", "drip"])
def test_slow_services_time_out(
    fault: object, make_transport: MakeTransport, services: FakeServices
) -> None:
    services.always["crossref"] = fault  # type: ignore[assignment]
    transport = make_transport(clock=Clock(sleep=lambda _: None))
    transport.settings = replace(transport.settings, timeout=(0.2, 0.2))
    transport._adapters["crossref"]._patience = 0.2
    transport._limiters["crossref"]["single"].pause = lambda _: None  # type: ignore[method-assign]
    started = time.monotonic()
    with pytest.raises(Unanswered) as caught:
        transport.ask(WORK)
    assert caught.value.reason == "timeout"
    assert time.monotonic() - started < 2.5


def test_no_one_listens(make_transport: MakeTransport) -> None:
    transport = make_transport(settings={"urls": {"crossref": "http://127.0.0.1:9"}})
    with pytest.raises(Unanswered) as caught:
        transport.ask(WORK)
    assert caught.value.reason == "connection"


SECRETS = {
    "mailto": "someone.private@example.org",
    "ncbi_api_key": "abcdefABCDEF0123456789",
    "openalex_api_key": "zyxwvutsrq987654",
}


def test_secrets_are_sent_and_kept_nowhere(
    make_transport: MakeTransport,
    services: FakeServices,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    transport = make_transport(settings=SECRETS)
    posted = replace(SEARCH, post=True)
    works = Request(service="openalex", path="/works", parameters=(("filter", "doi:10.5555/one"),))
    texts = [repr(transport.settings), repr(transport.settings.secrets[:0])]
    for request in (WORK, SEARCH, posted, EFETCH, works):
        texts.append(repr(transport.ask(request)))
    services.always["pubmed"] = faults.reset
    with pytest.raises(Unanswered) as caught:
        transport.ask(replace(SEARCH, parameters=(*SEARCH.parameters, ("x", "1"))))
    assert caught.value.__context__ is None
    texts.append(str(caught.value))
    texts += [record.getMessage() for record in caplog.records]
    transport.close()
    texts.append((tmp_path / "cache" / "answers.sqlite").read_bytes().decode("latin-1"))
    shown = "\n".join(texts).replace(transport.settings.mailto, "", 1)
    for secret in SECRETS.values():
        assert secret not in shown
        assert secret.replace("@", "%40") not in shown
    crossref, search, post, _, alex, *_ = services.visits
    assert crossref.query == {"mailto": [SECRETS["mailto"]]}
    assert crossref.headers["user-agent"].endswith(f"(mailto:{SECRETS['mailto']})")
    for visit in (search, post):
        assert visit.query["api_key"] == [SECRETS["ncbi_api_key"]]
        assert visit.query["email"] == [SECRETS["mailto"]]
        assert visit.query["tool"] == ["evidencekit"]
    assert post.method == "POST"
    assert alex.query["api_key"] == [SECRETS["openalex_api_key"]]


def test_only_known_services_are_reached_and_prefixes_do_not_leak(
    make_transport: MakeTransport, services: FakeServices
) -> None:
    port = services.urls["doi"].rsplit(":")[-1].split("/")[0]
    services.always["doi"] = faults.redirect(f"http://127.0.0.1:{port}/doi.evil/x")
    resolve = Request(service="doi", path="/10.5555/medra")
    with pytest.raises(Unanswered) as caught:
        make_transport().ask(resolve)
    assert caught.value.reason == "redirected_away"
    services.always["doi"] = faults.redirect(f"{services.urls['crosscite']}/10.5555/medra")
    assert make_transport().ask(resolve).json()["DOI"] == "10.5555/medra"


def test_pace_follows_the_headers_and_never_exceeds_them(
    services: FakeServices, make_transport: MakeTransport
) -> None:
    headers = {"x-rate-limit-limit": "20", "x-rate-limit-interval": "1s"}
    services.headers["crossref"] = headers | {"x-concurrency-limit": "2"}
    transport = make_transport(settings={"connections": 5}, clock=Clock())
    transport.ask(WORK)
    with ThreadPoolExecutor(5) as pool:
        paths = [f"/works/10.5555%2F{number}" for number in range(30)]
        list(pool.map(lambda path: transport.ask(replace(WORK, path=path)), paths))
    assert services.most_within("crossref-single", 1.0) <= 20
    assert services.most_at_once("crossref-single") <= 2
    assert len(services.visits) == 31


def test_one_connection_unless_more_are_asked_for(
    services: FakeServices, make_transport: MakeTransport
) -> None:
    services.headers["crossref"] = {"x-rate-limit-limit": "100", "x-concurrency-limit": "3"}
    transport = make_transport(clock=Clock())
    paths = [f"/works/10.5555%2F{number}" for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda path: transport.ask(replace(WORK, path=path)), paths))
    assert services.most_at_once("crossref-single") == 1


def test_a_damaged_cache_is_explained(make_transport: MakeTransport, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "answers.sqlite").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(FileError) as caught:
        make_transport()
    assert str(caught.value) == (
        f"cannot use the cache in {tmp_path / 'cache'}: file is not a database; delete it "
        "(nothing is lost), or name another folder in EVIDENCEKIT_CACHE"
    )


@pytest.mark.parametrize("backend", ["filesystem", "memory"])
def test_other_backends(
    backend: str, make_transport: MakeTransport, services: FakeServices
) -> None:
    transport = make_transport(settings={"backend": backend})
    assert not transport.ask(WORK).from_cache
    assert transport.ask(WORK).from_cache
    assert len(services.visits) == 1


def test_threads_share_one_cache(make_transport: MakeTransport, services: FakeServices) -> None:
    transport = make_transport(settings={"connections": 4})
    seen: list[bytes] = []

    def ask() -> None:
        seen.append(transport.ask(WORK).body)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(seen)) == 1
    assert len(seen) == 8


def test_the_cache_is_a_plain_file(make_transport: MakeTransport, tmp_path: Path) -> None:
    transport: Transport = make_transport()
    transport.ask(WORK)
    transport.close()
    with sqlite3.connect(tmp_path / "cache" / "answers.sqlite") as connection:
        assert connection.execute("select count(*) from responses").fetchone() == (1,)
    connection.close()
    assert json.loads(make_transport(offline=True).ask(WORK).body)["status"] == "ok"
