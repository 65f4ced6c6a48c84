"""Pacing, what headers say of it, and bodies that do not end well."""

from __future__ import annotations

import gzip
import io
import math
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.sources.body import BrokenOff, TooLarge, TooSlow, read_body
from evidencekit.sources.limits import (
    Clock,
    Limiter,
    Rate,
    crossref_rate,
    ncbi_rate,
    retry_after,
    same_rate,
)
from evidencekit.sources.safe_json import MalformedJson, UnsafeJson, parse_json
from evidencekit.sources.safe_xml import MalformedXml, UnsafeXml, parse_xml
from evidencekit.sources.services import SERVICES
from sources.conftest import FreeTime
from sources.server import faults

START = Rate(limit=5)


@given(
    limit=st.integers(1, 50),
    interval=st.sampled_from([1.0, 2.0, 60.0]),
    gaps=st.lists(st.floats(0, 3), min_size=1, max_size=80),
)
def test_no_window_holds_more_than_the_limit(
    limit: int, interval: float, gaps: list[float]
) -> None:
    time = FreeTime()
    rate = Rate(limit=limit, interval=interval)
    limiter = Limiter(rate, most_at_once=1, clock=time.clock)
    starts = []
    for gap in gaps:
        time.now += gap
        with limiter.turn():
            starts.append(time.now)
    for i, start in enumerate(starts):
        within = [s for s in starts[i:] if s < start + interval]
        assert len(within) <= limit


def test_no_time_is_wasted_when_there_is_no_hurry(free_time: FreeTime) -> None:
    limiter = Limiter(START, most_at_once=1, clock=free_time.clock)
    for _ in range(3):
        free_time.now += 10
        with limiter.turn():
            pass
    assert free_time.slept == []


def test_a_pause_holds_everybody_back(free_time: FreeTime) -> None:
    limiter = Limiter(START, most_at_once=1, clock=free_time.clock)
    limiter.pause(30)
    limiter.pause(5)
    with limiter.turn():
        assert free_time.now == 1030


def test_a_failed_request_gives_its_place_back(free_time: FreeTime) -> None:
    limiter = Limiter(START, most_at_once=1, clock=free_time.clock)
    for _ in range(3):
        with pytest.raises(RuntimeError), limiter.turn():
            raise RuntimeError
    with limiter.turn():
        pass


CROSSREF = {
    "x-rate-limit-limit": "10",
    "x-rate-limit-interval": "1s",
    "x-concurrency-limit": "3",
}


def test_crossref_headers() -> None:
    assert crossref_rate(CROSSREF, START) == Rate(limit=10, interval=1, concurrency=3)
    assert crossref_rate({}, START) == START
    assert same_rate(CROSSREF, START) == START
    assert ncbi_rate({"x-ratelimit-limit": "10"}, Rate(limit=3)) == Rate(limit=10)
    # A header beyond what is documented is not followed.
    assert ncbi_rate({"x-ratelimit-limit": "500"}, Rate(limit=3)) == Rate(limit=3)


@pytest.mark.parametrize("value", ["0", "-1", "", "nan", "inf", "1e9", "ten", "10, 20", "9" * 400])
def test_headers_without_sense_change_nothing(value: str) -> None:
    assert crossref_rate(dict.fromkeys(CROSSREF, value), START) == START


def test_retry_after() -> None:
    assert retry_after("120", now=0) == 120
    assert retry_after("1.5", now=0) == 1.5
    assert retry_after("Wed, 21 Oct 2015 07:28:10 GMT", now=1445412480) == 10
    assert retry_after("Wed, 21 Oct 2015 07:28:10 GMT", now=1445412600) == 0
    for value in (None, "", "soon", "-5", "nan", "Wed, 99 Oct 2015 07:28:10 GMT"):
        assert retry_after(value, now=0) is None


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_starts_politely(name: str) -> None:
    service = SERVICES[name]
    assert service.url.startswith("https://")
    for rate in service.rates.values():
        assert rate.concurrency == 1
        assert 0 < rate.limit <= 5
    assert service.bucket("/works/10.5555%2Fx") in service.rates
    assert service.bucket("/works") in service.rates


class Pieces(io.BytesIO):
    """A body that comes in small pieces."""

    def read1(self, amt: int | None = -1, decode_content: bool = False) -> bytes:
        return self.read(7)


def unpacked(body: bytes, encoding: str, largest: int = 1000) -> bytes:
    clock = FreeTime().clock
    return read_body(
        Pieces(body), encoding=encoding, clock=clock, deadline=math.inf, largest=largest
    )


RAW = zlib.compressobj(wbits=-zlib.MAX_WBITS)
TEXT = b"twenty-six bytes of a body" * 3
ENCODED = {
    "": TEXT,
    "identity": TEXT,
    "gzip": gzip.compress(TEXT, mtime=0),
    "GZIP ": gzip.compress(TEXT, mtime=0),
    "deflate": zlib.compress(TEXT),
    " deflate": RAW.compress(TEXT) + RAW.flush(),
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_bodies_are_unpacked(encoding: str) -> None:
    assert unpacked(ENCODED[encoding], encoding) == TEXT


@given(cut=st.integers(1, len(gzip.compress(TEXT, mtime=0)) - 1))
def test_a_cut_off_body_is_never_taken_for_whole(cut: int) -> None:
    with pytest.raises(BrokenOff):
        unpacked(gzip.compress(TEXT, mtime=0)[:cut], "gzip")


@pytest.mark.parametrize(
    ("body", "encoding", "kind"),
    [
        (b"x" * 1001, "", TooLarge),
        (gzip.compress(b"x" * 100_000, mtime=0), "gzip", TooLarge),
        (b"not gzip at all, no", "gzip", BrokenOff),
        (gzip.compress(TEXT, mtime=0)[:20] + b"garbage", "gzip", BrokenOff),
        (TEXT, "br", BrokenOff),
    ],
)
def test_bodies_that_are_refused(body: bytes, encoding: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        unpacked(body, encoding)


def test_a_body_that_takes_for_ever() -> None:
    time = FreeTime()

    def passing() -> float:
        time.now += 1
        return time.now

    with pytest.raises(TooSlow):
        read_body(Pieces(b"x" * 100), encoding="", clock=Clock(monotonic=passing), deadline=1005.0)


def test_json() -> None:
    assert parse_json('\ufeff{"a": ["é"]}'.encode()) == {"a": ["é"]}
    brackets_in_text = b'{"a": "' + b"[" * 500 + b'"}'
    assert parse_json(brackets_in_text) == {"a": "[" * 500}
    wide = b"[" + b",".join([b"[]"] * 500) + b"]"
    assert len(parse_json(wide)) == 500
    for depth in (101, 5000, 1_000_000):
        with pytest.raises(UnsafeJson, match="nested deeper than 100 levels"):
            parse_json(b"[" * depth + b"]" * depth)
    for bad in (b"", b"{", b'{"a":1', b"\xff\xfe", b"NaN", b'{"a":Infinity}', b"1" * 5000):
        with pytest.raises(MalformedJson):
            parse_json(bad)


def test_xml() -> None:
    doctype = b'<!DOCTYPE a PUBLIC "-//NLM//DTD x//EN" "https://dtd.nlm.nih.gov/x.dtd">'
    assert parse_xml(b'<?xml version="1.0"?>' + doctype + b"<a><b/></a>").tag == "a"
    for bad in (faults.LAUGHS, faults.OUTSIDE, faults.DEEP_XML):
        with pytest.raises(UnsafeXml):
            parse_xml(bad)
    parameter = b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/x">%p;]><a/>'
    with pytest.raises(UnsafeXml):
        parse_xml(parameter)
    for bad in (b"", b"<a>", b"<a>&undefined;</a>", b'<?xml version="1.0" encoding="no"?><a/>'):
        with pytest.raises(MalformedXml):
            parse_xml(bad)
