"""The server: routes, what it measures, and the faults it is told to make."""

from __future__ import annotations

import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from sources.server import bodies
from sources.server.bodies import Paper

JSON = "application/json;charset=utf-8"
HTML = "text/html;charset=utf-8"
PREFIXES = ("crossref", "doi", "pubmed", "datacite", "crosscite", "europepmc", "openalex")

Reply = tuple[int, str, bytes]


@dataclass(frozen=True)
class Visit:
    """One request as the server saw it."""

    service: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    method: str
    start: float
    at_once: int

    @property
    def bucket(self) -> str:
        """Crossref counts single works and lists apart."""
        if self.service != "crossref":
            return self.service
        return "crossref-single" if "/works/" in self.path else "crossref-array"


Fault = Callable[["Handler"], None]


class FakeServices:
    """All services on one loopback port, each below its own prefix.

    Parameters
    ----------
    papers
        What the services know.
    headers
        Extra headers by service, such as rate limits.
    """

    def __init__(
        self, papers: Iterable[Paper] = (), headers: dict[str, dict[str, str]] | None = None
    ) -> None:
        self.papers = {paper.doi: paper for paper in papers}
        self.headers = headers or {}
        self.visits: list[Visit] = []
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.always: dict[str, Fault] = {}
        self.die_after: dict[str, int] = {}
        self._lock = threading.Lock()
        self._in_flight: dict[str, int] = defaultdict(int)
        self._server = Quiet(("127.0.0.1", 0), Handler)
        self._server.services = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> FakeServices:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def urls(self) -> dict[str, str]:
        """Base address of each service."""
        port = self._server.server_address[1]
        return {name: f"http://127.0.0.1:{port}/{name}" for name in PREFIXES}

    def arrive(self, visit: Callable[[int], Visit], service: str) -> Visit:
        """Note a request; how many of its service are being answered."""
        with self._lock:
            self._in_flight[service] += 1
            seen = visit(self._in_flight[service])
            self.visits.append(seen)
            return seen

    def leave(self, service: str) -> None:
        """A request was answered."""
        with self._lock:
            self._in_flight[service] -= 1

    def next_fault(self, service: str) -> Fault | None:
        """The fault to make now, if any."""
        with self._lock:
            if service in self.always:
                return self.always[service]
            if self.faults[service]:
                return self.faults[service].pop(0)
            return None

    def most_at_once(self, bucket: str) -> int:
        """Largest number of requests answered at the same time."""
        return max((v.at_once for v in self.visits if v.bucket == bucket), default=0)

    def most_within(self, bucket: str, seconds: float) -> int:
        """Largest number of requests that began within any such time."""
        starts = sorted(v.start for v in self.visits if v.bucket == bucket)
        return max(
            (sum(1 for s in starts[i:] if s < start + seconds) for i, start in enumerate(starts)),
            default=0,
        )

    def reply(self, service: str, path: str, query: dict[str, list[str]]) -> Reply:
        """What the service says."""
        return ROUTES[service](self, path, query)


class Quiet(ThreadingHTTPServer):
    """Says nothing of connections that clients give up."""

    daemon_threads = True
    services: FakeServices

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    """Finds the service by the first part of the path."""

    protocol_version = "HTTP/1.1"
    server: Quiet

    def do_GET(self) -> None:
        """Answer a query."""
        self._answer("")

    def do_POST(self) -> None:
        """Answer a form."""
        length = int(self.headers.get("content-length") or 0)
        self._answer(self.rfile.read(length).decode())

    @property
    def term(self) -> str:
        """What PubMed is asked to search for; empty elsewhere."""
        return self._query.get("term", [""])[0]

    def reply(self) -> Reply:
        """What the service says when nothing goes wrong."""
        return self.server.services.reply(self._service, self._path, self._query)

    def _answer(self, form: str) -> None:
        services = self.server.services
        parts = urlsplit(self.path)
        service, _, rest = parts.path[1:].partition("/")
        query = parse_qs("&".join(filter(None, (parts.query, form))), keep_blank_values=True)
        self._service, self._path, self._query = service, f"/{rest}", query

        def visit(at_once: int) -> Visit:
            return Visit(
                service,
                f"/{rest}",
                query,
                {name.lower(): value for name, value in self.headers.items()},
                self.command,
                time.monotonic(),
                at_once,
            )

        services.arrive(visit, service)
        try:
            fault = services.next_fault(service)
            if fault:
                fault(self)
            else:
                self.send(*self.reply())
        finally:
            services.leave(service)

    def send(self, status: int, kind: str, body: bytes, **headers: str) -> None:
        """A whole answer."""
        service = self.path[1:].partition("/")[0]
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (self.server.services.headers.get(service, {}) | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""


NOT_FOUND: Reply = (404, JSON, b"Resource not found.")


def crossref(services: FakeServices, path: str, query: dict[str, list[str]]) -> Reply:
    """Works, agencies and lists."""
    single = re.fullmatch(r"/works/(.+)", path)
    if single:
        paper = services.papers.get(unquote(single[1]).lower())
        if not paper or paper.agency != "Crossref" or not paper.at_crossref:
            return NOT_FOUND
        return 200, JSON, bodies.crossref_work(paper)
    filters = query.get("filter", [""])[0]
    wanted = [part[4:] for part in filters.split(",") if part.startswith("doi:")]
    # Like the real service: a comma inside a DOI begins another filter, which is unknown.
    unknown = [p for p in filters.split(",") if not re.match(r"[a-z.-]+:", p)]
    if filters and unknown:
        message = [{"type": "filter-not-available", "value": unknown[0], "message": "no filter"}]
        body = {"status": "failed", "message-type": "validation-failure", "message": message}
        return 400, JSON, bodies.as_json(body)
    found = [services.papers[d] for d in wanted if d in services.papers]
    found = [p for p in found if p.agency == "Crossref" and p.at_crossref]
    updates = [part[8:] for part in filters.split(",") if part.startswith("updates:")]
    if updates:
        found = [p for p in services.papers.values() if _is_notice_of(p, updates[0])]
    if "query.bibliographic" in query:
        found = list(services.papers.values())[: int(query["rows"][0])]
    return 200, JSON, bodies.crossref_list(found)


def _is_notice_of(paper: Paper, doi: str) -> bool:
    return any(update["DOI"] == doi for update in paper.in_record.get("update-to", []))


def doi(services: FakeServices, path: str, query: dict[str, list[str]]) -> Reply:
    """Agencies, handles and content negotiation."""
    if path.startswith("/ra/"):
        answer = []
        for wanted in unquote(path[4:]).split(","):
            paper = services.papers.get(wanted)
            known = paper is not None and paper.registered
            answer.append(
                {"DOI": wanted, "RA": paper.agency}
                if paper and known
                else {"DOI": wanted, "status": "DOI does not exist"}
            )
        return 200, JSON, bodies.as_json(answer)
    if path.startswith("/api/handles/"):
        wanted = unquote(path.removeprefix("/api/handles/"))
        paper = services.papers.get(wanted)
        if not paper or not paper.registered:
            return 404, JSON, bodies.as_json({"responseCode": 100, "handle": wanted})
        values = [{"index": 1, "type": "URL", "data": {"value": "https://example.org"}}]
        body = {"responseCode": 1, "handle": wanted, "values": values}
        return 200, JSON, bodies.as_json(body)
    paper = services.papers.get(unquote(path[1:]))
    if paper:
        return 200, "application/vnd.citationstyles.csl+json", bodies.csl_item(paper)
    return 404, HTML, b"<!DOCTYPE html><html>Error: DOI Not Found</html>"


def pubmed(services: FakeServices, path: str, query: dict[str, list[str]]) -> Reply:
    """esearch and efetch."""
    by_pmid = {paper.pmid: paper for paper in services.papers.values() if paper.pmid}
    if path.endswith("/esearch.fcgi"):
        term = query["term"][0]
        asked = re.findall(r'"([^"]+)"\[(?:AID|DOI)\]', term)
        found = [p.pmid for p in services.papers.values() if p.pmid and p.doi in asked]
        if not asked:
            found = list(by_pmid)
        return 200, JSON, bodies.esearch_result(found)
    ids = query["id"][0].split(",")
    # Never the requested order: the service sorts as it likes.
    known = [by_pmid[i] for i in sorted(ids, reverse=True) if i in by_pmid]
    return (
        200,
        "text/xml; charset=UTF-8",
        bodies.pubmed_set([bodies.pubmed_article(p) for p in known]),
    )


def datacite(services: FakeServices, path: str, query: dict[str, list[str]]) -> Reply:
    """One DOI."""
    paper = services.papers.get(unquote(path.removeprefix("/dois/")))
    if paper and paper.agency == "DataCite":
        return 200, JSON, bodies.datacite_item(paper)
    missing = {
        "errors": [{"status": "404", "title": "The resource you are looking for doesn't exist."}]
    }
    return 404, JSON, bodies.as_json(missing)


def europepmc(services: FakeServices, path: str, query: dict[str, list[str]]) -> Reply:
    """A search for DOIs."""
    asked = re.findall(r'DOI:"([^"]+)"', query["query"][0])
    return (
        200,
        JSON,
        bodies.europepmc_result([p for p in services.papers.values() if p.doi in asked]),
    )


def openalex(services: FakeServices, path: str, query: dict[str, list[str]]) -> Reply:
    """A filter on DOIs."""
    asked = query["filter"][0].removeprefix("doi:").split("|")
    return (
        200,
        JSON,
        bodies.openalex_result([p for p in services.papers.values() if p.doi in asked]),
    )


ROUTES: dict[str, Callable[[FakeServices, str, dict[str, list[str]]], Reply]] = {
    "crossref": crossref,
    "doi": doi,
    "pubmed": pubmed,
    "datacite": datacite,
    "crosscite": doi,
    "europepmc": europepmc,
    "openalex": openalex,
}
