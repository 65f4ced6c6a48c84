"""A DOI from a text of strangers cannot leave its place in a path, header or address."""

from __future__ import annotations

import contextlib
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidencekit.sources import crossref, datacite, doi, europepmc, openalex
from evidencekit.sources.identifiers import normalise_doi
from evidencekit.sources.pubmed import PubMedClient
from evidencekit.sources.request import Request
from evidencekit.sources.settings import make_settings
from evidencekit.sources.transport import Transport
from evidencekit.sources.unanswered import Unanswered

NASTY = (
    "/../../etc/passwd",
    "/..%2f..%2fadmin",
    "?mailto=x&api_key=y",
    "#fragment",
    "\r\nHost: evil.example",
    "@evil.example/",
    "//evil.example/",
    "\\..\\..",
    "%00",
    "%0d%0aX: 1",
    ";a=b",
    ",doi:10.1/x",
    "|10.1/x",
    '" OR 1 OR "',
    "&term=x",
    "é\u202e\u2028",
    "<script>",
)
SUFFIX = st.lists(st.sampled_from(NASTY) | st.text(max_size=8), max_size=5).map("".join)


class Recorder(Transport):
    """Notes what would be asked, and asks nothing."""

    def __init__(self) -> None:
        super().__init__(make_settings(backend="memory"), offline=True)
        self.asked: list[tuple[Request, str]] = []

    def ask(self, request: Request) -> object:  # type: ignore[override]
        self.asked.append((request, self._url(request)))
        raise Unanswered("offline", service=request.service)


@pytest.fixture(scope="module")
def recorder() -> Recorder:
    return Recorder()


def ask_everywhere(transport: Transport, name: str) -> None:
    crossref.works(transport, [name, "10.5555/other"])
    doi.agencies(transport, [name])
    europepmc.by_doi(transport, [name])
    openalex.by_doi(transport, [name])
    PubMedClient(transport).by_doi([name])
    singles = (crossref.work, doi.handle, doi.negotiated, datacite.dataset, crossref.notices)
    for single in singles:
        with contextlib.suppress(Unanswered, ValueError):
            single(transport, name)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(suffix=SUFFIX)
def test_no_doi_escapes(suffix: str, recorder: Recorder) -> None:
    name = normalise_doi(f"10.5555/x{suffix}")
    if not name:
        return
    recorder.asked.clear()
    ask_everywhere(recorder, name)
    assert len(recorder.asked) >= 8 or "," in name or "|" in name
    for request, url in recorder.asked:
        base = urlsplit(recorder.settings.urls[request.service])
        parts = urlsplit(url)
        assert (parts.scheme, parts.netloc) == (base.scheme, base.netloc)
        assert url.isascii()
        assert url.isprintable()
        assert " " not in url
        assert not parts.fragment
        # Decoded once, no segment climbs; and the query holds our own names only.
        assert not {".", ".."} & set(unquote(parts.path).replace("\\", "/").split("/"))
        names = [key for key, _ in request.parameters]
        assert list(parse_qs(parts.query, keep_blank_values=True)) == list(dict.fromkeys(names))
        assert parts.path.startswith(base.path + request.path.split("10.5555")[0])
        if request.path.startswith("/works/"):
            assert unquote(request.path) in (f"/works/{name}", "/works/10.5555/other")


def test_what_is_no_doi_is_refused_before_an_address_is_made(recorder: Recorder) -> None:
    recorder.asked.clear()
    for name in ("10.5555/../x", "10.5555/a b", "https://evil.example/", "10.5555/x\r\ny", ""):
        with pytest.raises(ValueError, match="not a DOI in normal form"):
            crossref.work(recorder, name)
    assert recorder.asked == []


def test_a_path_begins_with_a_slash(recorder: Recorder) -> None:
    with pytest.raises(ValueError, match="path must begin with a slash"):
        recorder._url(Request(service="doi", path="@evil.example/"))
